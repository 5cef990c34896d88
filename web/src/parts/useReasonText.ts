// Reasons of a pause or of being unreachable in the reader's language: the
// pause reasons come from the server's list, the floor's own from our texts.
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, ask } from '../api/client';
import { labelIn } from '../base/label';

const FLOOR_REASONS = [
  'logged_in',
  'switch_down',
  'phone_no_answer',
  'phone_not_registered',
  'phone_hung_up',
  'bridge_failed',
  'missed_rings',
  'preview_timeout',
] as const;

/** The reasons for a pause that an agent may give. */
export function usePauseReasons() {
  return useQuery({
    queryKey: ['pause-reasons'],
    queryFn: () => ask(api.GET('/api/v1/pause-reasons')),
    staleTime: 300_000,
  });
}

/** A function from a reason's key to its words; an unknown key stays as it is. */
export function useReasonText(): (key: string) => string {
  const { t, i18n } = useTranslation();
  const { data } = usePauseReasons();
  return (key) => {
    const own = FLOOR_REASONS.find((each) => each === key);
    if (own) return t(`reason.${own}`);
    const reason = data?.items.find((each) => each.key === key);
    return reason ? labelIn(reason, i18n.language) : key;
  };
}
