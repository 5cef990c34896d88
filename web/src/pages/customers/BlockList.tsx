// What the do-not-call list and the caps on attempts held back of a customer, each
// with its rule.
import { Table, Tag, type TableColumnsType } from 'antd';
import { useTranslation } from 'react-i18next';
import type { BlockView } from '../../api/types';
import { dateTime } from '../../base/format';
import { BarTags } from '../../parts/BarTags';

function CapTag({ block }: { block: BlockView }) {
  const { t } = useTranslation();
  if (block.rule === 'do_not_call') return null;
  return (
    <>
      <Tag color="orange">{t(`retry.rule.${block.rule}`)}</Tag>
      {!block.lifted_at && block.until_at && (
        <span className="quiet">{t('retry.until', { at: dateTime(block.until_at) })}</span>
      )}
    </>
  );
}

/** The table; the latest first. */
export function BlockList({ blocks }: { blocks: BlockView[] }) {
  const { t } = useTranslation();
  const columns: TableColumnsType<BlockView> = [
    {
      title: t('doNotCall.lastAt'),
      width: 176,
      render: (_, row) => <span className="figure">{dateTime(row.last_at)}</span>,
    },
    {
      title: t('doNotCall.what'),
      width: 160,
      render: (_, row) => (
        <span className="line">
          {t(`doNotCall.blockKinds.${row.kind}`)}
          {row.times > 1 && (
            <span className="quiet">{t('doNotCall.blockedTimes', { count: row.times })}</span>
          )}
        </span>
      ),
    },
    {
      title: t('doNotCall.number'),
      width: 160,
      render: (_, row) => <span className="figure">{row.e164}</span>,
    },
    {
      title: t('doNotCall.rule'),
      render: (_, row) => (
        <span className="line">
          {row.bar ? <BarTags bars={[row.bar]} /> : <CapTag block={row} />}
          {row.lifted_at && <Tag>{t('doNotCall.lifted')}</Tag>}
        </span>
      ),
    },
  ];
  return (
    <Table
      size="small"
      rowKey="id"
      columns={columns}
      dataSource={blocks}
      pagination={false}
      locale={{ emptyText: t('doNotCall.noBlocks') }}
    />
  );
}
