// One sign for each way in which a supervisor takes part, on every page.
import { AudioOutlined, CustomerServiceOutlined, TeamOutlined } from '@ant-design/icons';
import type { ReactNode } from 'react';
import type { MonitorMode } from '../api/types';

export const MONITOR_ICON: Record<MonitorMode, ReactNode> = {
  listen: <CustomerServiceOutlined />,
  whisper: <AudioOutlined />,
  barge: <TeamOutlined />,
};
