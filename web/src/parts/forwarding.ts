// Forwarding as the form has it: for each case nothing, a colleague or a number.
import type { AgentLiveView, ForwardingRequest, ForwardingView } from '../api/types';

/** The cases, in the order in which they are asked for. */
export const FORWARD_CASES = ['always', 'busy', 'no_answer'] as const;
export type ForwardCase = (typeof FORWARD_CASES)[number];

/** Where the calls of one case go. */
export interface ForwardRow {
  kind: 'off' | 'colleague' | 'number';
  agentId?: number | undefined;
  number?: string | undefined;
}

/** The form's fields. */
export type ForwardFields = Record<ForwardCase, ForwardRow> & { seconds: number };

/** The fields that say what the server says. */
export function fieldsOf(view: ForwardingView): ForwardFields {
  const row = (to: ForwardingView['always']): ForwardRow => {
    if (!to) return { kind: 'off' };
    if (to.agent_id != null) return { kind: 'colleague', agentId: to.agent_id };
    return { kind: 'number', number: to.number ?? '' };
  };
  return {
    always: row(view.always),
    busy: row(view.busy),
    no_answer: row(view.no_answer),
    seconds: view.no_answer_seconds,
  };
}

/** What is sent for the fields. */
export function requestOf(fields: ForwardFields): ForwardingRequest {
  const to = ({ kind, agentId, number }: ForwardRow) => {
    if (kind === 'colleague' && agentId !== undefined) return { agent_id: agentId };
    if (kind === 'number') return { number: (number ?? '').trim() };
    return null;
  };
  return {
    always: to(fields.always),
    busy: to(fields.busy),
    no_answer: to(fields.no_answer),
    no_answer_seconds: fields.seconds,
  };
}

/** The cases in which an agent's calls go elsewhere, each with where. */
export function forwardsOf(agent: AgentLiveView): { case: ForwardCase; to: string }[] {
  return FORWARD_CASES.flatMap((each) => {
    const party = agent.forwarding?.[each];
    return party ? [{ case: each, to: party.agent?.name ?? party.number ?? '' }] : [];
  });
}
