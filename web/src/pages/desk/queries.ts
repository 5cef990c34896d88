// The desk's data: the agent's own state and call. Kept fresh by the live
// messages; fetched again when a screen pop or the end of a call says so.
import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api, ask } from '../../api/client';
import type { AgentLiveView, DeskView } from '../../api/types';
import { onLiveMessage, useLive } from '../../live/store';

export const DESK_KEY = ['desk'];

/** Names a look at a lead: the same lead may be shown again. */
function leadShown(preview: { lead_id: number; since: string } | null | undefined): string {
  return preview ? `${preview.lead_id} ${preview.since}` : '';
}

/** Shows the agent as the server has them now. */
export function putAgent(client: QueryClient, agent: AgentLiveView): void {
  const before = client.getQueryData<DeskView>(DESK_KEY)?.agent?.state;
  client.setQueryData<DeskView>(DESK_KEY, (desk) => desk && { ...desk, agent });
  const desk = client.getQueryData<DeskView>(DESK_KEY);
  const otherCall = (desk?.call?.call_id ?? null) !== (agent.call_id ?? null);
  const otherLead = leadShown(desk?.preview) !== leadShown(agent.preview);
  // What is known of the call is from when it was dialled, which may be long before.
  const over = before !== 'wrap_up' && agent.state === 'wrap_up';
  if (desk && (otherCall || otherLead || over)) {
    void client.invalidateQueries({ queryKey: DESK_KEY });
  }
}

/** The desk of the signed-in agent, following the live messages. */
export function useDesk(agentId: number) {
  const client = useQueryClient();
  useEffect(
    () =>
      onLiveMessage((message) => {
        if (message.type === 'snapshot') void client.invalidateQueries({ queryKey: DESK_KEY });
        if (message.type === 'screen_pop' && message.agent_id === agentId) {
          void client.invalidateQueries({ queryKey: DESK_KEY });
        }
        if (message.type === 'agent' && message.agent.agent_id === agentId) {
          putAgent(client, message.agent);
        }
      }),
    [client, agentId],
  );
  return useQuery({ queryKey: DESK_KEY, queryFn: () => ask(api.GET('/api/v1/desk')) });
}

/**
 * The agent as they are now. While the live connection stands it alone tells: an
 * answer to a request may be older than the message that overtook it.
 */
export function useOwnAgent(desk: DeskView): AgentLiveView | null | undefined {
  const live = useLive((state) =>
    state.link === 'open' && desk.agent ? state.agents[desk.agent.agent_id] : undefined,
  );
  return live ?? desk.agent;
}

/** The dispositions an agent may choose from. */
export function useDispositions() {
  return useQuery({
    queryKey: ['dispositions'],
    queryFn: () => ask(api.GET('/api/v1/dispositions')),
    staleTime: 300_000,
  });
}

/** The queues a call can be handed to, with who waits there. */
export function useDeskQueues(wanted: boolean) {
  return useQuery({
    queryKey: ['desk-queues'],
    queryFn: () => ask(api.GET('/api/v1/desk/queues')),
    enabled: wanted,
    staleTime: 0,
    refetchInterval: 2_000,
  });
}

/** The colleagues a call can be handed to, with their states as they change. */
export function useColleagues(wanted: boolean) {
  return useQuery({
    queryKey: ['colleagues'],
    queryFn: () => ask(api.GET('/api/v1/desk/colleagues')),
    enabled: wanted,
    staleTime: 0,
    // Agents are not shown each other's states on the live feed.
    refetchInterval: 2_000,
  });
}
