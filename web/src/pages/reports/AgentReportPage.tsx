// The agents' report of a day or a span of days: totals, charts, one row per
// agent, and the same as a workbook.
import { DownloadOutlined, MailOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Card, DatePicker } from 'antd';
import dayjs from 'dayjs';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { useMay } from '../../api/access';
import { api, ask, download } from '../../api/client';
import type { AgentReportView } from '../../api/types';
import { count, duration, percent } from '../../base/format';
import { Figure } from '../../parts/Figure';
import { PageHead } from '../../parts/PageHead';
import { useReportProblem } from '../../parts/Problem';
import { QueryGate } from '../../parts/QueryGate';
import { paths } from '../../paths';
import { AGENT_STATE_COLOUR } from '../../theme';
import { AgentReportTable } from './AgentReportTable';
import { resultOption, stateTimeOption, talkTimeOption } from './charts';

const Chart = lazy(() => import('../../parts/Chart'));
const DATE = 'YYYY-MM-DD';

function Totals({ report }: { report: AgentReportView }) {
  const { t } = useTranslation();
  const { totals } = report;
  return (
    <div className="figures">
      <Figure label={t('reports.calls')} value={count(totals.calls)} />
      <Figure label={t('reports.answered')} value={count(totals.answered)} />
      <Figure
        label={t('reports.talk')}
        value={duration(totals.talk_ms)}
        colour={AGENT_STATE_COLOUR.talking}
      />
      <Figure label={t('reports.meanTalk')} value={duration(totals.mean_talk_ms)} />
      <Figure label={t('reports.loggedIn')} value={duration(totals.states.logged_in_ms)} />
      <Figure
        label={t('reports.contacts')}
        value={count(totals.contacts)}
        hint={`${t('reports.conversion')} ${percent(totals.conversion)}`}
      />
      <Figure
        label={t('reports.occupancy')}
        value={percent(totals.occupancy)}
        hint={t('reports.occupancyHint')}
      />
    </div>
  );
}

function Report({ report }: { report: AgentReportView }) {
  const { t } = useTranslation();
  const options = useMemo(
    () => ({
      states: stateTimeOption(report.rows, t),
      talk: talkTimeOption(report.rows, t),
      results: resultOption(report.by_result, t),
    }),
    [report, t],
  );
  const waiting = <div style={{ height: 280 }} />;
  return (
    <div className="stack">
      <Totals report={report} />
      <Card title={t('reports.stateTime')}>
        <Suspense fallback={waiting}>
          <Chart height={280} label={t('reports.stateTime')} option={options.states} />
        </Suspense>
      </Card>
      <div className="halves">
        <Card title={t('reports.talkTime')}>
          <Suspense fallback={waiting}>
            <Chart height={260} label={t('reports.talkTime')} option={options.talk} />
          </Suspense>
        </Card>
        <Card title={t('reports.byResult')}>
          <Suspense fallback={waiting}>
            <Chart height={260} label={t('reports.byResult')} option={options.results} />
          </Suspense>
        </Card>
      </div>
      <AgentReportTable report={report} />
    </div>
  );
}

/** The page; the span is kept in the address, today unless given. */
export default function AgentReportPage() {
  const { t, i18n } = useTranslation();
  const reportProblem = useReportProblem();
  const mayExport = useMay('report:export');
  const [search, setSearch] = useSearchParams();
  const [exporting, setExporting] = useState(false);
  // Without dates the server takes today in the centre's time zone.
  const from = search.get('from');
  const to = search.get('to');
  const span = { ...(from && { from }), ...(to && { to }) };
  const report = useQuery({
    queryKey: ['reports', 'agents', span],
    queryFn: () => ask(api.GET('/api/v1/reports/agents', { params: { query: span } })),
    refetchInterval: 60_000,
  });
  const { data } = report;

  async function save() {
    const asked = new URLSearchParams({ ...span, lang: i18n.language === 'en' ? 'en' : 'zh' });
    setExporting(true);
    try {
      const name = data ? `agents-${data.from}-${data.to}.xlsx` : 'agents.xlsx';
      await download(`/api/v1/reports/agents.xlsx?${asked.toString()}`, name);
    } catch (error) {
      reportProblem(error);
    } finally {
      setExporting(false);
    }
  }
  return (
    <>
      <PageHead
        title={t('menu.reports')}
        aside={data && <span className="quiet">{t('reports.zone', { zone: data.zone })}</span>}
      >
        <DatePicker.RangePicker
          allowClear={false}
          value={data ? [dayjs(data.from), dayjs(data.to)] : null}
          onChange={(range) => {
            const [first, last] = range ?? [];
            if (first && last) setSearch({ from: first.format(DATE), to: last.format(DATE) });
          }}
          presets={[
            { label: t('calls.today'), value: [dayjs(), dayjs()] },
            {
              label: t('calls.yesterday'),
              value: [dayjs().subtract(1, 'day'), dayjs().subtract(1, 'day')],
            },
            { label: t('calls.week'), value: [dayjs().subtract(6, 'day'), dayjs()] },
          ]}
        />
        {mayExport && (
          <>
            <Link to={paths.reportSchedules}>
              <Button icon={<MailOutlined />}>{t('reports.mail.title')}</Button>
            </Link>
            <Button
              type="primary"
              icon={<DownloadOutlined />}
              loading={exporting}
              onClick={() => void save()}
            >
              {t('reports.download')}
            </Button>
          </>
        )}
      </PageHead>
      <QueryGate
        query={report}
        isEmpty={(each) => each.rows.length === 0 && each.totals.calls === 0}
        empty={t('reports.empty')}
      >
        {(each) => <Report report={each} />}
      </QueryGate>
    </>
  );
}
