// The agent's state with its timer, what must not be overlooked in the call, and
// the large buttons. Which buttons work
// is what the floor says it would accept; the others say why not.
import {
  CoffeeOutlined,
  LoginOutlined,
  LogoutOutlined,
  PhoneFilled,
  PlayCircleOutlined,
} from '@ant-design/icons';
import { Card, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import type { AgentAction, AgentLiveView, CallLiveView } from '../../api/types';
import { labelIn } from '../../base/label';
import { PhoneMark } from '../../parts/PhoneMark';
import { ReasonButton } from '../../parts/ReasonButton';
import { Elapsed, Remaining } from '../../parts/timers';
import { useHotkeys } from '../../parts/useHotkeys';
import { usePauseReasons, useReasonText } from '../../parts/useReasonText';
import { AGENT_STATE_COLOUR } from '../../theme';
import { CallFlags } from './CallFlags';
import { ForwardingButton } from './ForwardingButton';
import { useDeskCommand, useRunningCommand } from './commands';
import { whyNot } from './reasons';

function State({ agent }: { agent: AgentLiveView }) {
  const { t } = useTranslation();
  const reasonText = useReasonText();
  const colour = AGENT_STATE_COLOUR[agent.state];
  return (
    <div style={{ minWidth: 210 }}>
      <div className="line" style={{ color: colour, fontSize: 24, fontWeight: 600, gap: 12 }}>
        {t(`agentState.${agent.state}`)}
        <Elapsed since={agent.since} />
      </div>
      <div className="quiet">
        {[
          agent.reason && reasonText(agent.reason),
          agent.next && t('desk.next', { state: t(`agentState.${agent.next}`) }),
          agent.state !== 'logged_out' && t(agent.phone_up ? 'desk.phoneUp' : 'desk.phoneDown'),
        ]
          .filter(Boolean)
          .join(' · ')}
        {agent.state === 'logged_out' && t('desk.loggedOutHint')}
      </div>
      <div className="line" style={{ gap: 12, marginTop: 4 }}>
        <PhoneMark phone={agent.phone} text />
        <ForwardingButton agent={agent} />
      </div>
    </div>
  );
}

/** State, timers and commands of the agent. */
export function StateBar({
  agent,
  call,
}: {
  agent: AgentLiveView;
  call: CallLiveView | undefined;
}) {
  const { t, i18n } = useTranslation();
  const command = useDeskCommand();
  const running = useRunningCommand();
  const reasons = usePauseReasons();

  // The floor hangs up also while another command waits for the switch.
  const busy = (action: AgentAction) =>
    running !== undefined && (action !== 'hang_up' || running === 'hang_up');
  const may = (action: AgentAction) => !busy(action) && agent.allowed.includes(action);
  const why = (action: AgentAction) => {
    if (busy(action)) return t('desk.why.running');
    const key = whyNot(action, agent);
    return key && t(`desk.why.${key}`);
  };
  const run = (action: 'log_in' | 'log_out' | 'ready' | 'hang_up' | 'answer') => () =>
    command.mutate({ do: action });
  useHotkeys({
    'alt+r': may('ready') ? run('ready') : undefined,
    'alt+h': may('hang_up') ? run('hang_up') : undefined,
    'alt+a': may('answer') ? run('answer') : undefined,
  });

  const large = { size: 'large' } as const;
  return (
    <Card>
      <div className="line" style={{ gap: 20 }}>
        <State agent={agent} />
        {call && agent.state !== 'wrap_up' && <CallFlags agent={agent} call={call} />}
        {agent.wrap_up_until && (
          <div style={{ color: AGENT_STATE_COLOUR.wrap_up }}>
            <div className="quiet">{t('desk.wrapUpLeft')}</div>
            <div style={{ fontSize: 20, fontWeight: 600 }}>
              <Remaining until={agent.wrap_up_until} />
            </div>
          </div>
        )}
        <div className="line" style={{ marginLeft: 'auto', gap: 10 }}>
          {agent.state === 'logged_out' ? (
            <ReasonButton
              {...large}
              type="primary"
              icon={<LoginOutlined />}
              reason={why('log_in')}
              onClick={run('log_in')}
            >
              {t('desk.logIn')}
            </ReasonButton>
          ) : (
            <>
              {(may('answer') || running === 'answer') && (
                <ReasonButton
                  {...large}
                  type="primary"
                  icon={<PhoneFilled />}
                  loading={running === 'answer'}
                  hotkey="Alt+A"
                  onClick={run('answer')}
                >
                  {t('desk.control.answer')}
                </ReasonButton>
              )}
              <ReasonButton
                {...large}
                danger
                type="primary"
                icon={<PhoneFilled rotate={225} />}
                reason={why('hang_up')}
                hotkey="Alt+H"
                onClick={run('hang_up')}
              >
                {t('desk.hangUp')}
              </ReasonButton>
              <ReasonButton
                {...large}
                type="primary"
                icon={<PlayCircleOutlined />}
                reason={why('ready')}
                hotkey="Alt+R"
                onClick={run('ready')}
              >
                {t('desk.ready')}
              </ReasonButton>

              <Dropdown
                trigger={['click']}
                disabled={!may('pause')}
                menu={{
                  items: (reasons.data?.items ?? []).map((reason) => ({
                    key: reason.key,
                    label: labelIn(reason, i18n.language),
                  })),
                  onClick: ({ key }) => command.mutate({ do: 'pause', reason: key }),
                }}
              >
                <span>
                  <ReasonButton {...large} icon={<CoffeeOutlined />} reason={why('pause')}>
                    {t('desk.pause')}
                  </ReasonButton>
                </span>
              </Dropdown>
              <ReasonButton
                {...large}
                icon={<LogoutOutlined />}
                reason={why('log_out')}
                onClick={run('log_out')}
              >
                {t('desk.logOut')}
              </ReasonButton>
            </>
          )}
        </div>
      </div>
    </Card>
  );
}
