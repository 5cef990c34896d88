// The fields of the queue form, in three groups: what leads here and who is next,
// how long callers wait and what then, and who takes the calls.
import { Col, Form, Input, InputNumber, Row, Select, Switch } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useGateways } from '../campaigns/queries';
import type { QueueForm } from './form';
import { OverflowFields } from './OverflowFields';

interface FieldProps {
  name: keyof QueueForm;
  label: string;
  hint?: string;
  span?: number;
  optional?: boolean;
  toggle?: boolean;
  children: ReactNode;
}

function Field({ name, label, hint, span = 6, optional, toggle, children }: FieldProps) {
  return (
    <Col span={span}>
      <Form.Item
        name={name}
        label={label}
        extra={hint}
        rules={[{ required: !optional }]}
        {...(toggle && { valuePropName: 'checked' })}
      >
        {children}
      </Form.Item>
    </Col>
  );
}

/** Name, numbers, order, trunk. */
export function ServiceFields() {
  const { t } = useTranslation();
  const gateways = useGateways();
  const form = Form.useFormInstance<QueueForm>();

  /** A trunk's own number is the usual one to show. */
  function takeCallerId(id: number) {
    const gateway = gateways.data?.items.find((each) => each.id === id);
    if (gateway && !form.getFieldValue('caller_id')) {
      form.setFieldValue('caller_id', gateway.caller_id);
    }
  }
  return (
    <Row gutter={16}>
      <Field name="name" label={t('common.name')} span={8}>
        <Input maxLength={100} />
      </Field>
      <Field
        name="numbers"
        label={t('queues.numbers')}
        hint={t('queues.numbersHint')}
        span={12}
        optional
      >
        <Select mode="tags" open={false} suffix={null} tokenSeparators={[',', '，', ' ']} />
      </Field>
      <Field name="enabled" label={t('queues.enabled')} span={4} toggle optional>
        <Switch />
      </Field>
      <Field name="strategy" label={t('queues.strategyLabel')} span={6}>
        <Select
          options={(['longest_idle', 'round_robin', 'fewest_calls', 'skills'] as const).map(
            (strategy) => ({ value: strategy, label: t(`queues.strategy.${strategy}`) }),
          )}
        />
      </Field>
      <Field name="priority" label={t('queues.priority')} hint={t('queues.priorityHint')} span={4}>
        <InputNumber min={-100} max={100} style={{ width: '100%' }} />
      </Field>
      <Field
        name="inbound_first"
        label={t('queues.inboundFirst')}
        hint={t('queues.inboundFirstHint')}
        span={6}
        toggle
        optional
      >
        <Switch />
      </Field>
      <Field name="gateway_id" label={t('queues.gateway')} span={4}>
        <Select
          loading={gateways.isPending}
          onChange={takeCallerId}
          options={gateways.data?.items.map((gateway) => ({
            value: gateway.id,
            label: gateway.name,
          }))}
        />
      </Field>
      <Field name="caller_id" label={t('queues.callerId')} span={4}>
        <Input maxLength={20} inputMode="tel" />
      </Field>
    </Row>
  );
}

/** Times, overflow, sounds. */
export function LimitFields({ own }: { own: number | undefined }) {
  const { t } = useTranslation();
  const seconds = (min: number, max: number) => (
    <InputNumber min={min} max={max} suffix={t('common.seconds')} style={{ width: '100%' }} />
  );
  return (
    <Row gutter={16}>
      <Field name="wait_seconds_max" label={t('queues.waitMax')}>
        {seconds(5, 3600)}
      </Field>
      <OverflowFields own={own} />
      <Field name="own_agent_seconds" label={t('queues.ownAgent')} hint={t('queues.ownAgentHint')}>
        {seconds(0, 600)}
      </Field>
      <Field name="wrap_up_seconds" label={t('queues.wrapUp')} hint={t('campaigns.wrapUpHint')}>
        {seconds(0, 3600)}
      </Field>
      <Field name="service_level_seconds" label={t('queues.serviceLevelSeconds')}>
        {seconds(1, 600)}
      </Field>
      <Field
        name="short_abandon_seconds"
        label={t('queues.shortAbandon')}
        hint={t('queues.shortAbandonHint')}
      >
        {seconds(0, 60)}
      </Field>
      <Field name="music" label={t('queues.music')} hint={t('queues.soundHint')} span={12} optional>
        <Input maxLength={200} />
      </Field>
      <Field
        name="message"
        label={t('queues.message')}
        hint={t('queues.soundHint')}
        span={12}
        optional
      >
        <Input maxLength={200} />
      </Field>
    </Row>
  );
}
