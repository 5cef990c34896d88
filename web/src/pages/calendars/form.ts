// What the form of a calendar holds, and what a new one begins with.
import type { CalendarView, HolidayForm, PeriodForm, WeekForm } from '../../api/types';

/** What the fields are called. */
export interface CalendarForm {
  name: string;
  week: WeekForm;
  holidays: HolidayForm[];
}

const WORK: PeriodForm[] = [{ from: '09:00', to: '18:00' }];

export const DEFAULTS: Partial<CalendarForm> = {
  week: { monday: WORK, tuesday: WORK, wednesday: WORK, thursday: WORK, friday: WORK },
  holidays: [],
};

/** A stored calendar, for the fields. */
export function toForm({ name, week, holidays }: CalendarView): CalendarForm {
  return { name, week, holidays };
}
