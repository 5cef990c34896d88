// Between calls: what comes next, and the agent's latest calls to look back at.
import { useQuery } from '@tanstack/react-query';
import { Card, Result } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, ask } from '../../api/client';
import type { AgentLiveView } from '../../api/types';
import { QueryGate } from '../../parts/QueryGate';
import { AGENT_STATE_COLOUR } from '../../theme';
import { HistoryList } from '../customers/HistoryList';

const SHOWN = 10;

/** The waiting desk. */
export function RecentCalls({ agent }: { agent: AgentLiveView }) {
  const { t } = useTranslation();
  const recent = useQuery({
    queryKey: ['calls', 'recent', agent.agent_id],
    queryFn: () =>
      ask(
        api.GET('/api/v1/calls', {
          params: { query: { agent_id: agent.agent_id, limit: SHOWN } },
        }),
      ),
  });
  const waiting = agent.state === 'ready';
  return (
    <div className="split">
      <Card title={t('desk.recent')}>
        <QueryGate
          query={recent}
          isEmpty={(page) => page.items.length === 0}
          empty={t('desk.noCalls')}
        >
          {(page) => <HistoryList calls={page.items} withCustomer />}
        </QueryGate>
      </Card>
      <Card>
        <Result
          style={{ padding: '12px 0' }}
          icon={
            <div
              style={{
                width: 56,
                height: 56,
                margin: '0 auto',
                borderRadius: '50%',
                background: AGENT_STATE_COLOUR[agent.state],
                opacity: waiting ? 1 : 0.35,
              }}
            />
          }
          title={
            <span style={{ fontSize: 17 }}>
              {waiting ? t('desk.waiting') : t('desk.notWaiting')}
            </span>
          }
          subTitle={waiting ? t('desk.waitingHint') : t('desk.notWaitingHint')}
        />
      </Card>
    </div>
  );
}
