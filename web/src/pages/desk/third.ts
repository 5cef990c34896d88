// Who else is on the call, and what each of the three hears, as one sentence
// from where this agent stands.
import type { CallLiveView } from '../../api/types';

/** The key of the sentence under `desk.third`, its names, and how it looks. */
export interface ThirdLine {
  key:
    | 'ringingBlind'
    | 'ringingConsult'
    | 'handing'
    | 'consulting'
    | 'aside'
    | 'conference'
    | 'toYouBlind'
    | 'toYouConsult'
    | 'askedTalking'
    | 'askedWaiting'
    | 'askedConference'
    | 'handingToYou';
  /** The third: a colleague's name or an outside number. */
  name: string;
  /** Who hands the call on. */
  from: string;
}

/** The sentence for this agent; null when there is no third party. */
export function thirdLine(call: CallLiveView, agentId: number): ThirdLine | null {
  const { third } = call;
  if (!third) return null;
  const names = { name: third.agent?.name ?? third.number ?? '', from: third.from.name };
  const asked = third.agent?.agent_id === agentId;
  if (call.state === 'consulting') return { key: asked ? 'askedTalking' : 'consulting', ...names };
  if (call.state === 'aside') return { key: asked ? 'askedWaiting' : 'aside', ...names };
  if (call.state === 'conference') {
    return { key: asked ? 'askedConference' : 'conference', ...names };
  }
  if (!third.up) {
    if (asked) return { key: third.attended ? 'toYouConsult' : 'toYouBlind', ...names };
    return { key: third.attended ? 'ringingConsult' : 'ringingBlind', ...names };
  }
  return { key: asked ? 'handingToYou' : 'handing', ...names };
}
