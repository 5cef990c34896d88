// What became of a schedule's reports: when each was due, who has got it, and
// what the mail server said when somebody has not.
import { Alert, Drawer, Table, Tag, type TableColumnsType } from 'antd';
import { useTranslation } from 'react-i18next';
import type { ReportRunView, ReportScheduleView } from '../../api/types';
import { DASH, dateTime } from '../../base/format';
import { MoreButton } from '../../parts/MoreButton';
import { ProblemAlert } from '../../parts/Problem';
import { useRuns } from './schedules';

const STATE_TAG: Record<ReportRunView['state'], string> = {
  waiting: 'processing',
  sent: 'green',
  failed: 'red',
  cancelled: 'default',
};
const DELIVERY_TAG: Record<ReportRunView['deliveries'][number]['state'], string> = {
  waiting: 'processing',
  sent: 'green',
  refused: 'red',
  failed: 'red',
};

/** The state of a run as a tag. */
export function RunStateTag({ run }: { run: ReportRunView }) {
  const { t } = useTranslation();
  return <Tag color={STATE_TAG[run.state]}>{t(`reports.mail.state.${run.state}`)}</Tag>;
}

function Deliveries({ run }: { run: ReportRunView }) {
  const { t } = useTranslation();
  return (
    <div className="stack" style={{ gap: 8 }}>
      {run.error && (
        <Alert type={run.state === 'waiting' ? 'warning' : 'error'} title={run.error} />
      )}
      {run.next_attempt_at && (
        <span className="quiet">
          {t('reports.mail.again', { at: dateTime(run.next_attempt_at), count: run.attempts })}
        </span>
      )}
      {run.deliveries.map((each) => (
        <div key={each.address} className="line">
          <Tag color={DELIVERY_TAG[each.state]}>{t(`reports.mail.delivery.${each.state}`)}</Tag>
          {each.address}
        </div>
      ))}
    </div>
  );
}

/** The list of runs of one schedule. */
export function RunsDrawer({
  schedule,
  onClose,
}: {
  schedule: ReportScheduleView;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const runs = useRuns(schedule.id);
  const rows = runs.data?.pages.flatMap((page) => page.items) ?? [];
  const columns: TableColumnsType<ReportRunView> = [
    { title: t('reports.mail.day'), render: (_, run) => run.report_on ?? DASH },
    {
      title: t('reports.mail.due'),
      render: (_, run) => (
        <span className="figure">
          {dateTime(run.due_at)}
          {run.requested_by != null && ` · ${t('reports.mail.byHand')}`}
        </span>
      ),
    },
    { title: t('common.status'), render: (_, run) => <RunStateTag run={run} /> },
    {
      title: t('reports.mail.sentAt'),
      render: (_, run) => <span className="figure">{dateTime(run.sent_at)}</span>,
    },
  ];
  return (
    <Drawer
      open
      size={760}
      title={t('reports.mail.runsOf', { name: schedule.name })}
      onClose={onClose}
    >
      {runs.error && <ProblemAlert error={runs.error} onRetry={() => runs.refetch()} />}
      <Table
        size="small"
        rowKey="id"
        columns={columns}
        dataSource={rows}
        loading={runs.isPending}
        pagination={false}
        locale={{ emptyText: t('reports.mail.noRuns') }}
        expandable={{
          expandedRowRender: (run) => <Deliveries run={run} />,
          defaultExpandAllRows: false,
        }}
      />
      {rows.length > 0 && (
        <MoreButton
          shown={rows.length}
          hasMore={runs.hasNextPage}
          loading={runs.isFetchingNextPage}
          onMore={() => runs.fetchNextPage()}
        />
      )}
    </Drawer>
  );
}
