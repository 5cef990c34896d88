// The course of a call in order of time, and the time in each kind of span.
import type { TFunction } from 'i18next';
import { expect, test } from 'vitest';
import type { CallDetailView } from '../../api/types';
import { steps, totals } from './Course';

// The key and what goes into it, instead of words.
const t = ((key: string, values?: Record<string, string>) =>
  [key, ...Object.values(values ?? {})].join(' ')) as unknown as TFunction;

const at = (second: number) => new Date(Date.UTC(2026, 10, 25, 8, 0, second)).toISOString();

function handedOver(): CallDetailView {
  return {
    started_at: at(0),
    ringing_at: at(1),
    answered_at: at(5),
    connected_at: at(6),
    ended_at: at(60),
    ended_by: 'customer',
    caller_id: '02112345678',
    agent_name: '王芳',
    spans: [
      { kind: 'talking', agent_name: '李伟', started_at: at(6), duration_ms: 10_000 },
      { kind: 'held', agent_name: '李伟', started_at: at(16), duration_ms: 4_000 },
      { kind: 'talking', agent_name: '王芳', started_at: at(20), duration_ms: 40_000 },
    ],
    transfers: [
      {
        from_agent_name: '李伟',
        to_agent_name: '王芳',
        attended: false,
        note: 'VIP',
        started_at: at(16),
        ended_at: at(20),
        outcome: 'completed',
      },
    ],
    monitors: [{ supervisor_name: '赵', mode: 'listen', started_at: at(30), ended_at: null }],
    recording_pauses: [],
    visits: [],
    forwards: [
      {
        agent_name: '王芳',
        reason: 'busy',
        to_agent_name: null,
        to_number: '1003',
        at: at(15),
      },
    ],
    notes: [{ agent_name: '李伟', disposition: null, note: '已报价', saved_at: at(25) }],
  } as unknown as CallDetailView;
}

test('a call that was handed on is told in order, with who had it first', () => {
  const told = steps(handedOver(), t, 'zh-CN').map((step) => step.text);
  expect(told).toEqual([
    'calls.dialled 02112345678',
    'calls.rang',
    'calls.customerAnswered',
    'calls.agentConnected 李伟',
    'calls.forwarded 王芳 forwarding.busy 1003',
    'calls.transferred 李伟 王芳',
    '王芳: transferOutcome.completed',
    'calls.handedNote 李伟 –',
    'calls.monitorBegan 赵 monitorMode.listen',
    'endedBy.customer',
  ]);
});

test('a caller comes into a queue, goes on to another, and is handed to a third', () => {
  const visits = [
    { queue_name: '售后', entered_at: at(0), left_at: at(4), outcome: 'overflowed' },
    { queue_name: '总机', entered_at: at(4), left_at: at(6), outcome: 'answered' },
    { queue_name: '投诉', entered_at: at(20), left_at: at(60), outcome: 'abandoned' },
  ];
  const transfers = [
    {
      from_agent_name: '李伟',
      to_queue_name: '投诉',
      attended: false,
      started_at: at(16),
      ended_at: at(20),
      outcome: 'completed',
    },
  ];
  const caller = {
    ...handedOver(),
    ...{ direction: 'inbound', ringing_at: null, visits, transfers },
    ...{ monitors: [], forwards: [], notes: [] },
  } as unknown as CallDetailView;
  expect(steps(caller, t, 'zh-CN').map((step) => step.text)).toEqual([
    'calls.called 02112345678',
    'calls.queueEntered 售后',
    '售后: queues.outcome.overflowed',
    'calls.queueEntered 总机',
    'calls.agentConnected 李伟',
    'calls.transferred 李伟 投诉',
    '投诉: transferOutcome.completed',
    'calls.queueEntered 投诉',
    '投诉: queues.outcome.abandoned',
    'endedBy.customer',
  ]);
});

test('the time in each kind of span is added up', () => {
  expect(totals(handedOver().spans)).toEqual([
    ['talking', 50_000],
    ['held', 4_000],
  ]);
});
