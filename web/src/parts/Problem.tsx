// Failures shown to people: what the server said, and the request's id to give
// to whoever looks into it.
import { Alert, App, Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { asProblem } from '../api/problem';
import { zh } from '../i18n/zh';

/** The kinds of refusal that have words of their own in the reader's language. */
const CODES = Object.keys(zh.problem.code) as (keyof typeof zh.problem.code)[];

/** The words for a failure, without the id. */
export function useProblemText(): (error: unknown) => string {
  const { t } = useTranslation();
  return (error) => {
    const problem = asProblem(error);
    if (problem.status === 0) return t('problem.unreachable');
    const code = CODES.find((each) => each === problem.code);
    return code ? t(`problem.code.${code}`) : problem.message;
  };
}

/** What stands beneath: the server's own words, where others stand above, and the id. */
function useProblemDetail(): (error: unknown) => ReactNode {
  const { t } = useTranslation();
  const text = useProblemText();
  return (error) => {
    const { status, message, requestId } = asProblem(error);
    const lines = [
      status !== 0 && message !== text(error) && message,
      requestId && t('problem.requestId', { id: requestId }),
    ].filter(Boolean);
    return lines.length > 0 && lines.map((line) => <div key={String(line)}>{line}</div>);
  };
}

/** A failure in place of the content it kept away. */
export function ProblemAlert({ error, onRetry }: { error: unknown; onRetry?: () => unknown }) {
  const { t } = useTranslation();
  const text = useProblemText();
  const detail = useProblemDetail();
  return (
    <Alert
      type="error"
      showIcon
      title={text(error)}
      description={detail(error)}
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
  const text = useProblemText();
  const detail = useProblemDetail();
  return (error) => {
    notification.error({
      title: text(error),
      description: detail(error),
      placement: 'topRight',
    });
  };
}
