// The live reducer: order, gaps, snapshots, and that untouched entries stay the
// same objects (else every row would be drawn anew).
import { describe, expect, it } from 'vitest';
import type { AgentLiveView, CallLiveView, LiveMessage, MonitorView } from '../api/types';
import { applyMessage, EMPTY } from './reducer';

function agent(id: number, state: AgentLiveView['state'] = 'ready'): AgentLiveView {
  return {
    agent_id: id,
    name: `Agent ${id}`,
    extension: `10${id}`,
    state,
    since: '2026-11-23T01:00:00Z',
    phone_up: true,
    muted: false,
    phone: { registered: true, expired: false },
    takes_personal_calls: true,
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
    talked_ms: 0,
    recording_paused: false,
  };
}

function monitor(supervisor: number, mode: MonitorView['mode'] = 'listen'): MonitorView {
  return {
    supervisor: { agent_id: supervisor, name: `Supervisor ${supervisor}` },
    call_id: 'a',
    agent_id: 1,
    mode,
    up: true,
  };
}

const snapshot: LiveMessage = {
  type: 'snapshot',
  seq: 4,
  agents: [agent(1), agent(2)],
  calls: [call('a')],
  campaigns: [],
  queues: [],
  monitors: [monitor(8)],
  switch: { up: true, detail: '' },
  recordings: { stopped: false, free_mib: 9000, min_mib: 1024 },
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

  it('knows when nothing is recorded', () => {
    expect(start.recordings?.stopped).toBe(false);
    const full = { stopped: true, free_mib: 10, min_mib: 1024 };
    const next = applyMessage(start, { type: 'recordings', seq: 5, recordings: full });
    expect(next.recordings).toEqual(full);
  });

  it('knows when the switch is down', () => {
    const down = { up: false, detail: 'connection refused' };
    expect(applyMessage(start, { type: 'switch', seq: 5, switch: down }).switch).toEqual(down);
  });

  it('keeps who listens to whom, by the supervisor, until it is over', () => {
    expect(start.monitors[8]?.mode).toBe('listen');
    const two = applyMessage(start, { type: 'monitor', seq: 5, monitor: monitor(9, 'barge') });
    expect(Object.keys(two.monitors)).toEqual(['8', '9']);
    const whispers = applyMessage(two, { type: 'monitor', seq: 6, monitor: monitor(8, 'whisper') });
    expect(whispers.monitors[8]?.mode).toBe('whisper');
    expect(whispers.monitors[9]).toBe(two.monitors[9]);
    const over = applyMessage(whispers, { type: 'monitor', seq: 7, monitor: monitor(8, null) });
    expect(Object.keys(over.monitors)).toEqual(['9']);
  });

  it('counts notices and screen pops and keeps nothing of them', () => {
    const notice: LiveMessage = {
      type: 'notice',
      seq: 5,
      agent_id: 1,
      call_id: 'a',
      notice: { kind: 'transfer_came_back', outcome: 'busy' },
    };
    expect(applyMessage(start, notice)).toEqual({ ...start, seq: 5 });
    const pop: LiveMessage = {
      type: 'screen_pop',
      seq: 5,
      agent_id: 1,
      call_id: 'a',
      customer_id: null,
      campaign_id: null,
      queue_id: 1,
      number: '13800138000',
      from: { agent_id: 2, name: 'Agent 2' },
      note: 'wants the price',
    };
    expect(applyMessage(start, pop)).toEqual({ ...start, seq: 5 });
  });
});
