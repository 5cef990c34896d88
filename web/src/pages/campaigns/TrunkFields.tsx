// The trunk of calls to the outside and the number shown on them, as campaigns
// and queues choose them.
import { Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { FormField } from '../../parts/FormField';
import { useGateways } from './queries';

interface Chosen {
  gateway_id?: number | null;
  caller_id?: string | null;
}

const Field = FormField<Chosen>;

/** Two fields of so many parts of the row. */
export function TrunkFields({ callerIdLabel, span }: { callerIdLabel: string; span: number }) {
  const { t } = useTranslation();
  const gateways = useGateways();
  const form = Form.useFormInstance<Chosen>();

  /** A trunk's own number is the usual one to show. */
  function takeCallerId(id: number) {
    const gateway = gateways.data?.items.find((each) => each.id === id);
    if (gateway && !form.getFieldValue('caller_id')) {
      form.setFieldValue('caller_id', gateway.caller_id);
    }
  }
  return (
    <>
      <Field name="gateway_id" label={t('campaigns.gateway')} span={span}>
        <Select
          loading={gateways.isPending}
          onChange={takeCallerId}
          options={gateways.data?.items.map((gateway) => ({
            value: gateway.id,
            label: gateway.name,
            disabled: !gateway.enabled,
          }))}
        />
      </Field>
      <Field name="caller_id" label={callerIdLabel} span={span}>
        <Input maxLength={20} inputMode="tel" />
      </Field>
    </>
  );
}
