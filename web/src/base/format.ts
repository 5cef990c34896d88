// Figures as people read them. Pure functions: milliseconds and instants in,
// text out. A missing value is a dash, never an empty cell.
export const DASH = '–';

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

/** A length of time: 0:07, 12:05, 1:02:03. Negative counts as nothing. */
export function duration(ms: number | null | undefined): string {
  if (ms == null || Number.isNaN(ms)) return DASH;
  const total = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = total % 60;
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds)}` : `${minutes}:${pad(seconds)}`;
}

/** A share from 0 to 1 as per cent with one decimal. */
export function percent(share: number | null | undefined): string {
  if (share == null || !Number.isFinite(share)) return DASH;
  return `${(share * 100).toFixed(1)}%`;
}

/** A share of two counts; a dash when there is nothing to divide by. */
export function ratio(part: number, whole: number): string {
  return whole > 0 ? percent(part / whole) : DASH;
}

/** A whole number with thousands separators. */
export function count(value: number | null | undefined): string {
  return value == null ? DASH : value.toLocaleString('en-US');
}

let centreZone: string | undefined;

/** Instants are shown in the centre's time zone, wherever the reader is. */
export function setZone(zone: string): void {
  centreZone = zone;
}

/** An instant as date and time of day: 2026-11-23 08:15:02. */
export function dateTime(instant: string | null | undefined, zone = centreZone): string {
  return instant == null ? DASH : parts(instant, zone).join(' ');
}

/** An instant as time of day: 08:15:02. */
export function timeOfDay(instant: string | null | undefined, zone = centreZone): string {
  return instant == null ? DASH : (parts(instant, zone)[1] ?? DASH);
}

/** The instant at which a clock on the wall shows this in the zone: `2026-11-23 08:15`. */
export function fromWall(text: string, zone = centreZone): string {
  const asUtc = Date.parse(`${text.replace(' ', 'T')}Z`);
  // The offset is that of the instant looked for: near a change of the clocks the first
  // guess may have another.
  let instant = asUtc;
  for (let step = 0; step < 2; step += 1) {
    const [date, time] = parts(new Date(instant).toISOString(), zone);
    instant = asUtc - (Date.parse(`${date}T${time}Z`) - instant);
  }
  return new Date(instant).toISOString();
}

function parts(instant: string, zone: string | undefined): [string, string] {
  // The Swedish form is the ISO one: 2026-11-23 08:15:02.
  const text = new Date(instant).toLocaleString('sv-SE', zone ? { timeZone: zone } : {});
  const [date = DASH, time = DASH] = text.split(' ');
  return [date, time];
}

/** A phone number in groups that can be read aloud: 138 0013 8000. */
export function phone(number: string): string {
  return /^1\d{10}$/.test(number)
    ? `${number.slice(0, 3)} ${number.slice(3, 7)} ${number.slice(7)}`
    : number;
}
