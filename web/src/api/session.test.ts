// Several tabs refresh at the same instant: with locks one asks for all,
// without them each asks, and nobody is signed out.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

type Session = typeof import('./session');

/** A tab: the module with its own memory. */
async function openTab(): Promise<Session> {
  vi.resetModules();
  return import('./session');
}

/** Tabs hear each other at once, but not themselves. */
class Channel {
  static all: Channel[] = [];
  private listeners: ((event: { data: unknown }) => void)[] = [];

  constructor() {
    Channel.all.push(this);
  }

  addEventListener(_: string, listener: (event: { data: unknown }) => void): void {
    this.listeners.push(listener);
  }

  postMessage(data: unknown): void {
    const others = Channel.all.filter((each) => each !== this);
    others.forEach((each) => each.listeners.forEach((listener) => listener({ data })));
  }
}

/** The browser's locks: one after the other. */
function fifoLocks() {
  let last: Promise<unknown> = Promise.resolve();
  return {
    request: <T>(_name: string, _options: unknown, work: () => Promise<T>): Promise<T> => {
      const mine = last.then(work);
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}

let asked = 0;
let status = 200;

beforeEach(() => {
  asked = 0;
  status = 200;
  Channel.all = [];
  vi.stubGlobal('BroadcastChannel', Channel);
  vi.stubGlobal('fetch', () => {
    asked += 1;
    const user = { username: 'li.na', zone: 'Asia/Shanghai' };
    const body = { access_token: `token ${asked}`, expires_in: 900, user };
    return Promise.resolve(new Response(JSON.stringify(body), { status }));
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function withLocks(locks: unknown): void {
  vi.stubGlobal('navigator', { locks });
}

it('lets one tab ask for all that wait', async () => {
  withLocks(fifoLocks());
  const [a, b, c] = [await openTab(), await openTab(), await openTab()];
  expect(await Promise.all([a.refresh(), a.refresh(), b.refresh(), c.refresh()])).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(asked).toBe(1);
  expect([a, b, c].map((tab) => tab.currentToken())).toEqual(['token 1', 'token 1', 'token 1']);
  expect(b.useSession.getState().me?.username).toBe('li.na');
  // What was heard is for that turn alone.
  expect(await b.refresh()).toBe(true);
  expect(asked).toBe(2);
  expect([a, b].map((tab) => tab.currentToken())).toEqual(['token 1', 'token 2']);
});

it('tells nobody of a session that is over', async () => {
  withLocks(fifoLocks());
  const [a, b] = [await openTab(), await openTab()];
  status = 401;
  expect(await Promise.all([a.refresh(), b.refresh()])).toEqual([false, false]);
  expect(asked).toBe(2);
  expect(b.useSession.getState().status).toBe('signed_out');
});

it('asks from every tab where there are no locks', async () => {
  withLocks(undefined);
  const [a, b] = [await openTab(), await openTab()];
  expect(await Promise.all([a.refresh(), b.refresh()])).toEqual([true, true]);
  expect(asked).toBe(2);
});

it('does not wait for a tab that keeps its turn', async () => {
  withLocks({ request: () => Promise.reject(new DOMException('too long', 'TimeoutError')) });
  const a = await openTab();
  expect(await a.refresh()).toBe(true);
  expect(a.currentToken()).toBe('token 1');
});

it('passes on that the server cannot be asked', async () => {
  withLocks(fifoLocks());
  const [a, b] = [await openTab(), await openTab()];
  let failures = 0;
  vi.stubGlobal('fetch', () => {
    failures += 1;
    return Promise.reject(new TypeError('no network'));
  });
  const ends = await Promise.allSettled([a.refresh(), b.refresh()]);
  expect(ends.map((end) => end.status)).toEqual(['rejected', 'rejected']);
  expect(failures).toBe(2);
});
