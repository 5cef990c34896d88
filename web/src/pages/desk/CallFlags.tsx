// What must not be overlooked during a call: the customer hears music, nobody
// hears the agent, the recording is silent.
import { AudioMutedOutlined, PauseCircleFilled, StopFilled } from '@ant-design/icons';
import { Tooltip } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { AgentLiveView, CallLiveView } from '../../api/types';
import { Elapsed } from '../../parts/timers';
import { AGENT_STATE_COLOUR, FLAG_COLOUR } from '../../theme';

function Flag({ colour, hint, children }: { colour: string; hint: string; children: ReactNode }) {
  return (
    <Tooltip title={hint}>
      <span className="flag" role="status" style={{ background: colour }}>
        {children}
      </span>
    </Tooltip>
  );
}

/** The flags that are up. */
export function CallFlags({ agent, call }: { agent: AgentLiveView; call: CallLiveView }) {
  const { t } = useTranslation();
  return (
    <span className="line">
      {agent.state === 'hold' && (
        <Flag colour={AGENT_STATE_COLOUR.hold} hint={t('desk.flag.holdHint')}>
          <PauseCircleFilled /> {t('desk.flag.hold')} <Elapsed since={agent.since} />
        </Flag>
      )}
      {agent.muted && (
        <Flag colour={FLAG_COLOUR.muted} hint={t('desk.flag.mutedHint')}>
          <AudioMutedOutlined /> {t('desk.flag.muted')}
        </Flag>
      )}
      {call.recording_paused && (
        <Flag colour={FLAG_COLOUR.recordingPaused} hint={t('desk.flag.recordingPausedHint')}>
          <StopFilled /> {t('desk.flag.recordingPaused')}
        </Flag>
      )}
    </span>
  );
}
