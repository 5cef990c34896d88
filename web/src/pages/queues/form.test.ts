// A queue that is read into the form and written back is the same queue.
import { describe, expect, it } from 'vitest';
import type { HoursForm, OverflowForm, QueueView } from '../../api/types';
import { toForm, toRequest } from './form';

function queue(overflow: OverflowForm, hours: HoursForm = { kind: 'always' }): QueueView {
  return {
    id: 7,
    name: 'Service',
    enabled: true,
    strategy: 'skills',
    priority: 1,
    inbound_first: true,
    own_agent_seconds: 5,
    wait_seconds_max: 90,
    overflow,
    hours,
    open_now: true,
    voicemail: { greeting: '/sounds/greeting.wav', seconds_max: 60 },
    wrap_up_seconds: 20,
    short_abandon_seconds: 5,
    service_level_seconds: 20,
    gateway_id: 1,
    gateway_name: 'trunk',
    caller_id: '02160000000',
    music: null,
    message: '/sounds/closed.wav',
    callback_offer: true,
    callback_after_seconds: 0,
    callback_key: '7',
    callback_invitation: '/sounds/invite.wav',
    callback_confirmation: null,
    callback_retry_seconds: 60,
    callback_tries_max: 2,
    announce_every_seconds: 30,
    position_sounds: '/sounds/place',
    members: [{ user_id: 3, level: 2 }],
    numbers: ['02160000001'],
    created_at: '2026-11-25T01:00:00Z',
    updated_at: '2026-11-25T01:00:00Z',
  };
}

describe('the form of a queue', () => {
  it('keeps every kind of overflow', () => {
    const kinds: OverflowForm[] = [
      { kind: 'hang_up' },
      { kind: 'queue', queue_id: 8 },
      { kind: 'agent', agent_id: 3 },
      { kind: 'outside', number: '02169999000' },
      { kind: 'voicemail' },
    ];
    for (const overflow of kinds) {
      expect(toRequest(toForm(queue(overflow))).overflow).toEqual(overflow);
    }
  });

  it('keeps the calendar and where who calls outside its hours goes', () => {
    const all: HoursForm[] = [
      { kind: 'always' },
      { kind: 'calendar', calendar_id: 4, closed: { kind: 'hang_up' }, message: '/sounds/a.wav' },
      { kind: 'calendar', calendar_id: 4, closed: { kind: 'queue', queue_id: 8 }, message: null },
      {
        kind: 'calendar',
        calendar_id: 4,
        closed: { kind: 'outside', number: '02169999000' },
        message: null,
      },
    ];
    for (const hours of all) {
      expect(toRequest(toForm(queue({ kind: 'agent', agent_id: 3 }, hours))).hours).toEqual(hours);
    }
  });

  it('says that a sound is gone, and sends nothing that cannot be changed', () => {
    const request = toRequest(toForm(queue({ kind: 'hang_up' })));
    expect(request.music).toBe('');
    expect(request.message).toBe('/sounds/closed.wav');
    expect(request.callback_confirmation).toBe('');
    expect(request.callback_key).toBe('7');
    expect(request.announce_every_seconds).toBe(30);
    expect(request.position_sounds).toBe('/sounds/place');
    expect(request.voicemail).toEqual({ greeting: '/sounds/greeting.wav', seconds_max: 60 });
    expect(Object.keys(request)).not.toContain('gateway_name');
  });
});
