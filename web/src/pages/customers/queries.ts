// Customers: searching and looking one up.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api, ask } from '../../api/client';

/** Customers whose name or number fits the words. */
export function useCustomers(q: string) {
  return useInfiniteQuery({
    queryKey: ['customers', { q }],
    queryFn: ({ pageParam }) =>
      ask(
        api.GET('/api/v1/customers', {
          params: { query: { ...(q && { q }), ...(pageParam && { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });
}

/** One customer with the history of calls. */
export function useCustomer(id: number) {
  return useQuery({
    queryKey: ['customers', id],
    queryFn: () => ask(api.GET('/api/v1/customers/{id}', { params: { path: { id } } })),
  });
}
