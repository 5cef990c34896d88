// One customer: who it is, every call so far, what they said of being called, and
// what the do-not-call list held back.
import { Card, Descriptions } from 'antd';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { dateTime, phone } from '../../base/format';
import { BarTags } from '../../parts/BarTags';
import { NumberHome } from '../../parts/NumberHome';
import { PageHead } from '../../parts/PageHead';
import { QueryGate } from '../../parts/QueryGate';
import { BlockList } from './BlockList';
import { ConsentLog } from './ConsentLog';
import { HistoryList } from './HistoryList';
import { SkipList } from './SkipList';
import { useCustomer } from './queries';

/** The page of one customer. */
export default function CustomerPage() {
  const { t } = useTranslation();
  const customer = useCustomer(Number(useParams()['id']));
  return (
    <>
      <PageHead title={customer.data?.name ?? t('menu.customers')} />
      <QueryGate query={customer}>
        {(data) => (
          <div className="stack">
            <Card>
              <Descriptions
                size="small"
                column={3}
                items={[
                  {
                    key: 'phones',
                    label: t('customers.phones'),
                    children: (
                      <div>
                        {data.phones.map((each) => (
                          <div key={each.e164} className="line">
                            <strong className="figure">{phone(each.number)}</strong>
                            <NumberHome home={each.home} />
                            <BarTags bars={each.bars} />
                          </div>
                        ))}
                      </div>
                    ),
                  },
                  {
                    key: 'city',
                    label: t('customers.city'),
                    children: data.city ?? t('common.none'),
                  },
                  {
                    key: 'source',
                    label: t('customers.source'),
                    children: data.source ?? t('common.none'),
                  },
                  {
                    key: 'created',
                    label: t('common.createdAt'),
                    children: dateTime(data.created_at),
                  },
                  {
                    key: 'remark',
                    label: t('customers.remark'),
                    span: 2,
                    children: data.remark ?? t('common.none'),
                  },
                ]}
              />
            </Card>
            <Card title={t('customers.history', { count: data.history.length })}>
              <HistoryList calls={data.history} />
            </Card>
            <ConsentLog customer={data} />
            {data.skips.length > 0 && (
              <Card title={t('desk.preview.skips', { count: data.skips.length })}>
                <SkipList skips={data.skips} />
              </Card>
            )}
            {data.blocks.length > 0 && (
              <Card title={t('doNotCall.blocks', { count: data.blocks.length })}>
                <BlockList blocks={data.blocks} />
              </Card>
            )}
          </div>
        )}
      </QueryGate>
    </>
  );
}
