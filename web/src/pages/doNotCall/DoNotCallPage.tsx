// The do-not-call list: which numbers are not dialled, for whom, why, and by whose
// word.
import { ImportOutlined, PlusOutlined } from '@ant-design/icons';
import { App, Button, Input, Segmented, Select, Table, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useMay } from '../../api/access';
import type { BarScope, BarSource, DoNotCallView } from '../../api/types';
import { dateTime, phone } from '../../base/format';
import { BarTarget, lastSecond, useReason } from '../../parts/BarTags';
import { MoreButton } from '../../parts/MoreButton';
import { PageHead } from '../../parts/PageHead';
import { ProblemAlert, useReportProblem } from '../../parts/Problem';
import Player from '../calls/Player';
import { AddDialog } from './AddDialog';
import { ImportDialog } from './ImportDialog';
import { useDoNotCall, useRemoveNumber } from './queries';

const SCOPES: BarScope[] = ['system', 'department', 'campaign'];
const SOURCES: BarSource[] = ['click', 'disposition', 'typed', 'import', 'complaint'];

function RemoveButton({ entry }: { entry: DoNotCallView }) {
  const { t } = useTranslation();
  const { modal, message } = App.useApp();
  const report = useReportProblem();
  const remove = useRemoveNumber();
  function ask() {
    modal.confirm({
      title: t('doNotCall.removeTitle', { number: phone(entry.number) }),
      content: t('doNotCall.removeText'),
      okText: t('doNotCall.remove'),
      okButtonProps: { danger: true },
      cancelText: t('common.cancel'),
      onOk: () =>
        remove.mutateAsync(entry.id).then(
          () => void message.success(t('doNotCall.removed')),
          (error: unknown) => report(error),
        ),
    });
  }
  return (
    <Button size="small" danger type="text" onClick={ask}>
      {t('doNotCall.remove')}
    </Button>
  );
}

/** Until when it counts, or how it ended. */
function Lasts({ entry }: { entry: DoNotCallView }) {
  const { t } = useTranslation();
  if (entry.ended_at) {
    const how = entry.removed_by_name
      ? t('doNotCall.removedBy', { name: entry.removed_by_name })
      : t('doNotCall.expired');
    return (
      <div>
        <div className="figure">{dateTime(entry.ended_at)}</div>
        <div className="quiet">{how}</div>
      </div>
    );
  }
  return (
    <span className="figure">
      {entry.expires_at
        ? t('doNotCall.until', { at: dateTime(lastSecond(entry.expires_at)) })
        : t('doNotCall.forGood')}
    </span>
  );
}

function useColumns(): TableColumnsType<DoNotCallView> {
  const { t } = useTranslation();
  const reason = useReason();
  return [
    {
      title: t('doNotCall.number'),
      width: 150,
      render: (_, row) => <strong className="figure">{phone(row.number)}</strong>,
    },
    { title: t('doNotCall.scope'), width: 190, render: (_, row) => <BarTarget bar={row} /> },
    {
      title: t('doNotCall.source'),
      width: 150,
      render: (_, row) => t(`doNotCall.sources.${row.source}`),
    },
    {
      title: t('doNotCall.reason'),
      render: (_, row) => (
        <div>
          <div>{reason(row.reason)}</div>
          {row.note && <div className="quiet">{row.note}</div>}
        </div>
      ),
    },
    {
      title: t('doNotCall.added'),
      width: 170,
      render: (_, row) => (
        <div>
          <div className="figure">{dateTime(row.created_at)}</div>
          <div className="quiet">{row.created_by_name}</div>
        </div>
      ),
    },
    { title: t('doNotCall.expires'), width: 170, render: (_, row) => <Lasts entry={row} /> },
    {
      title: t('common.actions'),
      width: 90,
      render: (_, row) => row.may_remove && <RemoveButton entry={row} />,
    },
  ];
}

/** The page; its filters are in the address. */
export default function DoNotCallPage() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const system = useMay('do_not_call:system');
  const mayWrite = useMay('do_not_call:write') || system;
  const mayListen = useMay('recording:listen');
  const [dialog, setDialog] = useState<'add' | 'import'>();
  const filter = {
    q: search.get('q') ?? undefined,
    scope: (search.get('scope') as BarScope | null) ?? undefined,
    source: (search.get('source') as BarSource | null) ?? undefined,
    ended: search.get('ended') === 'true' ? true : undefined,
  };
  const entries = useDoNotCall(filter);
  const columns = useColumns();
  const items = entries.data?.pages.flatMap((page) => page.items) ?? [];
  const narrowed = Boolean(filter.q ?? filter.scope ?? filter.source);

  function put(key: string, value: string | undefined) {
    setSearch((before) => {
      const next = new URLSearchParams(before);
      if (value) next.set(key, value);
      else next.delete(key);
      return next;
    });
  }
  return (
    <>
      <PageHead title={t('menu.doNotCall')}>
        {mayWrite && (
          <>
            <Button icon={<ImportOutlined />} onClick={() => setDialog('import')}>
              {t('doNotCall.import')}
            </Button>
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setDialog('add')}>
              {t('doNotCall.add')}
            </Button>
          </>
        )}
      </PageHead>
      <div className="stack">
        <div className="line">
          <Input.Search
            allowClear
            style={{ width: 240 }}
            defaultValue={filter.q}
            placeholder={t('doNotCall.searchHint')}
            aria-label={t('doNotCall.searchHint')}
            onSearch={(text) => put('q', text.trim())}
          />
          <Select
            allowClear
            style={{ width: 150 }}
            placeholder={t('doNotCall.allScopes')}
            aria-label={t('doNotCall.scope')}
            value={filter.scope}
            onChange={(value?: BarScope) => put('scope', value)}
            options={SCOPES.map((value) => ({ value, label: t(`doNotCall.scopes.${value}`) }))}
          />
          <Select
            allowClear
            style={{ width: 180 }}
            placeholder={t('doNotCall.allSources')}
            aria-label={t('doNotCall.source')}
            value={filter.source}
            onChange={(value?: BarSource) => put('source', value)}
            options={SOURCES.map((value) => ({ value, label: t(`doNotCall.sources.${value}`) }))}
          />
          <Segmented
            value={filter.ended ? 'ended' : 'current'}
            onChange={(to) => put('ended', to === 'ended' ? 'true' : undefined)}
            options={(['current', 'ended'] as const).map((value) => ({
              value,
              label: t(`doNotCall.${value}`),
            }))}
          />
        </div>
        {entries.error && <ProblemAlert error={entries.error} onRetry={() => entries.refetch()} />}
        <Table
          size="middle"
          rowKey="id"
          columns={columns}
          dataSource={items}
          loading={entries.isPending}
          pagination={false}
          locale={{ emptyText: t(narrowed ? 'doNotCall.noneFound' : 'doNotCall.empty') }}
          expandable={{
            rowExpandable: (row) => mayListen && row.recording_id != null,
            expandedRowRender: (row) =>
              row.recording_id && <Player recordingId={row.recording_id} />,
          }}
        />
      </div>
      {items.length > 0 && (
        <MoreButton
          shown={items.length}
          hasMore={entries.hasNextPage}
          loading={entries.isFetchingNextPage}
          onMore={() => entries.fetchNextPage()}
        />
      )}
      {dialog === 'add' && <AddDialog onClose={() => setDialog(undefined)} />}
      {dialog === 'import' && <ImportDialog onClose={() => setDialog(undefined)} />}
    </>
  );
}
