// Shown while the refresh cookie is tried, and when the server does not answer.
import { Button, Result, Spin } from 'antd';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

/** Asks for the session; offers another try when nobody answers. */
export function Starting({ ask }: { ask: () => Promise<boolean> }) {
  const { t } = useTranslation();
  const [failed, setFailed] = useState(false);

  const tryOnce = useCallback(() => {
    ask().then(
      () => setFailed(false),
      () => setFailed(true),
    );
  }, [ask]);
  useEffect(tryOnce, [tryOnce]);

  if (!failed) return <Spin fullscreen />;
  return (
    <Result
      status="warning"
      title={t('problem.unreachable')}
      extra={
        <Button type="primary" onClick={tryOnce}>
          {t('common.retry')}
        </Button>
      }
    />
  );
}
