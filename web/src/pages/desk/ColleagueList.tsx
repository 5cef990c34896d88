// The colleagues a call can be handed to: found by name, extension or team,
// those who are free first.
import { SearchOutlined } from '@ant-design/icons';
import type { UseQueryResult } from '@tanstack/react-query';
import { Input, Radio, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ColleagueView } from '../../api/types';
import { AgentStateLabel } from '../../parts/labels';
import { QueryGate } from '../../parts/QueryGate';

function matches(colleague: ColleagueView, words: string): boolean {
  const { name, extension, team } = colleague;
  return [name, extension, team ?? ''].some((text) => text.toLowerCase().includes(words));
}

/** Who is free first, who is not on shift last; by name among equals. */
function byReadiness(a: ColleagueView, b: ColleagueView): number {
  const rank = ({ ready, state }: ColleagueView) => (ready ? 0 : state === 'logged_out' ? 2 : 1);
  return rank(a) - rank(b) || a.name.localeCompare(b.name, 'zh-CN');
}

function Row({ colleague }: { colleague: ColleagueView }) {
  const { t } = useTranslation();
  return (
    <span className="colleague">
      <span>
        <strong>{colleague.name}</strong> <span className="figure">{colleague.extension}</span>
        {colleague.team && <span className="quiet"> · {colleague.team}</span>}
      </span>
      <span>
        {colleague.forwards && <Tag>{t('forwarding.title')}</Tag>}
        <AgentStateLabel kind={colleague.state} />
      </span>
    </span>
  );
}

interface Props {
  query: UseQueryResult<{ items: ColleagueView[] }, Error>;
  chosen: number | null;
  onChoose: (agentId: number) => void;
}

/** The search and its results. */
export function ColleagueList({ query, chosen, onChoose }: Props) {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const words = search.trim().toLowerCase();
  const found = (items: ColleagueView[]) =>
    items.filter((each) => matches(each, words)).sort(byReadiness);
  return (
    <div>
      <Input
        autoFocus
        allowClear
        prefix={<SearchOutlined />}
        value={search}
        placeholder={t('desk.hand.search')}
        aria-label={t('desk.hand.search')}
        onChange={(event) => setSearch(event.target.value)}
      />
      <div className="colleagues">
        <QueryGate
          query={query}
          isEmpty={(page) => found(page.items).length === 0}
          empty={t('desk.hand.none')}
        >
          {(page) => (
            <Radio.Group
              vertical
              value={chosen}
              onChange={(event) => onChoose(event.target.value as number)}
              options={found(page.items).map((colleague) => ({
                value: colleague.agent_id,
                disabled: !colleague.ready,
                label: <Row colleague={colleague} />,
              }))}
            />
          )}
        </QueryGate>
      </div>
    </div>
  );
}
