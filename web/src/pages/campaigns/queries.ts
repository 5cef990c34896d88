// Campaigns and what their form needs: lists, trunks, agents.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask } from '../../api/client';
import type { AttemptCaps, CampaignRequest, RecycleRequest } from '../../api/types';

const PAGE_MAX = 200;

function fetchCampaigns() {
  return ask(api.GET('/api/v1/campaigns'));
}

/** All campaigns with their counts, renewed while the page is open. */
export function useCampaigns() {
  return useQuery({
    queryKey: ['campaigns'],
    queryFn: fetchCampaigns,
    refetchInterval: 15_000,
  });
}

/** A campaign's name by its id; the id itself until names are known. */
export function useCampaignName(id: number): string {
  const { data } = useQuery({
    queryKey: ['campaigns'],
    queryFn: fetchCampaigns,
    staleTime: 300_000,
  });
  return data?.items.find((each) => each.id === id)?.name ?? `#${id}`;
}

/** One campaign; nothing is asked without an id. */
export function useCampaign(id: number | undefined) {
  return useQuery({
    queryKey: ['campaigns', id],
    queryFn: () => ask(api.GET('/api/v1/campaigns/{id}', { params: { path: { id: id ?? 0 } } })),
    enabled: id !== undefined,
    refetchInterval: 15_000,
  });
}

/** What can be done with a campaign's state. */
export type CampaignCommand = 'start' | 'pause' | 'finish';

/** Starts, pauses or ends a campaign. */
export function useRunCampaign() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, command }: { id: number; command: CampaignCommand }) => {
      const params = { path: { id } };
      switch (command) {
        case 'start':
          return ask(api.POST('/api/v1/campaigns/{id}/start', { params }));
        case 'pause':
          return ask(api.POST('/api/v1/campaigns/{id}/pause', { params }));
        case 'finish':
          return ask(api.POST('/api/v1/campaigns/{id}/finish', { params }));
      }
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['campaigns'] }),
  });
}

/** Creates a campaign, or changes the one of that id. */
export function useSaveCampaign(id: number | undefined) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: CampaignRequest) =>
      id === undefined
        ? ask(api.POST('/api/v1/campaigns', { body }))
        : ask(api.PATCH('/api/v1/campaigns/{id}', { params: { path: { id } }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['campaigns'] }),
  });
}

/** The lead lists to choose from. */
export function useLists() {
  return useQuery({ queryKey: ['lists'], queryFn: () => ask(api.GET('/api/v1/lists')) });
}

/** The trunks to choose from. */
export function useGateways() {
  return useQuery({ queryKey: ['gateways'], queryFn: () => ask(api.GET('/api/v1/gateways')) });
}

/** The users, to choose agents from. */
export function useUsers() {
  return useQuery({
    queryKey: ['users'],
    queryFn: () => ask(api.GET('/api/v1/users', { params: { query: { limit: PAGE_MAX } } })),
  });
}

const CAPS = ['attempt-caps'];

/** How often one number is dialled at most, for the whole centre. */
export function useAttemptCaps() {
  return useQuery({ queryKey: CAPS, queryFn: () => ask(api.GET('/api/v1/attempt-caps')) });
}

/** Sets them. */
export function useSaveAttemptCaps() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: AttemptCaps) => ask(api.PUT('/api/v1/attempt-caps', { body })),
    onSuccess: (caps) => {
      client.setQueryData(CAPS, caps);
      return client.invalidateQueries({ queryKey: ['campaign-leads'] });
    },
  });
}

/** How many leads would be put back; nothing is asked while nothing is chosen. */
export function useRecyclePreview(id: number, body: RecycleRequest, enabled: boolean) {
  return useQuery({
    queryKey: ['recycle-preview', id, body],
    queryFn: () =>
      ask(api.POST('/api/v1/campaigns/{id}/recycle-preview', { params: { path: { id } }, body })),
    enabled,
  });
}

/** Puts leads back. */
export function useRecycle(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: RecycleRequest) =>
      ask(api.POST('/api/v1/campaigns/{id}/recycle', { params: { path: { id } }, body })),
    onSuccess: () => {
      const keys = ['campaigns', 'campaign-leads', 'recycle-preview', 'lead-history'];
      return Promise.all(keys.map((key) => client.invalidateQueries({ queryKey: [key] })));
    },
  });
}

/** What became of a lead until now. */
export function useLeadHistory(campaign: number, lead: number) {
  return useQuery({
    queryKey: ['lead-history', campaign, lead],
    queryFn: () =>
      ask(
        api.GET('/api/v1/campaigns/{id}/leads/{lead_id}/history', {
          params: { path: { id: campaign, lead_id: lead } },
        }),
      ),
  });
}
