// Keeps the live connection: connects, authenticates (again before each token
// ends), feeds the store, and reconnects with growing pauses. Each connection
// begins with a snapshot, so a missed message is mended by connecting anew.
import { freshToken, refresh } from '../api/session';
import type { LiveMessage, LiveRequest } from '../api/types';
import { EMPTY } from './reducer';
import { takeMessage, useLive } from './store';

const PAUSE_MS_MIN = 500;
const PAUSE_MS_MAX = 15_000;
const TOKEN_CHECK_MS = 30_000;
/** A connection that held this long was a good one: the pauses start small again. */
const STEADY_MS = 10_000;

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

function authenticate(socket: WebSocket, token: string): void {
  const request: LiveRequest = { type: 'authenticate', token };
  socket.send(JSON.stringify(request));
}

class Connection {
  private stopped = false;
  private tries = 0;
  private socket: WebSocket | null = null;
  private sentToken = '';
  private openedAt = Number.POSITIVE_INFINITY;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly tokenCheck = setInterval(() => void this.renewToken(), TOKEN_CHECK_MS);

  async connect(): Promise<void> {
    const token = await freshToken().catch(() => null);
    if (this.stopped) return;
    if (token === null) {
      this.retryLater();
      return;
    }
    const socket = new WebSocket(address());
    this.socket = socket;
    socket.onopen = () => {
      this.sentToken = token;
      authenticate(socket, token);
    };
    socket.onmessage = (event: MessageEvent<string>) => {
      this.hear(socket, JSON.parse(event.data) as LiveMessage);
    };
    socket.onclose = () => this.retryLater();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    clearInterval(this.tokenCheck);
    if (this.socket) {
      this.socket.onclose = null;
      this.socket.close();
    }
  }

  private hear(socket: WebSocket, message: LiveMessage): void {
    if (message.type === 'refused') {
      // The next try takes a renewed token; signed out, the page goes away.
      void refresh().catch(() => false);
      socket.close();
      return;
    }
    if (message.type === 'snapshot') {
      this.openedAt = Math.min(this.openedAt, Date.now());
      useLive.setState({ link: 'open' });
    }
    if (!takeMessage(message)) socket.close();
  }

  private retryLater(): void {
    if (this.stopped) return;
    if (Date.now() - this.openedAt > STEADY_MS) this.tries = 0;
    this.openedAt = Number.POSITIVE_INFINITY;
    // The first try comes at once; only when it fails is there something to tell.
    useLive.setState({ link: this.tries === 0 ? 'connecting' : 'lost' });
    this.timer = setTimeout(() => void this.connect(), pauseMs(this.tries));
    this.tries += 1;
  }

  /** The server takes a new token on the same connection. */
  private async renewToken(): Promise<void> {
    const token = await freshToken().catch(() => null);
    const { socket } = this;
    if (this.stopped || token === null || socket?.readyState !== WebSocket.OPEN) return;
    if (token === this.sentToken) return;
    this.sentToken = token;
    authenticate(socket, token);
  }
}

/** Starts the connection; returns how to stop it. */
export function startLive(): () => void {
  useLive.setState({ ...EMPTY, link: 'connecting' });
  const connection = new Connection();
  void connection.connect();
  return () => {
    connection.stop();
    useLive.setState({ ...EMPTY, link: 'off' });
  };
}
