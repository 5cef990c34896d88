// Customers.
export const customers = {
  name: 'Name',
  phones: 'Phones',
  city: 'City',
  source: 'Source',
  remark: 'Remark',
  searchHint: 'Name or phone number',
  empty: 'No customers yet: import a list first',
  noneFound: 'No customer fits',
  history: 'Calls ({{count}})',
};
