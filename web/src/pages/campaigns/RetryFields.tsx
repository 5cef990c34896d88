// When a lead is dialled again, a table by result with the parts of the day, and the
// campaign's own caps on attempts at one number.
import { InputNumber, Row } from 'antd';
import { useTranslation } from 'react-i18next';
import type { CampaignCaps, CampaignRequest } from '../../api/types';
import { FormField } from '../../parts/FormField';
import { useAttemptCaps } from './queries';
import { NO_CAPS } from './retryRules';
import { RetryTable } from './RetryTable';

const Field = FormField<CampaignRequest>;

function CapsInput({
  value,
  onChange,
}: {
  value?: CampaignCaps;
  onChange?: (value: CampaignCaps) => void;
}) {
  const { t } = useTranslation();
  const one = (name: keyof CampaignCaps, label: string, unit: string, min: number) => (
    <label key={name} className="line">
      <span>{label}</span>
      <InputNumber
        min={min}
        style={{ width: 150 }}
        placeholder={t('retry.asCentre')}
        suffix={unit}
        value={value?.[name] ?? null}
        onChange={(each) => onChange?.({ ...NO_CAPS, ...value, [name]: each })}
      />
    </label>
  );
  const times = t('retry.timesUnit');
  return (
    <div className="line" style={{ gap: 24, flexWrap: 'wrap' }}>
      {one('per_day', t('retry.perDay'), times, 1)}
      {one('in_all', t('retry.inAll'), times, 1)}
      {one('spacing_minutes', t('retry.spacing'), t('common.minutes'), 0)}
    </div>
  );
}

/** The fields of the card. */
export function RetryFields() {
  const { t } = useTranslation();
  const { data: centre } = useAttemptCaps();
  return (
    <Row gutter={16}>
      <Field name="retry" label={t('retry.rules')} span={24}>
        <RetryTable />
      </Field>
      <Field
        name="caps"
        label={t('retry.caps')}
        span={24}
        optional
        hint={
          centre &&
          t('retry.capsHint', {
            perDay: centre.per_day,
            inAll: centre.in_all,
            days: centre.days,
            spacing: centre.spacing_minutes,
          })
        }
      >
        <CapsInput />
      </Field>
    </Row>
  );
}
