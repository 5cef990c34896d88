// The week of a campaign that exists.
import { Card } from 'antd';
import { useTranslation } from 'react-i18next';
import type { CampaignView } from '../../../api/types';
import { WeekView } from './WeekView';

/** The card. */
export function WeekCard({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  return (
    <Card title={t('campaignTimes.title')}>
      <WeekView times={campaign.times} />
    </Card>
  );
}
