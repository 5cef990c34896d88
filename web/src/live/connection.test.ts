// The pauses between two tries: they grow, stay bounded, and never are nothing.
import { expect, it } from 'vitest';
import { pauseMs } from './connection';

it('waits longer from try to try, up to a bound', () => {
  const longest = [0, 1, 2, 3, 4, 5, 20].map((tries) => pauseMs(tries, () => 1));
  expect(longest).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
  expect(pauseMs(0, () => 0)).toBe(250);
  expect(pauseMs(20, () => 0)).toBe(7_500);
});
