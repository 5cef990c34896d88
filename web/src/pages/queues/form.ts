// The queue's settings as the form holds them: the overflow, and where who calls
// outside the hours goes, taken apart into kind and what belongs to it, and put
// together again.
import type { HoursForm, MemberForm, OverflowForm, QueueRequest, QueueView } from '../../api/types';

export const OVERFLOW_KINDS = ['hang_up', 'queue', 'agent', 'outside', 'voicemail'] as const;

/** The calendar of a queue that is open always. */
export const ALWAYS = 0;
export const STRATEGIES = [
  'longest_idle',
  'round_robin',
  'fewest_calls',
  'skills',
  'ring_all',
] as const;

/** What the fields are called. */
export interface QueueForm {
  name: string;
  enabled: boolean;
  strategy: QueueView['strategy'];
  priority: number;
  inbound_first: boolean;
  own_agent_seconds: number;
  wait_seconds_max: number;
  overflow_kind: OverflowForm['kind'];
  overflow_queue?: number | undefined;
  overflow_agent?: number | undefined;
  overflow_number?: string | undefined;
  calendar: number;
  closed_kind: OverflowForm['kind'];
  closed_queue?: number | undefined;
  closed_agent?: number | undefined;
  closed_number?: string | undefined;
  closed_message?: string | null | undefined;
  greeting?: string | null | undefined;
  message_seconds: number;
  wrap_up_seconds: number;
  short_abandon_seconds: number;
  service_level_seconds: number;
  gateway_id: number;
  caller_id: string;
  music?: string | null | undefined;
  message?: string | null | undefined;
  callback_offer: boolean;
  callback_after_seconds: number;
  callback_key: string;
  callback_invitation?: string | null | undefined;
  callback_confirmation?: string | null | undefined;
  callback_retry_seconds: number;
  callback_tries_max: number;
  announce_every_seconds: number;
  position_sounds?: string | null | undefined;
  members: MemberForm[];
  numbers: string[];
}

export const DEFAULTS: Partial<QueueForm> = {
  enabled: true,
  strategy: 'longest_idle',
  priority: 0,
  inbound_first: true,
  own_agent_seconds: 0,
  wait_seconds_max: 120,
  overflow_kind: 'hang_up',
  calendar: ALWAYS,
  closed_kind: 'hang_up',
  message_seconds: 120,
  wrap_up_seconds: 30,
  short_abandon_seconds: 5,
  service_level_seconds: 20,
  callback_offer: false,
  callback_after_seconds: 60,
  callback_key: '1',
  callback_retry_seconds: 120,
  callback_tries_max: 3,
  announce_every_seconds: 0,
  members: [],
  numbers: [],
};

/** A stored queue, for the fields. */
export function toForm(queue: QueueView): QueueForm {
  const { overflow, hours, voicemail, ...rest } = queue;
  const follows = hours.kind === 'calendar' ? hours : undefined;
  const closed: OverflowForm = follows?.closed ?? { kind: 'hang_up' };
  return {
    ...rest,
    overflow_kind: overflow.kind,
    overflow_queue: overflow.kind === 'queue' ? overflow.queue_id : undefined,
    overflow_agent: overflow.kind === 'agent' ? overflow.agent_id : undefined,
    overflow_number: overflow.kind === 'outside' ? overflow.number : undefined,
    calendar: follows?.calendar_id ?? ALWAYS,
    closed_kind: closed.kind,
    closed_queue: closed.kind === 'queue' ? closed.queue_id : undefined,
    closed_agent: closed.kind === 'agent' ? closed.agent_id : undefined,
    closed_number: closed.kind === 'outside' ? closed.number : undefined,
    closed_message: follows?.message,
    greeting: voicemail.greeting,
    message_seconds: voicemail.seconds_max ?? 120,
  };
}

/** The two of the form's ways to send a caller on. */
export type Way = 'overflow' | 'closed';

function wayOf(form: QueueForm, way: Way): OverflowForm {
  switch (form[`${way}_kind`]) {
    case 'queue':
      return { kind: 'queue', queue_id: form[`${way}_queue`] ?? 0 };
    case 'agent':
      return { kind: 'agent', agent_id: form[`${way}_agent`] ?? 0 };
    case 'outside':
      return { kind: 'outside', number: form[`${way}_number`] ?? '' };
    case 'voicemail':
      return { kind: 'voicemail' };
    case 'hang_up':
      return { kind: 'hang_up' };
  }
}

function hoursOf(form: QueueForm): HoursForm {
  if (form.calendar === ALWAYS) return { kind: 'always' };
  return {
    kind: 'calendar',
    calendar_id: form.calendar,
    closed: wayOf(form, 'closed'),
    message: form.closed_message || null,
  };
}

/** The fields, for the server. */
export function toRequest(form: QueueForm): QueueRequest {
  return {
    name: form.name,
    enabled: form.enabled,
    strategy: form.strategy,
    priority: form.priority,
    inbound_first: form.inbound_first,
    own_agent_seconds: form.own_agent_seconds,
    wait_seconds_max: form.wait_seconds_max,
    overflow: wayOf(form, 'overflow'),
    hours: hoursOf(form),
    // The fields are there only where somebody is sent to leave a message.
    voicemail: { greeting: form.greeting || null, seconds_max: form.message_seconds },
    wrap_up_seconds: form.wrap_up_seconds,
    short_abandon_seconds: form.short_abandon_seconds,
    service_level_seconds: form.service_level_seconds,
    gateway_id: form.gateway_id,
    caller_id: form.caller_id,
    // Empty takes the sound away; left out, it would stay.
    music: form.music ?? '',
    message: form.message ?? '',
    callback_offer: form.callback_offer,
    callback_after_seconds: form.callback_after_seconds,
    callback_key: form.callback_key,
    callback_invitation: form.callback_invitation ?? '',
    callback_confirmation: form.callback_confirmation ?? '',
    callback_retry_seconds: form.callback_retry_seconds,
    callback_tries_max: form.callback_tries_max,
    announce_every_seconds: form.announce_every_seconds,
    position_sounds: form.position_sounds ?? '',
    members: form.members,
    numbers: form.numbers,
  };
}
