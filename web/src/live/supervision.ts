// What a supervisor asks the floor for, about the calls and states of others.
// The answer comes when the switch has confirmed it; what is so then comes with
// the live messages.
import { useMutation, useMutationState } from '@tanstack/react-query';
import { api, ask } from '../api/client';
import type { MonitorMode, WantedState } from '../api/types';
import { useReportProblem } from '../parts/Problem';

/** A supervisor's command. */
export type SuperviseCommand =
  | { do: 'monitor'; agentId: number; mode: MonitorMode }
  | { do: 'stop' }
  | { do: 'take_over' }
  | { do: 'hang_up'; agentId: number }
  | { do: 'set_state'; agentId: number; state: WantedState; reason?: string };

const COMMAND_KEY = ['supervise'];

async function send(command: SuperviseCommand): Promise<void> {
  switch (command.do) {
    case 'monitor':
      await ask(
        api.POST('/api/v1/supervision/monitor', {
          body: { agent_id: command.agentId, mode: command.mode },
        }),
      );
      return;
    case 'stop':
      await ask(api.POST('/api/v1/supervision/stop'));
      return;
    case 'take_over':
      await ask(api.POST('/api/v1/supervision/take-over'));
      return;
    case 'hang_up':
      await ask(
        api.POST('/api/v1/agents/{id}/hang-up', { params: { path: { id: command.agentId } } }),
      );
      return;
    case 'set_state':
      await ask(
        api.POST('/api/v1/agents/{id}/state', {
          params: { path: { id: command.agentId } },
          body: { state: command.state, reason: command.reason ?? null },
        }),
      );
      return;
  }
}

/** Gives a command; a refusal is shown in words. */
export function useSupervise() {
  const report = useReportProblem();
  return useMutation({ mutationKey: COMMAND_KEY, mutationFn: send, onError: report });
}

/** The command under way, whichever part of the page gave it. */
export function useRunningSupervision(): SuperviseCommand | undefined {
  return useMutationState({
    filters: { mutationKey: COMMAND_KEY, status: 'pending' },
    select: (mutation) => mutation.state.variables as SuperviseCommand,
  })[0];
}
