// Where personal calls go: one's own from the desk, others' from the users' page.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Form, Input, InputNumber, Modal, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, ask } from '../api/client';
import type { ForwardingRequest, ForwardingView } from '../api/types';
import {
  FORWARD_CASES,
  fieldsOf,
  requestOf,
  type ForwardCase,
  type ForwardFields,
} from './forwarding';
import { showFieldProblems } from './form';
import { ProblemAlert } from './Problem';
import { QueryGate } from './QueryGate';

/** Whose calls: one's own, or a user's. */
export type Whose = 'own' | number;

function load(whose: Whose): Promise<ForwardingView> {
  if (whose === 'own') return ask(api.GET('/api/v1/desk/forwarding'));
  return ask(api.GET('/api/v1/users/{id}/forwarding', { params: { path: { id: whose } } }));
}

function save(whose: Whose, body: ForwardingRequest): Promise<ForwardingView> {
  if (whose === 'own') return ask(api.PUT('/api/v1/desk/forwarding', { body }));
  const params = { path: { id: whose } };
  return ask(api.PUT('/api/v1/users/{id}/forwarding', { params, body }));
}

function Row({ name, colleagues }: { name: ForwardCase; colleagues: Colleague[] }) {
  const { t } = useTranslation();
  const kind = Form.useWatch([name, 'kind']) as ForwardFields[ForwardCase]['kind'] | undefined;
  const label = t(`forwarding.${name}`);
  return (
    <Form.Item label={label} extra={t(`forwarding.hint.${name}`)} style={{ marginBottom: 14 }}>
      <div className="line" style={{ gap: 8 }}>
        <Form.Item name={[name, 'kind']} noStyle>
          <Select
            aria-label={label}
            style={{ width: 150 }}
            options={(['off', 'colleague', 'number'] as const).map((value) => ({
              value,
              label: t(`forwarding.kind.${value}`),
            }))}
          />
        </Form.Item>
        {kind === 'colleague' && (
          <Form.Item
            name={[name, 'agentId']}
            noStyle
            rules={[{ required: true, message: t('forwarding.chooseColleague') }]}
          >
            <Select
              aria-label={t('forwarding.kind.colleague')}
              showSearch={{ optionFilterProp: 'label' }}
              style={{ width: 240 }}
              options={colleagues}
            />
          </Form.Item>
        )}
        {kind === 'number' && (
          <Form.Item
            name={[name, 'number']}
            noStyle
            rules={[{ required: true, whitespace: true, message: t('forwarding.enterNumber') }]}
          >
            <Input
              aria-label={t('forwarding.kind.number')}
              inputMode="tel"
              maxLength={30}
              style={{ width: 240 }}
            />
          </Form.Item>
        )}
        {name === 'no_answer' && kind !== 'off' && (
          <Form.Item name="seconds" noStyle>
            <InputNumber
              aria-label={t('forwarding.seconds')}
              min={5}
              max={60}
              suffix={t('forwarding.secondsUnit')}
              style={{ width: 110 }}
            />
          </Form.Item>
        )}
      </div>
    </Form.Item>
  );
}

interface Colleague {
  value: number;
  label: string;
}

interface Props {
  whose: Whose;
  /** The user's name; one's own needs none. */
  name?: string;
  colleagues: Colleague[];
  onClose: () => void;
}

/** The dialog. */
export function ForwardingDialog({ whose, name, colleagues, onClose }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [form] = Form.useForm<ForwardFields>();
  const key = ['forwarding', whose];
  const query = useQuery({ queryKey: key, queryFn: () => load(whose), staleTime: 0, gcTime: 0 });
  const saving = useMutation({
    mutationFn: (fields: ForwardFields) => save(whose, requestOf(fields)),
    onSuccess: (view) => {
      client.setQueryData(key, view);
      onClose();
    },
    onError: (error) => showFieldProblems(form, error),
  });
  const title = t('forwarding.title');
  return (
    <Modal
      open
      width={680}
      title={name ? t('forwarding.titleOf', { name }) : title}
      okText={t('common.save')}
      okButtonProps={{ disabled: !query.data }}
      confirmLoading={saving.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <p className="quiet">{t('forwarding.personalOnly')}</p>
      <QueryGate query={query}>
        {(view) => (
          <Form
            form={form}
            layout="vertical"
            initialValues={fieldsOf(view)}
            onFinish={() => saving.mutate(form.getFieldsValue(true) as ForwardFields)}
          >
            {FORWARD_CASES.map((each) => (
              <Row key={each} name={each} colleagues={colleagues} />
            ))}
          </Form>
        )}
      </QueryGate>
      {saving.error && <ProblemAlert error={saving.error} />}
    </Modal>
  );
}
