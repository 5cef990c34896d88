// The one clock of the page: the server's time, and a beat each second that
// timers listen to. Only the components that show a timer are drawn anew.
import { useSyncExternalStore } from 'react';

let offsetMs = 0;

/** Learns from an answer's Date header how far this computer's clock is off. */
export function noteServerDate(response: Response): void {
  const header = response.headers.get('date');
  const server = header ? Date.parse(header) : Number.NaN;
  if (Number.isNaN(server)) return;
  const difference = server - Date.now();
  // The header has whole seconds and travels a while: small differences say nothing.
  offsetMs = Math.abs(difference) < 2000 ? 0 : difference;
}

/** Milliseconds since 1970 by the server's clock. */
export function now(): number {
  return Date.now() + offsetMs;
}

const listeners = new Set<() => void>();
let beat: ReturnType<typeof setInterval> | undefined;
let second = Math.floor(Date.now() / 1000);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  beat ??= setInterval(() => {
    second = Math.floor(now() / 1000);
    listeners.forEach((each) => each());
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && beat !== undefined) {
      clearInterval(beat);
      beat = undefined;
    }
  };
}

/** The current second; draws the calling component anew when it changes. */
export function useSecond(): number {
  return useSyncExternalStore(subscribe, () =>
    listeners.size === 0 ? Math.floor(now() / 1000) : second,
  );
}
