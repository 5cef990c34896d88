// Messages that callers left.
export const voicemails = {
  at: 'Time',
  caller: 'Caller',
  length: 'Length',
  handled: 'Handled',
  markHandled: 'Mark as handled',
  markNew: 'Mark as new',
  newCount: '{{count}} new voicemails',
  allQueues: 'All queues',
  empty: 'No voicemails',
  state: { new: 'New', handled: 'Handled', all: 'All' },
};
