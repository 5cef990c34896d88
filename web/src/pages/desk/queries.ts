// The desk's data: the agent's own state and call. Kept fresh by the live
// messages; fetched again when a screen pop or the end of a call says so.
import { useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api, ask } from '../../api/client';
import type { AgentLiveView, DeskView } from '../../api/types';
import { onLiveMessage } from '../../live/store';
import { useReportProblem } from '../../parts/Problem';

const KEY = ['desk'];

function putAgent(client: QueryClient, agent: AgentLiveView): void {
  client.setQueryData<DeskView>(KEY, (desk) => desk && { ...desk, agent });
  const desk = client.getQueryData<DeskView>(KEY);
  if (desk && (desk.call?.call_id ?? null) !== (agent.call_id ?? null)) {
    void client.invalidateQueries({ queryKey: KEY });
  }
}

/** The desk of the signed-in agent, following the live messages. */
export function useDesk(agentId: number) {
  const client = useQueryClient();
  useEffect(
    () =>
      onLiveMessage((message) => {
        if (message.type === 'snapshot') void client.invalidateQueries({ queryKey: KEY });
        if (message.type === 'screen_pop' && message.agent_id === agentId) {
          void client.invalidateQueries({ queryKey: KEY });
        }
        if (message.type === 'agent' && message.agent.agent_id === agentId) {
          putAgent(client, message.agent);
        }
      }),
    [client, agentId],
  );
  return useQuery({ queryKey: KEY, queryFn: () => ask(api.GET('/api/v1/desk')) });
}

/** What an agent asks the floor for. */
export type DeskCommand =
  { do: 'log_in' | 'log_out' | 'ready' | 'hang_up' } | { do: 'pause'; reason: string };

function send(command: DeskCommand): Promise<AgentLiveView> {
  switch (command.do) {
    case 'log_in':
      return ask(api.POST('/api/v1/desk/log-in'));
    case 'log_out':
      return ask(api.POST('/api/v1/desk/log-out'));
    case 'ready':
      return ask(api.POST('/api/v1/desk/ready'));
    case 'hang_up':
      return ask(api.POST('/api/v1/desk/hang-up'));
    case 'pause':
      return ask(api.POST('/api/v1/desk/pause', { body: { reason: command.reason } }));
  }
}

/** Gives a command; a refusal is shown in the floor's own words. */
export function useDeskCommand() {
  const client = useQueryClient();
  const report = useReportProblem();
  return useMutation({
    mutationFn: send,
    onSuccess: (agent) => putAgent(client, agent),
    onError: report,
  });
}

/** Saves the disposition of a call; `onSaved` runs before the desk moves on. */
export function useDispose(callId: string, onSaved: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { disposition_id: number; note: string }) =>
      ask(api.POST('/api/v1/calls/{id}/disposition', { params: { path: { id: callId } }, body })),
    onSuccess: async (agent) => {
      // Here, not at the call of mutate: the form is gone once the desk is fetched anew.
      onSaved();
      putAgent(client, agent);
      await client.invalidateQueries({ queryKey: KEY });
      await client.invalidateQueries({ queryKey: ['calls'] });
    },
  });
}

/** The dispositions an agent may choose from. */
export function useDispositions() {
  return useQuery({
    queryKey: ['dispositions'],
    queryFn: () => ask(api.GET('/api/v1/dispositions')),
    staleTime: 300_000,
  });
}
