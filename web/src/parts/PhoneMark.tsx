// An agent's desk phone as a mark: whether it is registered, and in the tooltip
// since when, what it is and where.
import { DisconnectOutlined, PhoneOutlined } from '@ant-design/icons';
import { Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import type { PhoneView } from '../api/types';
import { dateTime } from '../base/format';
import { AGENT_STATE_COLOUR } from '../theme';
import { phoneState } from './phoneState';

/** The mark; with `text`, the words beside it. */
export function PhoneMark({ phone, text = false }: { phone: PhoneView; text?: boolean }) {
  const { t } = useTranslation();
  const state = phoneState(phone);
  const away = state === 'unregistered' || state === 'expired';
  const words = t(`phoneState.${state}`);
  const details = [words, phone.since && dateTime(phone.since), phone.user_agent, phone.address];
  return (
    <Tooltip title={details.filter(Boolean).join(' · ')}>
      <span
        role="img"
        aria-label={words}
        style={away ? { color: AGENT_STATE_COLOUR.unreachable } : undefined}
        className={away ? undefined : 'quiet'}
      >
        {away ? <DisconnectOutlined /> : <PhoneOutlined />} {text && words}
      </span>
    </Tooltip>
  );
}
