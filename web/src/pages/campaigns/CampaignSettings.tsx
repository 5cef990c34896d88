// A campaign's settings to read.
import { Card, Descriptions } from 'antd';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { CampaignView, PreviewRules } from '../../api/types';
import { percent } from '../../base/format';
import { RetrySummary } from './RetrySummary';

function previewItems({ seconds, timeout, skips_max, skip_minutes }: PreviewRules, t: TFunction) {
  return [
    {
      label: t('campaigns.preview.seconds'),
      children:
        seconds === 0
          ? t('campaigns.noLimit')
          : `${seconds} ${t('common.seconds')}, ${t(`campaigns.preview.timeouts.${timeout}`)}`,
    },
    {
      label: t('campaigns.preview.skips_max'),
      children: skips_max ?? t('campaigns.preview.anyNumber'),
    },
    {
      label: t('campaigns.preview.skip_minutes'),
      children: `${skip_minutes} ${t('common.minutes')}`,
    },
  ];
}

/** The settings and the script. */
export function CampaignSettings({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  const seconds = (value: number) => `${value} ${t('common.seconds')}`;

  const items = [
    { label: t('campaigns.list'), children: campaign.list_name },
    { label: t('campaigns.modeLabel'), children: t(`campaigns.mode.${campaign.mode}`) },
    ...(campaign.mode === 'ratio'
      ? [{ label: t('campaigns.ratio'), children: campaign.ratio_permille / 1000 }]
      : []),
    ...(campaign.mode === 'preview' ? previewItems(campaign.preview, t) : []),
    { label: t('campaigns.gateway'), children: campaign.gateway_name },
    { label: t('campaigns.callerId'), children: campaign.caller_id },
    { label: t('campaigns.ringSeconds'), children: seconds(campaign.ring_seconds) },
    { label: t('campaigns.wrapUpSeconds'), children: seconds(campaign.wrap_up_seconds) },
    { label: t('campaigns.dropCap'), children: percent(campaign.drop_cap_permille / 1000) },
    {
      label: t('campaigns.capWindow'),
      children: `${campaign.cap_window_hours} ${t('common.hours')}`,
    },
    ...(campaign.cap_group
      ? [{ label: t('campaigns.capGroup'), children: campaign.cap_group }]
      : []),
    { label: t('campaigns.linesMax'), children: campaign.lines_max },
    {
      label: t('campaigns.callsPerSecond'),
      children: campaign.calls_per_second || t('campaigns.noLimit'),
    },
    {
      label: t('campaigns.standing'),
      children: `${campaign.priority} / ${campaign.share}`,
    },
    { label: t('campaigns.maxAttempts'), children: campaign.max_attempts },
  ];
  return (
    <Card title={t('campaigns.settings')}>
      <Descriptions
        size="small"
        column={2}
        items={items.map((item) => ({ ...item, key: item.label }))}
      />
      <RetrySummary campaign={campaign} />
      {campaign.script && (
        <>
          <div className="quiet" style={{ margin: '8px 0 4px' }}>
            {t('campaigns.script')}
          </div>
          <div className="script">{campaign.script}</div>
        </>
      )}
    </Card>
  );
}
