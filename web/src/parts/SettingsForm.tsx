// The frame of a page on which something is made or changed: its title, the
// form over cards, what the server says, save and cancel.
import type { UseQueryResult } from '@tanstack/react-query';
import { Button, Form, type FormInstance } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { PageHead } from './PageHead';
import { ProblemAlert } from './Problem';
import { QueryGate } from './QueryGate';

interface FormProps<T> {
  form: FormInstance<T>;
  initial: Partial<T>;
  onSubmit: (values: T) => void;
  /** How the saving goes. */
  save: { error: Error | null; isPending: boolean };
  children: ReactNode;
}

/** The cards of a form with its buttons. */
export function SettingsForm<T extends object>({
  form,
  initial,
  onSubmit,
  save,
  children,
}: FormProps<T>) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <Form<T>
      form={form}
      layout="vertical"
      initialValues={initial}
      onFinish={onSubmit}
      scrollToFirstError={{ block: 'center' }}
    >
      <div className="stack">
        {children}
        {save.error && <ProblemAlert error={save.error} />}
        <div className="line">
          <Button type="primary" htmlType="submit" loading={save.isPending}>
            {t('common.save')}
          </Button>
          <Button onClick={() => void navigate(-1)}>{t('common.cancel')}</Button>
        </div>
      </div>
    </Form>
  );
}

interface PageProps<T> {
  /** Whether something new is made. */
  isNew: boolean;
  titles: { create: string; edit: string };
  /** What is changed. */
  query: UseQueryResult<T, Error>;
  children: (found?: T) => ReactNode;
}

/** The page, empty or with what is changed. */
export function SettingsPage<T>({ isNew, titles, query, children }: PageProps<T>) {
  return (
    <>
      <PageHead title={isNew ? titles.create : titles.edit} />
      {isNew ? children() : <QueryGate query={query}>{(found) => children(found)}</QueryGate>}
    </>
  );
}
