// Keeps the live connection: connects, authenticates, feeds the store, and
// reconnects with growing pauses. Each new connection begins with a snapshot,
// so a missed message is mended by connecting again.
import { freshToken, refresh } from '../api/session';
import type { LiveMessage } from '../api/types';
import { EMPTY } from './reducer';
import { takeMessage, useLive } from './store';

const PAUSE_MS_MIN = 500;
const PAUSE_MS_MAX = 15_000;

/** The pause before the given try (0 is the first), with its random part. */
export function pauseMs(tries: number, random: () => number = Math.random): number {
  const full = Math.min(PAUSE_MS_MAX, PAUSE_MS_MIN * 2 ** tries);
  // Half fixed, half random: a restarted server is not met by all desks at once.
  return full / 2 + (full / 2) * random();
}

function address(): string {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  return `${scheme}://${location.host}/api/v1/live`;
}

/** Starts the connection; returns how to stop it. */
export function startLive(): () => void {
  let stopped = false;
  let tries = 0;
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function later(): void {
    if (stopped) return;
    useLive.setState({ link: 'lost' });
    timer = setTimeout(() => void connect(), pauseMs(tries));
    tries += 1;
  }

  async function connect(): Promise<void> {
    const token = await freshToken().catch(() => null);
    if (stopped) return;
    if (token === null) {
      later();
      return;
    }
    socket = new WebSocket(address());
    const mine = socket;
    mine.onopen = () => mine.send(JSON.stringify({ type: 'authenticate', token }));
    mine.onmessage = (event: MessageEvent<string>) => {
      const message = JSON.parse(event.data) as LiveMessage;
      if (message.type === 'snapshot') {
        tries = 0;
        useLive.setState({ link: 'open' });
      }
      if (message.type === 'refused') {
        // Connect anew only once the token is renewed; signed out, the page goes.
        void refresh().catch(() => false);
        mine.close();
        return;
      }
      if (!takeMessage(message)) mine.close();
    };
    mine.onclose = later;
  }

  useLive.setState({ ...EMPTY, link: 'connecting' });
  void connect();
  return () => {
    stopped = true;
    clearTimeout(timer);
    if (socket) {
      socket.onclose = null;
      socket.close();
    }
    useLive.setState({ ...EMPTY, link: 'off' });
  };
}
