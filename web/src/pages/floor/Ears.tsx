// Who takes part in an agent's call, and how.
import { useTranslation } from 'react-i18next';
import { useShallow } from 'zustand/react/shallow';
import { useLive } from '../../live/store';
import { MONITOR_ICON } from '../../parts/monitorIcon';
import { MONITOR_COLOUR } from '../../theme';

/** One line per supervisor; nothing when nobody does. */
export function Ears({ agentId }: { agentId: number }) {
  const { t } = useTranslation();
  const monitors = useLive(
    useShallow((live) =>
      Object.values(live.monitors).filter((each) => each.agent_id === agentId && each.up),
    ),
  );
  return (
    <>
      {monitors.map(
        ({ supervisor, mode }) =>
          mode && (
            <span key={supervisor.agent_id} className="ear" style={{ color: MONITOR_COLOUR[mode] }}>
              {MONITOR_ICON[mode]}
              {t('floor.monitor.by', { name: supervisor.name, mode: t(`monitorMode.${mode}`) })}
            </span>
          ),
      )}
    </>
  );
}
