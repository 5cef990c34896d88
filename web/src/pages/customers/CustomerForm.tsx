// Adding a customer: in a dialog, or at the desk while they are on the line.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, ask } from '../../api/client';
import type { CustomerRequest, CustomerView } from '../../api/types';
import { showFieldProblems } from '../../parts/form';
import { ProblemAlert } from '../../parts/Problem';

interface Fields {
  name: string;
  /** A field that nobody filled in is missing. */
  phones: (string | undefined)[];
  city?: string;
  remark?: string;
}

interface Props {
  /** What is known of them already. */
  initial: Partial<Fields>;
  onAdded: (customer: CustomerView) => void;
  onCancel: () => void;
}

function useAddCustomer() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: CustomerRequest) => ask(api.POST('/api/v1/customers', { body })),
    onSuccess: () =>
      Promise.all(
        ['customers', 'desk', 'calls'].map((key) => client.invalidateQueries({ queryKey: [key] })),
      ),
  });
}

/** The fields with their buttons. */
export function CustomerForm({ initial, onAdded, onCancel }: Props) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Fields>();
  const add = useAddCustomer();
  function submit(fields: Fields) {
    const phones = fields.phones.map((each) => each ?? '');
    add.mutate(
      { ...fields, phones },
      {
        onSuccess: onAdded,
        onError: (error) => showFieldProblems(form, error),
      },
    );
  }
  return (
    <Form
      form={form}
      layout="vertical"
      initialValues={{ phones: [''], ...initial }}
      onFinish={submit}
    >
      <div className="form-grid">
        <Form.Item name="name" label={t('customers.name')} rules={[{ required: true }]}>
          <Input autoFocus maxLength={200} />
        </Form.Item>
        <Form.Item name={['phones', 0]} label={t('customers.phone')} rules={[{ required: true }]}>
          <Input inputMode="tel" maxLength={40} />
        </Form.Item>
        <Form.Item name={['phones', 1]} label={t('customers.secondPhone')}>
          <Input inputMode="tel" maxLength={40} />
        </Form.Item>
        <Form.Item name="city" label={t('customers.city')}>
          <Input maxLength={200} />
        </Form.Item>
      </div>
      <Form.Item name="remark" label={t('customers.remark')}>
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={4000} />
      </Form.Item>
      {add.error && <ProblemAlert error={add.error} />}
      <div className="line" style={{ marginTop: 12 }}>
        <Button type="primary" htmlType="submit" loading={add.isPending}>
          {t('customers.add')}
        </Button>
        <Button onClick={onCancel}>{t('common.cancel')}</Button>
      </div>
    </Form>
  );
}

/** The same as a dialog. */
export function CustomerDialog({ onAdded, onCancel }: Omit<Props, 'initial'>) {
  const { t } = useTranslation();
  return (
    <Modal open width={640} title={t('customers.add')} footer={null} onCancel={onCancel}>
      <CustomerForm initial={{}} onAdded={onAdded} onCancel={onCancel} />
    </Modal>
  );
}
