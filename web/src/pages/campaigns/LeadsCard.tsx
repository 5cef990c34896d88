// The leads of a campaign one by one: how far each is, when it is dialled next and
// why then, and which rule of the do-not-call list holds it back.
import { Button, Card, Input, Segmented, Table, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { CallResult, LeadKind, LeadView } from '../../api/types';
import { phone } from '../../base/format';
import { zh } from '../../i18n/zh';
import { BarTags } from '../../parts/BarTags';
import { ResultLabel } from '../../parts/labels';
import { MoreButton } from '../../parts/MoreButton';
import { ProblemAlert } from '../../parts/Problem';
import { paths } from '../../paths';
import { useCampaignLeads } from '../doNotCall/queries';
import { LeadHistory } from './LeadHistory';
import { LeadRule, NextAttempt } from './LeadRule';

const KINDS = ['all', 'open', 'waiting', 'done', 'barred'] as const;
const STATES = Object.keys(zh.doNotCall.leadStates) as (keyof typeof zh.doNotCall.leadStates)[];
const RESULTS = Object.keys(zh.result) as CallResult[];

function useColumns(onHistory: (lead: LeadView) => void): TableColumnsType<LeadView> {
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
          const held = row.blocks
            .filter((block) => !block.lifted_at)
            .flatMap((block) => (block.bar ? [block.bar] : []));
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
      title: t('retry.when'),
      width: 176,
      render: (_, row) => <NextAttempt lead={row} />,
    },
    { title: t('retry.why'), width: 190, render: (_, row) => <LeadRule lead={row} /> },
    {
      width: 70,
      render: (_, row) => (
        <Button type="link" size="small" onClick={() => onHistory(row)}>
          {t('retry.history')}
        </Button>
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
  const [history, setHistory] = useState<LeadView>();
  const columns = useColumns(setHistory);
  const items = leads.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Card title={t('doNotCall.leads')}>
      {history && (
        <LeadHistory campaignId={campaignId} lead={history} onClose={() => setHistory(undefined)} />
      )}
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
