// How a campaign stands beside others that share its agents and its trunk.
import { InputNumber } from 'antd';
import { useTranslation } from 'react-i18next';
import type { CampaignRequest } from '../../api/types';
import { FormField } from '../../parts/FormField';

const Field = FormField<CampaignRequest>;

/** Calls per second, priority and share. */
export function StandingFields() {
  const { t } = useTranslation();
  const number = (min: number, max: number) => (
    <InputNumber min={min} max={max} precision={0} style={{ width: '100%' }} />
  );
  return (
    <>
      <Field
        name="calls_per_second"
        label={t('campaigns.callsPerSecond')}
        hint={t('campaigns.callsPerSecondHint')}
        span={8}
      >
        {number(0, 1000)}
      </Field>
      <Field
        name="priority"
        label={t('campaigns.priority')}
        hint={t('campaigns.priorityHint')}
        span={8}
      >
        {number(-100, 100)}
      </Field>
      <Field name="share" label={t('campaigns.share')} hint={t('campaigns.shareHint')} span={8}>
        {number(1, 1000)}
      </Field>
    </>
  );
}
