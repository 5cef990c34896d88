// What a queue does this minute and how the last day was, in one line. Draws only
// itself when the queue's live entry changes.
import { useTranslation } from 'react-i18next';
import type { QueueLiveView } from '../../api/types';
import { DASH, duration, ratio } from '../../base/format';
import { useLive } from '../../live/store';
import { FigureLine, SmallFigure } from '../../parts/Figure';
import { Elapsed } from '../../parts/timers';
import { AGENT_STATE_COLOUR, CALL_STATE_COLOUR, RESULT_COLOUR } from '../../theme';

/** Callers who wait and since when, talking, agents ready of those working. */
export function QueueNow({ id }: { id: number }) {
  const { t } = useTranslation();
  const live = useLive((state) => state.queues[id]);
  if (!live) return <span className="quiet">{t('queues.notLive')}</span>;
  const waits = live.waiting > 0;
  return (
    <FigureLine>
      <SmallFigure
        label={t('queues.waiting')}
        value={live.waiting}
        {...(waits && { colour: CALL_STATE_COLOUR.waiting })}
      />
      <SmallFigure
        label={t('queues.longestWait')}
        value={live.waiting_since ? <Elapsed since={live.waiting_since} /> : DASH}
        {...(waits && { colour: CALL_STATE_COLOUR.waiting })}
      />
      <SmallFigure
        label={t('queues.talking')}
        value={live.talking}
        {...(live.talking > 0 && { colour: CALL_STATE_COLOUR.talking })}
      />
      <SmallFigure
        label={t('queues.agents')}
        value={`${live.agents_ready}/${live.agents_working}`}
        colour={AGENT_STATE_COLOUR.ready}
      />
    </FigureLine>
  );
}

/** Mean speed of answer, or a dash while nobody was answered. */
export function speed(live: QueueLiveView): string {
  return live.handled > 0 ? duration(live.waited_ms / live.handled) : DASH;
}

/** Offered, handled, abandon rate, service level, ASA of the last day, and who called
 * outside the hours. */
export function QueueDay({ id }: { id: number }) {
  const { t } = useTranslation();
  const live = useLive((state) => state.queues[id]);
  if (!live) return <span className="quiet">{t('queues.notLive')}</span>;
  return (
    <FigureLine>
      <SmallFigure
        label={`${t('queues.handled')}/${t('queues.offered')}`}
        value={`${live.handled}/${live.offered}`}
        colour="#1d2b3d"
      />
      <SmallFigure
        label={t('queues.serviceLevel')}
        value={ratio(live.in_time, live.offered)}
        colour="#1d2b3d"
      />
      <SmallFigure
        label={t('queues.abandonRate')}
        value={ratio(live.abandoned, live.offered)}
        colour="#1d2b3d"
      />
      {live.callbacks > 0 && (
        <SmallFigure label={t('keptPlaces.callbacks')} value={live.callbacks} colour="#1d2b3d" />
      )}
      <SmallFigure label={t('queues.asa')} value={speed(live)} colour="#1d2b3d" />
      {live.out_of_hours > 0 && (
        <SmallFigure
          label={t('queues.outOfHoursCalls')}
          value={live.out_of_hours}
          colour={RESULT_COLOUR.out_of_hours}
        />
      )}
    </FigureLine>
  );
}
