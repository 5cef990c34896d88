// The three states before content: loading, failed, empty. One way for all pages.
import type { UseQueryResult } from '@tanstack/react-query';
import { Empty, Skeleton } from 'antd';
import type { ReactNode } from 'react';
import { ProblemAlert } from './Problem';

interface Props<T> {
  query: UseQueryResult<T, Error>;
  /** Says whether there is nothing to show. */
  isEmpty?: (data: T) => boolean;
  /** What to say then. */
  empty?: ReactNode;
  children: (data: T) => ReactNode;
}

/** Shows its children once the query has data. */
export function QueryGate<T>({ query, isEmpty, empty, children }: Props<T>) {
  if (query.data === undefined) {
    return query.error ? (
      <ProblemAlert error={query.error} onRetry={() => query.refetch()} />
    ) : (
      <Skeleton active paragraph={{ rows: 6 }} />
    );
  }
  if (isEmpty?.(query.data)) {
    return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={empty} />;
  }
  return (
    <>
      {query.error && <ProblemAlert error={query.error} onRetry={() => query.refetch()} />}
      {children(query.data)}
    </>
  );
}
