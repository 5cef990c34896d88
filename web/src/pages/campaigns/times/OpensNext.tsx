// Whether a campaign's times allow dialling, until when, or when they next do.
import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { dateTime } from '../../../base/format';

interface Opening {
  open_now: boolean;
  opens_at?: string | null;
  closes_at?: string | null;
}

/** The mark. */
export function OpensNext({ campaign }: { campaign: Opening }) {
  const { t } = useTranslation();
  const { open_now: open, opens_at: opens, closes_at: closes } = campaign;
  const at = (instant: string) => dateTime(instant).slice(0, 16);
  if (open) {
    const text = closes
      ? t('campaignTimes.openUntil', { at: at(closes) })
      : t('campaignTimes.open');
    return <Tag color="green">{text}</Tag>;
  }
  const text = opens
    ? t('campaignTimes.opensAt', { at: at(opens) })
    : t('campaignTimes.neverOpens');
  return <Tag color="orange">{text}</Tag>;
}
