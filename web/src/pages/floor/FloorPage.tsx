// The live floor for supervisors: agents with their states and timers, calls in
// progress, campaigns, as they change. Every tile and row follows its own entry.
import { AppstoreOutlined, TableOutlined } from '@ant-design/icons';
import { Card, Empty, Segmented, Skeleton } from 'antd';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useShallow } from 'zustand/react/shallow';
import type { AgentStateKind } from '../../api/types';
import { useLive } from '../../live/store';
import { PageHead } from '../../parts/PageHead';
import { AgentsTable } from './AgentsTable';
import { AgentTile } from './AgentTile';
import { CallsCard } from './CallsCard';
import { CampaignsCard } from './CampaignsCard';
import { QueuesCard } from './QueuesCard';
import { StateFilter } from './StateFilter';

function useAgentIds(state: string | null): number[] {
  return useLive(
    useShallow((live) =>
      Object.values(live.agents)
        .filter((agent) => (state ? agent.state === state : agent.state !== 'logged_out'))
        .sort((a, b) => a.name.localeCompare(b.name, 'zh-CN'))
        .map((agent) => agent.agent_id),
    ),
  );
}

function Agents({ state, asTable }: { state: AgentStateKind | null; asTable: boolean }) {
  const { t } = useTranslation();
  const ids = useAgentIds(state);
  if (ids.length === 0) {
    return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('floor.noAgents')} />;
  }
  if (asTable) return <AgentsTable ids={ids} />;
  return (
    <div className="tiles">
      {ids.map((id) => (
        <AgentTile key={id} id={id} />
      ))}
    </div>
  );
}

/** The page; view and filter are kept in the address. */
export default function FloorPage() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const ready = useLive((live) => live.seq !== null);
  const asTable = search.get('view') === 'table';
  const state = search.get('state') as AgentStateKind | null;

  function change(key: string, value: string | null) {
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === null) next.delete(key);
        else next.set(key, value);
        return next;
      },
      { replace: true },
    );
  }
  return (
    <>
      <PageHead title={t('menu.floor')}>
        <Segmented
          value={asTable ? 'table' : 'tiles'}
          onChange={(view) => change('view', view === 'table' ? 'table' : null)}
          options={[
            { value: 'tiles', icon: <AppstoreOutlined />, label: t('floor.tiles') },
            { value: 'table', icon: <TableOutlined />, label: t('floor.table') },
          ]}
        />
      </PageHead>
      {!ready ? (
        <Skeleton active paragraph={{ rows: 8 }} />
      ) : (
        <div className="stack">
          <StateFilter value={state} onChange={(value) => change('state', value)} />
          <Card title={t('floor.agents')}>
            <Agents state={state} asTable={asTable} />
          </Card>
          <QueuesCard />
          <div className="halves calls-first">
            <CallsCard />
            <CampaignsCard />
          </div>
        </div>
      )}
    </>
  );
}
