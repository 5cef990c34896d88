// All inbound queues: who waits this minute, how the last day was, and the way to
// change each.
import { CalendarOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Table, type TableColumnsType } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { useMay } from '../../api/access';
import type { QueueView } from '../../api/types';
import { phone } from '../../base/format';
import { PageHead } from '../../parts/PageHead';
import { ProblemAlert } from '../../parts/Problem';
import { paths } from '../../paths';
import { NewOfQueue } from '../voicemails/NewCount';
import { OpenMark } from './OpenMark';
import { QueueDay, QueueNow } from './QueueNumbers';
import { useQueues } from './queries';

function useColumns(): TableColumnsType<QueueView> {
  const { t } = useTranslation();
  const mayWrite = useMay('queue:write');
  const columns: TableColumnsType<QueueView> = [
    {
      title: t('common.name'),
      width: 150,
      render: (_, row) => (
        <div>
          <strong>{row.name}</strong>
          <div className="quiet">{t(`queues.strategy.${row.strategy}`)}</div>
          <NewOfQueue id={row.id} />
        </div>
      ),
    },
    {
      title: t('common.status'),
      width: 110,
      render: (_, row) => <OpenMark opening={row} />,
    },
    {
      title: t('queues.numbers'),
      width: 130,
      render: (_, row) => (
        <div className="figure">
          {row.numbers.map((number) => (
            <div key={number}>{phone(number)}</div>
          ))}
        </div>
      ),
    },
    { title: t('queues.now'), width: 270, render: (_, row) => <QueueNow id={row.id} /> },
    { title: t('queues.lastDay'), render: (_, row) => <QueueDay id={row.id} /> },
    {
      title: t('queues.members'),
      width: 90,
      render: (_, row) => t('queues.membersCount', { count: row.members.length }),
    },
  ];
  if (mayWrite) {
    columns.push({
      title: t('common.actions'),
      width: 72,
      render: (_, row) => <Link to={paths.editQueue(row.id)}>{t('common.edit')}</Link>,
    });
  }
  return columns;
}

/** The list of queues. */
export default function QueuesPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const mayWrite = useMay('queue:write');
  const queues = useQueues();
  const columns = useColumns();
  return (
    <>
      <PageHead title={t('menu.queues')}>
        <Button icon={<CalendarOutlined />} onClick={() => void navigate(paths.calendars)}>
          {t('calendars.title')}
        </Button>
        {mayWrite && (
          <Button
            type="primary"
            icon={<PlusOutlined />}
            onClick={() => void navigate(paths.newQueue)}
          >
            {t('queues.create')}
          </Button>
        )}
      </PageHead>
      <div className="stack">
        {queues.error && <ProblemAlert error={queues.error} onRetry={() => queues.refetch()} />}
        <Table
          size="middle"
          rowKey="id"
          columns={columns}
          dataSource={queues.data?.items ?? []}
          loading={queues.isPending}
          pagination={false}
          locale={{ emptyText: t('queues.empty') }}
        />
      </div>
    </>
  );
}
