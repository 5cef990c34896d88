// In place of the screen pop: somebody calls whom no customer's number fits.
import { PhoneOutlined } from '@ant-design/icons';
import { Card, Result } from 'antd';
import { useTranslation } from 'react-i18next';
import type { DeskCallView } from '../../api/types';
import { phone } from '../../base/format';

/** The caller's number, large. */
export function UnknownCaller({ desk }: { desk: DeskCallView }) {
  const { t } = useTranslation();
  const withheld = desk.number === '';
  return (
    <Card>
      <Result
        icon={<PhoneOutlined />}
        title={
          <span className="figure">{withheld ? t('queues.withheld') : phone(desk.number)}</span>
        }
        subTitle={
          <>
            <div>{t('queues.unknownCaller')}</div>
            {!withheld && <div>{t('queues.unknownCallerHint')}</div>}
          </>
        }
      />
    </Card>
  );
}
