// The current call and its disposition: chosen and noted while talking or in
// after-call work, saved when the floor accepts it. Works by keyboard alone.
import { App, Button, Card, Descriptions, Input, Radio } from 'antd';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { AgentLiveView, CallLiveView, DeskCallView } from '../../api/types';
import { DASH, phone, timeOfDay } from '../../base/format';
import { labelIn } from '../../base/label';
import { CallStateLabel } from '../../parts/labels';
import { ProblemAlert } from '../../parts/Problem';
import { ReasonButton } from '../../parts/ReasonButton';
import { Talked } from '../../parts/timers';
import { useHotkeys } from '../../parts/useHotkeys';
import { dropDraft, useDraft } from './draft';
import { useDispose } from './commands';
import { DoNotCallButton } from './DoNotCallButton';
import { useDispositions } from './queries';

const NOTE_CHARS_MAX = 1000;

function CallFacts({ desk, live }: { desk: DeskCallView; live: CallLiveView | undefined }) {
  const { t } = useTranslation();
  const state = live?.state ?? desk.state;
  const connectedAt = live?.connected_at ?? desk.connected_at;
  return (
    <Descriptions
      size="small"
      column={1}
      items={[
        {
          key: 'number',
          label: t('calls.number'),
          children: (
            <strong className="figure">
              {desk.number === '' ? t('queues.withheld') : phone(desk.number)}
            </strong>
          ),
        },
        ...(live?.caller_id
          ? [{ key: 'shown', label: t('campaigns.callerId'), children: phone(live.caller_id) }]
          : []),
        desk.queue_name == null
          ? { key: 'campaign', label: t('calls.campaign'), children: desk.campaign_name ?? DASH }
          : { key: 'queue', label: t('queues.from'), children: desk.queue_name },
        {
          key: 'state',
          label: t('common.status'),
          children: state ? <CallStateLabel state={state} /> : t('desk.callOver'),
        },
        {
          key: 'talk',
          label: t('calls.talk'),
          children: live && connectedAt ? <Talked call={live} /> : DASH,
        },
        {
          key: 'answered',
          label: t('calls.answeredAt'),
          children: timeOfDay(desk.answered_at),
        },
      ]}
    />
  );
}

/** The call with its disposition form. */
export function CallPanel({
  desk,
  live,
  agent,
}: {
  desk: DeskCallView;
  live: CallLiveView | undefined;
  agent: AgentLiveView;
}) {
  const { t, i18n } = useTranslation();
  const { message } = App.useApp();
  const callId = desk.call_id;
  const [draft, change] = useDraft(callId, {
    dispositionId: desk.disposition_id ?? null,
    note: desk.note ?? '',
  });
  const dispositions = useDispositions();
  const dispose = useDispose(callId, () => {
    dropDraft(callId);
    void message.success(t('desk.disposed'));
  });
  const items = dispositions.data?.items ?? [];
  const accepted = agent.allowed.includes('dispose');

  function reason(): string | undefined {
    if (!accepted) return t('desk.why.afterCall');
    if (draft.dispositionId === null) return t('desk.why.chooseFirst');
    return undefined;
  }
  function save() {
    if (draft.dispositionId === null) return;
    dispose.mutate({ disposition_id: draft.dispositionId, note: draft.note.trim() });
  }
  useHotkeys({
    'ctrl+enter': reason() === undefined && !dispose.isPending ? save : undefined,
    ...Object.fromEntries(
      items
        .slice(0, 9)
        .map((item, index) => [`alt+${index + 1}`, () => change({ dispositionId: item.id })]),
    ),
  });
  const title = desk.customer?.name ?? phone(desk.number);
  useEffect(() => {
    document.title = `${title} · Trunkline`;
  }, [title]);

  return (
    <Card title={t('desk.currentCall')}>
      <div className="stack" style={{ gap: 12 }}>
        <CallFacts desk={desk} live={live} />
        <DoNotCallButton desk={desk} live={live} />
        {dispositions.error && <ProblemAlert error={dispositions.error} />}
        <div>
          <div className="quiet" style={{ marginBottom: 6 }}>
            {t('desk.disposition')} <kbd>Alt</kbd>+<kbd>1</kbd>…
          </div>
          <Radio.Group
            value={draft.dispositionId}
            onChange={(event) => change({ dispositionId: event.target.value as number })}
            style={{ display: 'grid', gridTemplateColumns: 'auto auto', gap: 8 }}
          >
            {items.map((item, index) => (
              <Radio key={item.id} value={item.id}>
                {labelIn(item, i18n.language)}&nbsp;{index < 9 && <kbd>{index + 1}</kbd>}
              </Radio>
            ))}
          </Radio.Group>
        </div>
        <Input.TextArea
          value={draft.note}
          onChange={(event) => change({ note: event.target.value })}
          placeholder={t('desk.notePlaceholder')}
          aria-label={t('desk.note')}
          maxLength={NOTE_CHARS_MAX}
          rows={3}
        />
        {dispose.error && <ProblemAlert error={dispose.error} />}
        <div className="line">
          <ReasonButton
            type="primary"
            size="large"
            reason={reason()}
            loading={dispose.isPending}
            onClick={save}
          >
            {t('desk.saveDisposition')}
          </ReasonButton>
          <span className="quiet">
            <kbd>Ctrl</kbd>+<kbd>Enter</kbd>
          </span>
          {draft.note !== '' && (
            <Button type="text" style={{ marginLeft: 'auto' }} onClick={() => change({ note: '' })}>
              {t('desk.clearNote')}
            </Button>
          )}
        </div>
      </div>
    </Card>
  );
}
