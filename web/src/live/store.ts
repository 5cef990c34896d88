// The live floor for components: a store filled by the connection. Components
// select single entries, so that one agent's change draws one row.
import { create } from 'zustand';
import type { LiveMessage } from '../api/types';
import { applyMessage, EMPTY, type LiveState } from './reducer';

/** How the connection stands. */
export type LinkStatus = 'off' | 'connecting' | 'open' | 'lost';

interface LiveStore extends LiveState {
  link: LinkStatus;
}

export const useLive = create<LiveStore>(() => ({ ...EMPTY, link: 'off' }));

type Listener = (message: LiveMessage) => void;
const listeners = new Set<Listener>();

/** Hears every message that was applied; returns how to stop. */
export function onLiveMessage(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Takes a message in. False: a message is missing, a new snapshot is needed. */
export function takeMessage(message: LiveMessage): boolean {
  const before = useLive.getState();
  useLive.setState(applyMessage(before, message));
  const after = useLive.getState();
  if (after.seq !== before.seq || message.type === 'snapshot') {
    listeners.forEach((listener) => listener(message));
  }
  return !after.outOfStep;
}
