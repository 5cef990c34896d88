// What an agent is told of the third party: the same call, seen from both sides.
import { describe, expect, it } from 'vitest';
import type { CallLiveView, ThirdView } from '../../api/types';
import { thirdLine } from './third';

const ANNA = { agent_id: 1, name: 'Anna' };
const BERT = { agent_id: 2, name: 'Bert' };

function call(state: CallLiveView['state'], third: Partial<ThirdView> | null): CallLiveView {
  return {
    call_id: 'a',
    state,
    campaign_id: 1,
    customer_id: 1,
    number: '13800138000',
    started_at: '2026-11-23T01:00:00Z',
    talked_ms: 0,
    recording_paused: false,
    third: third && { agent: BERT, from: ANNA, attended: true, up: true, ...third },
  };
}

const seen = (each: CallLiveView, agentId: number) => thirdLine(each, agentId)?.key;

describe('thirdLine', () => {
  it('says nothing when there is no third party', () => {
    expect(thirdLine(call('talking', null), 1)).toBeNull();
  });

  it('tells who asks and who is asked apart', () => {
    expect(seen(call('consulting', {}), 1)).toBe('consulting');
    expect(seen(call('consulting', {}), 2)).toBe('askedTalking');
    expect(seen(call('aside', {}), 1)).toBe('aside');
    expect(seen(call('aside', {}), 2)).toBe('askedWaiting');
    expect(seen(call('conference', {}), 2)).toBe('askedConference');
  });

  it('tells a blind transfer from a consultation while it rings', () => {
    expect(seen(call('transferring', { up: false }), 1)).toBe('ringingConsult');
    expect(seen(call('transferring', { up: false, attended: false }), 1)).toBe('ringingBlind');
    expect(seen(call('transferring', { up: false, attended: false }), 2)).toBe('toYouBlind');
    expect(seen(call('transferring', { attended: false }), 1)).toBe('handing');
    expect(seen(call('transferring', { attended: false }), 2)).toBe('handingToYou');
  });

  it('names an outside party by its number', () => {
    const outside = call('consulting', { agent: null, number: '02112345678' });
    expect(thirdLine(outside, 1)).toEqual({
      key: 'consulting',
      name: '02112345678',
      from: 'Anna',
    });
  });
});
