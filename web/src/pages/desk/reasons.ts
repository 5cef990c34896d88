// Why a button of the desk cannot be pressed, in words. Whether it can is the
// server's `allowed`; this only explains.
import type { AgentAction, AgentLiveView } from '../../api/types';

type Reason =
  | 'loggedOut'
  | 'already'
  | 'readyAfter'
  | 'noCall'
  | 'notNow'
  | 'noConversation'
  | 'noRecording'
  | 'notDuringTransfer'
  | 'answerByHand'
  | 'noLead'
  | 'noSkips';

/** The key of the explanation under `desk.why`; undefined: it can be pressed. */
export function whyNot(action: AgentAction, agent: AgentLiveView): Reason | undefined {
  if (agent.allowed.includes(action)) return undefined;
  switch (action) {
    case 'hang_up':
    case 'dispose':
      return 'noCall';
    case 'dial':
      return 'noLead';
    case 'skip':
      return agent.state === 'previewing' ? 'noSkips' : 'noLead';
    case 'log_in':
      return 'already';
    case 'log_out':
    case 'ready':
    case 'pause':
      return whyNotState(action, agent);
    case 'pause_recording':
    case 'resume_recording':
      return 'noRecording';
    case 'answer':
      return agent.state === 'ringing' ? 'answerByHand' : 'noConversation';
    case 'hold':
    case 'resume':
    case 'mute':
    case 'unmute':
    case 'send_keys':
    case 'transfer':
    case 'consult':
      return agent.state === 'talking' || agent.state === 'hold'
        ? 'notDuringTransfer'
        : 'noConversation';
    case 'swap':
    case 'complete_transfer':
    case 'cancel_transfer':
    case 'conference':
      return 'notNow';
  }
}

function whyNotState(action: 'log_out' | 'ready' | 'pause', agent: AgentLiveView): Reason {
  switch (agent.state) {
    case 'logged_out':
      return action === 'log_out' ? 'already' : 'loggedOut';
    case 'ready':
    case 'previewing':
      return action === 'ready' ? 'already' : 'notNow';
    case 'ringing':
    case 'talking':
    case 'hold':
      return action === 'ready' ? 'readyAfter' : 'notNow';
    case 'paused':
    case 'wrap_up':
    case 'unreachable':
      return 'notNow';
  }
}
