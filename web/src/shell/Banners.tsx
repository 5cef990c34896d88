// What everybody must know at once: the switch is down, nothing is recorded for
// want of room, or this page no longer hears from the server.
import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import { useLive } from '../live/store';

/** The banners over the page; none when all is well. */
export function Banners() {
  const { t } = useTranslation();
  const link = useLive((live) => live.link);
  const telephone = useLive((live) => live.switch);
  const recordings = useLive((live) => live.recordings);
  return (
    <>
      {link === 'lost' && (
        <Alert banner type="warning" title={`${t('live.lost')} · ${t('live.lostHint')}`} />
      )}
      {telephone && !telephone.up && (
        <Alert banner type="error" title={`${t('live.switchDown')} · ${telephone.detail}`} />
      )}
      {recordings?.stopped && (
        <Alert
          banner
          type="error"
          title={t('live.notRecorded', {
            free: recordings.free_mib.toLocaleString(),
            min: recordings.min_mib.toLocaleString(),
          })}
        />
      )}
    </>
  );
}
