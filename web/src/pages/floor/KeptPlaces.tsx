// The places that callers keep in a queue to be called back: the first ones, each
// with its age, and how to take one out.
import { CloseOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../api/access';
import { api, ask } from '../../api/client';
import type { KeptPlaceView } from '../../api/types';
import { phone } from '../../base/format';
import { useLive } from '../../live/store';
import { useProblemText } from '../../parts/Problem';
import { Elapsed } from '../../parts/timers';

/** So many are shown before the rest is asked for. */
const FIRST = 5;

function Place({ place }: { place: KeptPlaceView }) {
  const { t } = useTranslation();
  const { modal, message } = App.useApp();
  const mayRemove = useMay('queue:remove_place');
  const problemText = useProblemText();
  const remove = useMutation({
    mutationFn: () =>
      ask(api.DELETE('/api/v1/kept-places/{id}', { params: { path: { id: place.place_id } } })),
    onSuccess: () => void message.success(t('keptPlaces.removed')),
    onError: (error) => void message.error(problemText(error)),
  });
  async function confirm() {
    const sure = await modal.confirm({
      title: t('keptPlaces.removeSure', { number: phone(place.number) }),
      content: t('keptPlaces.removeSureHint'),
      okText: t('keptPlaces.remove'),
      okButtonProps: { danger: true },
    });
    if (sure) remove.mutate();
  }
  return (
    <span className="kept-place">
      <span className="figure">{phone(place.number)}</span>
      <Elapsed since={place.since} />
      {place.call_id ? (
        <span>{t('keptPlaces.calling')}</span>
      ) : (
        place.tries > 0 && <span>{t('keptPlaces.tries', { count: place.tries })}</span>
      )}
      {mayRemove && (
        <Button
          size="small"
          type="text"
          icon={<CloseOutlined />}
          loading={remove.isPending}
          aria-label={t('keptPlaces.removeOf', { number: phone(place.number) })}
          onClick={() => void confirm()}
        />
      )}
    </span>
  );
}

/** The list of one queue; nothing while nobody keeps a place there. */
export function KeptPlaces({ id }: { id: number }) {
  const { t } = useTranslation();
  const kept = useLive((live) => live.queues[id]?.kept);
  const [all, setAll] = useState(false);
  if (!kept || kept.length === 0) return null;
  const shown = all ? kept : kept.slice(0, FIRST);
  return (
    <div className="kept-places" aria-label={t('keptPlaces.title')}>
      <span className="quiet">{t('keptPlaces.count', { count: kept.length })}</span>
      {shown.map((place) => (
        <Place key={place.place_id} place={place} />
      ))}
      {shown.length < kept.length && (
        <Button size="small" type="link" onClick={() => setAll(true)}>
          {t('keptPlaces.more', { count: kept.length - shown.length })}
        </Button>
      )}
    </div>
  );
}
