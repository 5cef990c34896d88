// A lead that is looked at before it is dialled: what is left of the time, and what a
// skip still needs. Pure.
import type { SkipReason } from '../../api/types';

/** Why a lead may be skipped, in the order of their keys. */
export const SKIP_REASONS = [
  'bad_time',
  'not_target',
  'in_touch',
  'lacks_data',
  'other',
] as const satisfies SkipReason[];

/** What is left of the time, 0 to 1. */
export function partLeft(since: string, until: string, at: number): number {
  const whole = Date.parse(until) - Date.parse(since);
  if (whole <= 0) return 0;
  return Math.min(1, Math.max(0, (Date.parse(until) - at) / whole));
}

/** What is still missing for a skip; undefined: nothing. */
export function skipReady(reason: SkipReason | null, note: string): 'reason' | 'note' | undefined {
  if (reason === null) return 'reason';
  return reason === 'other' && note.trim() === '' ? 'note' : undefined;
}
