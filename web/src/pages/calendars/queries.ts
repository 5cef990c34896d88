// Calendars of opening hours.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask } from '../../api/client';
import type { CalendarRequest } from '../../api/types';

/** Whether it is open is asked again once a minute. */
const OPEN_NOW_MS = 60_000;

/** All calendars. */
export function useCalendars() {
  return useQuery({
    queryKey: ['calendars'],
    queryFn: () => ask(api.GET('/api/v1/calendars')),
    refetchInterval: OPEN_NOW_MS,
  });
}

/** One calendar; nothing is asked without an id. */
export function useCalendar(id: number | undefined) {
  return useQuery({
    queryKey: ['calendars', id],
    queryFn: () => ask(api.GET('/api/v1/calendars/{id}', { params: { path: { id: id ?? 0 } } })),
    enabled: id !== undefined,
  });
}

function useForget() {
  const client = useQueryClient();
  return async () => {
    await client.invalidateQueries({ queryKey: ['calendars'] });
    // Whether a queue is open, or a campaign dials, depends on it.
    await client.invalidateQueries({ queryKey: ['queues'] });
    await client.invalidateQueries({ queryKey: ['campaigns'] });
  };
}

/** Creates a calendar, or changes the one of that id. */
export function useSaveCalendar(id: number | undefined) {
  const forget = useForget();
  return useMutation({
    mutationFn: (body: CalendarRequest) =>
      id === undefined
        ? ask(api.POST('/api/v1/calendars', { body }))
        : ask(api.PATCH('/api/v1/calendars/{id}', { params: { path: { id } }, body })),
    onSuccess: forget,
  });
}

/** Deletes a calendar. */
export function useDeleteCalendar() {
  const forget = useForget();
  return useMutation({
    mutationFn: (id: number) =>
      ask(api.DELETE('/api/v1/calendars/{id}', { params: { path: { id } } })),
    onSuccess: forget,
  });
}

/** The public holidays that the server knows. */
export function usePublicHolidays() {
  return useQuery({
    queryKey: ['public-holidays'],
    queryFn: () => ask(api.GET('/api/v1/public-holidays')),
    staleTime: Infinity,
  });
}
