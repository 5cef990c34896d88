// Running timers. Each draws only itself, once a second.
import type { CallLiveView } from '../api/types';
import { now, useSecond } from '../base/clock';
import { duration } from '../base/format';

/** Time since an instant, on top of what was counted before it. */
export function Elapsed({ since, before = 0 }: { since: string; before?: number }) {
  useSecond();
  return <span className="figure">{duration(before + now() - Date.parse(since))}</span>;
}

/** Talk time of a call in progress, which stands still while it is on hold. */
export function Talked({ call }: { call: Pick<CallLiveView, 'talked_ms' | 'talking_since'> }) {
  if (call.talking_since) return <Elapsed since={call.talking_since} before={call.talked_ms} />;
  return <span className="figure">{duration(call.talked_ms)}</span>;
}

/** Time until an instant; stays at 0:00 once it has passed. */
export function Remaining({ until }: { until: string }) {
  useSecond();
  return <span className="figure">{duration(Date.parse(until) - now() + 999)}</span>;
}
