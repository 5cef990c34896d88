// How many messages are new, as a badge: beside the menu's entry, and of one queue.
import { AudioOutlined } from '@ant-design/icons';
import { Badge } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { paths } from '../../paths';
import { useVoicemailCounts } from './queries';

/** All new messages; nothing when there are none. */
export function NewVoicemails() {
  const { data } = useVoicemailCounts();
  return <Badge size="small" count={data?.new ?? 0} style={{ marginInlineStart: 8 }} />;
}

/** The new messages of a queue, as a link to them; nothing when there are none. */
export function NewOfQueue({ id }: { id: number }) {
  const { t } = useTranslation();
  const { data } = useVoicemailCounts();
  const count = data?.queues.find((queue) => queue.queue_id === id)?.new ?? 0;
  if (count === 0) return null;
  return (
    <Link to={`${paths.voicemails}?queue_id=${id}`}>
      <AudioOutlined /> {t('voicemails.newCount', { count })}
    </Link>
  );
}
