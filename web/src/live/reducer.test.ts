// The live reducer: order, gaps, snapshots, and that untouched entries stay the
// same objects (else every row would be drawn anew).
import { describe, expect, it } from 'vitest';
import type { AgentLiveView, CallLiveView, LiveMessage } from '../api/types';
import { applyMessage, EMPTY } from './reducer';

function agent(id: number, state: AgentLiveView['state'] = 'ready'): AgentLiveView {
  return {
    agent_id: id,
    name: `Agent ${id}`,
    extension: `10${id}`,
    state,
    since: '2026-11-23T01:00:00Z',
    phone_up: true,
    allowed: ['pause'],
  };
}

function call(id: string): CallLiveView {
  return {
    call_id: id,
    state: 'talking',
    campaign_id: 1,
    customer_id: 1,
    number: '13800138000',
    started_at: '2026-11-23T01:00:00Z',
  };
}

const snapshot: LiveMessage = {
  type: 'snapshot',
  seq: 4,
  agents: [agent(1), agent(2)],
  calls: [call('a')],
  campaigns: [],
  switch: { up: true, detail: '' },
};
const start = applyMessage(EMPTY, snapshot);

describe('applyMessage', () => {
  it('starts from a snapshot', () => {
    expect(Object.keys(start.agents)).toEqual(['1', '2']);
    expect(start).toMatchObject({ seq: 4, outOfStep: false, switch: { up: true } });
  });

  it('changes one entry and keeps the others as they are', () => {
    const next = applyMessage(start, { type: 'agent', seq: 5, agent: agent(2, 'talking') });
    expect(next.agents[2]?.state).toBe('talking');
    expect(next.agents[1]).toBe(start.agents[1]);
    expect(next.calls).toBe(start.calls);
  });

  it('forgets what is gone', () => {
    const noCall = applyMessage(start, { type: 'call_gone', seq: 5, call_id: 'a' });
    const noAgent = applyMessage(noCall, { type: 'agent_gone', seq: 6, agent_id: 1 });
    expect(noAgent.calls).toEqual({});
    expect(Object.keys(noAgent.agents)).toEqual(['2']);
  });

  it('notices a gap, applies nothing after it, and heals by a snapshot', () => {
    const gap = applyMessage(start, { type: 'agent_gone', seq: 6, agent_id: 1 });
    expect(gap.outOfStep).toBe(true);
    expect(gap.agents).toBe(start.agents);
    const after = applyMessage(gap, { type: 'agent_gone', seq: 5, agent_id: 1 });
    expect(after.agents).toBe(start.agents);
    expect(applyMessage(after, { ...snapshot, seq: 0 })).toMatchObject({
      seq: 0,
      outOfStep: false,
    });
  });

  it('ignores what the snapshot contains already, and anything before the first one', () => {
    const old: LiveMessage = { type: 'agent', seq: 4, agent: agent(1, 'paused') };
    expect(applyMessage(start, old)).toBe(start);
    expect(applyMessage(EMPTY, old)).toBe(EMPTY);
  });

  it('knows when the switch is down', () => {
    const down = { up: false, detail: 'connection refused' };
    expect(applyMessage(start, { type: 'switch', seq: 5, switch: down }).switch).toEqual(down);
  });
});
