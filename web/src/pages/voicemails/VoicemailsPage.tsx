// Messages that callers left with queues: hear them, call back, and mark them as
// handled, so that no two people do.
import { CheckOutlined, UndoOutlined } from '@ant-design/icons';
import { Button, Segmented, Select, Table, Tag, type TableColumnsType } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { useMay } from '../../api/access';
import type { VoicemailView } from '../../api/types';
import { dateTime, duration, phone } from '../../base/format';
import { AudioPlayer } from '../../parts/AudioPlayer';
import { MoreButton } from '../../parts/MoreButton';
import { PageHead } from '../../parts/PageHead';
import { ProblemAlert, useReportProblem } from '../../parts/Problem';
import { paths } from '../../paths';
import { useQueues } from '../queues/queries';
import { useMarkVoicemail, useVoicemails } from './queries';

function Handled({ voicemail }: { voicemail: VoicemailView }) {
  const { t } = useTranslation();
  const report = useReportProblem();
  const mark = useMarkVoicemail();
  const handled = voicemail.handled_at != null;
  const set = (to: boolean) => mark.mutate({ id: voicemail.id, handled: to }, { onError: report });
  if (!handled) {
    return (
      <Button
        size="small"
        icon={<CheckOutlined />}
        loading={mark.isPending}
        onClick={() => set(true)}
      >
        {t('voicemails.markHandled')}
      </Button>
    );
  }
  return (
    <div className="line">
      <div>
        <Tag color="green">{t('voicemails.handled')}</Tag>
        <div className="quiet">
          {voicemail.handled_by_name} · {dateTime(voicemail.handled_at)}
        </div>
      </div>
      <Button
        type="text"
        size="small"
        icon={<UndoOutlined />}
        aria-label={t('voicemails.markNew')}
        loading={mark.isPending}
        onClick={() => set(false)}
      />
    </div>
  );
}

/** Who called: the customer's page is where they are called back from. */
function Caller({ voicemail }: { voicemail: VoicemailView }) {
  const { t } = useTranslation();
  const { customer_id: id, customer_name: name, number } = voicemail;
  return (
    <div>
      {id == null ? (
        <span className="quiet">{t('queues.unknownCaller')}</span>
      ) : (
        <Link to={paths.customer(id)}>{name}</Link>
      )}
      <div className="figure">
        {number ? <a href={`tel:${number}`}>{phone(number)}</a> : t('queues.withheld')}
      </div>
    </div>
  );
}

function useColumns(): TableColumnsType<VoicemailView> {
  const { t } = useTranslation();
  return [
    {
      title: t('voicemails.at'),
      width: 176,
      render: (_, row) => (
        <span className="figure" style={{ fontWeight: row.handled_at ? 400 : 600 }}>
          {dateTime(row.started_at)}
        </span>
      ),
    },
    { title: t('queues.from'), ellipsis: true, render: (_, row) => row.queue_name },
    { title: t('voicemails.caller'), render: (_, row) => <Caller voicemail={row} /> },
    {
      title: t('voicemails.length'),
      width: 90,
      align: 'right',
      render: (_, row) => <span className="figure">{duration(row.duration_ms)}</span>,
    },
    {
      title: t('common.status'),
      width: 300,
      render: (_, row) => <Handled voicemail={row} />,
    },
  ];
}

/** Which queue, for those who may see the queues. */
function QueueFilter({
  value,
  onChange,
}: {
  value: number | undefined;
  onChange: (id: number | undefined) => void;
}) {
  const { t } = useTranslation();
  const queues = useQueues();
  return (
    <Select
      allowClear
      style={{ width: 200 }}
      placeholder={t('voicemails.allQueues')}
      aria-label={t('queues.from')}
      value={value}
      onChange={onChange}
      options={queues.data?.items.map(({ id, name }) => ({ value: id, label: name }))}
    />
  );
}

type State = 'new' | 'handled' | 'all';

/** The page; its filters are in the address. */
export default function VoicemailsPage() {
  const { t } = useTranslation();
  const mayReadQueues = useMay('queue:read');
  const [search, setSearch] = useSearchParams();
  const state = (search.get('state') ?? 'new') as State;
  const queue = search.get('queue_id') ? Number(search.get('queue_id')) : undefined;
  const handled = state === 'all' ? undefined : state === 'handled';
  const voicemails = useVoicemails({ queue_id: queue, handled });
  const columns = useColumns();
  const items = voicemails.data?.pages.flatMap((page) => page.items) ?? [];

  function put(key: string, value: string | undefined) {
    setSearch((before) => {
      const next = new URLSearchParams(before);
      if (value === undefined) next.delete(key);
      else next.set(key, value);
      return next;
    });
  }
  return (
    <>
      <PageHead title={t('menu.voicemails')}>
        {mayReadQueues && (
          <QueueFilter value={queue} onChange={(id) => put('queue_id', id?.toString())} />
        )}
        <Segmented<State>
          value={state}
          onChange={(to) => put('state', to)}
          options={(['new', 'handled', 'all'] as const).map((value) => ({
            value,
            label: t(`voicemails.state.${value}`),
          }))}
        />
      </PageHead>
      <div className="stack">
        {voicemails.error && (
          <ProblemAlert error={voicemails.error} onRetry={() => voicemails.refetch()} />
        )}
        <Table
          size="middle"
          rowKey="id"
          columns={columns}
          dataSource={items}
          loading={voicemails.isPending}
          pagination={false}
          locale={{ emptyText: t('voicemails.empty') }}
          expandable={{
            expandRowByClick: false,
            expandedRowRender: (row) => (
              <AudioPlayer
                path={`/api/v1/voicemails/${row.id}/audio`}
                name={`voicemail-${row.id}.wav`}
              />
            ),
          }}
        />
      </div>
      {items.length > 0 && (
        <MoreButton
          shown={items.length}
          hasMore={voicemails.hasNextPage}
          loading={voicemails.isFetchingNextPage}
          onMore={() => voicemails.fetchNextPage()}
        />
      )}
    </>
  );
}
