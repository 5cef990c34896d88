// Where an agent's personal calls go, as a mark with the rest in the tooltip;
// nothing when they go nowhere else.
import { SwapRightOutlined } from '@ant-design/icons';
import { Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import type { AgentLiveView } from '../api/types';
import { forwardsOf } from './forwarding';

/** The mark; with `text`, every case in words beside it. */
export function ForwardMark({ agent, text = false }: { agent: AgentLiveView; text?: boolean }) {
  const { t } = useTranslation();
  const forwards = forwardsOf(agent);
  if (forwards.length === 0) return null;
  const words = forwards
    .map(({ case: each, to }) => t('forwarding.line', { case: t(`forwarding.${each}`), to }))
    .join(' · ');
  return (
    <Tooltip title={t('forwarding.of', { words })}>
      <span role="img" aria-label={t('forwarding.of', { words })}>
        <SwapRightOutlined /> {text ? words : forwards[0]?.to}
      </span>
    </Tooltip>
  );
}
