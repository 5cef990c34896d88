// Days that differ from their weekday: each a name, its first and last day, and
// whether it is closed, like another weekday (a make-up working day), or open at times
// of its own. A year's public holidays are taken over with one click.
import { CalendarOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, DatePicker, Input, Segmented, Select } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import type { HolidayForm } from '../../api/types';
import { PeriodsField } from './PeriodsField';
import { usePublicHolidays } from './queries';
import { takenOver, WEEK_DAYS } from './week';

const DAY = 'YYYY-MM-DD';
const OPEN = [{ from: '09:00', to: '18:00' }];

/** What each choice makes of a day. */
const KINDS = {
  closed: { periods: [], follows: null },
  weekday: { periods: [], follows: 'monday' },
  open: { periods: OPEN, follows: null },
} as const satisfies Record<string, Pick<HolidayForm, 'periods' | 'follows'>>;

type Kind = keyof typeof KINDS;

function kindOf({ follows, periods = [] }: HolidayForm): Kind {
  if (follows) return 'weekday';
  return periods.length > 0 ? 'open' : 'closed';
}

interface Props {
  value?: HolidayForm[];
  onChange?: (holidays: HolidayForm[]) => void;
}

function Line({
  holiday,
  onChange,
  onRemove,
}: {
  holiday: HolidayForm;
  onChange: (holiday: HolidayForm) => void;
  onRemove: () => void;
}) {
  const { t } = useTranslation();
  const label = holiday.name || t('calendars.holiday');
  const kind = kindOf(holiday);
  return (
    <div className="holiday-line">
      <Input
        value={holiday.name}
        maxLength={60}
        placeholder={t('calendars.holidayName')}
        aria-label={t('calendars.holidayName')}
        onChange={(event) => onChange({ ...holiday, name: event.target.value })}
      />
      <DatePicker.RangePicker
        allowClear={false}
        value={[dayjs(holiday.from), dayjs(holiday.to)]}
        aria-label={`${label} ${t('calendars.days')}`}
        onChange={(days) => {
          const [from, to] = days ?? [];
          if (from && to) onChange({ ...holiday, from: from.format(DAY), to: to.format(DAY) });
        }}
      />
      <Segmented
        value={kind}
        aria-label={label}
        onChange={(chosen: Kind) => onChange({ ...holiday, ...KINDS[chosen] })}
        options={[
          { value: 'closed', label: t('calendars.closed') },
          { value: 'weekday', label: t('calendars.makeUp') },
          { value: 'open', label: t('calendars.openThen') },
        ]}
      />
      <div>
        {kind === 'weekday' && (
          <Select
            value={holiday.follows ?? null}
            aria-label={`${label} ${t('calendars.makeUp')}`}
            style={{ width: 140 }}
            onChange={(follows) => onChange({ ...holiday, follows })}
            options={WEEK_DAYS.map(({ day, field }) => ({
              value: field,
              label: t('calendars.like', { day: t(`campaigns.day.${day}`) }),
            }))}
          />
        )}
        {kind === 'open' && (
          <PeriodsField
            label={label}
            value={holiday.periods ?? []}
            onChange={(periods) => onChange({ ...holiday, periods })}
          />
        )}
      </div>
      <Button
        type="text"
        icon={<DeleteOutlined />}
        aria-label={`${t('calendars.removeHoliday')} ${label}`}
        onClick={onRemove}
      />
    </div>
  );
}

/** The list, in the order in which it was made; the server sorts it by date. */
export function HolidaysField({ value = [], onChange }: Props) {
  const { t } = useTranslation();
  const today = dayjs().format(DAY);
  const years = usePublicHolidays();
  return (
    <div className="stack" style={{ gap: 8 }}>
      {value.length === 0 && <span className="quiet">{t('calendars.noHolidays')}</span>}
      {value.map((holiday, index) => (
        <Line
          key={index}
          holiday={holiday}
          onChange={(changed) =>
            onChange?.(value.map((each, at) => (at === index ? changed : each)))
          }
          onRemove={() => onChange?.(value.filter((_, at) => at !== index))}
        />
      ))}
      <div className="line" style={{ flexWrap: 'wrap' }}>
        {years.data?.items.map((year) => (
          <Button
            key={`${year.country} ${year.year}`}
            icon={<CalendarOutlined />}
            title={year.source}
            onClick={() => onChange?.(takenOver(value, year.holidays))}
          >
            {t('calendars.takeOver', { year: year.year })}
          </Button>
        ))}
        <Button
          icon={<PlusOutlined />}
          onClick={() => onChange?.([...value, { name: '', from: today, to: today, periods: [] }])}
        >
          {t('calendars.addHoliday')}
        </Button>
      </div>
    </div>
  );
}
