// What supervisors said who barged: each in a recording of its own, with the time
// at which it begins in the call's.
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../api/access';
import type { CallDetailView } from '../../api/types';
import { DASH, duration, timeOfDay } from '../../base/format';

const Player = lazy(() => import('./Player'));

/** Nothing where nobody barged, or where one may not know. */
export function Voices({ call }: { call: CallDetailView }) {
  const { t } = useTranslation();
  const mayListen = useMay('recording:listen');
  return (call.voices ?? []).map((voice) => (
    <div key={voice.recording_id} className="stack" style={{ gap: 8 }}>
      <div>
        {t('calls.barged', {
          name: voice.supervisor_name,
          from: timeOfDay(voice.started_at),
          to: voice.ended_at ? timeOfDay(voice.ended_at) : DASH,
        })}
        {voice.offset_ms != null && (
          <span className="quiet">
            {' '}
            {t('calls.bargedOffset', { offset: duration(voice.offset_ms) })}
          </span>
        )}
      </div>
      {voice.ended_at && mayListen && (
        <Suspense fallback={<div style={{ height: 130 }} />}>
          <Player recordingId={voice.recording_id} speaker={voice.supervisor_name} />
        </Suspense>
      )}
    </div>
  ));
}
