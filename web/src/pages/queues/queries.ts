// Queues, and what their form needs is the campaigns' (trunks, users).
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask } from '../../api/client';
import type { QueueRequest } from '../../api/types';

function fetchQueues() {
  return ask(api.GET('/api/v1/queues'));
}

/** All queues; whether they are open is asked again once a minute. */
export function useQueues() {
  return useQuery({ queryKey: ['queues'], queryFn: fetchQueues, refetchInterval: 60_000 });
}

/** A queue's name by its id; the id itself until names are known. */
export function useQueueName(id: number): string {
  const { data } = useQuery({
    queryKey: ['queues'],
    queryFn: fetchQueues,
    staleTime: 300_000,
  });
  return data?.items.find((each) => each.id === id)?.name ?? `#${id}`;
}

/** One queue; nothing is asked without an id. */
export function useQueue(id: number | undefined) {
  return useQuery({
    queryKey: ['queues', id],
    queryFn: () => ask(api.GET('/api/v1/queues/{id}', { params: { path: { id: id ?? 0 } } })),
    enabled: id !== undefined,
  });
}

/** Creates a queue, or changes the one of that id. */
export function useSaveQueue(id: number | undefined) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: QueueRequest) =>
      id === undefined
        ? ask(api.POST('/api/v1/queues', { body }))
        : ask(api.PATCH('/api/v1/queues/{id}', { params: { path: { id } }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['queues'] }),
  });
}
