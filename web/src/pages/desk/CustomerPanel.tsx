// The screen pop: who is on the line, what to say, what happened before.
import { Card, Descriptions, Tabs, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { CustomerView, DeskCallView, DeskPreviewView } from '../../api/types';
import { phone } from '../../base/format';
import { BarTags } from '../../parts/BarTags';
import { NumberHome } from '../../parts/NumberHome';
import { paths } from '../../paths';
import { HistoryList } from '../customers/HistoryList';
import { SkipList } from '../customers/SkipList';
import { UnknownCaller } from './UnknownCaller';

/** The customer of the current call. */
export function CustomerPanel({ desk }: { desk: DeskCallView }) {
  return desk.customer ? (
    <Known desk={desk} customer={desk.customer} callId={desk.call_id} />
  ) : (
    <UnknownCaller desk={desk} />
  );
}

/** The customer of the lead that is looked at; whoever was deleted meanwhile is not shown. */
export function LeadPanel({ preview }: { preview: DeskPreviewView }) {
  return preview.customer ? <Known desk={preview} customer={preview.customer} /> : <Card />;
}

function Known({
  desk,
  customer,
  callId,
}: {
  desk: Pick<DeskCallView, 'number' | 'home' | 'script'>;
  customer: CustomerView;
  callId?: string;
}) {
  const { t } = useTranslation();
  const history = customer.history.filter((each) => each.id !== callId);
  return (
    <Card>
      <div className="line" style={{ marginBottom: 12 }}>
        <Typography.Title level={4} style={{ margin: 0 }}>
          {customer.name}
        </Typography.Title>
        {customer.city && <span className="quiet">{customer.city}</span>}
        <NumberHome home={desk.home} />
        <Link to={paths.customer(customer.id)} style={{ marginLeft: 'auto' }}>
          {t('desk.openCustomer')}
        </Link>
      </div>
      <Descriptions
        size="small"
        column={2}
        items={[
          {
            key: 'phones',
            label: t('customers.phones'),
            children: (
              <span className="line">
                {customer.phones.map((each) => (
                  <span key={each.e164} className="line">
                    <strong
                      className="figure"
                      style={{ fontWeight: each.number === desk.number ? 600 : 400 }}
                    >
                      {phone(each.number)}
                    </strong>
                    <BarTags bars={each.bars} />
                  </span>
                ))}
              </span>
            ),
          },
          {
            key: 'source',
            label: t('customers.source'),
            children: customer.source ?? t('common.none'),
          },
          {
            key: 'remark',
            label: t('customers.remark'),
            span: 2,
            children: customer.remark ?? t('common.none'),
          },
        ]}
      />
      <Tabs
        items={[
          {
            key: 'script',
            label: t('desk.script'),
            children: <div className="script">{desk.script ?? t('desk.noScript')}</div>,
          },
          {
            key: 'history',
            label: t('desk.history', { count: history.length }),
            children: <HistoryList calls={history} />,
          },
          ...(customer.skips.length > 0
            ? [
                {
                  key: 'skips',
                  label: t('desk.preview.skips', { count: customer.skips.length }),
                  children: <SkipList skips={customer.skips} />,
                },
              ]
            : []),
        ]}
      />
    </Card>
  );
}
