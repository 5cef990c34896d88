// Where a caller goes who has waited too long: the kind, and what belongs to it.
import { Col, Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useUsers } from '../campaigns/queries';
import { OVERFLOW_KINDS, type QueueForm } from './form';
import { useQueues } from './queries';

function Target({ own }: { own: number | undefined }) {
  const { t } = useTranslation();
  const kind = Form.useWatch<QueueForm['overflow_kind'] | undefined>('overflow_kind');
  const queues = useQueues();
  const users = useUsers();
  switch (kind) {
    case 'queue':
      return (
        <Form.Item
          name="overflow_queue"
          label={t('queues.overflowQueue')}
          rules={[{ required: true }]}
        >
          <Select
            options={queues.data?.items
              .filter((queue) => queue.id !== own)
              .map((queue) => ({ value: queue.id, label: queue.name }))}
          />
        </Form.Item>
      );
    case 'agent':
      return (
        <Form.Item
          name="overflow_agent"
          label={t('queues.overflowAgent')}
          rules={[{ required: true }]}
        >
          <Select
            showSearch={{ optionFilterProp: 'label' }}
            options={users.data?.items
              .filter((user) => user.extension)
              .map((user) => ({
                value: user.id,
                label: `${user.display_name} (${user.extension ?? ''})`,
              }))}
          />
        </Form.Item>
      );
    case 'outside':
      return (
        <Form.Item
          name="overflow_number"
          label={t('queues.overflowNumber')}
          rules={[{ required: true }]}
        >
          <Input maxLength={20} inputMode="tel" />
        </Form.Item>
      );
    case 'hang_up':
    case undefined:
      return null;
  }
}

/** The two fields. */
export function OverflowFields({ own }: { own: number | undefined }) {
  const { t } = useTranslation();
  return (
    <>
      <Col span={6}>
        <Form.Item
          name="overflow_kind"
          label={t('queues.overflowLabel')}
          rules={[{ required: true }]}
        >
          <Select
            options={OVERFLOW_KINDS.map((kind) => ({
              value: kind,
              label: t(`queues.overflow.${kind}`),
            }))}
          />
        </Form.Item>
      </Col>
      <Col span={6}>
        <Target own={own} />
      </Col>
    </>
  );
}
