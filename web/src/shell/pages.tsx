// The menu: which pages there are, in order, and who sees them.
import {
  AudioOutlined,
  BarChartOutlined,
  ContactsOutlined,
  CustomerServiceOutlined,
  DashboardOutlined,
  GatewayOutlined,
  ImportOutlined,
  OrderedListOutlined,
  PhoneOutlined,
  RocketOutlined,
  StopOutlined,
  TeamOutlined,
} from '@ant-design/icons';
import type { ReactNode } from 'react';
import { useSession } from '../api/session';
import { paths } from '../paths';

const PAGES = [
  { key: 'desk', path: paths.desk, icon: <CustomerServiceOutlined />, needs: 'agent' },
  { key: 'floor', path: paths.floor, icon: <DashboardOutlined />, needs: 'live:read' },
  { key: 'campaigns', path: paths.campaigns, icon: <RocketOutlined />, needs: 'campaign:read' },
  { key: 'queues', path: paths.queues, icon: <OrderedListOutlined />, needs: 'queue:read' },
  {
    key: 'voicemails',
    path: paths.voicemails,
    icon: <AudioOutlined />,
    needs: 'voicemail:listen',
  },
  { key: 'imports', path: paths.imports, icon: <ImportOutlined />, needs: 'customer:import' },
  { key: 'customers', path: paths.customers, icon: <ContactsOutlined />, needs: 'customer:read' },
  {
    key: 'doNotCall',
    path: paths.doNotCall,
    icon: <StopOutlined />,
    needs: 'do_not_call:read',
  },
  { key: 'calls', path: paths.calls, icon: <PhoneOutlined />, needs: 'call:read' },
  { key: 'reports', path: paths.agentReport, icon: <BarChartOutlined />, needs: 'report:read' },
  { key: 'users', path: paths.users, icon: <TeamOutlined />, needs: 'user:read' },
  { key: 'gateways', path: paths.gateways, icon: <GatewayOutlined />, needs: 'gateway:read' },
] as const;

/** A page of the menu. */
export interface MenuPage {
  key: (typeof PAGES)[number]['key'];
  path: string;
  icon: ReactNode;
}

/** The pages that the signed-in person may open. */
export function usePages(): MenuPage[] {
  const me = useSession((session) => session.me);
  if (!me) return [];
  return PAGES.filter(({ needs }) =>
    needs === 'agent' ? me.is_agent : me.permissions[needs] !== undefined,
  );
}
