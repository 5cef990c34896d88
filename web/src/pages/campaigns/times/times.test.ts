// What can be drawn, and where.
import { expect, it } from 'vitest';
import { daysLater, isComplete, NEW_TIMES, partClass } from './times';

it('draws what is filled in', () => {
  expect(isComplete(NEW_TIMES)).toBe(true);
  expect(isComplete(undefined)).toBe(false);
  const windows = [{ days: [], from: '09:00', to: '' }];
  expect(isComplete({ ...NEW_TIMES, windows })).toBe(false);
  const cron = [{ expression: '', minutes: 60, effect: 'add' as const }];
  expect(isComplete({ ...NEW_TIMES, cron })).toBe(false);
  expect(isComplete({ ...NEW_TIMES, called: null })).toBe(true);
});

it('marks where two windows are one', () => {
  const rule = { kind: 'weekday' as const };
  expect(partClass({ from: '09:00', to: '10:00', rules: [rule] })).toBe('week-part weekday');
  expect(partClass({ from: '09:00', to: '10:00', rules: [rule, { kind: 'cron', cron: 0 }] })).toBe(
    'week-part weekday overlap',
  );
});

it('counts days over the end of a month and a leap day', () => {
  expect(daysLater('2026-11-30', 7)).toBe('2026-12-07');
  expect(daysLater('2028-03-01', -1)).toBe('2028-02-29');
});
