// Who is signed in. The access token lives in memory only; the refresh token
// is a cookie that scripts cannot read. Comes in: answers of the sign-in and
// refresh routes. Goes out: the token for requests and the live connection.
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

let token: string | null = null;
let expiresAt = 0;
let refreshing: Promise<boolean> | null = null;

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
  const response = await post('refresh');
  if (response.status === 401 || response.status === 403) {
    close();
    return false;
  }
  open(await sessionFrom(response));
  return true;
}

/**
 * Gets a new access token by the cookie. Many callers at once share one
 * request, because each refresh token can be used only once. False: signed
 * out. Throws when the server cannot be asked.
 */
export function refresh(): Promise<boolean> {
  refreshing ??= refreshOnce().finally(() => {
    refreshing = null;
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
