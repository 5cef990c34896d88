// For addresses that lead nowhere.
import { Result } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { paths } from '../paths';

/** "No such page", with the way home. */
export function NotFound() {
  const { t } = useTranslation();
  return (
    <Result
      status="404"
      title={t('common.notFound')}
      extra={<Link to={paths.home}>{t('common.toStart')}</Link>}
    />
  );
}
