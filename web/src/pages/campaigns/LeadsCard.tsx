// The leads of a campaign one by one: how far each is, and which rule of the
// do-not-call list holds it back.
import { Card, Input, Segmented, Table, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { CallResult, LeadKind, LeadView } from '../../api/types';
import { dateTime, phone } from '../../base/format';
import { zh } from '../../i18n/zh';
import { BarTags } from '../../parts/BarTags';
import { ResultLabel } from '../../parts/labels';
import { MoreButton } from '../../parts/MoreButton';
import { ProblemAlert } from '../../parts/Problem';
import { paths } from '../../paths';
import { useCampaignLeads } from '../doNotCall/queries';

const KINDS = ['all', 'open', 'done', 'barred'] as const;
const STATES = Object.keys(zh.doNotCall.leadStates) as (keyof typeof zh.doNotCall.leadStates)[];
const RESULTS = Object.keys(zh.result) as CallResult[];

function useColumns(): TableColumnsType<LeadView> {
  const { t } = useTranslation();
  function state(row: LeadView) {
    const known = STATES.find((each) => each === row.state);
    return known ? t(`doNotCall.leadStates.${known}`) : row.state;
  }
  function result(row: LeadView) {
    if (row.last_result === 'do_not_call') return t('doNotCall.leadBarred');
    const known = RESULTS.find((each) => each === row.last_result);
    return known ? <ResultLabel result={known} /> : '';
  }
  return [
    {
      title: t('doNotCall.leadCustomer'),
      width: 160,
      render: (_, row) => <Link to={paths.customer(row.customer.id)}>{row.customer.name}</Link>,
    },
    {
      title: t('doNotCall.number'),
      render: (_, row) =>
        row.customer.phones.map((each) => {
          // What this campaign met; a listed number that it never tried shows as well.
          const held = row.blocks.filter((block) => !block.lifted_at).map((block) => block.bar);
          const own = held.filter((bar) => bar.e164 === each.e164);
          return (
            <div key={each.e164} className="line">
              <span className="figure">{phone(each.number)}</span>
              <BarTags bars={own.length > 0 ? own : each.bars} />
            </div>
          );
        }),
    },
    { title: t('common.status'), width: 110, render: (_, row) => state(row) },
    {
      title: t('doNotCall.attempts'),
      width: 90,
      align: 'right',
      render: (_, row) => <span className="figure">{row.attempts}</span>,
    },
    { title: t('doNotCall.lastResult'), width: 170, render: (_, row) => result(row) },
    {
      title: t('doNotCall.nextAttempt'),
      width: 176,
      render: (_, row) => (
        <span className="figure">
          {(row.state === 'retry' || row.waits) && row.next_attempt_at
            ? dateTime(row.next_attempt_at)
            : ''}
          {row.waits && (
            <div className="quiet" style={{ whiteSpace: 'normal' }}>
              {t('campaignTimes.waits', {
                zone: row.waits.zone,
                at: dateTime(row.waits.next_at, row.waits.zone).slice(11, 16),
              })}
            </div>
          )}
        </span>
      ),
    },
  ];
}

/** The card with its filter. */
export function LeadsCard({ campaignId }: { campaignId: number }) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<(typeof KINDS)[number]>('all');
  const [q, setQ] = useState('');
  const wanted: { kind?: LeadKind; q?: string } = {
    ...(kind !== 'all' && { kind }),
    ...(q && { q }),
  };
  const leads = useCampaignLeads(campaignId, wanted);
  const columns = useColumns();
  const items = leads.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Card title={t('doNotCall.leads')}>
      <div className="stack" style={{ gap: 12 }}>
        <div className="line">
          <Segmented
            value={kind}
            onChange={setKind}
            options={KINDS.map((value) => ({ value, label: t(`doNotCall.leadKinds.${value}`) }))}
          />
          <Input.Search
            allowClear
            style={{ width: 240 }}
            placeholder={t('customers.searchHint')}
            aria-label={t('customers.searchHint')}
            onSearch={(text) => setQ(text.trim())}
          />
        </div>
        {leads.error && <ProblemAlert error={leads.error} onRetry={() => leads.refetch()} />}
        <Table
          size="small"
          rowKey="id"
          columns={columns}
          dataSource={items}
          loading={leads.isPending}
          pagination={false}
          locale={{ emptyText: t('doNotCall.noLeads') }}
        />
        {items.length > 0 && (
          <MoreButton
            shown={items.length}
            hasMore={leads.hasNextPage}
            loading={leads.isFetchingNextPage}
            onMore={() => leads.fetchNextPage()}
          />
        )}
      </div>
    </Card>
  );
}
