// 客户。Customers.
export const customers = {
  name: '姓名',
  phones: '电话',
  city: '城市',
  source: '来源',
  remark: '备注',
  searchHint: '姓名或电话号码',
  empty: '还没有客户：请先导入名单',
  noneFound: '没有符合条件的客户',
  history: '通话历史（{{count}}）',
};
