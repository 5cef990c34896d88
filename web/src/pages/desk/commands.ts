// What an agent asks the floor for. One command at a time is under way: its
// answer comes when the switch's events have confirmed it.
import { useMutation, useMutationState, useQueryClient } from '@tanstack/react-query';
import { api, ask } from '../../api/client';
import type { AgentAction, AgentLiveView, HandOnRequest, SkipReason } from '../../api/types';
import { useLive } from '../../live/store';
import { useReportProblem } from '../../parts/Problem';
import { DESK_KEY, putAgent } from './queries';

type Plain = Exclude<
  AgentAction,
  'pause' | 'send_keys' | 'transfer' | 'consult' | 'dispose' | 'dial' | 'skip'
>;

/** A command with what it needs. */
export type DeskCommand =
  | { do: Plain }
  | { do: 'pause'; reason: string }
  | { do: 'send_keys'; keys: string }
  | { do: 'transfer' | 'consult'; to: HandOnRequest }
  | { do: 'dial'; lead: number }
  | { do: 'skip'; lead: number; reason: SkipReason; note: string | null };

const COMMAND_KEY = ['desk-command'];

function send(command: DeskCommand): Promise<AgentLiveView> {
  switch (command.do) {
    case 'log_in':
      return ask(api.POST('/api/v1/desk/log-in'));
    case 'log_out':
      return ask(api.POST('/api/v1/desk/log-out'));
    case 'ready':
      return ask(api.POST('/api/v1/desk/ready'));
    case 'pause':
      return ask(api.POST('/api/v1/desk/pause', { body: { reason: command.reason } }));
    case 'hang_up':
      return ask(api.POST('/api/v1/desk/hang-up'));
    case 'answer':
      return ask(api.POST('/api/v1/desk/answer'));
    case 'hold':
      return ask(api.POST('/api/v1/desk/hold'));
    case 'resume':
      return ask(api.POST('/api/v1/desk/resume'));
    case 'mute':
      return ask(api.POST('/api/v1/desk/mute'));
    case 'unmute':
      return ask(api.POST('/api/v1/desk/unmute'));
    case 'send_keys':
      return ask(api.POST('/api/v1/desk/keys', { body: { keys: command.keys } }));
    case 'pause_recording':
      return ask(api.POST('/api/v1/desk/recording/pause'));
    case 'resume_recording':
      return ask(api.POST('/api/v1/desk/recording/resume'));
    case 'transfer':
      return ask(api.POST('/api/v1/desk/transfer', { body: command.to }));
    case 'consult':
      return ask(api.POST('/api/v1/desk/consult', { body: command.to }));
    case 'dial':
      return ask(api.POST('/api/v1/desk/preview/dial', { body: { lead_id: command.lead } }));
    case 'skip': {
      const { lead, reason, note } = command;
      return ask(api.POST('/api/v1/desk/preview/skip', { body: { lead_id: lead, reason, note } }));
    }
    case 'swap':
      return ask(api.POST('/api/v1/desk/swap'));
    case 'complete_transfer':
      return ask(api.POST('/api/v1/desk/complete-transfer'));
    case 'cancel_transfer':
      return ask(api.POST('/api/v1/desk/cancel-transfer'));
    case 'conference':
      return ask(api.POST('/api/v1/desk/conference'));
  }
}

/** Gives a command; a refusal is shown in words, unless the caller shows it. */
export function useDeskCommand({ quiet = false }: { quiet?: boolean } = {}) {
  const client = useQueryClient();
  const report = useReportProblem();
  return useMutation({
    mutationKey: COMMAND_KEY,
    mutationFn: send,
    onSuccess: (agent) => {
      // Otherwise the live message is here already, or comes, and is the newer one.
      if (useLive.getState().link !== 'open') putAgent(client, agent);
    },
    onError: (error) => {
      if (!quiet) report(error);
    },
  });
}

/** The command under way, whichever part of the page gave it. */
export function useRunningCommand(): DeskCommand['do'] | undefined {
  return useMutationState({
    filters: { mutationKey: COMMAND_KEY, status: 'pending' },
    select: (mutation) => (mutation.state.variables as DeskCommand).do,
  })[0];
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
      await client.invalidateQueries({ queryKey: DESK_KEY });
      await client.invalidateQueries({ queryKey: ['calls'] });
    },
  });
}
