// Forwarding as the form has it, and the desk phone in a word.
import { describe, expect, test } from 'vitest';
import type { AgentLiveView, ForwardingView } from '../api/types';
import { fieldsOf, forwardsOf, requestOf } from './forwarding';
import { phoneState } from './phoneState';

const view: ForwardingView = {
  always: null,
  busy: { agent_id: 7, name: '王芳', number: '1007' },
  no_answer: { agent_id: null, name: null, number: '13800138000' },
  no_answer_seconds: 15,
};

describe('forwarding', () => {
  test('what the server says becomes fields and the same request again', () => {
    const fields = fieldsOf(view);
    expect(fields.always.kind).toBe('off');
    expect(fields.busy).toEqual({ kind: 'colleague', agentId: 7 });
    expect(requestOf(fields)).toEqual({
      always: null,
      busy: { agent_id: 7 },
      no_answer: { number: '13800138000' },
      no_answer_seconds: 15,
    });
  });

  test('a number is sent as typed, without the spaces around it', () => {
    const fields = fieldsOf(view);
    fields.always = { kind: 'number', number: ' 1002 ', agentId: 7 };
    expect(requestOf(fields).always).toEqual({ number: '1002' });
    fields.always = { kind: 'off', number: '1002' };
    expect(requestOf(fields).always).toBeNull();
  });

  test('only the cases that are set are shown', () => {
    const forwarding = {
      always: null,
      busy: { agent: { agent_id: 7, name: '王芳' }, number: null },
      no_answer: { agent: null, number: '13800138000' },
      no_answer_seconds: 15,
    };
    expect(forwardsOf({ forwarding } as unknown as AgentLiveView)).toEqual([
      { case: 'busy', to: '王芳' },
      { case: 'no_answer', to: '13800138000' },
    ]);
    expect(forwardsOf({ forwarding: null } as unknown as AgentLiveView)).toEqual([]);
  });
});

describe('the desk phone', () => {
  test('a phone of which nothing is known is not called unregistered', () => {
    const of = (registered: boolean | null, expired = false) =>
      phoneState({ registered, expired, since: null, user_agent: null, address: null });
    expect(of(null)).toBe('unknown');
    expect(of(true)).toBe('registered');
    expect(of(false)).toBe('unregistered');
    expect(of(false, true)).toBe('expired');
  });
});
