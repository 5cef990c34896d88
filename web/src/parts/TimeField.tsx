// A time of day in a form, kept as the API keeps it: "08:30". Where it is the end
// of something, midnight is the end of the day, "24:00".
import { TimePicker } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import customParseFormat from 'dayjs/plugin/customParseFormat';

dayjs.extend(customParseFormat);

const FORMAT = 'HH:mm';
const END_OF_DAY = '24:00';

function endText(time: Dayjs): string {
  const text = time.format(FORMAT);
  return text === '00:00' ? END_OF_DAY : text;
}

interface Props {
  value?: string;
  onChange?: (value: string | undefined) => void;
  /** Whether midnight is the end of the day. */
  endOfDay?: boolean;
  /** For those who do not see where it stands; a form's own label needs none. */
  label?: string;
  width?: number | string;
}

/** A picker whose value is text of the form HH:MM. */
export function TimeField({ value, onChange, endOfDay, label, width = '100%' }: Props) {
  const text = endOfDay ? endText : (time: Dayjs) => time.format(FORMAT);
  return (
    <TimePicker
      format={endOfDay ? [endText, FORMAT] : FORMAT}
      minuteStep={5}
      needConfirm={false}
      allowClear={label === undefined}
      {...(label !== undefined && { 'aria-label': label })}
      style={{ width }}
      value={value ? dayjs(value === END_OF_DAY ? '00:00' : value, FORMAT) : null}
      onChange={(time) => onChange?.(time ? text(time) : undefined)}
    />
  );
}
