// Why a button is off: whatever the floor allows is never explained away, and
// whatever it does not allow has an explanation.
import { expect, it } from 'vitest';
import type { AgentAction, AgentLiveView, AgentStateKind } from '../../api/types';
import { whyNot } from './reasons';

const ACTIONS: AgentAction[] = [
  'log_in',
  'log_out',
  'ready',
  'pause',
  'hang_up',
  'answer',
  'hold',
  'resume',
  'mute',
  'unmute',
  'send_keys',
  'pause_recording',
  'resume_recording',
  'transfer',
  'consult',
  'swap',
  'complete_transfer',
  'cancel_transfer',
  'conference',
  'dispose',
  'dial',
  'skip',
];
const STATES: AgentStateKind[] = [
  'logged_out',
  'ready',
  'previewing',
  'ringing',
  'talking',
  'hold',
  'wrap_up',
  'paused',
  'unreachable',
];

function agent(state: AgentStateKind, allowed: AgentAction[]): AgentLiveView {
  return {
    agent_id: 1,
    name: 'Anna',
    extension: '1001',
    state,
    since: '2026-11-23T01:00:00Z',
    phone_up: true,
    muted: false,
    phone: { registered: true, expired: false },
    takes_personal_calls: true,
    allowed,
  };
}

it('explains exactly what is not allowed', () => {
  for (const state of STATES) {
    for (const action of ACTIONS) {
      expect(whyNot(action, agent(state, [action])), `${state} ${action}`).toBeUndefined();
      expect(whyNot(action, agent(state, [])), `${state} ${action}`).toBeDefined();
    }
  }
});

it('tells a missing conversation from a transfer under way', () => {
  expect(whyNot('hold', agent('ringing', []))).toBe('noConversation');
  expect(whyNot('hold', agent('talking', []))).toBe('notDuringTransfer');
  expect(whyNot('answer', agent('ringing', []))).toBe('answerByHand');
  expect(whyNot('ready', agent('hold', []))).toBe('readyAfter');
  expect(whyNot('skip', agent('previewing', ['dial']))).toBe('noSkips');
});
