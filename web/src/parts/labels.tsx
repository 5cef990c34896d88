// Coloured labels for states and results, the same on every page.
import { useTranslation } from 'react-i18next';
import type { AgentStateKind, CallResult, CallStateKind } from '../api/types';
import { AGENT_STATE_COLOUR, CALL_STATE_COLOUR, RESULT_COLOUR, tint } from '../theme';

function Label({ colour, text }: { colour: string; text: string }) {
  return (
    <span className="state-label" style={tint(colour)}>
      <i style={{ background: colour }} />
      {text}
    </span>
  );
}

/** An agent's state; with the reason of a pause or of being unreachable. */
export function AgentStateLabel({
  kind,
  reason,
}: {
  kind: AgentStateKind;
  reason?: string | null | undefined;
}) {
  const { t } = useTranslation();
  const text = t(`agentState.${kind}`);
  return <Label colour={AGENT_STATE_COLOUR[kind]} text={reason ? `${text} · ${reason}` : text} />;
}

/** Where a live call is. */
export function CallStateLabel({ state }: { state: CallStateKind }) {
  const { t } = useTranslation();
  return <Label colour={CALL_STATE_COLOUR[state]} text={t(`callState.${state}`)} />;
}

/** How a call ended; a call in progress has no result yet. */
export function ResultLabel({ result }: { result: CallResult | null | undefined }) {
  const { t } = useTranslation();
  if (!result) return <Label colour={CALL_STATE_COLOUR.talking} text={t('calls.inProgress')} />;
  return <Label colour={RESULT_COLOUR[result]} text={t(`result.${result}`)} />;
}
