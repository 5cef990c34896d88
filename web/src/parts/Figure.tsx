// One number with its name, for the rows of figures on top of pages.
import type { ReactNode } from 'react';

interface Props {
  label: ReactNode;
  value: ReactNode;
  hint?: ReactNode;
  colour?: string;
}

/** A named number. */
export function Figure({ label, value, hint, colour }: Props) {
  return (
    <div className="figure-box">
      <div className="label">{label}</div>
      <div className="value" style={{ color: colour }}>
        {value}
      </div>
      {hint != null && <div className="hint">{hint}</div>}
    </div>
  );
}
