// Puts leads that are done back, chosen by what came of them. The server counts
// before anything is changed.
import { Alert, App, Button, DatePicker, Form, Modal, Radio, Select, Spin } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallResult, CampaignView, RecycleRequest } from '../../api/types';
import { count } from '../../base/format';
import { ProblemAlert } from '../../parts/Problem';
import { useDispositions } from '../desk/queries';
import { useRecycle, useRecyclePreview } from './queries';
import { USUAL_RULES } from './retryRules';

/** What a lead may have come to: every result of an attempt. */
const RESULTS: CallResult[] = [
  ...(USUAL_RULES.results ?? []).map((rule) => rule.result),
  'answered',
  'dropped',
];

/** Whether anything is chosen that the server can look for. */
function isChosen(request: RecycleRequest): boolean {
  const { results = [], dispositions = [] } = request.filter;
  return results.length > 0 || dispositions.length > 0;
}

function Preview({ campaign, request }: { campaign: CampaignView; request: RecycleRequest }) {
  const { t } = useTranslation();
  const preview = useRecyclePreview(campaign.id, request, isChosen(request));
  if (!isChosen(request)) return <Alert type="info" showIcon title={t('retry.choose')} />;
  if (preview.error) {
    return <ProblemAlert error={preview.error} onRetry={() => preview.refetch()} />;
  }
  if (!preview.data) return <Spin />;
  const { leads, used_up, by_result } = preview.data;
  if (leads + used_up === 0)
    return <Alert type="warning" showIcon title={t('retry.previewNone')} />;
  const result = (name: string) => RESULTS.find((each) => each === name);
  const parts = by_result.map((each) => {
    const known = result(each.result);
    return `${known ? t(`result.${known}`) : each.result} ${count(each.leads)}`;
  });
  return (
    <Alert
      type={leads > 0 ? 'success' : 'warning'}
      showIcon
      title={t('retry.preview', { count: leads })}
      description={[
        parts.join(' · '),
        ...(used_up > 0 ? [t('retry.previewUsedUp', { count: used_up })] : []),
      ].map((line) => (
        <div key={line}>{line}</div>
      ))}
    />
  );
}

function RecycleDialog({ campaign, onClose }: { campaign: CampaignView; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const { message } = App.useApp();
  const dispositions = useDispositions();
  const [results, setResults] = useState<CallResult[]>([]);
  const [chosen, setChosen] = useState<number[]>([]);
  const [span, setSpan] = useState<[Dayjs | null, Dayjs | null] | null>(null);
  const [reset, setReset] = useState(true);
  const day = (at: Dayjs | null | undefined) => at?.format('YYYY-MM-DD') ?? null;
  const request: RecycleRequest = {
    filter: { results, dispositions: chosen, from_on: day(span?.[0]), to_on: day(span?.[1]) },
    reset,
  };
  const preview = useRecyclePreview(campaign.id, request, isChosen(request));
  const leads = preview.data?.leads ?? 0;
  const recycle = useRecycle(campaign.id);
  return (
    <Modal
      open
      width={640}
      title={t('retry.recycleTitle')}
      okText={t('retry.recycleDo', { count: leads })}
      okButtonProps={{ disabled: !isChosen(request) || leads === 0 || preview.isFetching }}
      confirmLoading={recycle.isPending}
      onOk={() =>
        recycle.mutate(request, {
          onSuccess: (done) => {
            void message.success(t('retry.recycled', { count: done.leads }));
            onClose();
          },
        })
      }
      onCancel={onClose}
    >
      <p className="quiet">{t('retry.recycleHint')}</p>
      <Form layout="vertical">
        <Form.Item label={t('retry.results')}>
          <Select
            mode="multiple"
            aria-label={t('retry.results')}
            value={results}
            onChange={setResults}
            options={RESULTS.map((each) => ({ value: each, label: t(`result.${each}`) }))}
          />
        </Form.Item>
        <Form.Item label={t('retry.dispositions')}>
          <Select
            mode="multiple"
            aria-label={t('retry.dispositions')}
            loading={dispositions.isPending}
            value={chosen}
            onChange={setChosen}
            options={dispositions.data?.items.map((each) => ({
              value: each.id,
              label: i18n.language.startsWith('zh') ? each.label_zh : each.label_en,
            }))}
          />
        </Form.Item>
        <div className="line" style={{ gap: 24, alignItems: 'flex-start' }}>
          <Form.Item label={t('retry.span')}>
            <DatePicker.RangePicker
              allowEmpty={[true, true]}
              value={span}
              onChange={(value) => setSpan(value)}
            />
          </Form.Item>
          <Form.Item label={t('retry.attemptsLabel')}>
            <Radio.Group
              value={reset}
              onChange={(event) => setReset(event.target.value as boolean)}
              options={[
                { value: true, label: t('retry.reset') },
                { value: false, label: t('retry.keep') },
              ]}
            />
          </Form.Item>
        </div>
      </Form>
      <Preview campaign={campaign} request={request} />
      {recycle.error && <ProblemAlert error={recycle.error} />}
    </Modal>
  );
}

/** Opens the dialog. */
export function RecycleButton({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="small" disabled={campaign.state === 'finished'} onClick={() => setOpen(true)}>
        {t('retry.recycle')}
      </Button>
      {open && <RecycleDialog campaign={campaign} onClose={() => setOpen(false)} />}
    </>
  );
}
