// Reports by mail: when they go out, to whom, and what became of the last one.
import { ArrowLeftOutlined, PlusOutlined } from '@ant-design/icons';
import { Alert, App, Button, Popconfirm, Table, Tag, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { ReportScheduleView } from '../../api/types';
import { dateTime } from '../../base/format';
import { PageHead } from '../../parts/PageHead';
import { ProblemAlert, useReportProblem } from '../../parts/Problem';
import { ReasonButton } from '../../parts/ReasonButton';
import { paths } from '../../paths';
import { RunsDrawer, RunStateTag } from './RunsDrawer';
import { ScheduleDialog } from './ScheduleDialog';
import { useDeleteSchedule, useSchedules, useSendNow } from './schedules';

/** Says plainly that nothing is sent, and what is to be done about it. */
function NoMailServer() {
  const { t } = useTranslation();
  return (
    <Alert
      type="warning"
      showIcon
      title={t('reports.mail.noServer')}
      description={
        <>
          <p style={{ margin: '0 0 8px' }}>{t('reports.mail.noServerHint')}</p>
          <pre style={{ margin: 0 }}>
            {'[mail]\nhost = "smtp.example.com"\nsender = "reports@example.com"'}
          </pre>
        </>
      }
    />
  );
}

function Actions({
  schedule,
  mayMail,
  onEdit,
  onRuns,
}: {
  schedule: ReportScheduleView;
  mayMail: boolean;
  onEdit: () => void;
  onRuns: () => void;
}) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const reportProblem = useReportProblem();
  const send = useSendNow();
  const remove = useDeleteSchedule();

  function sendNow() {
    send.mutate(schedule.id, {
      onSuccess: () => void message.success(t('reports.mail.sending')),
      onError: reportProblem,
    });
  }
  return (
    <div className="line" style={{ gap: 0 }}>
      <ReasonButton
        type="link"
        size="small"
        loading={send.isPending}
        reason={mayMail ? undefined : t('reports.mail.noServer')}
        onClick={sendNow}
      >
        {t('reports.mail.sendNow')}
      </ReasonButton>
      <Button type="link" size="small" onClick={onRuns}>
        {t('reports.mail.runs')}
      </Button>
      <Button type="link" size="small" onClick={onEdit}>
        {t('common.edit')}
      </Button>
      <Popconfirm
        title={t('reports.mail.deleteSure')}
        onConfirm={() => remove.mutate(schedule.id, { onError: reportProblem })}
      >
        <Button type="link" size="small" danger loading={remove.isPending}>
          {t('reports.mail.delete')}
        </Button>
      </Popconfirm>
    </div>
  );
}

/** The list of schedules. */
export default function SchedulesPage() {
  const { t } = useTranslation();
  const schedules = useSchedules();
  const [editing, setEditing] = useState<null | 'new' | ReportScheduleView>(null);
  const [shown, setShown] = useState<ReportScheduleView | null>(null);
  const { data } = schedules;
  const mayMail = data?.sender != null;

  const columns: TableColumnsType<ReportScheduleView> = [
    { title: t('common.name'), render: (_, row) => row.name },
    {
      title: t('reports.mail.cron'),
      render: (_, row) => <code className="nowrap">{row.cron}</code>,
    },
    {
      title: t('reports.mail.nextDue'),
      render: (_, row) =>
        row.next_due_at ? (
          <span className="figure">{dateTime(row.next_due_at)}</span>
        ) : (
          <Tag>{t('reports.mail.off')}</Tag>
        ),
    },
    { title: t('reports.mail.recipients'), render: (_, row) => row.recipients.join(', ') },
    { title: t('reports.mail.owner'), render: (_, row) => row.owner_name },
    {
      title: t('reports.mail.last'),
      render: (_, row) =>
        row.last_run ? (
          <div>
            <RunStateTag run={row.last_run} />
            <span className="figure quiet">{dateTime(row.last_run.due_at)}</span>
            {row.last_run.error && <div style={{ maxWidth: 320 }}>{row.last_run.error}</div>}
          </div>
        ) : (
          <span className="quiet">{t('reports.mail.noRuns')}</span>
        ),
    },
    {
      title: t('common.actions'),
      render: (_, row) => (
        <Actions
          schedule={row}
          mayMail={mayMail}
          onEdit={() => setEditing(row)}
          onRuns={() => setShown(row)}
        />
      ),
    },
  ];
  return (
    <>
      <PageHead
        title={t('reports.mail.title')}
        aside={
          data?.sender != null && (
            <span className="quiet">{t('reports.mail.from', { sender: data.sender })}</span>
          )
        }
      >
        <Link to={paths.agentReport}>
          <Button icon={<ArrowLeftOutlined />}>{t('menu.reports')}</Button>
        </Link>
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing('new')}>
          {t('reports.mail.create')}
        </Button>
      </PageHead>
      <div className="stack">
        {schedules.error && (
          <ProblemAlert error={schedules.error} onRetry={() => schedules.refetch()} />
        )}
        {data && !mayMail && <NoMailServer />}
        <Table
          size="middle"
          rowKey="id"
          columns={columns}
          dataSource={data?.items ?? []}
          loading={schedules.isPending}
          pagination={false}
          scroll={{ x: 'max-content' }}
          locale={{ emptyText: t('reports.mail.empty') }}
        />
      </div>
      {editing !== null && (
        <ScheduleDialog
          {...(editing !== 'new' && { schedule: editing })}
          onClose={() => setEditing(null)}
        />
      )}
      {shown !== null && <RunsDrawer schedule={shown} onClose={() => setShown(null)} />}
    </>
  );
}
