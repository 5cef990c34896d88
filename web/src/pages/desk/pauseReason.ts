// Pause reasons in the reader's language: the list comes from the server.
import { useTranslation } from 'react-i18next';
import { labelIn } from '../../base/label';
import { usePauseReasons } from './queries';

/** Looks a reason up by its key; a key without a label is shown as it is. */
export function usePauseReasonText(): (key: string) => string {
  const { t, i18n } = useTranslation();
  const { data } = usePauseReasons();
  return (key) => {
    if (key === 'logged_in') return t('desk.justLoggedIn');
    const reason = data?.items.find((each) => each.key === key);
    return reason ? labelIn(reason, i18n.language) : key;
  };
}
