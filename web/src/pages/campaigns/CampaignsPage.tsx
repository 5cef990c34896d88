// All campaigns: state, progress of the list, what goes on this minute, how
// answers and drops stand, and the switch to start or pause each.
import { PlusOutlined } from '@ant-design/icons';
import { Button, Space, Table, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { useMay } from '../../api/access';
import type { CampaignView } from '../../api/types';
import { count, ratio } from '../../base/format';
import { PageHead } from '../../parts/PageHead';
import { ProblemAlert } from '../../parts/Problem';
import { paths } from '../../paths';
import { AttemptCapsDialog } from './AttemptCapsDialog';
import { LiveNumbers } from './LiveNumbers';
import { Meter } from './Meter';
import { CampaignStateTag, RunButton } from './CampaignState';
import { useCampaigns } from './queries';

function useColumns(): TableColumnsType<CampaignView> {
  const { t } = useTranslation();
  const mayWrite = useMay('campaign:write');
  const mayRun = useMay('campaign:run');
  const columns: TableColumnsType<CampaignView> = [
    {
      title: t('common.name'),
      render: (_, row) => (
        <div>
          <Link to={paths.campaign(row.id)}>{row.name}</Link>
          <div className="quiet">{t(`campaigns.mode.${row.mode}`)}</div>
        </div>
      ),
    },
    {
      title: t('common.status'),
      width: 96,
      render: (_, row) => <CampaignStateTag state={row.state} />,
    },
    {
      title: t('campaigns.progress'),
      width: 170,
      render: (_, row) => (
        <div>
          <div className="line figure" style={{ justifyContent: 'space-between' }}>
            <span>{ratio(row.counts.leads - row.counts.fresh, row.counts.leads)}</span>
            <span className="quiet">{count(row.counts.leads)}</span>
          </div>
          <Meter
            whole={row.counts.leads}
            parts={[
              { label: t('campaigns.done'), value: row.counts.done, colour: '#1f9254' },
              { label: t('campaigns.retry'), value: row.counts.retry, colour: '#d99a00' },
            ]}
          />
        </div>
      ),
    },
    {
      title: t('campaigns.answerRate'),
      width: 184,
      render: (_, row) => (
        <div>
          <div className="line figure" style={{ justifyContent: 'space-between' }}>
            <span>{ratio(row.counts.answered, row.counts.attempts)}</span>
            <span className="quiet">
              {row.counts.attempts > 0 &&
                `${count(row.counts.answered)} / ${count(row.counts.attempts)}`}
            </span>
          </div>
          <Meter
            whole={row.counts.attempts}
            parts={[
              { label: t('campaigns.answered'), value: row.counts.answered, colour: '#2457c5' },
            ]}
          />
        </div>
      ),
    },
    {
      title: t('campaigns.dropRate'),
      width: 92,
      align: 'right',
      render: (_, row) => (
        <span className="figure">{ratio(row.counts.dropped, row.counts.answered)}</span>
      ),
    },
    { title: t('campaigns.now'), width: 250, render: (_, row) => <LiveNumbers id={row.id} /> },
  ];
  if (mayWrite || mayRun) {
    columns.push({
      title: t('common.actions'),
      width: 158,
      render: (_, row) => (
        <Space>
          {mayRun && <RunButton campaign={row} />}
          {mayWrite && <Link to={paths.editCampaign(row.id)}>{t('common.edit')}</Link>}
        </Space>
      ),
    });
  }
  return columns;
}

/** The list of campaigns. */
export default function CampaignsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const mayWrite = useMay('campaign:write');
  const campaigns = useCampaigns();
  const columns = useColumns();
  const [caps, setCaps] = useState(false);
  return (
    <>
      {caps && <AttemptCapsDialog onClose={() => setCaps(false)} />}
      <PageHead title={t('menu.campaigns')}>
        {mayWrite && <Button onClick={() => setCaps(true)}>{t('retry.centre')}</Button>}
        <Button onClick={() => void navigate(paths.calendars)}>{t('calendars.title')}</Button>
        <Button onClick={() => void navigate(paths.callerIdPools)}>{t('callerIds.title')}</Button>
        {mayWrite && (
          <Button
            type="primary"
            icon={<PlusOutlined />}
            onClick={() => void navigate(paths.newCampaign)}
          >
            {t('campaigns.create')}
          </Button>
        )}
      </PageHead>
      <div className="stack">
        {campaigns.error && (
          <ProblemAlert error={campaigns.error} onRetry={() => campaigns.refetch()} />
        )}
        <Table
          size="middle"
          rowKey="id"
          columns={columns}
          dataSource={campaigns.data?.items ?? []}
          loading={campaigns.isPending}
          pagination={false}
          locale={{ emptyText: t('campaigns.empty') }}
        />
      </div>
    </>
  );
}
