// Thin bars that show shares at a glance, with the numbers in a tip.
import { Tooltip } from 'antd';
import { count, ratio } from '../../base/format';

/** One part of a whole. */
export interface Part {
  label: string;
  value: number;
  colour: string;
}

/** The parts of a whole side by side. */
export function Meter({ parts, whole }: { parts: Part[]; whole: number }) {
  const tip = parts.map((part) => (
    <div key={part.label}>
      {part.label} {count(part.value)} ({ratio(part.value, whole)})
    </div>
  ));
  return (
    <Tooltip title={tip}>
      <div className="meter">
        {parts.map((part) => (
          <span
            key={part.label}
            style={{
              width: whole > 0 ? `${(part.value / whole) * 100}%` : 0,
              background: part.colour,
            }}
          />
        ))}
      </div>
    </Tooltip>
  );
}
