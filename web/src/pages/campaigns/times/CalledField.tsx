// Hours that must hold where a number lives that is in another time zone; without them
// only the centre's clock counts.
import { Form, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import type { CampaignTimes } from '../../../api/types';
import { TimeField } from '../../../parts/TimeField';
import { NEW_TIMES } from './times';

const CALLED = ['times', 'called'];

function OnOff({
  value,
  onChange,
}: {
  value?: CampaignTimes['called'];
  onChange?: (called: CampaignTimes['called']) => void;
}) {
  const { t } = useTranslation();
  return (
    <Switch
      checked={Boolean(value)}
      aria-label={t('campaignTimes.called')}
      onChange={(on) => onChange?.(on ? NEW_TIMES.called : null)}
    />
  );
}

/** The switch, and the hours while it is on. */
export function CalledField() {
  const { t } = useTranslation();
  const called = Form.useWatch<CampaignTimes['called']>(CALLED);
  return (
    <div className="line" style={{ alignItems: 'flex-start', minHeight: 32 }}>
      <Form.Item name={CALLED} style={{ marginBottom: 4 }}>
        <OnOff />
      </Form.Item>
      {called && (
        <>
          <span className="quiet" style={{ lineHeight: '32px' }}>
            {t('campaignTimes.calledHours')}
          </span>
          <Form.Item name={[...CALLED, 'from']} style={{ marginBottom: 4 }}>
            <TimeField
              label={`${t('campaignTimes.calledHours')} ${t('campaignTimes.from')}`}
              width={92}
            />
          </Form.Item>
          <span style={{ lineHeight: '32px' }}>–</span>
          <Form.Item name={[...CALLED, 'to']} style={{ marginBottom: 4 }}>
            <TimeField
              label={`${t('campaignTimes.calledHours')} ${t('campaignTimes.to')}`}
              width={92}
              endOfDay
            />
          </Form.Item>
        </>
      )}
    </div>
  );
}
