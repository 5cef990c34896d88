// The ledger of calls: filter, read, open one to see all of it and to listen.
import { SoundOutlined } from '@ant-design/icons';
import { Table, type TableColumnsType } from 'antd';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import type { CallView } from '../../api/types';
import { dateTime, DASH, duration, phone } from '../../base/format';
import { labelIn } from '../../base/label';
import { ResultLabel } from '../../parts/labels';
import { MoreButton } from '../../parts/MoreButton';
import { PageHead } from '../../parts/PageHead';
import { ProblemAlert } from '../../parts/Problem';
import { CallDrawer } from './CallDrawer';
import { CallFilters } from './CallFilters';
import { filterFrom, useCalls } from './queries';

function useColumns(): TableColumnsType<CallView> {
  const { t, i18n } = useTranslation();
  return [
    {
      title: t('calls.startedAt'),
      width: 168,
      render: (_, call) => <span className="figure">{dateTime(call.started_at)}</span>,
    },
    { title: t('calls.customer'), ellipsis: true, render: (_, call) => call.customer_name ?? DASH },
    {
      title: t('calls.number'),
      width: 132,
      render: (_, call) => <span className="figure">{phone(call.number)}</span>,
    },
    { title: t('calls.agent'), ellipsis: true, render: (_, call) => call.agent_name ?? DASH },
    {
      title: `${t('calls.campaign')} / ${t('queues.from')}`,
      ellipsis: true,
      render: (_, call) => call.queue_name ?? call.campaign_name ?? DASH,
    },
    {
      title: t('calls.result'),
      width: 146,
      render: (_, call) => <ResultLabel result={call.result} />,
    },
    {
      title: t('calls.talk'),
      width: 96,
      align: 'right',
      render: (_, call) => (
        <span className="figure">{call.connected_at ? duration(call.talk_ms) : DASH}</span>
      ),
    },
    {
      title: t('calls.disposition'),
      width: 120,
      render: (_, call) => (call.disposition ? labelIn(call.disposition, i18n.language) : DASH),
    },
    {
      title: <SoundOutlined aria-label={t('calls.recording')} />,
      width: 44,
      align: 'center',
      render: (_, call) =>
        call.recording_id ? <SoundOutlined style={{ color: '#2457c5' }} /> : null,
    },
  ];
}

/** The page. The open call is in the address too, so it can be passed on. */
export default function CallsPage() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const calls = useCalls(filterFrom(search));
  const columns = useColumns();
  const items = calls.data?.pages.flatMap((page) => page.items) ?? [];
  const openId = search.get('call');

  function open(id: string | null) {
    setSearch((before) => {
      const next = new URLSearchParams(before);
      if (id === null) next.delete('call');
      else next.set('call', id);
      return next;
    });
  }
  return (
    <>
      <PageHead title={t('menu.calls')} />
      <div className="stack">
        <CallFilters search={search} onChange={setSearch} />
        {calls.error && <ProblemAlert error={calls.error} onRetry={() => calls.refetch()} />}
        <Table
          size="middle"
          rowKey="id"
          columns={columns}
          dataSource={items}
          loading={calls.isPending}
          pagination={false}
          locale={{ emptyText: t('calls.empty') }}
          onRow={(call) => ({
            onClick: () => open(call.id),
            onKeyDown: (event) => event.key === 'Enter' && open(call.id),
            tabIndex: 0,
            style: { cursor: 'pointer' },
          })}
        />
      </div>
      {items.length > 0 && (
        <MoreButton
          shown={items.length}
          total={calls.data?.pages[0]?.total}
          hasMore={calls.hasNextPage}
          loading={calls.isFetchingNextPage}
          onMore={() => calls.fetchNextPage()}
        />
      )}
      <CallDrawer id={openId} onClose={() => open(null)} />
    </>
  );
}
