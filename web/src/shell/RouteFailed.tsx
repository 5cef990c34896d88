// Shown when a page breaks or its file cannot be loaded (a new release, say).
import { Button, Result } from 'antd';
import { useTranslation } from 'react-i18next';
import { useRouteError } from 'react-router';

/** The page could not be shown; loading it anew helps after a release. */
export function RouteFailed() {
  const { t } = useTranslation();
  const error = useRouteError();
  return (
    <Result
      status="warning"
      title={t('problem.pageFailed')}
      subTitle={error instanceof Error ? error.message : undefined}
      extra={
        <Button type="primary" onClick={() => location.reload()}>
          {t('common.reload')}
        </Button>
      }
    />
  );
}
