// The report's table: a row per agent and the totals beneath.
import { Card, Table, type TableColumnsType } from 'antd';
import { useTranslation } from 'react-i18next';
import type { AgentReportRow, AgentReportView, FiguresView } from '../../api/types';
import { count, duration, percent } from '../../base/format';
import { SHIFT_STATES } from './charts';

interface Column {
  title: string;
  value: (row: FiguresView) => number | null | undefined;
  show: (value: number | null | undefined) => string;
}

function useFigures(): Column[] {
  const { t } = useTranslation();
  return [
    { title: t('reports.calls'), value: (row) => row.calls, show: count },
    { title: t('reports.answered'), value: (row) => row.answered, show: count },
    { title: t('reports.talk'), value: (row) => row.talk_ms, show: duration },
    { title: t('reports.meanTalk'), value: (row) => row.mean_talk_ms, show: duration },
    ...SHIFT_STATES.filter((state) => state !== 'talking').map((state) => ({
      title: t(`agentState.${state}`),
      value: (row: FiguresView) => row.states[`${state}_ms`],
      show: duration,
    })),
    { title: t('reports.loggedIn'), value: (row) => row.states.logged_in_ms, show: duration },
    { title: t('reports.sales'), value: (row) => row.sales, show: count },
    { title: t('reports.visits'), value: (row) => row.visits, show: count },
    { title: t('reports.occupancy'), value: (row) => row.occupancy, show: percent },
  ];
}

/** The table, sortable by every figure. */
export function AgentReportTable({ report }: { report: AgentReportView }) {
  const { t } = useTranslation();
  const figures = useFigures();
  const columns: TableColumnsType<AgentReportRow> = [
    {
      title: t('calls.agent'),
      fixed: 'start',
      width: 92,
      render: (_, row) => row.agent_name,
      sorter: (a, b) => a.agent_name.localeCompare(b.agent_name, 'zh-CN'),
    },
    ...figures.map(({ title, value, show }) => ({
      title,
      align: 'right' as const,
      render: (_: unknown, row: AgentReportRow) => (
        <span className="figure">{show(value(row))}</span>
      ),
      sorter: (a: AgentReportRow, b: AgentReportRow) => (value(a) ?? 0) - (value(b) ?? 0),
    })),
  ];
  return (
    <Card title={t('reports.perAgent')} styles={{ body: { padding: 0 } }}>
      <Table
        size="small"
        rowKey="agent_id"
        columns={columns}
        dataSource={report.rows}
        pagination={false}
        scroll={{ x: 'max-content' }}
        showSorterTooltip={false}
        summary={() => (
          <Table.Summary.Row style={{ fontWeight: 600, background: '#f7f9fb' }}>
            <Table.Summary.Cell index={0} className="total-cell">
              {t('reports.total')}
            </Table.Summary.Cell>
            {figures.map(({ title, value, show }, index) => (
              <Table.Summary.Cell key={title} index={index + 1} align="right">
                <span className="figure">{show(value(report.totals))}</span>
              </Table.Summary.Cell>
            ))}
          </Table.Summary.Row>
        )}
      />
    </Card>
  );
}
