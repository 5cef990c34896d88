// Pools of caller IDs, and the places their numbers can be for.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask } from '../../../api/client';
import type { CallerIdPoolRequest } from '../../../api/types';

/** How often the counts of today are asked for again. */
const COUNTS_MS = 30_000;

/** All pools. */
export function useCallerIdPools() {
  return useQuery({
    queryKey: ['callerIdPools'],
    queryFn: () => ask(api.GET('/api/v1/caller-id-pools')),
    refetchInterval: COUNTS_MS,
  });
}

/** Provinces and their cities. */
export function useNumberPlaces() {
  return useQuery({
    queryKey: ['numberPlaces'],
    queryFn: () => ask(api.GET('/api/v1/number-places')),
    staleTime: Infinity,
  });
}

function useForget() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: ['callerIdPools'] });
}

/** Creates a pool, or changes the one of that id. */
export function useSavePool(id: number | undefined) {
  const forget = useForget();
  return useMutation({
    mutationFn: (body: CallerIdPoolRequest) =>
      id === undefined
        ? ask(api.POST('/api/v1/caller-id-pools', { body }))
        : ask(api.PATCH('/api/v1/caller-id-pools/{id}', { params: { path: { id } }, body })),
    onSuccess: forget,
  });
}

/** Deletes a pool. */
export function useDeletePool() {
  const forget = useForget();
  return useMutation({
    mutationFn: (id: number) =>
      ask(api.DELETE('/api/v1/caller-id-pools/{id}', { params: { path: { id } } })),
    onSuccess: forget,
  });
}
