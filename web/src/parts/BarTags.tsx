// What bars a number: for whom, where that comes from, and until when.
import { Tag, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import type { BarView } from '../api/types';
import { dateTime } from '../base/format';
import { zh } from '../i18n/zh';

/** The reasons that have words of their own; any other is in the words of who gave it. */
const REASONS = Object.keys(zh.doNotCall.reasons) as (keyof typeof zh.doNotCall.reasons)[];

/** The words for an entry's reason. */
export function useReason(): (reason: string) => string {
  const { t } = useTranslation();
  return (reason) => {
    const known = REASONS.find((each) => each === reason);
    return known ? t(`doNotCall.reasons.${known}`) : reason;
  };
}

/** The last second before an entry ends: of one that counts to the end of a day, that day. */
export function lastSecond(end: string): string {
  return new Date(Date.parse(end) - 1000).toISOString();
}

/** For whom a number is barred: everybody, or a department or campaign by name. */
export function BarTarget({ bar }: { bar: BarView }) {
  const { t } = useTranslation();
  const scope = t(`doNotCall.scopes.${bar.scope}`);
  const name = bar.target_name;
  return <>{name ? t('doNotCall.targetOf', { scope, name }) : scope}</>;
}

/** A tag for each entry that has the number; nothing when none has. */
export function BarTags({ bars }: { bars: BarView[] }) {
  const { t } = useTranslation();
  const reason = useReason();
  return bars.map((bar) => (
    <Tooltip
      key={bar.id}
      title={
        <div>
          <div>{`${t(`doNotCall.sources.${bar.source}`)} · ${reason(bar.reason)}`}</div>
          <div>{`${t('doNotCall.added')} ${dateTime(bar.created_at)}`}</div>
          {bar.expires_at && (
            <div>{t('doNotCall.until', { at: dateTime(lastSecond(bar.expires_at)) })}</div>
          )}
        </div>
      }
    >
      <Tag color="red" tabIndex={0}>
        {t('doNotCall.mark')} · <BarTarget bar={bar} />
      </Tag>
    </Tooltip>
  ));
}
