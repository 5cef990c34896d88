// The campaigns on the live floor, with what holds each back.
import { Card, Empty } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useShallow } from 'zustand/react/shallow';
import { ratio } from '../../base/format';
import { useLive } from '../../live/store';
import { paths } from '../../paths';
import { LiveNumbers } from '../campaigns/LiveNumbers';
import { useCampaignName } from '../campaigns/queries';

function CampaignLine({ id }: { id: number }) {
  const { t } = useTranslation();
  const name = useCampaignName(id);
  const campaign = useLive((live) => live.campaigns[id]);
  if (!campaign) return null;
  return (
    <div className="campaign-line">
      <div className="line" style={{ justifyContent: 'space-between', marginBottom: 4 }}>
        <Link to={paths.campaign(id)}>{name}</Link>
        <span className="quiet figure">
          {t('campaigns.dropRate')} {ratio(campaign.dropped, campaign.answered)}
        </span>
      </div>
      <LiveNumbers id={id} />
      <div className="quiet" style={{ fontSize: 13, marginTop: 4 }}>
        {campaign.pacing ? t(`campaigns.why.${campaign.pacing.limit}`) : t('campaigns.why.none')}
      </div>
    </div>
  );
}

/** One block per campaign, running ones first. */
export function CampaignsCard() {
  const { t } = useTranslation();
  const ids = useLive(
    useShallow((live) =>
      Object.values(live.campaigns)
        .sort((a, b) => Number(b.running) - Number(a.running) || a.campaign_id - b.campaign_id)
        .map((campaign) => campaign.campaign_id),
    ),
  );
  return (
    <Card title={t('menu.campaigns')}>
      {ids.map((id) => (
        <CampaignLine key={id} id={id} />
      ))}
      {ids.length === 0 && (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('floor.noCampaigns')} />
      )}
    </Card>
  );
}
