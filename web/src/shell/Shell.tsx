// The frame of the console: menu at the left, who and what state at the top,
// banners when the floor cannot be trusted, one's own ear on a call, the page
// beneath.
import { Layout, Menu } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Outlet, useLocation } from 'react-router';
import { NewVoicemails } from '../pages/voicemails/NewCount';
import { BrandMark } from '../parts/BrandMark';
import { Banners } from './Banners';
import { HeaderTools } from './HeaderTools';
import { MonitorBar } from './MonitorBar';
import { Notices } from './Notices';
import { usePages } from './pages';

/** Menu, header and the current page. */
export function Shell() {
  const { t } = useTranslation();
  const pages = usePages();
  const { pathname } = useLocation();
  const [collapsed, setCollapsed] = useState(false);
  const current = pages.find((page) => pathname.startsWith(page.path));

  return (
    <Layout className="shell" hasSider>
      <Layout.Sider
        width={184}
        collapsedWidth={56}
        collapsible
        collapsed={collapsed}
        onCollapse={setCollapsed}
        style={{ position: 'sticky', top: 0, height: '100vh' }}
      >
        <div className="shell-brand" style={collapsed ? { padding: '0 14px' } : undefined}>
          <BrandMark />
          {!collapsed && 'Trunkline'}
        </div>
        <Menu
          theme="dark"
          mode="inline"
          selectedKeys={current ? [current.key] : []}
          items={pages.map((page) => ({
            key: page.key,
            icon: page.icon,
            label: (
              <Link to={page.path}>
                {t(`menu.${page.key}`)}
                {page.key === 'voicemails' && <NewVoicemails />}
              </Link>
            ),
          }))}
        />
      </Layout.Sider>
      <Layout style={{ minWidth: 0 }}>
        <Layout.Header className="shell-header">
          <HeaderTools />
        </Layout.Header>
        <Banners />
        <MonitorBar />
        <Notices />
        <Layout.Content>
          <main className="page">
            <Outlet />
          </main>
        </Layout.Content>
      </Layout>
    </Layout>
  );
}
