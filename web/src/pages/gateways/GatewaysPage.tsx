// The trunks: the SIP gateways over which customers are called.
import { PlusOutlined } from '@ant-design/icons';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input, Modal, Switch, Table, Tag, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../api/access';
import { api, ask } from '../../api/client';
import type { GatewayRequest, GatewayView } from '../../api/types';
import { DASH, phone } from '../../base/format';
import { showFieldProblems } from '../../parts/form';
import { PageHead } from '../../parts/PageHead';
import { ProblemAlert } from '../../parts/Problem';
import { useGateways } from '../campaigns/queries';

function useSaveGateway(id: number | undefined) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: GatewayRequest) =>
      id === undefined
        ? ask(api.POST('/api/v1/gateways', { body }))
        : ask(api.PATCH('/api/v1/gateways/{id}', { params: { path: { id } }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['gateways'] }),
  });
}

function GatewayDialog({ gateway, onClose }: { gateway?: GatewayView; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<GatewayRequest>();
  const save = useSaveGateway(gateway?.id);
  const registers = Form.useWatch('register', form) ?? gateway?.register;

  function submit({ secret, ...values }: GatewayRequest) {
    // An empty secret on a change means: keep the one there is.
    save.mutate(
      { ...values, ...(secret && { secret }) },
      { onSuccess: onClose, onError: (error) => showFieldProblems(form, error) },
    );
  }
  return (
    <Modal
      open
      title={gateway ? t('gateways.edit') : t('gateways.create')}
      okText={t('common.save')}
      confirmLoading={save.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={gateway ?? { register: false, enabled: true }}
        onFinish={submit}
      >
        <Form.Item
          name="name"
          label={t('common.name')}
          extra={t('gateways.nameHint')}
          rules={[{ required: true }]}
        >
          <Input maxLength={60} />
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
        <Form.Item name="enabled" label={t('gateways.enabled')} valuePropName="checked">
          <Switch />
        </Form.Item>
        {save.error && <ProblemAlert error={save.error} />}
      </Form>
    </Modal>
  );
}

/** The list of trunks. */
export default function GatewaysPage() {
  const { t } = useTranslation();
  const mayWrite = useMay('gateway:write');
  const gateways = useGateways();
  const [editing, setEditing] = useState<null | 'new' | GatewayView>(null);

  const columns: TableColumnsType<GatewayView> = [
    { title: t('common.name'), render: (_, row) => row.name },
    { title: t('gateways.proxy'), render: (_, row) => row.proxy },
    {
      title: t('campaigns.callerId'),
      render: (_, row) => <span className="figure">{phone(row.caller_id)}</span>,
    },
    {
      title: t('gateways.register'),
      render: (_, row) => (row.register ? (row.username ?? t('common.yes')) : DASH),
    },
    {
      title: t('common.status'),
      render: (_, row) => (
        <Tag color={row.enabled ? 'green' : 'default'}>
          {t(row.enabled ? 'gateways.enabled' : 'gateways.disabled')}
        </Tag>
      ),
    },
  ];
  if (mayWrite) {
    columns.push({
      title: t('common.actions'),
      width: 90,
      render: (_, row) => (
        <Button type="link" size="small" onClick={() => setEditing(row)}>
          {t('common.edit')}
        </Button>
      ),
    });
  }
  return (
    <>
      <PageHead title={t('menu.gateways')}>
        {mayWrite && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing('new')}>
            {t('gateways.create')}
          </Button>
        )}
      </PageHead>
      <div className="stack">
        {gateways.error && (
          <ProblemAlert error={gateways.error} onRetry={() => gateways.refetch()} />
        )}
        <Table
          size="middle"
          rowKey="id"
          columns={columns}
          dataSource={gateways.data?.items ?? []}
          loading={gateways.isPending}
          pagination={false}
          locale={{ emptyText: t('gateways.empty') }}
        />
      </div>
      {editing !== null && (
        <GatewayDialog
          {...(editing !== 'new' && { gateway: editing })}
          onClose={() => setEditing(null)}
        />
      )}
    </>
  );
}
