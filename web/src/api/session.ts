// Who is signed in. The access token lives in memory only; the refresh token
// is a cookie that scripts cannot read and that all tabs share. Comes in:
// answers of the sign-in and refresh routes. Goes out: the token for requests
// and the live connection.
import { create } from 'zustand';
import { noteServerDate } from '../base/clock';
import { setZone } from '../base/format';
import { problemFrom, ProblemError } from './problem';
import type { MeView, SessionView } from './types';

interface Session {
  /** `unknown` until the first refresh has been answered. */
  status: 'unknown' | 'signed_out' | 'signed_in';
  me: MeView | null;
}

/** The session as pages see it. */
export const useSession = create<Session>(() => ({ status: 'unknown', me: null }));

/** With less time left than this a token is renewed before it is used for long. */
const TOKEN_LEFT_MS_MIN = 120_000;

/** What all tabs of the console call their lock and their channel. */
const SHARED_NAME = 'trunkline-session';
/** After this a tab that does not give up its turn is not waited for any more. */
const TURN_MS_MAX = 10_000;

let token: string | null = null;
let expiresAt = 0;
let refreshing: Promise<boolean> | null = null;
/** What another tab got while this one waits for its turn. */
let heard: SessionView | null = null;

const tabs = 'BroadcastChannel' in globalThis ? new BroadcastChannel(SHARED_NAME) : null;
tabs?.addEventListener('message', (event: MessageEvent<SessionView>) => {
  if (refreshing) heard = event.data;
});

function open(session: SessionView): void {
  token = session.access_token;
  expiresAt = Date.now() + session.expires_in * 1000;
  setZone(session.user.zone);
  useSession.setState({ status: 'signed_in', me: session.user });
}

function close(): void {
  token = null;
  expiresAt = 0;
  useSession.setState({ status: 'signed_out', me: null });
}

async function post(path: string, body?: object): Promise<Response> {
  try {
    const response = await fetch(`/api/v1/auth/${path}`, {
      method: 'POST',
      credentials: 'same-origin',
      ...(body && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    noteServerDate(response);
    return response;
  } catch {
    throw new ProblemError(0, {});
  }
}

async function sessionFrom(response: Response): Promise<SessionView> {
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw problemFrom(response.status, body);
  return body as SessionView;
}

/** Signs in; throws a ProblemError when refused. */
export async function signIn(username: string, password: string): Promise<void> {
  open(await sessionFrom(await post('login', { username, password })));
}

/** Signs out here and revokes the session on the server. */
export async function signOut(): Promise<void> {
  try {
    await fetch('/api/v1/auth/logout', {
      method: 'POST',
      credentials: 'same-origin',
      headers: token ? { authorization: `Bearer ${token}` } : {},
    });
  } finally {
    close();
  }
}

async function refreshOnce(): Promise<boolean> {
  if (heard) {
    open(heard);
    return true;
  }
  const response = await post('refresh');
  if (response.status === 401 || response.status === 403) {
    close();
    return false;
  }
  const session = await sessionFrom(response);
  open(session);
  tabs?.postMessage(session);
  return true;
}

/**
 * One tab after the other. Browsers have locks only on HTTPS and on this
 * machine; without one, and when a tab keeps it too long, the server bears with
 * two tabs that show the same refresh token at once.
 */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const { locks } = navigator as Partial<Navigator>;
  if (!locks) return work();
  let begun = false;
  const begin = () => {
    begun = true;
    return work();
  };
  try {
    return await locks.request(SHARED_NAME, { signal: AbortSignal.timeout(TURN_MS_MAX) }, begin);
  } catch (error) {
    if (begun) throw error;
    return work();
  }
}

/**
 * Gets a new access token by the cookie. Callers at once share one request,
 * and so do tabs, because each refresh token can be used only once. False:
 * signed out. Throws when the server cannot be asked.
 */
export function refresh(): Promise<boolean> {
  refreshing ??= inTurn(refreshOnce).finally(() => {
    refreshing = null;
    heard = null;
  });
  return refreshing;
}

/** The token for a request, as it is. */
export function currentToken(): string | null {
  return token;
}

/** A token that is good for a while yet, or null when signed out. */
export async function freshToken(): Promise<string | null> {
  if (token === null || Date.now() > expiresAt - TOKEN_LEFT_MS_MIN) {
    await refresh();
  }
  return token;
}
