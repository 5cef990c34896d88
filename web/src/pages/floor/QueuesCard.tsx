// The inbound queues on the live floor: who waits, and how the last day was.
import { Card } from 'antd';
import { useTranslation } from 'react-i18next';
import { useShallow } from 'zustand/react/shallow';
import { useLive } from '../../live/store';
import { QueueDay, QueueNow } from '../queues/QueueNumbers';
import { OpenMark } from '../queues/OpenMark';
import { useQueueName, useQueues } from '../queues/queries';
import { KeptPlaces } from './KeptPlaces';
import { NewOfQueue } from '../voicemails/NewCount';

function QueueLine({ id }: { id: number }) {
  const name = useQueueName(id);
  const queue = useQueues().data?.items.find((each) => each.id === id);
  return (
    <div className="campaign-line">
      <div className="line">
        <strong>{name}</strong>
        {queue && !queue.open_now && <OpenMark opening={queue} />}
        <NewOfQueue id={id} />
      </div>
      <div className="halves" style={{ marginTop: 4 }}>
        <QueueNow id={id} />
        <QueueDay id={id} />
      </div>
      <KeptPlaces id={id} />
    </div>
  );
}

/** One line per queue, those in which somebody waits first; nothing without queues. */
export function QueuesCard() {
  const { t } = useTranslation();
  const ids = useLive(
    useShallow((live) =>
      Object.values(live.queues)
        .filter((queue) => queue.open || queue.waiting > 0 || queue.kept.length > 0)
        .sort((a, b) => b.waiting - a.waiting || a.queue_id - b.queue_id)
        .map((queue) => queue.queue_id),
    ),
  );
  if (ids.length === 0) return null;
  return (
    <Card title={t('menu.queues')}>
      {ids.map((id) => (
        <QueueLine key={id} id={id} />
      ))}
    </Card>
  );
}
