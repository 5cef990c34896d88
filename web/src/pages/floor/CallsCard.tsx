// The calls in progress.
import { Card, Table, type TableColumnsType } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useShallow } from 'zustand/react/shallow';
import type { CallLiveView } from '../../api/types';
import { DASH, phone } from '../../base/format';
import { useLive } from '../../live/store';
import { CallStateLabel } from '../../parts/labels';
import { Elapsed } from '../../parts/timers';
import { useCampaignName } from '../campaigns/queries';
import { useQueueName } from '../queues/queries';

function Cell({ id, show }: { id: string; show: (call: CallLiveView) => ReactNode }) {
  const call = useLive((live) => live.calls[id]);
  return call ? <>{show(call)}</> : null;
}

function AgentName({ id }: { id: number }) {
  return <>{useLive((live) => live.agents[id]?.name) ?? DASH}</>;
}

/** Who has the call, and who is asked or handed it. */
function People({ call }: { call: CallLiveView }) {
  const { agent_id: agent, third } = call;
  const other = third?.agent?.name ?? (third?.number && phone(third.number));
  if (agent == null) return other ?? DASH;
  return (
    <>
      <AgentName id={agent} />
      {other && ` → ${other}`}
    </>
  );
}

function CampaignName({ id }: { id: number }) {
  return <>{useCampaignName(id)}</>;
}

function QueueName({ id }: { id: number }) {
  return <>{useQueueName(id)}</>;
}

/** The place of a caller who waits in the queue, from 1; nothing for anybody else. */
function PlaceInLine({ queue, call }: { queue: number; call: string }) {
  const { t } = useTranslation();
  const place = useLive((live) => (live.queues[queue]?.line.indexOf(call) ?? -1) + 1);
  return place > 0 ? <span className="quiet"> · {t('queues.place', { place })}</span> : null;
}

/** The queue it came through, or the campaign it was dialled for. */
function Origin({ call }: { call: CallLiveView }) {
  if (call.queue_id != null)
    return (
      <>
        <QueueName id={call.queue_id} />
        <PlaceInLine queue={call.queue_id} call={call.call_id} />
      </>
    );
  return call.campaign_id == null ? DASH : <CampaignName id={call.campaign_id} />;
}

/** Calls, those that wait for an agent and those talking first. */
export function CallsCard() {
  const { t } = useTranslation();
  const ids = useLive(
    useShallow((live) =>
      Object.values(live.calls)
        .sort((a, b) => a.started_at.localeCompare(b.started_at))
        .map((call) => call.call_id),
    ),
  );
  const column = (title: string, show: (call: CallLiveView) => ReactNode) => ({
    title,
    ellipsis: true,
    render: (_: unknown, row: { id: string }) => <Cell id={row.id} show={show} />,
  });
  const columns: TableColumnsType<{ id: string }> = [
    { ...column(t('common.status'), (call) => <CallStateLabel state={call.state} />), width: 144 },
    {
      ...column(t('calls.number'), (call) => (
        <span className="figure">{call.number ? phone(call.number) : t('queues.withheld')}</span>
      )),
      width: 128,
    },
    column(t('calls.agent'), (call) => <People call={call} />),
    {
      ...column(`${t('calls.campaign')} / ${t('queues.from')}`, (call) => <Origin call={call} />),
      // Its head in either language, on a small screen too.
      width: '27%',
    },
    {
      ...column(t('floor.since'), (call) => (
        <Elapsed since={call.connected_at ?? call.answered_at ?? call.started_at} />
      )),
      align: 'right' as const,
      width: 72,
    },
  ];
  return (
    <Card title={t('floor.calls', { count: ids.length })}>
      <Table
        size="small"
        rowKey="id"
        columns={columns}
        dataSource={ids.map((id) => ({ id }))}
        pagination={false}
        scroll={{ y: 420 }}
        locale={{ emptyText: t('floor.noCalls') }}
      />
    </Card>
  );
}
