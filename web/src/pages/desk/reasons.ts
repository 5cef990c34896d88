// Why a button of the desk cannot be pressed, in words. Whether it can is the
// server's `allowed`; this only explains.
import type { AgentAction, AgentLiveView } from '../../api/types';

/** The key of the explanation under `desk.why`; undefined: it can be pressed. */
export function whyNot(
  action: AgentAction,
  agent: AgentLiveView,
): 'loggedOut' | 'already' | 'readyAfter' | 'noCall' | 'notNow' | undefined {
  if (agent.allowed.includes(action)) return undefined;
  if (action === 'hang_up' || action === 'dispose') return 'noCall';
  if (action === 'log_in') return 'already';
  switch (agent.state) {
    case 'logged_out':
      return action === 'log_out' ? 'already' : 'loggedOut';
    case 'ready':
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
