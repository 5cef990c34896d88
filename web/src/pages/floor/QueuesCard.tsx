// The inbound queues on the live floor: who waits, and how the last day was.
import { Card } from 'antd';
import { useTranslation } from 'react-i18next';
import { useShallow } from 'zustand/react/shallow';
import { useLive } from '../../live/store';
import { QueueDay, QueueNow } from '../queues/QueueNumbers';
import { useQueueName } from '../queues/queries';

function QueueLine({ id }: { id: number }) {
  const name = useQueueName(id);
  return (
    <div className="campaign-line">
      <strong>{name}</strong>
      <div className="halves" style={{ marginTop: 4 }}>
        <QueueNow id={id} />
        <QueueDay id={id} />
      </div>
    </div>
  );
}

/** One line per queue, those in which somebody waits first; nothing without queues. */
export function QueuesCard() {
  const { t } = useTranslation();
  const ids = useLive(
    useShallow((live) =>
      Object.values(live.queues)
        .filter((queue) => queue.open || queue.waiting > 0)
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
