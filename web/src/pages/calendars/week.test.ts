// A week in one line, and where its periods stand.
import { describe, expect, it } from 'vitest';
import { periodsText, place, runsOf, takenOver } from './week';

const work = [
  { from: '13:00', to: '18:00' },
  { from: '09:00', to: '12:00' },
];

describe('the week of a calendar', () => {
  it('puts days together that are alike and leaves closed ones out', () => {
    const week = { monday: work, tuesday: [...work].reverse(), wednesday: [], friday: work };
    const runs = runsOf(week).map(({ first, last }) => [first, last]);
    expect(runs).toEqual([
      ['mon', 'tue'],
      ['fri', 'fri'],
    ]);
    expect(runsOf({})).toEqual([]);
  });

  it('says the periods of a day in order', () => {
    expect(periodsText(work)).toBe('09:00–12:00, 13:00–18:00');
    expect(periodsText(undefined)).toBe('');
  });

  it('stands periods on a bar of a day', () => {
    expect(place({ from: '06:00', to: '12:00' })).toEqual({ left: 25, width: 25 });
    expect(place({ from: '00:00', to: '24:00' })).toEqual({ left: 0, width: 100 });
    // While it is being typed, an end may stand before the beginning.
    expect(place({ from: '12:00', to: '06:00' }).width).toBe(0);
  });
});

it('takes over the public holidays that are not there yet, by date', () => {
  const day = (name: string, from: string, to: string) => ({ name, from, to });
  const own = [day('own', '2026-02-20', '2026-02-25'), day('later', '2026-12-31', '2026-12-31')];
  const more = [
    day('spring', '2026-02-15', '2026-02-23'),
    day('labour', '2026-05-01', '2026-05-05'),
  ];
  expect(takenOver(own, more).map(({ name }) => name)).toEqual(['own', 'labour', 'later']);
  expect(takenOver(takenOver(own, more), more)).toHaveLength(3);
});
