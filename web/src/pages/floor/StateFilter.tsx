// How many agents are in each state; pressing one shows only those.
import { useTranslation } from 'react-i18next';
import { useShallow } from 'zustand/react/shallow';
import type { AgentStateKind } from '../../api/types';
import { useLive } from '../../live/store';
import { AGENT_STATE_COLOUR } from '../../theme';

const ORDER = Object.keys(AGENT_STATE_COLOUR) as AgentStateKind[];

/** One button per state with its count. */
export function StateFilter({
  value,
  onChange,
}: {
  value: AgentStateKind | null;
  onChange: (state: AgentStateKind | null) => void;
}) {
  const { t } = useTranslation();
  const counts = useLive(
    useShallow((live) => {
      const agents = Object.values(live.agents);
      return ORDER.map((kind) => agents.filter((agent) => agent.state === kind).length);
    }),
  );
  return (
    <div className="state-filter">
      {ORDER.map((kind, index) => (
        <button
          key={kind}
          type="button"
          aria-pressed={value === kind}
          style={{ '--state': AGENT_STATE_COLOUR[kind] } as React.CSSProperties}
          onClick={() => onChange(value === kind ? null : kind)}
        >
          <span className="value">{counts[index]}</span>
          <span>{t(`agentState.${kind}`)}</span>
        </button>
      ))}
    </div>
  );
}
