// To whom a call is handed: a colleague with their state as it is now, a queue, or
// a number outside; with a note for their screen. Handed over blindly, or asked
// first.
import { Input, Modal, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { asProblem } from '../../api/problem';
import type { AgentLiveView, ColleagueView } from '../../api/types';
import { ProblemAlert } from '../../parts/Problem';
import { ReasonButton } from '../../parts/ReasonButton';
import { ColleagueList } from './ColleagueList';
import { useDeskCommand, useRunningCommand } from './commands';
import { useColleagues, useDeskQueues } from './queries';
import { QueueList } from './QueueList';

const NOTE_CHARS_MAX = 1000;

type Kind = 'colleague' | 'queue' | 'outside';

function Form({ agent, onClose }: { agent: AgentLiveView; onClose: () => void }) {
  const { t } = useTranslation();
  const colleagues = useColleagues(true);
  const queues = useDeskQueues(true);
  const command = useDeskCommand({ quiet: true });
  const running = useRunningCommand();
  const [kind, setKind] = useState<Kind>('colleague');
  const [chosen, setChosen] = useState<number | null>(null);
  const [queue, setQueue] = useState<number | null>(null);
  const [number, setNumber] = useState('');
  const [note, setNote] = useState('');

  const colleague = colleagues.data?.items.find((each: ColleagueView) => each.agent_id === chosen);
  const outside = kind === 'outside';
  const badNumber =
    command.error !== null &&
    asProblem(command.error).fields.some((each) => each.field === 'number');

  function reason(action: 'transfer' | 'consult'): string | undefined {
    if (running) return t('desk.why.running');
    if (!agent.allowed.includes(action)) return t('desk.why.notDuringTransfer');
    if (kind === 'queue') {
      if (action === 'consult') return t('desk.hand.queueNotAsked');
      return queue === null ? t('desk.why.noTarget') : undefined;
    }
    if (outside) return number.trim() === '' ? t('desk.why.noTarget') : undefined;
    if (!colleague) return t('desk.why.noTarget');
    return colleague.ready ? undefined : t('desk.why.notReady');
  }
  function target() {
    if (kind === 'queue') return { queue_id: queue };
    return outside ? { number: number.trim() } : { agent_id: colleague?.agent_id ?? null };
  }
  function hand(action: 'transfer' | 'consult') {
    const to = { ...target(), note: note.trim() || null };
    command.mutate({ do: action, to }, { onSuccess: onClose });
  }
  return (
    <div className="stack" style={{ gap: 12 }}>
      <Segmented<Kind>
        block
        value={kind}
        onChange={(value) => {
          command.reset();
          setKind(value);
        }}
        options={[
          { value: 'colleague', label: t('desk.hand.colleague') },
          { value: 'queue', label: t('desk.hand.queue') },
          { value: 'outside', label: t('desk.hand.outside') },
        ]}
      />
      {kind === 'queue' && <QueueList query={queues} chosen={queue} onChoose={setQueue} />}
      {outside && (
        <div style={{ minHeight: 316 }}>
          <Input
            autoFocus
            size="large"
            inputMode="tel"
            value={number}
            status={badNumber ? 'error' : ''}
            aria-label={t('desk.hand.number')}
            placeholder={t('desk.hand.number')}
            maxLength={40}
            onChange={(event) => {
              command.reset();
              setNumber(event.target.value);
            }}
          />
          <div className={badNumber ? 'wrong' : 'quiet'} style={{ marginTop: 6 }}>
            {t(badNumber ? 'desk.hand.badNumber' : 'desk.hand.numberHint')}
          </div>
        </div>
      )}
      {kind === 'colleague' && (
        <ColleagueList query={colleagues} chosen={chosen} onChoose={setChosen} />
      )}
      <Input.TextArea
        value={note}
        rows={2}
        maxLength={NOTE_CHARS_MAX}
        aria-label={t('desk.hand.note')}
        placeholder={`${t('desk.hand.note')} · ${t('desk.hand.noteHint')}`}
        onChange={(event) => setNote(event.target.value)}
      />
      {command.error && !badNumber && <ProblemAlert error={command.error} />}
      <div className="line" style={{ justifyContent: 'flex-end' }}>
        <ReasonButton
          size="large"
          reason={reason('transfer')}
          hotkey={t('desk.hand.blindHint')}
          loading={running === 'transfer'}
          onClick={() => hand('transfer')}
        >
          {t('desk.hand.blind')}
        </ReasonButton>
        <ReasonButton
          type="primary"
          size="large"
          reason={reason('consult')}
          hotkey={t('desk.hand.consultHint')}
          loading={running === 'consult'}
          onClick={() => hand('consult')}
        >
          {t('desk.hand.consult')}
        </ReasonButton>
      </div>
    </div>
  );
}

/** The dialog; forgets what was typed when it closes. */
export function HandOnDialog({
  agent,
  open,
  onClose,
}: {
  agent: AgentLiveView;
  open: boolean;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Modal
      open={open}
      onCancel={onClose}
      footer={null}
      width={560}
      destroyOnHidden
      title={t('desk.hand.title')}
    >
      <Form agent={agent} onClose={onClose} />
    </Modal>
  );
}
