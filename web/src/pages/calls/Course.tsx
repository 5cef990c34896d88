// What happened to a call: how its time was spent, as a bar, and step by step.
// Transfers, listeners, silences in the recording and the notes of those who
// handed it on stand where they happened.
import { Timeline, Tooltip } from 'antd';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { CallDetailView, CallSpanView, SpanKind } from '../../api/types';
import { DASH, duration, phone, timeOfDay } from '../../base/format';
import { labelIn } from '../../base/label';
import { CALL_STATE_COLOUR } from '../../theme';

const ENDED_BY = ['customer', 'agent', 'supervisor', 'system', 'switch'] as const;

/** One step of the course. */
interface Step {
  at: string;
  text: string;
  /** Further words: a note, how it came out. */
  detail?: string | undefined;
}

/** Every step in order of time; what has no time has not happened. */
export function steps(call: CallDetailView, t: TFunction, language: string): Step[] {
  const all: (Omit<Step, 'at'> & { at: string | null | undefined })[] = [
    {
      at: call.started_at,
      text: t(call.direction === 'inbound' ? 'calls.called' : 'calls.dialled', {
        callerId: call.caller_id,
      }),
    },
    { at: call.ringing_at, text: t('calls.rang') },
    // A caller is answered by the queue they come into.
    ...(call.direction === 'inbound'
      ? []
      : [{ at: call.answered_at, text: t('calls.customerAnswered') }]),
    // Who had it first; whom it went to is told by the transfers.
    {
      at: call.connected_at,
      text: t('calls.agentConnected', { name: firstAgent(call) ?? call.agent_name ?? DASH }),
    },
  ];
  for (const transfer of call.transfers) {
    const to =
      transfer.to_agent_name ?? transfer.to_queue_name ?? phone(transfer.to_number ?? DASH);
    all.push({
      at: transfer.started_at,
      text: t(transfer.attended ? 'calls.consulted' : 'calls.transferred', {
        from: transfer.from_agent_name,
        to,
      }),
      detail: transfer.note ?? undefined,
    });
    if (transfer.outcome) {
      all.push({
        at: transfer.ended_at,
        text: `${to}: ${t(`transferOutcome.${transfer.outcome}`)}`,
      });
    }
  }
  for (const forward of call.forwards) {
    const to = forward.to_agent_name ?? forward.to_number ?? DASH;
    const why = t(`forwarding.${forward.reason}`);
    all.push({
      at: forward.at,
      text: t('calls.forwarded', { name: forward.agent_name, case: why, to }),
    });
  }
  for (const visit of call.visits) {
    const queue = { queue: visit.queue_name };
    all.push({ at: visit.entered_at, text: t('calls.queueEntered', queue) });
    // Who answered is told by the call.
    if (visit.outcome && visit.outcome !== 'answered') {
      all.push({
        at: visit.left_at,
        text: `${visit.queue_name}: ${t(`queues.outcome.${visit.outcome}`)}`,
      });
    }
  }
  const kept = call.kept_place;
  if (kept?.outcome) {
    all.push({
      at: kept.ended_at,
      text: `${kept.queue_name}: ${t(`keptPlaces.outcome.${kept.outcome}`)}`,
      detail: kept.tries > 0 ? t('keptPlaces.calledBack', { count: kept.tries }) : undefined,
    });
  }
  for (const monitor of call.monitors ?? []) {
    const how = { name: monitor.supervisor_name, mode: t(`monitorMode.${monitor.mode}`) };
    all.push({ at: monitor.started_at, text: t('calls.monitorBegan', how) });
    all.push({ at: monitor.ended_at, text: t('calls.monitorEnded', how) });
  }
  for (const pause of call.recording_pauses) {
    all.push({
      at: pause.started_at,
      text: t('calls.recordingPaused', { name: pause.agent_name }),
    });
    all.push({ at: pause.ended_at, text: t('calls.recordingResumed') });
  }
  for (const note of call.notes) {
    all.push({
      at: note.saved_at,
      text: t('calls.handedNote', {
        name: note.agent_name,
        disposition: note.disposition ? labelIn(note.disposition, language) : DASH,
      }),
      detail: note.note ?? undefined,
    });
  }
  const endedBy = ENDED_BY.find((each) => each === call.ended_by);
  all.push({ at: call.ended_at, text: endedBy ? t(`endedBy.${endedBy}`) : t('calls.ended') });
  return all
    .filter((step): step is Step => step.at != null)
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

function firstAgent(call: CallDetailView): string | null | undefined {
  return call.spans.find((span) => span.kind === 'talking')?.agent_name;
}

/** Milliseconds in each kind of span, in the order in which they first came. */
export function totals(spans: CallSpanView[]): [SpanKind, number][] {
  const sums = new Map<SpanKind, number>();
  for (const span of spans) {
    sums.set(span.kind, (sums.get(span.kind) ?? 0) + (span.duration_ms ?? 0));
  }
  return [...sums];
}

function SpanBar({ spans }: { spans: CallSpanView[] }) {
  const { t } = useTranslation();
  const closed = spans.filter((span) => (span.duration_ms ?? 0) > 0);
  if (closed.length === 0) return null;
  return (
    <div className="stack" style={{ gap: 6 }}>
      <div
        role="img"
        aria-label={t('calls.spans')}
        style={{ display: 'flex', gap: 1, height: 14, borderRadius: 4, overflow: 'hidden' }}
      >
        {closed.map((span) => (
          <Tooltip
            key={span.started_at}
            title={[
              t(`callState.${span.kind}`),
              span.agent_name,
              `${timeOfDay(span.started_at)} (${duration(span.duration_ms)})`,
            ]
              .filter(Boolean)
              .join(' · ')}
          >
            <div
              style={{
                flexGrow: span.duration_ms ?? 0,
                flexBasis: 0,
                minWidth: 3,
                background: CALL_STATE_COLOUR[span.kind],
              }}
            />
          </Tooltip>
        ))}
      </div>
      <div className="line" style={{ flexWrap: 'wrap', gap: '2px 14px' }}>
        {totals(closed).map(([kind, ms]) => (
          <span key={kind} className="line" style={{ gap: 5 }}>
            <span
              style={{
                width: 9,
                height: 9,
                borderRadius: 2,
                background: CALL_STATE_COLOUR[kind],
                display: 'inline-block',
              }}
            />
            <span className="quiet">{t(`callState.${kind}`)}</span>
            <span className="figure">{duration(ms)}</span>
          </span>
        ))}
      </div>
    </div>
  );
}

/** The course of a call. */
export function Course({ call }: { call: CallDetailView }) {
  const { t, i18n } = useTranslation();
  return (
    <div className="stack">
      <SpanBar spans={call.spans} />
      <Timeline
        items={steps(call, t, i18n.language).map((step) => ({
          content: (
            <div>
              <span className="line">
                <span className="figure quiet">{timeOfDay(step.at)}</span>
                {step.text}
              </span>
              {step.detail && <div style={{ whiteSpace: 'pre-wrap' }}>“{step.detail}”</div>}
            </div>
          ),
        }))}
      />
    </div>
  );
}
