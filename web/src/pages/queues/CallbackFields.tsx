// Whether and how callers may keep their place and be called back.
import { Form, Input, InputNumber, Row, Select, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { FormField } from '../../parts/FormField';
import type { QueueForm } from './form';

const Field = FormField<QueueForm>;
const KEYS = [...'1234567890'].map((key) => ({ value: key, label: key }));

/** The offer, and what belongs to it once it is made. */
export function CallbackFields() {
  const { t } = useTranslation();
  const offered = Form.useWatch<boolean | undefined>('callback_offer') === true;
  const seconds = (min: number, max: number) => (
    <InputNumber
      min={min}
      max={max}
      disabled={!offered}
      suffix={t('common.seconds')}
      style={{ width: '100%' }}
    />
  );
  return (
    <Row gutter={16}>
      <Field
        name="callback_offer"
        label={t('keptPlaces.offer')}
        hint={t('keptPlaces.offerHint')}
        span={6}
        toggle
        optional
      >
        <Switch />
      </Field>
      <Field
        name="callback_after_seconds"
        label={t('keptPlaces.after')}
        hint={t('keptPlaces.afterHint')}
        span={6}
      >
        {seconds(0, 3600)}
      </Field>
      <Field name="callback_key" label={t('keptPlaces.key')} span={4}>
        <Select options={KEYS} disabled={!offered} />
      </Field>
      <Field name="callback_retry_seconds" label={t('keptPlaces.retry')} span={4}>
        {seconds(30, 3600)}
      </Field>
      <Field name="callback_tries_max" label={t('keptPlaces.triesMax')} span={4}>
        <InputNumber min={1} max={10} disabled={!offered} style={{ width: '100%' }} />
      </Field>
      <Field
        name="callback_invitation"
        label={t('keptPlaces.invitation')}
        hint={t('queues.soundHint')}
        span={12}
        optional
      >
        <Input maxLength={200} disabled={!offered} />
      </Field>
      <Field
        name="callback_confirmation"
        label={t('keptPlaces.confirmation')}
        hint={t('queues.soundHint')}
        span={12}
        optional
      >
        <Input maxLength={200} disabled={!offered} />
      </Field>
    </Row>
  );
}
