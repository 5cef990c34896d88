// 话机注册与呼叫转移。Desk phones and forwarding.
export const phones = {
  phoneState: {
    registered: '话机已注册',
    unregistered: '话机未注册',
    expired: '话机注册已过期',
    unknown: '话机状态未知',
  },
  forwarding: {
    title: '呼叫转移',
    titleOf: '{{name}} 的呼叫转移',
    none: '呼叫转移：未设置',
    of: '呼叫转移：{{words}}',
    line: '{{case}}→{{to}}',
    personalOnly: '只对转给本人的电话生效；外呼任务和队列的电话不会转移。',
    always: '无条件',
    busy: '遇忙',
    no_answer: '无应答',
    hint: {
      always: '所有转给本人的电话',
      busy: '通话中、话后处理、暂停，或拒接时',
      no_answer: '话机振铃无人接听；未签入或话机不可用时立即转移',
    },
    kind: { off: '不转移', colleague: '同事', number: '号码' },
    chooseColleague: '请选择同事',
    enterNumber: '请输入分机或外线号码',
    seconds: '振铃秒数',
    secondsUnit: '秒',
    by: '经 {{name}} 呼叫转移',
  },
  missedRings: {
    title: '未接自动暂停',
    hint: '话机连续这么多次无人接听或拒接后，坐席自动暂停；0 表示从不。',
    centre: '全中心',
    asCentre: '同全中心',
  },
};
