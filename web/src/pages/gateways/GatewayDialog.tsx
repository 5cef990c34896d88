// Creating and changing a trunk.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Form, Input, InputNumber, Modal, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, ask } from '../../api/client';
import type { GatewayRequest, GatewayView } from '../../api/types';
import { showFieldProblems } from '../../parts/form';
import { ProblemAlert } from '../../parts/Problem';

function send(gateway: GatewayView | undefined, fields: GatewayRequest) {
  if (!gateway) return ask(api.POST('/api/v1/gateways', { body: fields }));
  const { name, secret, ...rest } = fields;
  // An empty secret on a change means: keep the one there is.
  const body = { ...rest, ...(secret && { secret }) };
  return ask(api.PATCH('/api/v1/gateways/{id}', { params: { path: { id: gateway.id } }, body }));
}

function useSaveGateway(gateway: GatewayView | undefined) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (fields: GatewayRequest) => send(gateway, fields),
    onSuccess: () => client.invalidateQueries({ queryKey: ['gateways'] }),
  });
}

/** The dialog; without a gateway it makes a new one. */
export function GatewayDialog({
  gateway,
  onClose,
}: {
  gateway?: GatewayView;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const [form] = Form.useForm<GatewayRequest>();
  const save = useSaveGateway(gateway);
  const registers = Form.useWatch('register', form) ?? gateway?.register;

  function submit(fields: GatewayRequest) {
    save.mutate(fields, {
      onSuccess: onClose,
      onError: (error) => showFieldProblems(form, error),
    });
  }
  return (
    <Modal
      open
      width={640}
      title={gateway ? t('gateways.edit') : t('gateways.create')}
      okText={t('common.save')}
      confirmLoading={save.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={
          gateway ?? { register: false, enabled: true, calls_max: 0, calls_per_second: 0 }
        }
        onFinish={submit}
      >
        <div className="form-grid">
          <Form.Item
            name="name"
            label={t('common.name')}
            extra={t('gateways.nameHint')}
            rules={[{ required: true }]}
          >
            <Input maxLength={60} disabled={gateway !== undefined} />
          </Form.Item>
          <Form.Item
            name="proxy"
            label={t('gateways.proxy')}
            extra={t('gateways.proxyHint')}
            rules={[{ required: true }]}
          >
            <Input />
          </Form.Item>
          <Form.Item name="caller_id" label={t('campaigns.callerId')} rules={[{ required: true }]}>
            <Input inputMode="tel" maxLength={20} />
          </Form.Item>
          <Form.Item name="register" label={t('gateways.register')} valuePropName="checked">
            <Switch />
          </Form.Item>
          {registers && (
            <>
              <Form.Item name="username" label={t('gateways.username')}>
                <Input autoComplete="off" />
              </Form.Item>
              <Form.Item
                name="secret"
                label={t('gateways.secret')}
                {...(gateway && { extra: t('gateways.keepSecret') })}
              >
                <Input.Password autoComplete="new-password" />
              </Form.Item>
            </>
          )}
          <Form.Item
            name="calls_max"
            label={t('gateways.callsMax')}
            extra={t('gateways.callsMaxHint')}
          >
            <InputNumber min={0} max={10_000} precision={0} style={{ width: '100%' }} />
          </Form.Item>
          <Form.Item
            name="calls_per_second"
            label={t('gateways.callsPerSecond')}
            extra={t('gateways.callsPerSecondHint')}
          >
            <InputNumber min={0} max={1000} precision={0} style={{ width: '100%' }} />
          </Form.Item>
          <Form.Item name="enabled" label={t('gateways.enabled')} valuePropName="checked">
            <Switch />
          </Form.Item>
        </div>
        {save.error && <ProblemAlert error={save.error} />}
      </Form>
    </Modal>
  );
}
