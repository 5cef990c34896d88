// Desk phones and forwarding.
export const phones = {
  phoneState: {
    registered: 'phone registered',
    unregistered: 'phone not registered',
    expired: 'phone registration expired',
    unknown: 'phone state unknown',
  },
  forwarding: {
    title: 'Call forwarding',
    titleOf: 'Call forwarding of {{name}}',
    none: 'Forwarding: off',
    of: 'Forwarding: {{words}}',
    line: '{{case}} → {{to}}',
    personalOnly:
      'For calls handed to this person only; calls of campaigns and queues are never forwarded.',
    always: 'Always',
    busy: 'When busy',
    no_answer: 'No answer',
    hint: {
      always: 'Every call handed to this person',
      busy: 'On a call, in wrap-up, paused, or when refused',
      no_answer: 'The phone rings in vain; at once when logged out or the phone is unavailable',
    },
    kind: { off: 'Off', colleague: 'Colleague', number: 'Number' },
    chooseColleague: 'Choose a colleague',
    enterNumber: 'Enter an extension or an outside number',
    seconds: 'Seconds of ringing',
    secondsUnit: 's',
    by: "by {{name}}'s forwarding",
  },
  missedRings: {
    title: 'Pause after missed rings',
    hint: 'After so many rings in a row that nobody answers, or that are refused, the agent is paused; 0 is never.',
    centre: 'Whole centre',
    asCentre: 'as the centre',
  },
};
