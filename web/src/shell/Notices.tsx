// What an agent must be told of their call, once, on whatever page they are. It
// stays until they have closed it.
import { App } from 'antd';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session';
import { onLiveMessage } from '../live/store';

/** Nothing is to be done about a lead that went away: its notice goes by itself. */
const PREVIEW_NOTICE_SECONDS = 8;

/** Listens; draws nothing itself. */
export function Notices() {
  const { t } = useTranslation();
  const { notification } = App.useApp();
  const own = useSession((session) => session.me?.id);
  useEffect(
    () =>
      onLiveMessage((message) => {
        if (message.type !== 'notice' || message.agent_id !== own) return;
        const { notice } = message;
        if (notice.kind === 'preview_over') {
          notification.info({
            key: 'preview-over',
            title: t('desk.preview.over'),
            description: t(`previewEnd.${notice.why}`),
            placement: 'top',
            duration: PREVIEW_NOTICE_SECONDS,
          });
          return;
        }
        const back = notice.kind === 'transfer_came_back';
        notification.warning({
          key: `notice-${message.call_id ?? ''}`,
          title: t(back ? 'desk.notice.cameBack' : 'desk.notice.switchDidNot'),
          description: back && t(`desk.notice.outcome.${notice.outcome}`),
          placement: 'top',
          duration: false,
        });
      }),
    [own, notification, t],
  );
  return null;
}
