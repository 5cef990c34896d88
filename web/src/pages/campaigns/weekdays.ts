// Weekdays as the API keeps them (one bit a day, Monday = 1 … Sunday = 64) and
// as a form shows them (a list of days).
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof DAYS)[number];

/** The days in a mask, Monday first. */
export function daysIn(mask: number): Day[] {
  return DAYS.filter((_, index) => (mask & (1 << index)) !== 0);
}

/** The mask of some days. */
export function maskOf(days: Day[]): number {
  return days.reduce((mask, day) => mask | (1 << DAYS.indexOf(day)), 0);
}
