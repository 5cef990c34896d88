// How often one number is dialled at most, for the whole centre.
import { Form, InputNumber, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import type { AttemptCaps } from '../../api/types';
import { showFieldProblems } from '../../parts/form';
import { ProblemAlert } from '../../parts/Problem';
import { QueryGate } from '../../parts/QueryGate';
import { useAttemptCaps, useSaveAttemptCaps } from './queries';

/** The dialog. */
export function AttemptCapsDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<AttemptCaps>();
  const query = useAttemptCaps();
  const save = useSaveAttemptCaps();
  const one = (
    name: keyof AttemptCaps,
    label: string,
    unit: string,
    [min, max]: [number, number],
    hint?: string,
  ) => (
    <Form.Item name={name} label={label} extra={hint} rules={[{ required: true }]}>
      <InputNumber min={min} max={max} suffix={unit} style={{ width: '100%' }} />
    </Form.Item>
  );
  const times = t('retry.timesUnit');
  return (
    <Modal
      open
      width={520}
      title={t('retry.centreTitle')}
      okText={t('common.save')}
      confirmLoading={save.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <p className="quiet">{t('retry.centreHint')}</p>
      <QueryGate query={query}>
        {(caps) => (
          <Form
            form={form}
            layout="vertical"
            initialValues={caps}
            onFinish={(values) =>
              save.mutate(values, {
                onSuccess: onClose,
                onError: (error) => showFieldProblems(form, error),
              })
            }
          >
            <div className="form-grid">
              {one('per_day', t('retry.perDay'), times, [1, 100])}
              {one('in_all', t('retry.inAll'), times, [1, 1000])}
              {one('days', t('retry.days'), t('retry.daysUnit'), [1, 3650], t('retry.daysHint'))}
              {one('spacing_minutes', t('retry.spacing'), t('common.minutes'), [0, 1440])}
            </div>
          </Form>
        )}
      </QueryGate>
      {save.error && <ProblemAlert error={save.error} />}
    </Modal>
  );
}
