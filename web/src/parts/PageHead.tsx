// The head of every page: its name, what belongs to it, and its tools at the right.
import type { ReactNode } from 'react';
import { useEffect } from 'react';

interface Props {
  title: string;
  aside?: ReactNode;
  children?: ReactNode;
}

/** Page title with tools; also names the browser's tab. */
export function PageHead({ title, aside, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Trunkline`;
  }, [title]);
  return (
    <div className="page-head">
      <h1>{title}</h1>
      {aside}
      <div className="tools">{children}</div>
    </div>
  );
}
