// What a campaign's times hold, and how a drawn week is placed on a chart. Pure.
import type {
  CampaignDayView,
  CampaignPartView,
  CampaignTimes,
  WeekdayName,
} from '../../../api/types';
import { WEEK_DAYS } from '../../calendars/week';

/** Every day, Monday first. */
export const ALL_DAYS: WeekdayName[] = WEEK_DAYS.map(({ field }) => field);
/** Monday to Friday. */
export const WORKDAYS: WeekdayName[] = ALL_DAYS.slice(0, 5);

/** What a new campaign begins with. */
export const NEW_TIMES: CampaignTimes = {
  starts_at: null,
  ends_at: null,
  windows: [
    { days: WORKDAYS, from: '09:00', to: '12:00' },
    { days: WORKDAYS, from: '13:30', to: '18:00' },
  ],
  calendar_id: null,
  cron: [],
  called: { from: '08:00', to: '21:00' },
};

/** Whether all is filled in, so that a week of it can be drawn. */
export function isComplete(times: CampaignTimes | undefined): times is CampaignTimes {
  const filled = (...texts: (string | null | undefined)[]) => texts.every((text) => text);
  return (
    times !== undefined &&
    (times.windows ?? []).every((window) => filled(window?.from, window?.to)) &&
    (times.cron ?? []).every((each) => filled(each?.expression) && each.minutes > 0) &&
    (!times.called || filled(times.called.from, times.called.to))
  );
}

/** The colour class of a part: what makes it, in the order in which it is named. */
export function partClass({ rules }: CampaignPartView): string {
  const [first] = rules;
  return `week-part ${first?.kind ?? 'weekday'}${rules.length > 1 ? ' overlap' : ''}`;
}

/** Monday and Sunday of a drawn week. */
export function weekEnds(days: CampaignDayView[]): { from: string; to: string } {
  return { from: days.at(0)?.date ?? '', to: days.at(-1)?.date ?? '' };
}

/** A day so many days later, as the API writes days. */
export function daysLater(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
