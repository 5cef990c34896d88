// 客户。Customers.
export const customers = {
  name: '姓名',
  add: '添加客户',
  phone: '电话',
  secondPhone: '备用电话',
  phones: '电话',
  city: '城市',
  source: '来源',
  remark: '备注',
  searchHint: '姓名或电话号码',
  empty: '还没有客户：请先导入名单，或添加客户',
  noneFound: '没有符合条件的客户',
  history: '通话历史（{{count}}）',
  operator: {
    china_mobile: '中国移动',
    china_unicom: '中国联通',
    china_telecom: '中国电信',
    china_broadnet: '中国广电',
  },
  resold: '{{operator}}（虚拟运营商）',
  ported: '号段所属运营商；携号转网的号码可能已属于其他运营商',
};
