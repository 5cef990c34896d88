// "Why is it dialling like this?": the last pacing decision, in words and figures.
import { Alert, Card, Descriptions } from 'antd';
import { useTranslation } from 'react-i18next';
import type { BindingLimit, PacingReport } from '../../api/types';
import { percent } from '../../base/format';

/** Limits that need somebody to do something; the others are everyday life. */
const NEEDS_CARE: BindingLimit[] = [
  'switch_down',
  'store_lagging',
  'no_agents',
  'no_leads',
  'caller_ids',
];

/** The pacing report of a campaign. */
export function WhyPanel({
  pacing,
  capPermille,
}: {
  pacing: PacingReport | null | undefined;
  capPermille: number;
}) {
  const { t } = useTranslation();
  return (
    <Card title={t('campaigns.why.title')}>
      {!pacing ? (
        <span className="quiet">{t('campaigns.why.none')}</span>
      ) : (
        <div className="stack" style={{ gap: 12 }}>
          <Alert
            showIcon
            type={NEEDS_CARE.includes(pacing.limit) ? 'warning' : 'info'}
            title={t(`campaigns.why.${pacing.limit}`)}
          />
          <Descriptions
            size="small"
            column={2}
            items={[
              { key: 'dial', label: t('campaigns.why.dialled'), children: pacing.dial },
              { key: 'flight', label: t('campaigns.inFlight'), children: pacing.in_flight },
              {
                key: 'rate',
                label: t('campaigns.why.expectedAnswerRate'),
                children: percent(pacing.answer_rate),
              },
              {
                key: 'agents',
                label: t('campaigns.why.agentsExpected'),
                children: pacing.agents_expected.toFixed(1),
              },
              {
                key: 'level',
                label: t('campaigns.why.dialLevel'),
                children: pacing.dial_level.toFixed(2),
              },
              {
                key: 'drop',
                label: t('campaigns.why.dropWindow'),
                children: `${percent(pacing.drop_permille / 1000)} / ${percent(capPermille / 1000)}`,
              },
            ]}
          />
        </div>
      )}
    </Card>
  );
}
