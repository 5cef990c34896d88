// Where the pages are. Links are built here and nowhere else.
export const paths = {
  home: '/',
  desk: '/desk',
  floor: '/floor',
  campaigns: '/campaigns',
  newCampaign: '/campaigns/new',
  newCampaignFor: (listId: number) => `/campaigns/new?list=${listId}`,
  campaign: (id: number) => `/campaigns/${id}`,
  editCampaign: (id: number) => `/campaigns/${id}/edit`,
  customers: '/customers',
  customer: (id: number) => `/customers/${id}`,
  imports: '/imports',
  import: (id: number) => `/imports/${id}`,
  calls: '/calls',
  agentReport: '/reports/agents',
  users: '/users',
  gateways: '/gateways',
};
