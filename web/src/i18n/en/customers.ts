// Customers.
export const customers = {
  name: 'Name',
  add: 'Add customer',
  phone: 'Phone',
  secondPhone: 'Second phone',
  phones: 'Phones',
  city: 'City',
  source: 'Source',
  remark: 'Remark',
  searchHint: 'Name or phone number',
  empty: 'No customers yet: import a list, or add one',
  noneFound: 'No customer fits',
  history: 'Calls ({{count}})',
  operator: {
    china_mobile: 'China Mobile',
    china_unicom: 'China Unicom',
    china_telecom: 'China Telecom',
    china_broadnet: 'China Broadnet',
  },
  resold: '{{operator}} (resold)',
  ported: 'Whose the block of numbers is; a ported number may be with another operator by now',
};
