// Pools of caller IDs: their numbers, for whom each is, and how often each was shown
// today.
import { PlusOutlined } from '@ant-design/icons';
import { App, Button, Table, Tag, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useMay } from '../../../api/access';
import type { CallerIdPoolView, PoolNumberView } from '../../../api/types';
import { DASH, phone } from '../../../base/format';
import { PageHead } from '../../../parts/PageHead';
import { ProblemAlert, useReportProblem } from '../../../parts/Problem';
import { ReasonButton } from '../../../parts/ReasonButton';
import { paths } from '../../../paths';
import { PoolDialog } from './PoolDialog';
import { useCallerIdPools, useDeletePool } from './queries';
import { textOf } from './regions';

/** What was used, of so much as may be. */
function Used({ used, most = 0 }: { used: number; most?: number }) {
  const full = most > 0 && used >= most;
  const text = most > 0 ? `${used} / ${most}` : String(used);
  return <span className="figure">{full ? <Tag color="orange">{text}</Tag> : text}</span>;
}

function Numbers({ pool }: { pool: CallerIdPoolView }) {
  const { t } = useTranslation();
  const columns: TableColumnsType<PoolNumberView> = [
    {
      title: t('callerIds.number'),
      width: 170,
      render: (_, row) => (
        <span className="line">
          <span className="figure">{phone(row.number)}</span>
          {row.enabled === false && <Tag>{t('callerIds.off')}</Tag>}
        </span>
      ),
    },
    {
      title: t('callerIds.regions'),
      render: (_, row) =>
        (row.regions ?? []).length === 0
          ? t('callerIds.everybody')
          : (row.regions ?? []).map((region) => <Tag key={textOf(region)}>{textOf(region)}</Tag>),
    },
    {
      title: t('callerIds.usedHour'),
      width: 120,
      align: 'right',
      render: (_, row) => <Used used={row.used_hour} most={row.hour_max} />,
    },
    {
      title: t('callerIds.usedToday'),
      width: 120,
      align: 'right',
      render: (_, row) => <Used used={row.used_today} most={row.day_max} />,
    },
  ];
  return (
    <Table
      size="small"
      rowKey="number"
      columns={columns}
      dataSource={pool.numbers}
      pagination={false}
    />
  );
}

function DeleteButton({ pool }: { pool: CallerIdPoolView }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const report = useReportProblem();
  const remove = useDeletePool();
  const campaigns = pool.campaigns.map((campaign) => campaign.name).join(', ');

  async function ask() {
    const sure = await modal.confirm({
      title: t('callerIds.deleteSure', { name: pool.name }),
      okText: t('callerIds.delete'),
      okButtonProps: { danger: true },
    });
    if (sure) remove.mutate(pool.id, { onError: report });
  }
  return (
    <ReasonButton
      type="link"
      size="small"
      danger
      loading={remove.isPending}
      reason={campaigns ? t('callerIds.inUse', { campaigns }) : undefined}
      onClick={() => void ask()}
    >
      {t('callerIds.delete')}
    </ReasonButton>
  );
}

/** The list of pools. */
export default function CallerIdPoolsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const mayWrite = useMay('campaign:write');
  const pools = useCallerIdPools();
  const [editing, setEditing] = useState<null | 'new' | CallerIdPoolView>(null);

  const columns: TableColumnsType<CallerIdPoolView> = [
    { title: t('common.name'), render: (_, row) => <strong>{row.name}</strong> },
    { title: t('callerIds.count'), render: (_, row) => row.numbers.length },
    {
      title: t('menu.campaigns'),
      render: (_, row) => row.campaigns.map((campaign) => campaign.name).join(', ') || DASH,
    },
    {
      title: t('callerIds.usedToday'),
      align: 'right',
      render: (_, row) => row.numbers.reduce((sum, number) => sum + number.used_today, 0),
    },
  ];
  if (mayWrite) {
    columns.push({
      title: t('common.actions'),
      width: 150,
      render: (_, row) => (
        <span className="line">
          <Button type="link" size="small" onClick={() => setEditing(row)}>
            {t('common.edit')}
          </Button>
          <DeleteButton pool={row} />
        </span>
      ),
    });
  }
  return (
    <>
      <PageHead title={t('callerIds.title')}>
        <Button onClick={() => void navigate(paths.campaigns)}>{t('menu.campaigns')}</Button>
        {mayWrite && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing('new')}>
            {t('callerIds.create')}
          </Button>
        )}
      </PageHead>
      <div className="stack">
        {pools.error && <ProblemAlert error={pools.error} onRetry={() => pools.refetch()} />}
        <Table
          size="middle"
          rowKey="id"
          columns={columns}
          dataSource={pools.data?.items ?? []}
          loading={pools.isPending}
          pagination={false}
          expandable={{ expandedRowRender: (row) => <Numbers pool={row} /> }}
          locale={{ emptyText: t('callerIds.empty') }}
        />
      </div>
      {editing !== null && (
        <PoolDialog
          {...(editing !== 'new' && { pool: editing })}
          onClose={() => setEditing(null)}
        />
      )}
    </>
  );
}
