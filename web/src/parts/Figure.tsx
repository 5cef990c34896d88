// One number with its name: on top of pages, and small, in a line of others.
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

/** The same, small; grey without a colour. */
export function SmallFigure({ label, value, colour = '#98a3b3' }: Props) {
  return (
    <div>
      <div className="figure" style={{ color: colour, fontWeight: 600, fontSize: 16 }}>
        {value}
      </div>
      <div className="quiet nowrap" style={{ fontSize: 12 }}>
        {label}
      </div>
    </div>
  );
}

/** Small figures in a line, about as wide as the others; in a second one where
 * there is no room. */
export function FigureLine({ children }: { children: ReactNode }) {
  return <div className="figure-line">{children}</div>;
}
