// The agents of the live floor as a table; each cell follows its own agent.
import { Table, type TableColumnsType } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { AgentLiveView } from '../../api/types';
import { DASH, phone } from '../../base/format';
import { useLive } from '../../live/store';
import { ForwardMark } from '../../parts/ForwardMark';
import { AgentStateLabel } from '../../parts/labels';
import { PhoneMark } from '../../parts/PhoneMark';
import { Elapsed } from '../../parts/timers';
import { useReasonText } from '../../parts/useReasonText';
import { AgentActions, useMaySupervise } from './AgentActions';
import { Ears } from './Ears';

function Cell({ id, show }: { id: number; show: (agent: AgentLiveView) => ReactNode }) {
  const agent = useLive((live) => live.agents[id]);
  return agent ? <>{show(agent)}</> : null;
}

function CallNumber({ callId }: { callId: string }) {
  const number = useLive((live) => live.calls[callId]?.number);
  return <span className="figure">{number ? phone(number) : DASH}</span>;
}

/** One row per agent. */
export function AgentsTable({ ids }: { ids: number[] }) {
  const { t } = useTranslation();
  const reasonText = useReasonText();
  const maySupervise = useMaySupervise();
  const column = (title: string, show: (agent: AgentLiveView) => ReactNode) => ({
    title,
    render: (_: unknown, row: { id: number }) => <Cell id={row.id} show={show} />,
  });
  const columns: TableColumnsType<{ id: number }> = [
    column(t('floor.agent'), (agent) => agent.name),
    column(t('floor.extension'), (agent) => agent.extension),
    column(t('common.status'), (agent) => (
      <AgentStateLabel
        kind={agent.state}
        reason={agent.reason ? reasonText(agent.reason) : undefined}
      />
    )),
    column(t('floor.since'), (agent) => <Elapsed since={agent.since} />),
    column(t('floor.phone'), (agent) => (
      <>
        <PhoneMark phone={agent.phone} /> {t(agent.phone_up ? 'floor.phoneUp' : 'floor.phoneDown')}
      </>
    )),
    column(t('forwarding.title'), (agent) =>
      agent.forwarding ? <ForwardMark agent={agent} text /> : DASH,
    ),
    column(t('calls.number'), (agent) =>
      agent.call_id ? <CallNumber callId={agent.call_id} /> : DASH,
    ),
  ];
  if (maySupervise) {
    columns.push(
      column(t('floor.monitor.column'), (agent) => <Ears agentId={agent.agent_id} />),
      { ...column('', (agent) => <AgentActions agent={agent} />), width: 48, align: 'right' },
    );
  }
  return (
    <Table
      size="small"
      rowKey="id"
      columns={columns}
      dataSource={ids.map((id) => ({ id }))}
      pagination={false}
    />
  );
}
