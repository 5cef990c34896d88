// Days that differ from their weekday: each a name, its first and last day, and
// whether it is closed or open at times of its own (a make-up working day).
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, DatePicker, Input, Segmented } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import type { HolidayForm } from '../../../api/types';
import { PeriodsField } from './PeriodsField';

const DAY = 'YYYY-MM-DD';
const OPEN = [{ from: '09:00', to: '18:00' }];

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
  const open = (holiday.periods ?? []).length > 0;
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
        value={open ? 'open' : 'closed'}
        aria-label={label}
        onChange={(kind) => onChange({ ...holiday, periods: kind === 'open' ? OPEN : [] })}
        options={[
          { value: 'closed', label: t('calendars.closed') },
          { value: 'open', label: t('calendars.openThen') },
        ]}
      />
      <div>
        {open && (
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
      <div>
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
