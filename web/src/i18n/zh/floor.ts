// 实时监控。The live floor.
export const floor = {
  tiles: '卡片',
  table: '表格',
  agents: '坐席',
  agent: '坐席',
  extension: '分机',
  since: '时长',
  phone: '话机',
  phoneUp: '已接通',
  phoneDown: '未接通',
  calls: '进行中的通话（{{count}}）',
  noAgents: '没有符合条件的坐席',
  noCalls: '当前没有通话',
  noCampaigns: '没有运行中的任务',
};
