// 语音留言。Messages that callers left.
export const voicemails = {
  at: '时间',
  caller: '来电客户',
  length: '时长',
  handled: '已处理',
  markHandled: '标记为已处理',
  markNew: '恢复为未处理',
  newCount: '{{count}} 条新留言',
  allQueues: '全部队列',
  empty: '没有留言',
  state: { new: '未处理', handled: '已处理', all: '全部' },
};
