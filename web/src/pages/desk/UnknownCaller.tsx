// In place of the screen pop: somebody calls whom no customer's number fits.
// They become a customer with one click, while they are on the line.
import { PhoneOutlined, UserAddOutlined } from '@ant-design/icons';
import { Button, Card, Result } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../api/access';
import type { DeskCallView } from '../../api/types';
import { phone } from '../../base/format';
import { NumberHome } from '../../parts/NumberHome';
import { CustomerForm } from '../customers/CustomerForm';

/** The caller's number, large, where it comes from, and the form to add them. */
export function UnknownCaller({ desk }: { desk: DeskCallView }) {
  const { t } = useTranslation();
  const mayAdd = useMay('customer:write');
  // Of another call it is closed again.
  const [addingTo, setAddingTo] = useState<string>();
  const withheld = desk.number === '';
  const adding = mayAdd && addingTo === desk.call_id;
  return (
    <Card>
      <Result
        icon={<PhoneOutlined />}
        title={
          <span className="figure">{withheld ? t('queues.withheld') : phone(desk.number)}</span>
        }
        subTitle={
          <>
            <NumberHome home={desk.home} />
            <div>{t('queues.unknownCaller')}</div>
            {!withheld && <div>{t('queues.unknownCallerHint')}</div>}
          </>
        }
        extra={
          mayAdd &&
          !adding && (
            <Button
              type="primary"
              icon={<UserAddOutlined />}
              onClick={() => setAddingTo(desk.call_id)}
            >
              {t('customers.add')}
            </Button>
          )
        }
      />
      {adding && (
        <CustomerForm
          key={desk.call_id}
          initial={{
            ...(!withheld && { phones: [desk.number] }),
            ...(desk.home && { city: desk.home.city }),
          }}
          onAdded={() => setAddingTo(undefined)}
          onCancel={() => setAddingTo(undefined)}
        />
      )}
    </Card>
  );
}
