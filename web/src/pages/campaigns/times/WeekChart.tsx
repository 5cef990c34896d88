// A week of calling times: a row a day, 24 hours wide, each span coloured by what
// makes it, what is taken out hatched, today marked.
import { Tag, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import type { CampaignDayView, CampaignPartView, CampaignWeekView } from '../../../api/types';
import { dateTime } from '../../../base/format';
import { now } from '../../../base/clock';
import { place, WEEK_DAYS } from '../../calendars/week';
import { partClass } from './times';

const HOURS = [0, 3, 6, 9, 12, 15, 18, 21, 24];

function percents({ from, to }: { from: string; to: string }) {
  const { left, width } = place({ from, to });
  return { left: `${left}%`, width: `${width}%` };
}

function Part({ part }: { part: CampaignPartView }) {
  const { t } = useTranslation();
  const rules = part.rules.map((rule) =>
    rule.cron == null
      ? t(`campaignTimes.rules.${rule.kind}`)
      : t('campaignTimes.ruleCron', { n: rule.cron + 1 }),
  );
  const words = [...new Set(rules)].join(' + ');
  const overlap = part.rules.length > 1 ? ` · ${t('campaignTimes.overlap')}` : '';
  return (
    <Tooltip title={`${part.from}–${part.to} ${words}${overlap}`}>
      <i className={partClass(part)} style={percents(part)} />
    </Tooltip>
  );
}

function Bars({ day }: { day: CampaignDayView }) {
  const { t } = useTranslation();
  return (
    <>
      {day.bars.map((bar) => (
        <Tooltip
          key={`${bar.kind} ${bar.cron ?? ''} ${bar.from}`}
          title={`${bar.from}–${bar.to} ${t(`campaignTimes.bars.${bar.kind}`)}`}
        >
          <i className={`week-bar ${bar.kind}`} style={percents(bar)} />
        </Tooltip>
      ))}
    </>
  );
}

function Day({ day, today, time }: { day: CampaignDayView; today: boolean; time: string }) {
  const { t } = useTranslation();
  const named = WEEK_DAYS.find(({ field }) => field === day.weekday);
  const spans = day.spans.map(({ from, to }) => `${from}–${to}`).join(', ');
  return (
    <div className={today ? 'week-day today' : 'week-day'}>
      <span className="line nowrap" style={{ gap: 6 }}>
        <strong>{named && t(`campaigns.day.${named.day}`)}</strong>
        <span className="quiet figure">{day.date.slice(5)}</span>
        {today && <Tag color="blue">{t('campaignTimes.today')}</Tag>}
      </span>
      <div className="week-track" role="img" aria-label={spans || t('campaignTimes.noSpans')}>
        <Bars day={day} />
        {day.spans.map((span) => (
          <span key={span.from}>
            {span.parts.map((part) => (
              <Part key={part.from} part={part} />
            ))}
            <b className="week-span" style={percents(span)} />
          </span>
        ))}
        {today && <u style={{ left: percents({ from: time, to: time }).left }} />}
      </div>
      <span className="week-words">
        {day.special && (
          <Tag color={day.special.kind === 'holiday' ? 'default' : 'cyan'}>
            {day.special.name} · {t(`campaignTimes.kinds.${day.special.kind}`)}
          </Tag>
        )}
        {day.spans.map(({ from, to }) => (
          <span key={from} className="figure nowrap">
            {from}–{to}
          </span>
        ))}
        {!spans && <span className="quiet">{t('campaignTimes.noSpans')}</span>}
      </span>
    </div>
  );
}

/** Only what the week holds. */
function Legend({ days }: { days: CampaignDayView[] }) {
  const { t } = useTranslation();
  const parts = days.flatMap((day) => day.spans).flatMap((span) => span.parts);
  const rules = new Set(parts.flatMap((part) => part.rules).map((rule) => rule.kind));
  const bars = new Set(days.flatMap((day) => day.bars).map((bar) => bar.kind));
  return (
    <div className="week-legend quiet">
      {[...rules].map((kind) => (
        <span key={kind}>
          <i className={`week-part ${kind}`} />
          {t(`campaignTimes.rules.${kind}`)}
        </span>
      ))}
      {parts.some((part) => part.rules.length > 1) && (
        <span>
          <i className="week-part weekday overlap" />
          {t('campaignTimes.overlap')}
        </span>
      )}
      {[...bars].map((kind) => (
        <span key={kind}>
          <i className={`week-bar ${kind}`} />
          {t(`campaignTimes.bars.${kind}`)}
        </span>
      ))}
    </div>
  );
}

/** The chart with its hours and its legend. */
export function WeekChart({ week }: { week: CampaignWeekView }) {
  const time = dateTime(new Date(now()).toISOString(), week.zone).slice(11, 16);
  return (
    <div className="week-chart">
      <div className="week-day">
        <span />
        <div className="week-hours figure quiet">
          {HOURS.map((hour) => (
            <span key={hour} style={{ left: `${(hour / 24) * 100}%` }}>
              {hour}
            </span>
          ))}
        </div>
        <span />
      </div>
      {week.days.map((day) => (
        <Day key={day.date} day={day} today={day.date === week.today} time={time} />
      ))}
      <Legend days={week.days} />
    </div>
  );
}
