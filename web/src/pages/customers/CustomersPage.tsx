// Customers: search by name or number.
import { Button, Input, Table, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { useMay } from '../../api/access';
import type { CustomerItemView } from '../../api/types';
import { dateTime, DASH, phone } from '../../base/format';
import { MoreButton } from '../../parts/MoreButton';
import { PageHead } from '../../parts/PageHead';
import { ProblemAlert } from '../../parts/Problem';
import { paths } from '../../paths';
import { CustomerDialog } from './CustomerForm';
import { useCustomers } from './queries';

/** The list; the words searched for are kept in the address. */
export default function CustomersPage() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const navigate = useNavigate();
  const mayAdd = useMay('customer:write');
  const [adding, setAdding] = useState(false);
  const q = search.get('q') ?? '';
  const customers = useCustomers(q);
  const items = customers.data?.pages.flatMap((page) => page.items) ?? [];

  const columns: TableColumnsType<CustomerItemView> = [
    {
      title: t('customers.name'),
      render: (_, row) => <Link to={paths.customer(row.id)}>{row.name}</Link>,
    },
    {
      title: t('customers.phones'),
      render: (_, row) => (
        <span className="figure">{row.phones.map((each) => phone(each.number)).join(' · ')}</span>
      ),
    },
    { title: t('customers.city'), render: (_, row) => row.city ?? DASH },
    { title: t('customers.source'), render: (_, row) => row.source ?? DASH },
    { title: t('customers.remark'), ellipsis: true, render: (_, row) => row.remark ?? DASH },
    {
      title: t('common.createdAt'),
      width: 180,
      render: (_, row) => <span className="figure">{dateTime(row.created_at)}</span>,
    },
  ];
  return (
    <>
      <PageHead title={t('menu.customers')}>
        <Input.Search
          key={q}
          allowClear
          defaultValue={q}
          placeholder={t('customers.searchHint')}
          style={{ width: 320 }}
          onSearch={(words) => setSearch(words.trim() ? { q: words.trim() } : {})}
        />
        {mayAdd && (
          <Button type="primary" onClick={() => setAdding(true)}>
            {t('customers.add')}
          </Button>
        )}
      </PageHead>
      {adding && (
        <CustomerDialog
          onAdded={(customer) => void navigate(paths.customer(customer.id))}
          onCancel={() => setAdding(false)}
        />
      )}
      <div className="stack">
        {customers.error && (
          <ProblemAlert error={customers.error} onRetry={() => customers.refetch()} />
        )}
        <Table
          size="middle"
          rowKey="id"
          columns={columns}
          dataSource={items}
          loading={customers.isPending}
          pagination={false}
          locale={{ emptyText: q ? t('customers.noneFound') : t('customers.empty') }}
        />
      </div>
      {items.length > 0 && (
        <MoreButton
          shown={items.length}
          total={customers.data?.pages[0]?.total}
          hasMore={customers.hasNextPage}
          loading={customers.isFetchingNextPage}
          onMore={() => customers.fetchNextPage()}
        />
      )}
    </>
  );
}
