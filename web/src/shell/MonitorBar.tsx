// The supervisor's own ear on a call, on whatever page they are: to whom, how,
// how that can be changed, and how to stop.
import { StopOutlined, UserSwitchOutlined } from '@ant-design/icons';
import { App, Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { useMay } from '../api/access';
import { useSession } from '../api/session';
import type { MonitorMode, MonitorView } from '../api/types';
import { phone } from '../base/format';
import { useLive } from '../live/store';
import { useRunningSupervision, useSupervise } from '../live/supervision';
import { MONITOR_ICON } from '../parts/monitorIcon';
import { ReasonButton } from '../parts/ReasonButton';
import { MONITOR_COLOUR } from '../theme';

function useModes(): { value: MonitorMode; may: boolean }[] {
  const listen = useMay('call:listen');
  const whisper = useMay('call:whisper');
  const barge = useMay('call:barge');
  return [
    { value: 'listen', may: listen },
    { value: 'whisper', may: whisper },
    { value: 'barge', may: barge },
  ];
}

function Bar({ monitor, mode }: { monitor: MonitorView; mode: MonitorMode }) {
  const { t } = useTranslation();
  const { modal, message } = App.useApp();
  const supervise = useSupervise();
  const running = useRunningSupervision();
  const modes = useModes();
  const mayTakeOver = useMay('call:take_over');
  const agent = useLive((live) => live.agents[monitor.agent_id]);
  const number = useLive((live) => live.calls[monitor.call_id]?.number);
  const name = agent?.name ?? '';
  const names = { name, mode: t(`monitorMode.${mode}`) };
  const busy = running ? t('floor.monitor.why.running') : undefined;
  const notUp = monitor.up ? undefined : t('floor.monitor.why.notUp');

  async function takeOver() {
    const sure = await modal.confirm({
      title: t('floor.monitor.takeOverSure', { name }),
      content: t('floor.monitor.takeOverSureHint'),
      okText: t('floor.monitor.takeOver'),
    });
    if (!sure) return;
    supervise.mutate(
      { do: 'take_over' },
      { onSuccess: () => void message.success(t('floor.monitor.done.take_over')) },
    );
  }
  return (
    <div
      className="monitor-bar"
      role="region"
      aria-label={t('floor.monitor.bar')}
      style={{ '--state': MONITOR_COLOUR[mode] } as React.CSSProperties}
    >
      {MONITOR_ICON[mode]}
      <strong>{t(monitor.up ? 'floor.monitor.running' : 'floor.monitor.ringing', names)}</strong>
      {number && <span className="figure">{phone(number)}</span>}
      <span className="tools">
        <Segmented<MonitorMode>
          value={mode}
          disabled={running !== undefined || !monitor.up}
          onChange={(wanted) =>
            supervise.mutate({ do: 'monitor', agentId: monitor.agent_id, mode: wanted })
          }
          options={modes.map(({ value, may }) => ({
            value,
            disabled: !may,
            label: t(`monitorMode.${value}`),
          }))}
        />
        {mayTakeOver && (
          <ReasonButton
            icon={<UserSwitchOutlined />}
            reason={busy ?? notUp}
            loading={running?.do === 'take_over'}
            onClick={() => void takeOver()}
          >
            {t('floor.monitor.takeOver')}
          </ReasonButton>
        )}
        <ReasonButton
          icon={<StopOutlined />}
          reason={busy}
          loading={running?.do === 'stop'}
          onClick={() => supervise.mutate({ do: 'stop' })}
        >
          {t('floor.monitor.stop')}
        </ReasonButton>
      </span>
    </div>
  );
}

/** The bar; nothing while the person listens to nobody. */
export function MonitorBar() {
  const own = useSession((session) => session.me?.id);
  const monitor = useLive((live) => (own === undefined ? undefined : live.monitors[own]));
  return monitor?.mode ? <Bar monitor={monitor} mode={monitor.mode} /> : null;
}
