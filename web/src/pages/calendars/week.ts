// The week of a calendar: its days in order, and the week in one line, in which
// days that are alike stand together. Pure.
import type { HolidayForm, PeriodForm, WeekForm } from '../../api/types';

/** A day of the week, as the texts name it. */
export type Day = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

/** Each day with its field in the calendar. */
export const WEEK_DAYS = [
  { day: 'mon', field: 'monday' },
  { day: 'tue', field: 'tuesday' },
  { day: 'wed', field: 'wednesday' },
  { day: 'thu', field: 'thursday' },
  { day: 'fri', field: 'friday' },
  { day: 'sat', field: 'saturday' },
  { day: 'sun', field: 'sunday' },
] as const satisfies readonly { day: Day; field: keyof WeekForm }[];

/** Days one after the other with the same periods. */
export interface Run {
  first: Day;
  last: Day;
  periods: PeriodForm[];
}

function times(periods: PeriodForm[]): string {
  return [...periods]
    .sort((a, b) => a.from.localeCompare(b.from))
    .map(({ from, to }) => `${from}–${to}`)
    .join(', ');
}

/** The opening periods of a day in words; empty when there are none. */
export function periodsText(periods: PeriodForm[] | undefined): string {
  return times(periods ?? []);
}

/** The days on which it is open, alike ones together. */
export function runsOf(week: WeekForm): Run[] {
  const runs: Run[] = [];
  let before: Run | undefined;
  for (const { day, field } of WEEK_DAYS) {
    const periods = week[field] ?? [];
    if (before && times(before.periods) === times(periods)) {
      before.last = day;
    } else {
      before = { first: day, last: day, periods };
      runs.push(before);
    }
  }
  return runs.filter((run) => run.periods.length > 0);
}

/** Where a period stands on a bar of 24 hours, in per cent. */
export function place({ from, to }: PeriodForm): { left: number; width: number } {
  const minutes = (text: string) => {
    const [hours = 0, rest = 0] = text.split(':').map(Number);
    return hours * 60 + rest;
  };
  const left = (minutes(from) / 1440) * 100;
  return { left, width: Math.max(0, (minutes(to) / 1440) * 100 - left) };
}

/** A calendar's days with a year's public holidays: what is there already stays. */
export function takenOver(own: HolidayForm[], more: HolidayForm[]): HolidayForm[] {
  const fresh = more.filter(({ from, to }) => own.every((day) => day.to < from || to < day.from));
  return [...own, ...fresh].sort((a, b) => a.from.localeCompare(b.from));
}
