// What surrounds every page: the library's theme and language, the query
// cache, the session (asked for once by the refresh cookie), the routes.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { App as AntApp, ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { RouterProvider } from 'react-router/dom';
import { asProblem } from './api/problem';
import { refresh, useSession } from './api/session';
import { router } from './router';
import { Starting } from './shell/Starting';
import { theme } from './theme';

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // A refusal stays a refusal; only a missing answer is worth another try.
      retry: (tries, error) => tries < 2 && asProblem(error).status === 0,
    },
  },
});

/** The console. */
export function App() {
  const { i18n } = useTranslation();
  const status = useSession((session) => session.status);

  useEffect(() => {
    if (status === 'signed_out') queryClient.clear();
  }, [status]);

  return (
    <ConfigProvider
      theme={theme}
      button={{ autoInsertSpace: false }}
      locale={i18n.language === 'en' ? enUS : zhCN}
    >
      <AntApp>
        <QueryClientProvider client={queryClient}>
          {status === 'unknown' ? <Starting ask={refresh} /> : <RouterProvider router={router} />}
        </QueryClientProvider>
      </AntApp>
    </ConfigProvider>
  );
}
