// Running timers. Each draws only itself, once a second.
import { now, useSecond } from '../base/clock';
import { duration } from '../base/format';

/** Time since an instant. */
export function Elapsed({ since }: { since: string }) {
  useSecond();
  return <span className="figure">{duration(now() - Date.parse(since))}</span>;
}

/** Time until an instant; stays at 0:00 once it has passed. */
export function Remaining({ until }: { until: string }) {
  useSecond();
  return <span className="figure">{duration(Date.parse(until) - now() + 999)}</span>;
}
