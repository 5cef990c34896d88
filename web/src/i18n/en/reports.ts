// Reports.
export const reports = {
  zone: 'time zone {{zone}}',
  download: 'Download Excel',
  empty: 'Nothing in this span',
  calls: 'Calls',
  answered: 'Answered',
  talk: 'Talk time',
  meanTalk: 'Mean talk',
  loggedIn: 'Logged in',
  occupancy: 'Occupancy',
  occupancyHint: 'handling ÷ (handling + ready)',
  stateTime: 'Time in each state',
  talkTime: 'Talk time by agent',
  byResult: 'Calls by result',
  perAgent: 'By agent',
  total: 'Total',
};
