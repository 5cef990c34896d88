// Every page of the console on one page. Pages are loaded when first visited.
import { createBrowserRouter, type RouteObject } from 'react-router';
import { Spin } from 'antd';
import { Home } from './shell/Home';
import { NotFound } from './shell/NotFound';
import { RequireSession } from './shell/RequireSession';
import { RouteFailed } from './shell/RouteFailed';
import { Shell } from './shell/Shell';

/** While the first page's file is on its way. */
function Loading() {
  return <Spin fullscreen />;
}

/** A page in a file of its own, by its default export. */
function page(path: string, load: () => Promise<{ default: React.ComponentType }>): RouteObject {
  return { path, lazy: async () => ({ Component: (await load()).default }) };
}

const pages: RouteObject[] = [
  { index: true, Component: Home },
  page('desk', () => import('./pages/desk/DeskPage')),
  page('floor', () => import('./pages/floor/FloorPage')),
  page('campaigns', () => import('./pages/campaigns/CampaignsPage')),
  page('campaigns/new', () => import('./pages/campaigns/CampaignFormPage')),
  page('campaigns/caller-ids', () => import('./pages/campaigns/callerIds/CallerIdPoolsPage')),
  page('campaigns/:id', () => import('./pages/campaigns/CampaignPage')),
  page('campaigns/:id/edit', () => import('./pages/campaigns/CampaignFormPage')),
  page('queues', () => import('./pages/queues/QueuesPage')),
  page('queues/new', () => import('./pages/queues/QueueFormPage')),
  page('queues/:id/edit', () => import('./pages/queues/QueueFormPage')),
  page('calendars', () => import('./pages/calendars/CalendarsPage')),
  page('calendars/new', () => import('./pages/calendars/CalendarFormPage')),
  page('calendars/:id/edit', () => import('./pages/calendars/CalendarFormPage')),
  page('voicemails', () => import('./pages/voicemails/VoicemailsPage')),
  page('customers', () => import('./pages/customers/CustomersPage')),
  page('customers/:id', () => import('./pages/customers/CustomerPage')),
  page('do-not-call', () => import('./pages/doNotCall/DoNotCallPage')),
  page('imports', () => import('./pages/imports/ImportsPage')),
  page('imports/:id', () => import('./pages/imports/ImportPage')),
  page('calls', () => import('./pages/calls/CallsPage')),
  page('reports/agents', () => import('./pages/reports/AgentReportPage')),
  page('reports/agents/schedules', () => import('./pages/reports/SchedulesPage')),
  page('users', () => import('./pages/people/UsersPage')),
  page('gateways', () => import('./pages/gateways/GatewaysPage')),
  { path: '*', Component: NotFound },
];

export const router = createBrowserRouter([
  {
    ErrorBoundary: RouteFailed,
    HydrateFallback: Loading,
    children: [
      page('sign-in', () => import('./pages/login/SignInPage')),
      { Component: RequireSession, children: [{ Component: Shell, children: pages }] },
    ],
  },
]);
