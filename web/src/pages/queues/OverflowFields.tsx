// Where a caller goes who has waited too long, or who calls outside the hours: the
// kind, and what belongs to it.
import { Col, Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useUsers } from '../campaigns/queries';
import { OVERFLOW_KINDS, type QueueForm, type Way } from './form';
import { useQueues } from './queries';

function Target({ way, own }: { way: Way; own: number | undefined }) {
  const { t } = useTranslation();
  const kind = Form.useWatch<QueueForm['overflow_kind'] | undefined>(`${way}_kind`);
  const queues = useQueues();
  const users = useUsers();
  switch (kind) {
    case 'queue':
      return (
        <Col span={6}>
          <Form.Item
            name={`${way}_queue`}
            label={t('queues.overflowQueue')}
            rules={[{ required: true }]}
          >
            <Select
              options={queues.data?.items
                .filter((queue) => queue.id !== own)
                .map((queue) => ({ value: queue.id, label: queue.name }))}
            />
          </Form.Item>
        </Col>
      );
    case 'agent':
      return (
        <Col span={6}>
          <Form.Item
            name={`${way}_agent`}
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
        </Col>
      );
    case 'outside':
      return (
        <Col span={6}>
          <Form.Item
            name={`${way}_number`}
            label={t('queues.overflowNumber')}
            rules={[{ required: true }]}
          >
            <Input maxLength={20} inputMode="tel" />
          </Form.Item>
        </Col>
      );
    case 'voicemail':
    case 'hang_up':
    case undefined:
      return null;
  }
}

interface Props {
  way: Way;
  label: string;
  /** The queue that is changed. */
  own: number | undefined;
}

/** The two fields. */
export function OverflowFields({ way, label, own }: Props) {
  const { t } = useTranslation();
  return (
    <>
      <Col span={6}>
        <Form.Item name={`${way}_kind`} label={label} rules={[{ required: true }]}>
          <Select
            options={OVERFLOW_KINDS.map((kind) => ({
              value: kind,
              label: t(`queues.overflow.${kind}`),
            }))}
          />
        </Form.Item>
      </Col>
      <Target way={way} own={own} />
    </>
  );
}
