// A time of day in a form, kept as the API keeps it: "08:30".
import { TimePicker } from 'antd';
import dayjs from 'dayjs';
import customParseFormat from 'dayjs/plugin/customParseFormat';

dayjs.extend(customParseFormat);

const FORMAT = 'HH:mm';

/** A picker whose value is text of the form HH:MM. */
export function TimeField({
  value,
  onChange,
}: {
  value?: string;
  onChange?: (value: string | undefined) => void;
}) {
  return (
    <TimePicker
      format={FORMAT}
      minuteStep={5}
      needConfirm={false}
      style={{ width: '100%' }}
      value={value ? dayjs(value, FORMAT) : null}
      onChange={(time) => onChange?.(time ? time.format(FORMAT) : undefined)}
    />
  );
}
