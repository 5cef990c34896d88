// Reports by mail: schedules, their runs, and when an expression is due.
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, ask } from '../../api/client';
import type { ReportScheduleRequest } from '../../api/types';

const SCHEDULES = ['reports', 'schedules'];
const SENDING_MS = 3_000;
const QUIET_MS = 60_000;
const TYPING_MS = 300;

/** Every schedule that may be seen, and whether there is a mail server. */
export function useSchedules() {
  return useQuery({
    queryKey: SCHEDULES,
    queryFn: () => ask(api.GET('/api/v1/reports/schedules')),
    refetchInterval: ({ state }) =>
      state.data?.items.some((each) => each.last_run?.state === 'waiting') ? SENDING_MS : QUIET_MS,
  });
}

/** What became of a schedule's reports, newest first, page by page. */
export function useRuns(id: number) {
  return useInfiniteQuery({
    queryKey: [...SCHEDULES, id, 'runs'],
    queryFn: ({ pageParam }) =>
      ask(
        api.GET('/api/v1/reports/schedules/{id}/runs', {
          params: { path: { id }, query: { limit: 20, ...(pageParam && { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.items.some((run) => run.state === 'waiting'))
        ? SENDING_MS
        : false,
  });
}

/** A value once it has rested for a moment, so that not every key is a request. */
function useRested<T>(value: T): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), TYPING_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}

/** The next instants of an expression while it is being typed. */
export function usePreview(typed: string) {
  const cron = useRested(typed.trim());
  return useQuery({
    queryKey: [...SCHEDULES, 'preview', cron],
    queryFn: () =>
      ask(api.GET('/api/v1/reports/schedules/preview', { params: { query: { cron } } })),
    enabled: cron !== '',
    retry: false,
  });
}

function useRefresh() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: SCHEDULES });
}

/** Makes a schedule, or changes the one with this id. */
export function useSaveSchedule(id: number | undefined) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (body: ReportScheduleRequest) =>
      id === undefined
        ? ask(api.POST('/api/v1/reports/schedules', { body }))
        : ask(api.PATCH('/api/v1/reports/schedules/{id}', { params: { path: { id } }, body })),
    onSuccess: refresh,
  });
}

/** Deletes a schedule with the list of its runs. */
export function useDeleteSchedule() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: async (id: number) => {
      await ask(api.DELETE('/api/v1/reports/schedules/{id}', { params: { path: { id } } }));
    },
    onSuccess: refresh,
  });
}

/** Sends yesterday's report at once. */
export function useSendNow() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (id: number) =>
      ask(api.POST('/api/v1/reports/schedules/{id}/send', { params: { path: { id } } })),
    onSuccess: refresh,
  });
}
