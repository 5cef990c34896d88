// A date and time in a form, kept as the API keeps it, shown and chosen by the centre's
// clock wherever the reader is.
import { DatePicker } from 'antd';
import dayjs from 'dayjs';
import { dateTime, fromWall } from '../../../base/format';

const FORMAT = 'YYYY-MM-DD HH:mm';

interface Props {
  value?: string | null;
  onChange?: (value: string | null) => void;
  placeholder?: string;
}

/** A picker; cleared, it is null. */
export function InstantField({ value, onChange, placeholder }: Props) {
  return (
    <DatePicker
      showTime={{ format: 'HH:mm', minuteStep: 5 }}
      format={FORMAT}
      style={{ width: '100%' }}
      {...(placeholder !== undefined && { placeholder })}
      value={value ? dayjs(dateTime(value)) : null}
      onChange={(chosen) => onChange?.(chosen ? fromWall(chosen.format(FORMAT)) : null)}
    />
  );
}
