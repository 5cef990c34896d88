// When a campaign's leads are dialled again, and its own caps, to read.
import { Descriptions } from 'antd';
import { useTranslation } from 'react-i18next';
import type { CampaignView, ResultRule } from '../../api/types';
import { ResultLabel } from '../../parts/labels';
import { inUnit, isDead, unitOf } from './retryRules';

/** One line for each result, below the settings. */
export function RetrySummary({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  const { caps } = campaign;
  function text(rule: ResultRule): string {
    if (rule.times === 0) return t('retry.rule.times_used_up');
    const unit = unitOf(rule.minutes);
    const after = `${inUnit(rule.minutes, unit)} ${t(`retry.unit.${unit}`)}`;
    return [
      isDead(rule) ? t('retry.atOnce') : after,
      ...(isDead(rule) ? [] : [`× ${rule.times}`]),
      t(`retry.numbers.${rule.number}`),
      ...(rule.other_part ? [t('retry.otherPart')] : []),
    ].join(' · ');
  }
  const own = [
    caps.per_day != null && `${t('retry.perDay')} ${caps.per_day}`,
    caps.in_all != null && `${t('retry.inAll')} ${caps.in_all}`,
    caps.spacing_minutes != null &&
      `${t('retry.spacing')} ${caps.spacing_minutes} ${t('common.minutes')}`,
  ].filter(Boolean);
  const items = (campaign.retry.results ?? []).map((rule) => ({
    key: rule.result,
    label: <ResultLabel result={rule.result} />,
    children: text(rule),
  }));
  return (
    <>
      <div className="quiet" style={{ margin: '8px 0 4px' }}>
        {t('retry.rules')}
        {own.length > 0 && ` · ${t('retry.centre')}: ${own.join(', ')}`}
      </div>
      <Descriptions size="small" column={1} items={items} />
    </>
  );
}
