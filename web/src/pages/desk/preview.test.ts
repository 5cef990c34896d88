// What is left of the time to look at a lead, and what a skip needs.
import { expect, it } from 'vitest';
import { partLeft, skipReady } from './preview';

const since = '2026-12-01T02:00:00Z';
const until = '2026-12-01T02:02:00Z';

it('runs out from one to nothing, and never beyond', () => {
  const at = (seconds: number) => partLeft(since, until, Date.parse(since) + seconds * 1000);
  expect(at(-5)).toBe(1);
  expect(at(30)).toBe(0.75);
  expect(at(120)).toBe(0);
  expect(at(200)).toBe(0);
  expect(partLeft(since, since, Date.parse(since))).toBe(0);
});

it('asks for a reason, and of another one for words', () => {
  expect(skipReady(null, 'moved')).toBe('reason');
  expect(skipReady('bad_time', '')).toBeUndefined();
  expect(skipReady('other', '  ')).toBe('note');
  expect(skipReady('other', 'moved')).toBeUndefined();
});
