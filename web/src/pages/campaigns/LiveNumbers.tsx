// What a campaign does this minute, in one line. Draws only itself when the
// campaign's live entry changes.
import { useTranslation } from 'react-i18next';
import { useLive } from '../../live/store';
import { FigureLine, SmallFigure } from '../../parts/Figure';
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
    <FigureLine>
      {numbers.map(({ label, value, colour }) => (
        <SmallFigure key={label} label={label} value={value} {...(value !== 0 && { colour })} />
      ))}
    </FigureLine>
  );
}
