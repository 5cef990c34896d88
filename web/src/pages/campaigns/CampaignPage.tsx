// One campaign: what it does now and why, how far its list is, its settings
// and its agents.
import { Button, Card } from 'antd';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { useMay } from '../../api/access';
import type { CampaignView } from '../../api/types';
import { count, ratio } from '../../base/format';
import { useLive } from '../../live/store';
import { Figure } from '../../parts/Figure';
import { AgentStateLabel } from '../../parts/labels';
import { PageHead } from '../../parts/PageHead';
import { QueryGate } from '../../parts/QueryGate';
import { Elapsed } from '../../parts/timers';
import { paths } from '../../paths';
import { AGENT_STATE_COLOUR } from '../../theme';
import { CampaignStateTag, FinishButton, RunButton } from './CampaignState';
import { CampaignSettings } from './CampaignSettings';
import { funnelOption } from './funnel';
import { useCampaign } from './queries';
import { LeadsCard } from './LeadsCard';
import { RecycleButton } from './RecycleDialog';
import { OpensNext } from './times/OpensNext';
import { WeekCard } from './times/WeekCard';
import { WhyPanel } from './WhyPanel';

const Chart = lazy(() => import('../../parts/Chart'));

function NowFigures({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  const live = useLive((state) => state.campaigns[campaign.id]);
  const { counts } = campaign;
  return (
    <div className="figures">
      <Figure label={t('campaigns.inFlight')} value={count(live?.in_flight)} />
      <Figure label={t('campaigns.waiting')} value={count(live?.waiting)} />
      <Figure
        label={t('campaigns.talking')}
        value={count(live?.talking)}
        colour={AGENT_STATE_COLOUR.talking}
      />
      <Figure
        label={t('campaigns.agents')}
        value={live ? `${live.agents_ready} / ${live.agents_working}` : count(null)}
        hint={t('campaigns.agentsHint')}
        colour={AGENT_STATE_COLOUR.ready}
      />
      <Figure
        label={t('campaigns.answerRate')}
        value={ratio(counts.answered, counts.attempts)}
        hint={`${count(counts.answered)} / ${count(counts.attempts)}`}
      />
      <Figure
        label={t('campaigns.dropRate')}
        value={ratio(counts.dropped, counts.answered)}
        hint={`${count(counts.dropped)} / ${count(counts.answered)}`}
      />
      <Figure
        label={t('campaigns.penetration')}
        value={ratio(counts.leads - counts.fresh, counts.leads)}
        hint={t('campaigns.hopper', { count: live?.hopper ?? 0 })}
      />
    </div>
  );
}

function AgentLine({ id }: { id: number }) {
  const agent = useLive((state) => state.agents[id]);
  if (!agent) return null;
  return (
    <div className="line" style={{ justifyContent: 'space-between', padding: '3px 0' }}>
      <span>{agent.name}</span>
      <span className="line">
        <AgentStateLabel kind={agent.state} />
        <Elapsed since={agent.since} />
      </span>
    </div>
  );
}

function Content({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  const mayReadCustomers = useMay('customer:read');
  const pacing = useLive((state) => state.campaigns[campaign.id]?.pacing);
  return (
    <div className="stack">
      <NowFigures campaign={campaign} />
      <div className="halves">
        <WhyPanel pacing={pacing} capPermille={campaign.drop_cap_permille} />
        <Card title={t('campaigns.funnel')}>
          <Suspense fallback={<div style={{ height: 190 }} />}>
            <Chart
              height={190}
              label={t('campaigns.funnel')}
              option={funnelOption(campaign.counts, t)}
            />
          </Suspense>
        </Card>
      </div>
      <div className="split">
        <CampaignSettings campaign={campaign} />
        <Card title={t('campaigns.agentsOf', { count: campaign.agents.length })}>
          {campaign.agents.map((id) => (
            <AgentLine key={id} id={id} />
          ))}
          {campaign.agents.length === 0 && <span className="quiet">{t('campaigns.noAgents')}</span>}
        </Card>
      </div>
      <WeekCard campaign={campaign} />
      {mayReadCustomers && <LeadsCard campaignId={campaign.id} />}
    </div>
  );
}

/** The page of one campaign. */
export default function CampaignPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const mayRun = useMay('campaign:run');
  const mayWrite = useMay('campaign:write');
  const id = Number(useParams()['id']);
  const campaign = useCampaign(id);
  const { data } = campaign;
  return (
    <>
      <PageHead
        title={data?.name ?? t('menu.campaigns')}
        aside={
          data && (
            <span className="line">
              <CampaignStateTag state={data.state} />
              <OpensNext campaign={data} />
            </span>
          )
        }
      >
        {data && mayRun && <RunButton campaign={data} />}
        {data && mayRun && <FinishButton campaign={data} />}
        {data && mayRun && <RecycleButton campaign={data} />}
        {data && mayWrite && (
          <Button size="small" onClick={() => void navigate(paths.editCampaign(id))}>
            {t('common.edit')}
          </Button>
        )}
      </PageHead>
      <QueryGate query={campaign}>{(each) => <Content campaign={each} />}</QueryGate>
    </>
  );
}
