// The ledger of calls, filtered; its filters live in the address.
import { useInfiniteQuery } from '@tanstack/react-query';
import { api, ask } from '../../api/client';
import type { CallResult } from '../../api/types';

/** What the list can be filtered by; absent means all. */
export interface CallFilter {
  from?: string;
  to?: string;
  agent_id?: number;
  campaign_id?: number;
  result?: CallResult;
  q?: string;
}

/** Reads the filter out of the address. */
export function filterFrom(search: URLSearchParams): CallFilter {
  const text = (key: string) => search.get(key) ?? undefined;
  const number = (key: string) => (search.get(key) ? Number(search.get(key)) : undefined);
  const filter = {
    from: text('from'),
    to: text('to'),
    agent_id: number('agent_id'),
    campaign_id: number('campaign_id'),
    result: text('result'),
    q: text('q'),
  };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

/** Calls that fit the filter, newest first, page by page. */
export function useCalls(filter: CallFilter) {
  return useInfiniteQuery({
    queryKey: ['calls', filter],
    queryFn: ({ pageParam }) =>
      ask(
        api.GET('/api/v1/calls', {
          params: { query: { ...filter, ...(pageParam && { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });
}
