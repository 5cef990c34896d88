// Weekdays: Monday is the lowest bit, Sunday the highest.
import { expect, it } from 'vitest';
import { DAYS, daysIn, maskOf } from './weekdays';

it('knows the bits of the week', () => {
  expect(daysIn(31)).toEqual(['mon', 'tue', 'wed', 'thu', 'fri']);
  expect(maskOf(['sun'])).toBe(64);
  expect(maskOf([...DAYS])).toBe(127);
  expect(daysIn(0)).toEqual([]);
});
