// 坐席日报。Reports.
export const reports = {
  zone: '时区 {{zone}}',
  download: '导出 Excel',
  empty: '这段时间没有数据',
  calls: '呼叫次数',
  answered: '接通',
  talk: '通话时长',
  meanTalk: '平均通话',
  loggedIn: '签入时长',
  occupancy: '占用率',
  occupancyHint: '处理时间 ÷（处理+就绪）',
  stateTime: '各状态时长',
  talkTime: '通话时长对比',
  byResult: '呼叫结果',
  perAgent: '按坐席',
  total: '合计',
};
