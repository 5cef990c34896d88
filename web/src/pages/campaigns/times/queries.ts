// A week of times that need not be saved.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, ask } from '../../../api/client';
import type { CampaignTimes } from '../../../api/types';

/** How long somebody may pause while they type. */
const TYPING_MS = 350;
/** Whether it is open is asked again once a minute. */
const OPEN_NOW_MS = 60_000;

/** A value as it was before the last keystrokes. */
export function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), TYPING_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

/** The week of a day; of today without one. Nothing is asked without times. */
export function useCampaignWeek(times: CampaignTimes | undefined, date: string | undefined) {
  return useQuery({
    queryKey: ['campaigns', 'week', times, date],
    queryFn: () => {
      if (!times) throw new Error('no times');
      const body = { times, ...(date && { date }) };
      return ask(api.POST('/api/v1/campaign-weeks', { body }));
    },
    enabled: times !== undefined,
    placeholderData: keepPreviousData,
    refetchInterval: OPEN_NOW_MS,
    retry: false,
  });
}
