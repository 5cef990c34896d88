// The live floor as a value, and the one function that changes it. Comes in:
// the server's live messages in order. Goes out: the state that pages select
// from. A gap in the numbers marks the state as out of step; the connection
// then asks for a new snapshot.
import type {
  AgentLiveView,
  CallLiveView,
  CampaignLiveView,
  LiveMessage,
  MonitorView,
  QueueLiveView,
  RecordingsView,
} from '../api/types';

/** What is known of the floor right now. */
export interface LiveState {
  /** Number of the last message; null before the first snapshot. */
  seq: number | null;
  /** A message was missed: nothing may be applied until the next snapshot. */
  outOfStep: boolean;
  agents: Record<number, AgentLiveView>;
  calls: Record<string, CallLiveView>;
  campaigns: Record<number, CampaignLiveView>;
  queues: Record<number, QueueLiveView>;
  /** Who takes part in whose call, by the supervisor's id. */
  monitors: Record<number, MonitorView>;
  switch: { up: boolean; detail: string } | null;
  /** Whether new conversations are recorded. */
  recordings: RecordingsView | null;
}

export const EMPTY: LiveState = {
  seq: null,
  outOfStep: false,
  agents: {},
  calls: {},
  campaigns: {},
  queues: {},
  monitors: {},
  switch: null,
  recordings: null,
};

function without<T>(map: Record<string, T>, key: string | number): Record<string, T> {
  return Object.fromEntries(Object.entries(map).filter(([each]) => each !== String(key)));
}

function keyed<T>(items: T[], key: (item: T) => string | number): Record<string, T> {
  return Object.fromEntries(items.map((item) => [key(item), item]));
}

/** A monitor without a mode is over. */
function withMonitor(
  monitors: Record<number, MonitorView>,
  monitor: MonitorView,
): Record<number, MonitorView> {
  const { agent_id: supervisor } = monitor.supervisor;
  if (!monitor.mode) return without(monitors, supervisor);
  return { ...monitors, [supervisor]: monitor };
}

/** The state after a message. Untouched entries keep their identity. */
export function applyMessage(state: LiveState, message: LiveMessage): LiveState {
  if (message.type === 'snapshot') {
    return {
      seq: message.seq,
      outOfStep: false,
      agents: keyed(message.agents, (agent) => agent.agent_id),
      calls: keyed(message.calls, (call) => call.call_id),
      campaigns: keyed(message.campaigns, (campaign) => campaign.campaign_id),
      queues: keyed(message.queues, (queue) => queue.queue_id),
      monitors: keyed(message.monitors, (monitor) => monitor.supervisor.agent_id),
      switch: message.switch,
      recordings: message.recordings,
    };
  }
  if (state.outOfStep || state.seq === null) return state;
  // Already contained in the snapshot.
  if (message.seq <= state.seq) return state;
  if (message.seq !== state.seq + 1) return { ...state, outOfStep: true };
  const next = { ...state, seq: message.seq };
  switch (message.type) {
    case 'agent':
      return { ...next, agents: { ...state.agents, [message.agent.agent_id]: message.agent } };
    case 'agent_gone':
      return { ...next, agents: without(state.agents, message.agent_id) };
    case 'call':
      return { ...next, calls: { ...state.calls, [message.call.call_id]: message.call } };
    case 'call_gone':
      return { ...next, calls: without(state.calls, message.call_id) };
    case 'campaign':
      return {
        ...next,
        campaigns: { ...state.campaigns, [message.campaign.campaign_id]: message.campaign },
      };
    case 'queue':
      return { ...next, queues: { ...state.queues, [message.queue.queue_id]: message.queue } };
    case 'monitor':
      return { ...next, monitors: withMonitor(state.monitors, message.monitor) };
    case 'switch':
      return { ...next, switch: message.switch };
    case 'recordings':
      return { ...next, recordings: message.recordings };
    case 'refused':
      // The connection renews the token and connects anew.
      return next;
    case 'screen_pop':
    case 'notice':
      // Shown by those who listen to messages; no state of its own.
      return next;
  }
}
