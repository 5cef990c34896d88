// A customer's (or an agent's) past calls in a compact table.
import { Table, type TableColumnsType } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { CallView } from '../../api/types';
import { dateTime, DASH, duration, phone } from '../../base/format';
import { labelIn } from '../../base/label';
import { ResultLabel } from '../../parts/labels';
import { paths } from '../../paths';

/** Past calls, newest first as the server gives them. */
export function HistoryList({
  calls,
  withCustomer,
}: {
  calls: CallView[];
  withCustomer?: boolean;
}) {
  const { t, i18n } = useTranslation();
  const columns: TableColumnsType<CallView> = [
    {
      title: t('calls.startedAt'),
      width: 164,
      render: (_, call) => <span className="figure">{dateTime(call.started_at)}</span>,
    },
    withCustomer
      ? {
          title: t('calls.customer'),
          render: (_, call) =>
            call.customer_id == null ? (
              phone(call.number)
            ) : (
              <Link to={paths.customer(call.customer_id)}>{call.customer_name}</Link>
            ),
        }
      : { title: t('calls.agent'), render: (_, call) => call.agent_name ?? DASH },
    {
      title: t('calls.result'),
      width: 146,
      render: (_, call) => <ResultLabel result={call.result} />,
    },
    {
      title: t('calls.talk'),
      width: 94,
      align: 'right',
      render: (_, call) => (
        <span className="figure">{call.connected_at ? duration(call.talk_ms) : DASH}</span>
      ),
    },
    {
      title: t('calls.disposition'),
      render: (_, call) => (call.disposition ? labelIn(call.disposition, i18n.language) : DASH),
    },
    { title: t('calls.note'), ellipsis: true, render: (_, call) => call.note ?? '' },
  ];
  return (
    <Table
      size="small"
      rowKey="id"
      columns={columns}
      dataSource={calls}
      pagination={false}
      scroll={{ y: 360 }}
      locale={{ emptyText: t('calls.noHistory') }}
    />
  );
}
