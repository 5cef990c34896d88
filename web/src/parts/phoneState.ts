// A desk phone's registration in one word.
import type { PhoneView } from '../api/types';

export type PhoneState = 'registered' | 'unregistered' | 'expired' | 'unknown';

/** The word; the switch may not have said anything yet. */
export function phoneState(phone: PhoneView): PhoneState {
  if (phone.registered == null) return 'unknown';
  if (phone.registered) return 'registered';
  return phone.expired ? 'expired' : 'unregistered';
}
