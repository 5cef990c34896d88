// The opening periods of one day, each from and to, with a bar of the day's 24
// hours beside them.
import { CloseOutlined, PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { PeriodForm } from '../../api/types';
import { TimeField } from '../../parts/TimeField';
import { AGENT_STATE_COLOUR } from '../../theme';
import { place } from './week';

const PERIODS_MAX = 8;
const FIRST: PeriodForm = { from: '09:00', to: '18:00' };

/** The open parts of a day on a bar. */
export function DayBar({ periods }: { periods: PeriodForm[] }) {
  return (
    <div className="day-bar" aria-hidden>
      {periods.map((period) => {
        const { left, width } = place(period);
        return (
          <i
            key={`${period.from}-${period.to}`}
            style={{
              left: `${left}%`,
              width: `${width}%`,
              background: AGENT_STATE_COLOUR.ready,
            }}
          />
        );
      })}
    </div>
  );
}

interface Props {
  value?: PeriodForm[];
  onChange?: (periods: PeriodForm[]) => void;
  /** Of which day, for those who do not see it. */
  label: string;
}

/** The periods; none is a closed day. */
export function PeriodsField({ value = [], onChange, label }: Props) {
  const { t } = useTranslation();
  const replace = (index: number, period: PeriodForm) =>
    onChange?.(value.map((each, at) => (at === index ? period : each)));
  return (
    <div className="line" style={{ flexWrap: 'wrap', gap: '6px 14px' }}>
      {value.map((period, index) => (
        // Two periods may be alike while they are typed: their place tells them apart.
        <span key={index} className="line" style={{ gap: 4 }}>
          <TimeField
            label={`${label} ${t('calendars.from')}`}
            width={92}
            value={period.from}
            onChange={(from) => replace(index, { ...period, from: from ?? '' })}
          />
          –
          <TimeField
            label={`${label} ${t('calendars.to')}`}
            width={92}
            endOfDay
            value={period.to}
            onChange={(to) => replace(index, { ...period, to: to ?? '' })}
          />
          <Button
            type="text"
            size="small"
            icon={<CloseOutlined />}
            aria-label={`${label} ${t('calendars.removePeriod')}`}
            onClick={() => onChange?.(value.filter((_, at) => at !== index))}
          />
        </span>
      ))}
      {value.length === 0 && <span className="quiet">{t('calendars.closedDay')}</span>}
      {value.length < PERIODS_MAX && (
        <Button
          type="link"
          size="small"
          icon={<PlusOutlined />}
          aria-label={`${label} ${t('calendars.addPeriod')}`}
          onClick={() => onChange?.([...value, FIRST])}
        >
          {t('calendars.addPeriod')}
        </Button>
      )}
    </div>
  );
}
