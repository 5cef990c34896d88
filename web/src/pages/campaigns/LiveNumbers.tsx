// What a campaign does this minute, in one line. Draws only itself when the
// campaign's live entry changes.
import { useTranslation } from 'react-i18next';
import { useLive } from '../../live/store';
import { CALL_STATE_COLOUR, AGENT_STATE_COLOUR } from '../../theme';

/** Calls in flight, waiting and talking; agents ready of those working. */
export function LiveNumbers({ id }: { id: number }) {
  const { t } = useTranslation();
  const live = useLive((state) => state.campaigns[id]);
  if (!live) return <span className="quiet">{t('campaigns.notLive')}</span>;
  const numbers = [
    { label: t('campaigns.inFlight'), value: live.in_flight, colour: CALL_STATE_COLOUR.ringing },
    { label: t('campaigns.waiting'), value: live.waiting, colour: CALL_STATE_COLOUR.waiting },
    { label: t('campaigns.talking'), value: live.talking, colour: CALL_STATE_COLOUR.talking },
    {
      label: t('campaigns.agents'),
      value: `${live.agents_ready}/${live.agents_working}`,
      colour: AGENT_STATE_COLOUR.ready,
    },
  ];
  return (
    <div style={{ display: 'grid', gridTemplateColumns: 'repeat(4, 1fr)', gap: 8 }}>
      {numbers.map(({ label, value, colour }) => (
        <div key={label}>
          <div
            className="figure"
            style={{ color: value === 0 ? '#98a3b3' : colour, fontWeight: 600, fontSize: 16 }}
          >
            {value}
          </div>
          <div className="quiet nowrap" style={{ fontSize: 12 }}>
            {label}
          </div>
        </div>
      ))}
    </div>
  );
}
