// Putting one number on the list by hand.
import { App, Form, Input, Modal, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { showFieldProblems } from '../../parts/form';
import { ProblemAlert } from '../../parts/Problem';
import type { NumberFields } from './form';
import { useAddNumber } from './queries';
import { TermsItems } from './TermsItems';

/** The dialog; with a number when it is known already. */
export function AddDialog({ number, onClose }: { number?: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [form] = Form.useForm<NumberFields>();
  const add = useAddNumber();
  function submit(fields: NumberFields) {
    add.mutate(fields, {
      onSuccess: () => {
        void message.success(t('doNotCall.addedDone'));
        onClose();
      },
      onError: (error) => showFieldProblems(form, error),
    });
  }
  return (
    <Modal
      open
      width={640}
      title={t('doNotCall.addTitle')}
      okText={t('doNotCall.add')}
      confirmLoading={add.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={{ number, source: 'typed' }}
        onFinish={submit}
      >
        <div className="form-grid">
          <Form.Item name="number" label={t('doNotCall.number')} rules={[{ required: true }]}>
            <Input inputMode="tel" maxLength={40} autoFocus={number === undefined} />
          </Form.Item>
          <Form.Item name="source" label={t('doNotCall.source')} rules={[{ required: true }]}>
            <Select
              options={(['typed', 'complaint'] as const).map((value) => ({
                value,
                label: t(`doNotCall.sources.${value}`),
              }))}
            />
          </Form.Item>
        </div>
        <TermsItems />
        {add.error && <ProblemAlert error={add.error} />}
      </Form>
    </Modal>
  );
}
