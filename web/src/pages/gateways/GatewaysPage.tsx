// The trunks: the SIP gateways over which customers are called.
import { PlusOutlined } from '@ant-design/icons';
import { Button, Table, Tag, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../api/access';
import type { GatewayView } from '../../api/types';
import { DASH, phone } from '../../base/format';
import { PageHead } from '../../parts/PageHead';
import { ProblemAlert } from '../../parts/Problem';
import { useGateways } from '../campaigns/queries';
import { GatewayDialog } from './GatewayDialog';

/** A limit as people read it. */
const limit = (value: number) => (value === 0 ? DASH : value);

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
      title: t('gateways.callsMax'),
      align: 'right',
      render: (_, row) => limit(row.calls_max),
    },
    {
      title: t('gateways.callsPerSecond'),
      align: 'right',
      render: (_, row) => limit(row.calls_per_second),
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
