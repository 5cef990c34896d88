// Messages that callers left, and how many wait for somebody.
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMay } from '../../api/access';
import { api, ask } from '../../api/client';

/** How often the number of new messages is asked for. */
const COUNTS_MS = 15_000;

/** What the list can be filtered by; absent means all. */
export interface VoicemailFilter {
  queue_id?: number | undefined;
  handled?: boolean | undefined;
}

/** Messages that fit the filter, newest first, page by page. */
export function useVoicemails({ queue_id, handled }: VoicemailFilter) {
  return useInfiniteQuery({
    queryKey: ['voicemails', { queue_id, handled }],
    queryFn: ({ pageParam }) =>
      ask(
        api.GET('/api/v1/voicemails', {
          params: {
            query: {
              ...(queue_id !== undefined && { queue_id }),
              ...(handled !== undefined && { handled }),
              ...(pageParam && { cursor: pageParam }),
            },
          },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    refetchInterval: COUNTS_MS,
  });
}

/** How many are new, in all and by queue; nothing for those who may not hear them. */
export function useVoicemailCounts() {
  const may = useMay('voicemail:listen');
  return useQuery({
    queryKey: ['voicemails', 'counts'],
    queryFn: () => ask(api.GET('/api/v1/voicemails/counts')),
    enabled: may,
    refetchInterval: COUNTS_MS,
  });
}

/** Marks a message as handled, or as new again. */
export function useMarkVoicemail() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, handled }: { id: number; handled: boolean }) =>
      ask(api.PATCH('/api/v1/voicemails/{id}', { params: { path: { id } }, body: { handled } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['voicemails'] }),
  });
}
