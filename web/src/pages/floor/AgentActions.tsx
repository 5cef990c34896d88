// What a supervisor may do to one agent: listen, whisper, barge, hang up, set
// the state. Shown as far as the role goes; what does not fit now says why.
import { MoreOutlined, PhoneFilled, UserOutlined } from '@ant-design/icons';
import { App, Button, Dropdown, type MenuProps } from 'antd';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../api/access';
import { useSession } from '../../api/session';
import type { AgentLiveView, MonitorMode } from '../../api/types';
import { labelIn } from '../../base/label';
import { useLive } from '../../live/store';
import { useRunningSupervision, useSupervise } from '../../live/supervision';
import { MONITOR_ICON } from '../../parts/monitorIcon';
import { usePauseReasons } from '../../parts/useReasonText';

/** Whether the signed-in person may do anything to agents. */
export function useMaySupervise(): boolean {
  const rights = [
    useMay('call:listen'),
    useMay('call:whisper'),
    useMay('call:barge'),
    useMay('call:hang_up'),
    useMay('agent:set_state'),
  ];
  return rights.includes(true);
}

type Item = NonNullable<MenuProps['items']>[number];

/** A menu entry that, when it cannot be chosen, says why. */
function entry(key: string, text: string, reason: string | undefined): Item {
  return {
    key,
    disabled: reason !== undefined,
    // A tip of the browser's own: the library gives none to what is disabled.
    label: <span title={reason}>{text}</span>,
  };
}

function useListenItems(agent: AgentLiveView): Item[] {
  const { t } = useTranslation();
  const me = useSession((session) => session.me);
  const own = useLive((live) => (me ? live.monitors[me.id] : undefined));
  const may: Record<MonitorMode, boolean> = {
    listen: useMay('call:listen'),
    whisper: useMay('call:whisper'),
    barge: useMay('call:barge'),
  };
  const talks = agent.state === 'talking' || agent.state === 'hold';
  function reason(mode: MonitorMode): string | undefined {
    if (!me?.is_agent) return t('floor.monitor.why.noPhone');
    if (!talks) return t('floor.monitor.why.noCall');
    if (own?.agent_id === agent.agent_id && own.mode === mode)
      return t('floor.monitor.why.already');
    return undefined;
  }
  return (Object.keys(may) as MonitorMode[])
    .filter((mode) => may[mode])
    .map((mode) => ({
      ...entry(`monitor:${mode}`, t(`monitorMode.${mode}`), reason(mode)),
      icon: MONITOR_ICON[mode],
    })) as Item[];
}

function useStateItems(agent: AgentLiveView): Item[] {
  const { t, i18n } = useTranslation();
  const reasons = usePauseReasons();
  const may = useMay('agent:set_state');
  if (!may) return [];
  const notNow = (allowed: boolean) => (allowed ? undefined : t('floor.monitor.why.notNow'));
  return [
    {
      key: 'state',
      icon: <UserOutlined />,
      label: t('floor.monitor.setState'),
      children: [
        entry('state:ready', t('agentState.ready'), notNow(agent.allowed.includes('ready'))),
        ...(reasons.data?.items ?? []).map((each) =>
          entry(
            `pause:${each.key}`,
            `${t('agentState.paused')} · ${labelIn(each, i18n.language)}`,
            notNow(agent.allowed.includes('pause')),
          ),
        ),
        entry(
          'state:logged_out',
          t('agentState.logged_out'),
          notNow(agent.allowed.includes('log_out')),
        ),
      ],
    },
  ];
}

function useHangUpItem(agent: AgentLiveView): Item[] {
  const { t } = useTranslation();
  const may = useMay('call:hang_up');
  if (!may) return [];
  const talks = agent.state === 'talking' || agent.state === 'hold';
  const reason = talks ? undefined : t('floor.monitor.why.noCall');
  const item = entry('hang_up', t('floor.monitor.hangUp'), reason);
  return [{ ...item, danger: true, icon: <PhoneFilled rotate={225} /> } as Item];
}

/** The button with its menu. */
export function AgentActions({ agent }: { agent: AgentLiveView }) {
  const { t } = useTranslation();
  const { modal, message } = App.useApp();
  const own = useSession((session) => session.me?.id);
  const supervise = useSupervise();
  const running = useRunningSupervision();
  const items = [...useListenItems(agent), ...useHangUpItem(agent), ...useStateItems(agent)];
  const { agent_id: agentId, name } = agent;
  if (agentId === own || items.length === 0) return null;

  const done = (what: 'hang_up' | 'set_state') => ({
    onSuccess: () => void message.success(t(`floor.monitor.done.${what}`)),
  });
  async function hangUp() {
    const sure = await modal.confirm({
      title: t('floor.monitor.hangUpSure', { name }),
      content: t('floor.monitor.hangUpSureHint'),
      okText: t('floor.monitor.hangUp'),
      okButtonProps: { danger: true },
    });
    if (sure) supervise.mutate({ do: 'hang_up', agentId }, done('hang_up'));
  }
  function choose(key: string) {
    const [what = '', value = ''] = key.split(':');
    switch (what) {
      case 'monitor':
        supervise.mutate({ do: 'monitor', agentId, mode: value as MonitorMode });
        break;
      case 'pause':
        supervise.mutate(
          { do: 'set_state', agentId, state: 'paused', reason: value },
          done('set_state'),
        );
        break;
      case 'state': {
        const state = value === 'ready' ? 'ready' : 'logged_out';
        supervise.mutate({ do: 'set_state', agentId, state }, done('set_state'));
        break;
      }
      default:
        void hangUp();
    }
  }
  const busy = running !== undefined && 'agentId' in running && running.agentId === agentId;
  return (
    <Dropdown
      trigger={['click']}
      menu={{ items, triggerSubMenuAction: 'click', onClick: ({ key }) => choose(key) }}
    >
      <Button
        size="small"
        type="text"
        icon={<MoreOutlined />}
        loading={busy}
        disabled={running !== undefined}
        aria-label={t('floor.monitor.more', { name })}
      />
    </Dropdown>
  );
}
