// One call in full: its course, its figures, the disposition and the recording.
import { useQuery } from '@tanstack/react-query';
import { Descriptions, Drawer } from 'antd';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useMay } from '../../api/access';
import { api, ask } from '../../api/client';
import type { CallDetailView } from '../../api/types';
import { dateTime, DASH, duration, phone } from '../../base/format';
import { labelIn } from '../../base/label';
import { ResultLabel } from '../../parts/labels';
import { QueryGate } from '../../parts/QueryGate';
import { Elapsed } from '../../parts/timers';
import { paths } from '../../paths';
import { Course } from './Course';
import { Voices } from './Voices';

const Player = lazy(() => import('./Player'));

function Content({ call }: { call: CallDetailView }) {
  const { t, i18n } = useTranslation();
  const mayListen = useMay('recording:listen');
  const signalling = [call.hangup_cause, call.sip_status && `SIP ${call.sip_status}`]
    .filter(Boolean)
    .join(' · ');
  const items = [
    {
      label: t('calls.customer'),
      children:
        call.customer_id == null ? (
          DASH
        ) : (
          <Link to={paths.customer(call.customer_id)}>{call.customer_name}</Link>
        ),
    },
    { label: t('calls.number'), children: phone(call.number) },
    { label: t('calls.agent'), children: call.agent_name ?? DASH },
    { label: t('calls.campaign'), children: call.campaign_name ?? DASH },
    { label: t('queues.from'), children: call.queue_name ?? DASH },
    { label: t('calls.startedAt'), children: dateTime(call.started_at) },
    {
      label: t('calls.talk'),
      children:
        call.connected_at && !call.ended_at ? (
          <Elapsed since={call.connected_at} />
        ) : (
          duration(call.talk_ms)
        ),
    },
    { label: t('calls.hold'), children: duration(call.hold_ms) },
    { label: t('calls.wait'), children: duration(call.wait_ms) },
    { label: t('calls.signalling'), children: signalling || DASH },
    {
      label: t('calls.disposition'),
      children: call.disposition ? labelIn(call.disposition, i18n.language) : DASH,
    },
    { label: t('calls.note'), children: call.note ?? DASH },
  ];
  return (
    <div className="stack">
      <div>
        <ResultLabel result={call.result} />
      </div>
      {call.recording_id && !call.ended_at && (
        <span className="quiet">{t('calls.stillRecording')}</span>
      )}
      {call.unrecorded_reason && (
        <span className="quiet">{t(`calls.unrecorded.${call.unrecorded_reason}`)}</span>
      )}
      {call.recording_id && call.ended_at && mayListen && (
        <Suspense fallback={<div style={{ height: 170 }} />}>
          <Player key={call.recording_id} recordingId={call.recording_id} />
        </Suspense>
      )}
      <Voices call={call} />
      <Descriptions
        size="small"
        column={2}
        items={items.map((item) => ({ ...item, key: item.label }))}
      />
      <Course call={call} />
    </div>
  );
}

/** The drawer; closed without an id. */
export function CallDrawer({ id, onClose }: { id: string | null; onClose: () => void }) {
  const { t } = useTranslation();
  const call = useQuery({
    queryKey: ['calls', id],
    queryFn: () => ask(api.GET('/api/v1/calls/{id}', { params: { path: { id: id ?? '' } } })),
    enabled: id !== null,
  });
  return (
    <Drawer open={id !== null} onClose={onClose} title={t('calls.one')} size={620} destroyOnHidden>
      <QueryGate query={call}>{(data) => <Content call={data} />}</QueryGate>
    </Drawer>
  );
}
