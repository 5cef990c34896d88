// The queues a call can be handed to, with how long one waits there.
import type { UseQueryResult } from '@tanstack/react-query';
import { Radio } from 'antd';
import { useTranslation } from 'react-i18next';
import type { DeskQueueView } from '../../api/types';
import { QueryGate } from '../../parts/QueryGate';

interface Props {
  query: UseQueryResult<{ items: DeskQueueView[] }, Error>;
  chosen: number | null;
  onChoose: (queueId: number) => void;
}

/** One line per queue. */
export function QueueList({ query, chosen, onChoose }: Props) {
  const { t } = useTranslation();
  return (
    <div className="colleagues" style={{ minHeight: 316 }}>
      <QueryGate query={query} isEmpty={(page) => page.items.length === 0} empty={t('queues.none')}>
        {(page) => (
          <Radio.Group
            vertical
            value={chosen}
            onChange={(event) => onChoose(event.target.value as number)}
            options={page.items.map((queue) => ({
              value: queue.queue_id,
              label: (
                <span className="colleague">
                  <strong>{queue.name}</strong>
                  <span className="quiet">
                    {t('queues.waiting')} {queue.waiting} · {t('queues.agents')}{' '}
                    {queue.agents_ready}
                  </span>
                </span>
              ),
            }))}
          />
        )}
      </QueryGate>
    </div>
  );
}
