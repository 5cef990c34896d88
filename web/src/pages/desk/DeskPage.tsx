// The agent's workplace: state and buttons on top, what can be done to a live
// call beneath; the customer of the current call, or of the lead
// that is looked at, with script and history beside the call and its disposition, or
// the buttons to dial and to skip; between calls the agent's latest ones.
import { Result } from 'antd';
import { useTranslation } from 'react-i18next';
import { useSession } from '../../api/session';
import type { DeskView } from '../../api/types';
import { useLive } from '../../live/store';
import { PageHead } from '../../parts/PageHead';
import { QueryGate } from '../../parts/QueryGate';
import { CallBanners } from './CallBanners';
import { CallPanel } from './CallPanel';
import { ControlBar } from './ControlBar';
import { CustomerPanel, LeadPanel } from './CustomerPanel';
import { PreviewPanel } from './PreviewPanel';
import { RecentCalls } from './RecentCalls';
import { StateBar } from './StateBar';
import { useDesk, useOwnAgent } from './queries';

function Desk({ desk }: { desk: DeskView }) {
  const { t } = useTranslation();
  const agent = useOwnAgent(desk);
  const callId = desk.call?.call_id;
  const preview = agent?.state === 'previewing' ? desk.preview : null;
  const live = useLive((state) => (callId ? state.calls[callId] : undefined));
  if (!agent) {
    return (
      <Result status="info" title={t('desk.notOnFloor')} subTitle={t('desk.notOnFloorHint')} />
    );
  }
  return (
    <div className="stack">
      <StateBar agent={agent} call={live} />
      <CallBanners agentId={agent.agent_id} call={live} handed={desk.call?.handed} />
      {live && agent.state !== 'wrap_up' && <ControlBar agent={agent} call={live} />}
      {preview ? (
        <div className="split">
          <LeadPanel preview={preview} />
          <PreviewPanel
            key={`${preview.lead_id} ${preview.since}`}
            preview={preview}
            agent={agent}
          />
        </div>
      ) : desk.call ? (
        <div className="split">
          <CustomerPanel desk={desk.call} />
          {/* A new call is a new form. */}
          <CallPanel key={desk.call.call_id} desk={desk.call} live={live} agent={agent} />
        </div>
      ) : (
        <RecentCalls agent={agent} />
      )}
    </div>
  );
}

function AgentDesk({ agentId }: { agentId: number }) {
  const desk = useDesk(agentId);
  return <QueryGate query={desk}>{(data) => <Desk desk={data} />}</QueryGate>;
}

/** The desk; people without a phone are told what is missing. */
export default function DeskPage() {
  const { t } = useTranslation();
  const me = useSession((session) => session.me);
  return (
    <>
      <PageHead
        title={t('menu.desk')}
        aside={
          me?.extension && (
            <span className="quiet">{t('desk.extension', { number: me.extension })}</span>
          )
        }
      />
      {me?.is_agent ? (
        <AgentDesk agentId={me.id} />
      ) : (
        <Result status="info" title={t('desk.notAgent')} subTitle={t('desk.notAgentHint')} />
      )}
    </>
  );
}
