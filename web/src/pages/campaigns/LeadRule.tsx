// When a lead is dialled next, on which number, and which rule says so.
import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import type { LeadView } from '../../api/types';
import { dateTime, phone } from '../../base/format';
import { zh } from '../../i18n/zh';

const RULES = Object.keys(zh.retry.rule) as (keyof typeof zh.retry.rule)[];

/** The time and the number. */
export function NextAttempt({ lead }: { lead: LeadView }) {
  const { t } = useTranslation();
  if (lead.state !== 'fresh' && lead.state !== 'retry') return null;
  const waits = lead.next_attempt_at != null && new Date(lead.next_attempt_at) > new Date();
  return (
    <div>
      <span className="figure">{waits ? dateTime(lead.next_attempt_at) : t('retry.soon')}</span>
      <div className="quiet figure">{lead.next_number ? phone(lead.next_number) : ''}</div>
    </div>
  );
}

/** The rule that set the time, or ended it. */
export function LeadRule({ lead }: { lead: LeadView }) {
  const { t } = useTranslation();
  const rule = RULES.find((each) => each === lead.rule);
  const waits = lead.state === 'fresh' || lead.state === 'retry';
  const shown = rule && (waits || lead.state === 'done');
  return (
    <div>
      {shown && t(`retry.rule.${rule}`)}
      {waits && lead.waits && (
        <div className="quiet">
          {t('campaignTimes.waits', {
            zone: lead.waits.zone,
            at: dateTime(lead.waits.next_at, lead.waits.zone).slice(11, 16),
          })}
        </div>
      )}
      {lead.priority !== 0 && <Tag>{t('retry.priority', { value: lead.priority })}</Tag>}
    </div>
  );
}
