// A campaign's state as a tag, and the buttons that change it.
import { PauseCircleOutlined, PlayCircleOutlined } from '@ant-design/icons';
import { Button, Popconfirm, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import type { CampaignState, CampaignView } from '../../api/types';
import { useReportProblem } from '../../parts/Problem';
import { useRunCampaign } from './queries';

const STATE_TAG: Record<CampaignState, string> = {
  draft: 'default',
  running: 'green',
  paused: 'orange',
  finished: 'blue',
};

/** The state of a campaign as a tag. */
export function CampaignStateTag({ state }: { state: CampaignState }) {
  const { t } = useTranslation();
  return <Tag color={STATE_TAG[state]}>{t(`campaigns.state.${state}`)}</Tag>;
}

/** Start or pause, whichever fits; nothing for a campaign that is over. */
export function RunButton({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  const report = useReportProblem();
  const run = useRunCampaign();
  if (campaign.state === 'finished') return null;
  const command = campaign.state === 'running' ? 'pause' : 'start';
  return (
    <Button
      size="small"
      type={command === 'start' ? 'primary' : 'default'}
      ghost={command === 'start'}
      icon={command === 'start' ? <PlayCircleOutlined /> : <PauseCircleOutlined />}
      loading={run.isPending}
      onClick={() => run.mutate({ id: campaign.id, command }, { onError: report })}
    >
      {t(`campaigns.${command}`)}
    </Button>
  );
}

/** Ends a campaign for good, after asking. */
export function FinishButton({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  const report = useReportProblem();
  const run = useRunCampaign();
  if (campaign.state === 'finished' || campaign.state === 'draft') return null;
  return (
    <Popconfirm
      title={t('campaigns.finishSure')}
      okText={t('campaigns.finish')}
      onConfirm={() => run.mutate({ id: campaign.id, command: 'finish' }, { onError: report })}
    >
      <Button size="small" danger loading={run.isPending}>
        {t('campaigns.finish')}
      </Button>
    </Popconfirm>
  );
}
