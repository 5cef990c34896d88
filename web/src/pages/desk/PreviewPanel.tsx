// The lead that the agent looks at: how long they may, and the two buttons. Dialling
// is one key; skipping asks for a reason, by mouse or by its number.
import { PhoneFilled, StepForwardOutlined } from '@ant-design/icons';
import { Alert, Card, Descriptions, Input, Progress, Radio } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AgentAction, AgentLiveView, DeskPreviewView, SkipReason } from '../../api/types';
import { now, useSecond } from '../../base/clock';
import { DASH, phone } from '../../base/format';
import { BarTags } from '../../parts/BarTags';
import { ReasonButton } from '../../parts/ReasonButton';
import { Elapsed, Remaining } from '../../parts/timers';
import { useHotkeys } from '../../parts/useHotkeys';
import { AGENT_STATE_COLOUR } from '../../theme';
import { useDeskCommand, useRunningCommand } from './commands';
import { partLeft, SKIP_REASONS, skipReady } from './preview';
import { whyNot } from './reasons';

const NOTE_CHARS_MAX = 500;
/** From here on the bar warns. */
const LITTLE_LEFT = 0.25;

/** The time that is left, as a bar that runs out. */
function Countdown({ preview }: { preview: DeskPreviewView }) {
  const { t } = useTranslation();
  useSecond();
  if (!preview.until) {
    return (
      <div className="line" style={{ gap: 12 }}>
        <span className="quiet">{t('desk.preview.noLimit')}</span>
        <Elapsed since={preview.since} />
      </div>
    );
  }
  const left = partLeft(preview.since, preview.until, now());
  const colour =
    left <= LITTLE_LEFT ? AGENT_STATE_COLOUR.unreachable : AGENT_STATE_COLOUR.previewing;
  return (
    <div>
      <div className="line" style={{ justifyContent: 'space-between' }}>
        <span className="quiet">{t(`desk.preview.timeout.${preview.timeout}`)}</span>
        <strong style={{ fontSize: 20, color: colour }}>
          <Remaining until={preview.until} />
        </strong>
      </div>
      <Progress
        percent={left * 100}
        showInfo={false}
        strokeColor={colour}
        aria-label={t('desk.preview.left')}
      />
    </div>
  );
}

/** The lead with its buttons. A new lead is a new panel. */
export function PreviewPanel({
  preview,
  agent,
}: {
  preview: DeskPreviewView;
  agent: AgentLiveView;
}) {
  const { t } = useTranslation();
  const command = useDeskCommand();
  const running = useRunningCommand();
  const [reason, setReason] = useState<SkipReason | null>(null);
  const [note, setNote] = useState('');

  function why(action: AgentAction): string | undefined {
    if (running) return t('desk.why.running');
    const key = whyNot(action, agent);
    return key && t(`desk.why.${key}`);
  }
  const mayNotSkip = why('skip');
  const missing = skipReady(reason, note);
  const skipWhy = mayNotSkip ?? (missing && t(`desk.preview.missing.${missing}`));
  const dial = () => command.mutate({ do: 'dial', lead: preview.lead_id });
  function skip() {
    if (reason === null) return;
    const said = note.trim();
    command.mutate({ do: 'skip', lead: preview.lead_id, reason, note: said === '' ? null : said });
  }
  useHotkeys({
    'alt+d': why('dial') ? undefined : dial,
    'alt+s': skipWhy ? undefined : skip,
    ...Object.fromEntries(
      SKIP_REASONS.map((each, index) => [
        `alt+${index + 1}`,
        mayNotSkip ? undefined : () => setReason(each),
      ]),
    ),
  });

  return (
    <Card title={t('desk.preview.title')}>
      <div className="stack" style={{ gap: 14 }}>
        <Countdown preview={preview} />
        <Descriptions
          size="small"
          column={1}
          items={[
            {
              key: 'number',
              label: t('calls.number'),
              children: (
                <span className="line">
                  <strong className="figure">{phone(preview.number)}</strong>
                  <BarTags bars={preview.bars} />
                </span>
              ),
            },
            {
              key: 'campaign',
              label: t('calls.campaign'),
              children: preview.campaign_name ?? DASH,
            },
          ]}
        />
        {preview.bars.length > 0 && (
          <Alert type="warning" showIcon title={t('desk.preview.barred')} />
        )}
        <ReasonButton
          type="primary"
          size="large"
          block
          icon={<PhoneFilled />}
          reason={why('dial')}
          loading={running === 'dial'}
          hotkey="Alt+D"
          onClick={dial}
        >
          {t('desk.preview.dial')}
        </ReasonButton>
        <div role="group" aria-label={t('desk.preview.skip')} className="stack" style={{ gap: 8 }}>
          <div className="quiet">
            {t('desk.preview.skipWhy')} <kbd>Alt</kbd>+<kbd>1</kbd>…
            {preview.skips_left != null && (
              <span style={{ marginLeft: 8 }}>
                {t('desk.preview.skipsLeft', { count: preview.skips_left })}
              </span>
            )}
          </div>
          <Radio.Group
            value={reason}
            disabled={mayNotSkip !== undefined}
            onChange={(event) => setReason(event.target.value as SkipReason)}
            style={{ display: 'grid', gridTemplateColumns: 'auto auto', gap: 8 }}
          >
            {SKIP_REASONS.map((each, index) => (
              <Radio key={each} value={each}>
                {t(`skipReason.${each}`)}&nbsp;<kbd>{index + 1}</kbd>
              </Radio>
            ))}
          </Radio.Group>
          <Input
            value={note}
            disabled={mayNotSkip !== undefined}
            onChange={(event) => setNote(event.target.value)}
            placeholder={t('desk.preview.note')}
            aria-label={t('desk.preview.note')}
            maxLength={NOTE_CHARS_MAX}
          />
          <div>
            <ReasonButton
              size="large"
              icon={<StepForwardOutlined />}
              reason={skipWhy}
              loading={running === 'skip'}
              hotkey="Alt+S"
              onClick={skip}
            >
              {t('desk.preview.skip')}
            </ReasonButton>
          </div>
        </div>
      </div>
    </Card>
  );
}
