// The do-not-call list: searching it, putting numbers on it, taking them off; one
// click on a call; what customers said; the leads that it holds back.
import {
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
  type QueryClient,
} from '@tanstack/react-query';
import { api, ask } from '../../api/client';
import type { BarScope, BarSource, ConsentRequest, LeadKind } from '../../api/types';
import { importForm, numberRequest, type NumberFields, type TermsFields } from './form';

/** Which entries are wanted. */
export interface DoNotCallFilter {
  q?: string | undefined;
  scope?: BarScope | undefined;
  source?: BarSource | undefined;
  ended?: boolean | undefined;
}

/** Whatever shows entries, or what they hold back. */
function renew(client: QueryClient) {
  const keys = ['do-not-call', 'customers', 'desk', 'campaign-leads', 'consents'];
  return Promise.all(keys.map((key) => client.invalidateQueries({ queryKey: [key] })));
}

/** The entries, the latest first. */
export function useDoNotCall(filter: DoNotCallFilter) {
  return useInfiniteQuery({
    queryKey: ['do-not-call', filter],
    queryFn: ({ pageParam }) =>
      ask(
        api.GET('/api/v1/do-not-call', {
          params: { query: { ...filter, ...(pageParam && { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });
}

/** The departments to choose from. */
export function useDepartments() {
  return useQuery({
    queryKey: ['departments'],
    queryFn: () => ask(api.GET('/api/v1/departments')),
  });
}

/** Puts a number on the list. */
export function useAddNumber() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (fields: NumberFields) =>
      ask(api.POST('/api/v1/do-not-call', { body: numberRequest(fields) })),
    onSuccess: () => renew(client),
  });
}

/** Puts the numbers of a file on the list. */
export function useImportNumbers() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ file, fields }: { file: File; fields: TermsFields }) =>
      ask(
        api.POST('/api/v1/do-not-call/imports', {
          // The document describes the part as text; the browser sends the file itself.
          body: { file: '', scope: fields.scope },
          bodySerializer: () => importForm(file, fields),
        }),
      ),
    onSuccess: () => renew(client),
  });
}

/** Takes a number off the list. */
export function useRemoveNumber() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) =>
      ask(api.DELETE('/api/v1/do-not-call/{id}', { params: { path: { id } } })),
    onSettled: () => renew(client),
  });
}

/** Puts the number of one's own call on the list, or takes that back. */
export function useBarCall(callId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (bar: boolean) => {
      const params = { path: { id: callId } };
      if (bar) await ask(api.POST('/api/v1/calls/{id}/do-not-call', { params }));
      else await ask(api.DELETE('/api/v1/calls/{id}/do-not-call', { params }));
    },
    onSettled: () => renew(client),
  });
}

/** What was said of being called on a customer's numbers, the last first. */
export function useConsents(customer: number) {
  return useInfiniteQuery({
    queryKey: ['consents', customer],
    queryFn: ({ pageParam }) =>
      ask(
        api.GET('/api/v1/customers/{id}/consents', {
          params: { path: { id: customer }, query: pageParam ? { cursor: pageParam } : {} },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });
}

/** Keeps what somebody said. */
export function useAddConsent(customer: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: ConsentRequest) =>
      ask(
        api.POST('/api/v1/customers/{id}/consents', { params: { path: { id: customer } }, body }),
      ),
    onSuccess: () => renew(client),
  });
}

/** The leads of a campaign. */
export function useCampaignLeads(campaign: number, filter: { kind?: LeadKind; q?: string }) {
  return useInfiniteQuery({
    queryKey: ['campaign-leads', campaign, filter],
    queryFn: ({ pageParam }) =>
      ask(
        api.GET('/api/v1/campaigns/{id}/leads', {
          params: {
            path: { id: campaign },
            query: { ...filter, limit: 20, ...(pageParam && { cursor: pageParam }) },
          },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });
}
