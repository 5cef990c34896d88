// When colleagues saw a lead of the customer and skipped it, and why.
import { Timeline } from 'antd';
import type { LeadPreviewView } from '../../api/types';
import { dateTime } from '../../base/format';
import { SkipWords } from '../../parts/SkipWords';

/** The latest first, as the server gives them. */
export function SkipList({ skips }: { skips: LeadPreviewView[] }) {
  return (
    <Timeline
      items={skips.map((skip) => ({
        key: `${skip.campaign_id} ${skip.offered_at}`,
        color: 'orange',
        content: (
          <>
            <div className="quiet figure">{dateTime(skip.ended_at)}</div>
            <SkipWords preview={skip} />
          </>
        ),
      }))}
    />
  );
}
