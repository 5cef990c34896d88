// Users and what their form needs.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask } from '../../api/client';
import type { CreateUserRequest, UpdateUserRequest, UserView } from '../../api/types';

/** The roles. */
export function useRoles() {
  return useQuery({ queryKey: ['roles'], queryFn: () => ask(api.GET('/api/v1/roles')) });
}

/** The teams. */
export function useTeams() {
  return useQuery({ queryKey: ['teams'], queryFn: () => ask(api.GET('/api/v1/teams')) });
}

/** What is to be saved: a new user, or a change of one. */
export type UserChange =
  { id?: undefined; body: CreateUserRequest } | { id: number; body: UpdateUserRequest };

function send(change: UserChange): Promise<UserView> {
  if (change.id === undefined) return ask(api.POST('/api/v1/users', { body: change.body }));
  const params = { path: { id: change.id } };
  return ask(api.PATCH('/api/v1/users/{id}', { params, body: change.body }));
}

/** Creates or changes a user. */
export function useSaveUser() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSuccess: () => client.invalidateQueries({ queryKey: ['users'] }),
  });
}
