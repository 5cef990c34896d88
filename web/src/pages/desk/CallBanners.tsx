// Over the call: who else is on it and what everybody hears, and who handed it
// on with which words.
import { CommentOutlined, PhoneOutlined } from '@ant-design/icons';
import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import type { CallLiveView, HandedView } from '../../api/types';
import { timeOfDay } from '../../base/format';
import { thirdLine } from './third';

interface Props {
  agentId: number;
  call: CallLiveView | undefined;
  handed: HandedView | null | undefined;
}

/** The banners of a call; none for an ordinary one. */
export function CallBanners({ agentId, call, handed }: Props) {
  const { t } = useTranslation();
  const line = call && thirdLine(call, agentId);
  const forwardedBy = call?.third?.forwarded_by;
  return (
    <>
      {call?.callback_since && (
        <Alert
          showIcon
          type="info"
          icon={<PhoneOutlined />}
          title={
            <strong>{t('keptPlaces.waitedSince', { time: timeOfDay(call.callback_since) })}</strong>
          }
        />
      )}
      {line && (
        <Alert
          showIcon
          type={line.key.startsWith('ringing') || line.key.startsWith('to') ? 'warning' : 'info'}
          title={
            <>
              <strong>{t(`desk.third.${line.key}`, { name: line.name, from: line.from })}</strong>
              {forwardedBy && (
                <span className="quiet"> · {t('forwarding.by', { name: forwardedBy.name })}</span>
              )}
            </>
          }
        />
      )}
      {handed && (
        <div className="handed" role="note">
          <CommentOutlined />
          <strong>{t('desk.handed.from', { name: handed.from.name })}</strong>
          <span className={handed.note ? undefined : 'quiet'}>
            {handed.note ?? t('desk.handed.noNote')}
          </span>
        </div>
      )}
    </>
  );
}
