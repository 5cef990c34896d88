// The call in progress under the agent's hands: hold, mute, keys, the pause of
// the recording, transfers. Which buttons work is what the floor says it would
// accept.
import {
  AudioMutedOutlined,
  AudioOutlined,
  CheckOutlined,
  CloseOutlined,
  PauseCircleOutlined,
  PlayCircleOutlined,
  StopOutlined,
  SwapOutlined,
  TeamOutlined,
  UserSwitchOutlined,
} from '@ant-design/icons';
import { Card } from 'antd';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { AgentAction, AgentLiveView, CallLiveView } from '../../api/types';
import { ReasonButton } from '../../parts/ReasonButton';
import { useHotkeys } from '../../parts/useHotkeys';
import { HandOnDialog } from './HandOnDialog';
import { Keypad } from './Keypad';
import { useDeskCommand, useRunningCommand } from './commands';
import { whyNot } from './reasons';

type Pressed =
  | 'hold'
  | 'resume'
  | 'mute'
  | 'unmute'
  | 'pause_recording'
  | 'resume_recording'
  | 'swap'
  | 'complete_transfer'
  | 'cancel_transfer'
  | 'conference';

/** The buttons of a live call. */
export function ControlBar({ agent, call }: { agent: AgentLiveView; call: CallLiveView }) {
  const { t } = useTranslation();
  const command = useDeskCommand();
  const running = useRunningCommand();
  const [handing, setHanding] = useState(false);

  const allows = (action: AgentAction) => agent.allowed.includes(action);
  function reason(action: AgentAction): string | undefined {
    if (running) return t('desk.why.running');
    const key = whyNot(action, agent);
    return key && t(`desk.why.${key}`);
  }
  const run = (action: Pressed) => () => command.mutate({ do: action });
  // Of two opposites the one that is possible, and while neither is, the first.
  const either = (first: Pressed, second: Pressed) => (allows(second) ? second : first);
  const hold = either('hold', 'resume');
  const mute = either('mute', 'unmute');
  const recording = either('pause_recording', 'resume_recording');
  const handOn = reason('transfer') && reason('consult');
  const openHandOn = () => setHanding(true);
  useHotkeys({
    'alt+o': reason(hold) ? undefined : run(hold),
    'alt+m': reason(mute) ? undefined : run(mute),
    'alt+t': handOn ? undefined : openHandOn,
  });

  const button = (
    action: Pressed,
    icon: ReactNode,
    text: string,
    more: { hotkey?: string; type?: 'primary'; danger?: boolean } = {},
  ) => (
    <ReasonButton
      icon={icon}
      loading={running === action}
      reason={reason(action)}
      onClick={run(action)}
      {...more}
    >
      {text}
    </ReasonButton>
  );
  const third = call.third != null && call.third.from.agent_id === agent.agent_id;
  return (
    <Card styles={{ body: { paddingBlock: 12 } }}>
      <div className="line" role="toolbar" aria-label={t('desk.control.title')}>
        {hold === 'hold'
          ? button('hold', <PauseCircleOutlined />, t('desk.control.hold'), { hotkey: 'Alt+O' })
          : button('resume', <PlayCircleOutlined />, t('desk.control.resume'), {
              hotkey: 'Alt+O',
              type: 'primary',
            })}
        {mute === 'mute'
          ? button('mute', <AudioMutedOutlined />, t('desk.control.mute'), { hotkey: 'Alt+M' })
          : button('unmute', <AudioOutlined />, t('desk.control.unmute'), {
              hotkey: 'Alt+M',
              type: 'primary',
              danger: true,
            })}
        <Keypad reason={reason('send_keys')} running={running === 'send_keys'} />
        {recording === 'pause_recording'
          ? button('pause_recording', <StopOutlined />, t('desk.control.pauseRecording'))
          : button('resume_recording', <PlayCircleOutlined />, t('desk.control.resumeRecording'), {
              type: 'primary',
              danger: true,
            })}
        {!third && (
          <ReasonButton
            icon={<UserSwitchOutlined />}
            reason={handOn}
            hotkey="Alt+T"
            onClick={openHandOn}
          >
            {t('desk.control.transfer')}
          </ReasonButton>
        )}
        {third && (
          <>
            {button('swap', <SwapOutlined />, t('desk.control.swap'))}
            {button('complete_transfer', <CheckOutlined />, t('desk.control.complete'), {
              type: 'primary',
            })}
            {button('conference', <TeamOutlined />, t('desk.control.conference'))}
            {button('cancel_transfer', <CloseOutlined />, t('desk.control.cancel'))}
          </>
        )}
      </div>
      <HandOnDialog agent={agent} open={handing && !third} onClose={() => setHanding(false)} />
    </Card>
  );
}
