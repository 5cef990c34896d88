// Whether a queue or calendar is open now, and until when, or when it opens.
import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { dateTime } from '../../base/format';

interface Opening {
  open_now: boolean;
  opens_at?: string | null;
  closes_at?: string | null;
  /** Of a queue: whether it lets callers in at all. */
  enabled?: boolean;
}

/** Month, day and minute: as much of an instant as fits a list. */
function soon(instant: string): string {
  return dateTime(instant).slice(5, 16);
}

/** The mark with what comes next beneath it. */
export function OpenMark({ opening }: { opening: Opening }) {
  const { t } = useTranslation();
  const { open_now: open, opens_at: opens, closes_at: closes, enabled = true } = opening;
  if (!enabled) return <Tag>{t('queues.closed')}</Tag>;
  return (
    <div>
      <Tag color={open ? 'green' : 'orange'}>{t(open ? 'queues.open' : 'queues.outOfHours')}</Tag>
      {open && closes && (
        <div className="quiet nowrap">{t('queues.until', { at: soon(closes) })}</div>
      )}
      {!open && opens && (
        <div className="quiet nowrap">{t('queues.opensAt', { at: soon(opens) })}</div>
      )}
    </div>
  );
}
