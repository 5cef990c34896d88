// Retry rules as a form shows them: delays in the unit in which people say them, and
// the rules that a new campaign begins with.
import type { CampaignCaps, DayPart, ResultRule, RetryRules } from '../../api/types';

export const UNITS = ['minutes', 'hours', 'days'] as const;
export type Unit = (typeof UNITS)[number];

const MINUTES: Record<Unit, number> = { minutes: 1, hours: 60, days: 24 * 60 };

/** The largest unit in which a delay is a whole number. */
export function unitOf(minutes: number): Unit {
  const whole = (unit: Unit) => minutes > 0 && minutes % MINUTES[unit] === 0;
  return whole('days') ? 'days' : whole('hours') ? 'hours' : 'minutes';
}

/** A delay in a unit. */
export function inUnit(minutes: number, unit: Unit): number {
  return minutes / MINUTES[unit];
}

/** A number of a unit as a delay in whole minutes. */
export function inMinutes(value: number, unit: Unit): number {
  return Math.max(1, Math.round(value * MINUTES[unit]));
}

/** Whether nobody will ever answer: the next number is dialled at once. */
export function isDead(rule: ResultRule): boolean {
  return rule.result === 'invalid_number' || rule.result === 'out_of_service';
}

/** The rules with one of them changed. */
export function withRule(
  rules: RetryRules,
  result: ResultRule['result'],
  change: Partial<ResultRule>,
): RetryRules {
  const changed = (rule: ResultRule) => (rule.result === result ? { ...rule, ...change } : rule);
  return { ...rules, results: (rules.results ?? []).map(changed) };
}

/** The rules with one part of the day changed, or without it. */
export function withPart(rules: RetryRules, at: number, part: DayPart | undefined): RetryRules {
  const parts = rules.day_parts ?? [];
  const rest = part ? parts.with(at, part) : parts.toSpliced(at, 1);
  return { ...rules, day_parts: rest };
}

function rule(
  result: ResultRule['result'],
  minutes: number,
  times: number,
  number: ResultRule['number'],
  other_part = false,
): ResultRule {
  return { result, minutes, times, number, other_part };
}

/** As the server has them for a campaign that does not say. */
export const USUAL_RULES: RetryRules = {
  results: [
    rule('no_answer', 120, 3, 'next', true),
    rule('busy', 10, 3, 'same'),
    rule('rejected', 1440, 1, 'same', true),
    rule('invalid_number', 0, 20, 'next'),
    rule('out_of_service', 0, 20, 'next'),
    rule('switched_off', 1440, 2, 'next'),
    rule('unreachable', 60, 3, 'next'),
    rule('machine', 240, 2, 'same', true),
    rule('abandoned_early', 60, 2, 'same'),
    rule('failed', 15, 5, 'same'),
  ],
  day_parts: [
    { name: 'morning', from: '08:00', to: '12:00' },
    { name: 'afternoon', from: '12:00', to: '18:00' },
    { name: 'evening', from: '18:00', to: '22:00' },
  ],
};

/** A campaign without caps of its own: the centre's hold. */
export const NO_CAPS: CampaignCaps = { per_day: null, in_all: null, spacing_minutes: null };
