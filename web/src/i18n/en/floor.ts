// The live floor.
export const floor = {
  tiles: 'Tiles',
  table: 'Table',
  agents: 'Agents',
  agent: 'Agent',
  extension: 'Extension',
  since: 'Time',
  phone: 'Phone',
  phoneUp: 'connected',
  phoneDown: 'not connected',
  calls: 'Calls in progress ({{count}})',
  noAgents: 'No agents here',
  noCalls: 'No calls now',
  noCampaigns: 'No campaign is running',
};
