// One agent on the live floor as a tile: name, state, time in it, the call.
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { phone } from '../../base/format';
import { useLive } from '../../live/store';
import { ForwardMark } from '../../parts/ForwardMark';
import { PhoneMark } from '../../parts/PhoneMark';
import { Elapsed } from '../../parts/timers';
import { useReasonText } from '../../parts/useReasonText';
import { AGENT_STATE_COLOUR } from '../../theme';
import { AgentActions } from './AgentActions';
import { Ears } from './Ears';

/** The tile; draws itself anew only when this agent changes. */
export const AgentTile = memo(function AgentTile({ id }: { id: number }) {
  const { t } = useTranslation();
  const reasonText = useReasonText();
  const agent = useLive((live) => live.agents[id]);
  const number = useLive((live) => {
    const callId = live.agents[id]?.call_id;
    return callId ? live.calls[callId]?.number : undefined;
  });
  if (!agent) return null;
  return (
    <div
      className="tile"
      style={{ '--state': AGENT_STATE_COLOUR[agent.state] } as React.CSSProperties}
    >
      <div className="row">
        <span className="who">{agent.name}</span>
        <AgentActions agent={agent} />
      </div>
      <div className="row">
        <span className="state">{t(`agentState.${agent.state}`)}</span>
        <Elapsed since={agent.since} />
      </div>
      <div className="row">
        <span className="figure">
          <PhoneMark phone={agent.phone} /> {number ? phone(number) : agent.extension}
        </span>
        <span style={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>
          {agent.reason ? reasonText(agent.reason) : ''}
        </span>
      </div>
      <ForwardMark agent={agent} />
      <Ears agentId={id} />
    </div>
  );
});
