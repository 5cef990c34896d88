// Failures shown to people: what the server said, and the request's id to give
// to whoever looks into it.
import { Alert, App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { asProblem } from '../api/problem';

/** The words for a failure, without the id. */
export function useProblemText(): (error: unknown) => string {
  const { t } = useTranslation();
  return (error) => {
    const problem = asProblem(error);
    return problem.status === 0 ? t('problem.unreachable') : problem.message;
  };
}

/** A failure in place of the content it kept away. */
export function ProblemAlert({ error, onRetry }: { error: unknown; onRetry?: () => unknown }) {
  const { t } = useTranslation();
  const text = useProblemText();
  const { requestId } = asProblem(error);
  return (
    <Alert
      type="error"
      showIcon
      title={text(error)}
      description={requestId && t('problem.requestId', { id: requestId })}
      action={
        onRetry && (
          <Button size="small" onClick={() => void onRetry()}>
            {t('common.retry')}
          </Button>
        )
      }
    />
  );
}

/** Shows the failure of an action as a notification. */
export function useReportProblem(): (error: unknown) => void {
  const { notification } = App.useApp();
  const { t } = useTranslation();
  const text = useProblemText();
  return (error) => {
    const { requestId } = asProblem(error);
    notification.error({
      title: text(error),
      description: requestId && t('problem.requestId', { id: requestId }),
      placement: 'topRight',
    });
  };
}
