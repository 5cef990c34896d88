// The filters over the ledger. Each change goes into the address at once.
import { Button, Card, DatePicker, Input, Select } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../api/access';
import type { CallResult } from '../../api/types';
import { RESULT_COLOUR } from '../../theme';
import { useCampaigns, useUsers } from '../campaigns/queries';

const DATE = 'YYYY-MM-DD';
const RESULTS = Object.keys(RESULT_COLOUR) as CallResult[];

interface Props {
  search: URLSearchParams;
  onChange: (search: URLSearchParams) => void;
}

function AgentSelect({
  value,
  onChange,
}: {
  value: string | null;
  onChange: (id?: number) => void;
}) {
  const { t } = useTranslation();
  const users = useUsers();
  return (
    <Select
      allowClear
      showSearch={{ optionFilterProp: 'label' }}
      placeholder={t('calls.agent')}
      style={{ width: 136 }}
      value={value ? Number(value) : null}
      onChange={(id: number | null) => onChange(id ?? undefined)}
      loading={users.isPending}
      options={users.data?.items
        .filter((user) => user.extension)
        .map((user) => ({ value: user.id, label: user.display_name }))}
    />
  );
}

function CampaignSelect({
  value,
  onChange,
}: {
  value: string | null;
  onChange: (id?: number) => void;
}) {
  const { t } = useTranslation();
  const campaigns = useCampaigns();
  return (
    <Select
      allowClear
      showSearch={{ optionFilterProp: 'label' }}
      placeholder={t('calls.campaign')}
      style={{ width: 160 }}
      value={value ? Number(value) : null}
      onChange={(id: number | null) => onChange(id ?? undefined)}
      loading={campaigns.isPending}
      options={campaigns.data?.items.map((each) => ({ value: each.id, label: each.name }))}
    />
  );
}

/** Dates, agent, campaign, result, words. */
export function CallFilters({ search, onChange }: Props) {
  const { t } = useTranslation();
  const mayUsers = useMay('user:read');
  const mayCampaigns = useMay('campaign:read');
  const set = (change: Record<string, string | number | undefined>) => {
    const next = new URLSearchParams(search);
    next.delete('call');
    for (const [key, value] of Object.entries(change)) {
      if (value === undefined || value === '') next.delete(key);
      else next.set(key, String(value));
    }
    onChange(next);
  };
  const from = search.get('from');
  const to = search.get('to');
  return (
    <Card styles={{ body: { padding: 12 } }}>
      <div className="line">
        <DatePicker.RangePicker
          style={{ width: 250 }}
          value={from && to ? [dayjs(from), dayjs(to)] : null}
          onChange={(range) =>
            set({ from: range?.[0]?.format(DATE), to: range?.[1]?.format(DATE) })
          }
          presets={[
            { label: t('calls.today'), value: [dayjs(), dayjs()] },
            {
              label: t('calls.yesterday'),
              value: [dayjs().subtract(1, 'day'), dayjs().subtract(1, 'day')],
            },
            { label: t('calls.week'), value: [dayjs().subtract(6, 'day'), dayjs()] },
          ]}
        />
        {mayUsers && (
          <AgentSelect value={search.get('agent_id')} onChange={(id) => set({ agent_id: id })} />
        )}
        {mayCampaigns && (
          <CampaignSelect
            value={search.get('campaign_id')}
            onChange={(id) => set({ campaign_id: id })}
          />
        )}
        <Select
          allowClear
          placeholder={t('calls.result')}
          style={{ width: 132 }}
          value={search.get('result') as CallResult | null}
          onChange={(result: CallResult | null) => set({ result: result ?? undefined })}
          options={RESULTS.map((result) => ({ value: result, label: t(`result.${result}`) }))}
        />
        <Input.Search
          key={search.get('q')}
          allowClear
          defaultValue={search.get('q') ?? ''}
          placeholder={t('calls.searchHint')}
          style={{ width: 220 }}
          onSearch={(words) => set({ q: words.trim() })}
        />
        {[...search.keys()].some((key) => key !== 'call') && (
          <Button type="link" onClick={() => onChange(new URLSearchParams())}>
            {t('calls.clear')}
          </Button>
        )}
      </div>
    </Card>
  );
}
