//! Callers who leave a message: a greeting, a beep, and the recording of what they
//! say.
//!
//! In: a caller whose queue sends them here, what the switch says of the recording.
//! Out: the one command that does it all on the switch, so that the message is taken
//! even when nobody is there to say how it goes on; the fact that a message began.
//! It ends with the call.

use super::Floor;
use super::call::{Call, CallState};
use super::effect::{EndedBy, Fact, SpanKind, SwitchCommand};
use crate::base::clock::Moment;
use crate::base::ids::CallId;

/// What is shorter is no message, in milliseconds.
pub const MESSAGE_MS_MIN: i64 = 2_000;
/// How long a greeting may take.
const GREETING_MS_MAX: i64 = 60_000;
/// How much later than its limit the switch may end a message.
const GRACE_MS: i64 = 5_000;

/// How a queue takes messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voicemail {
    /// What callers hear before the beep, a file of the switch.
    pub greeting: Option<String>,
    /// How long a message may be, in seconds.
    pub seconds_max: u32,
}

impl Default for Voicemail {
    fn default() -> Self {
        Self { greeting: None, seconds_max: 120 }
    }
}

impl Floor {
    /// The caller is asked for a message.
    pub(super) fn take_message(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get(&id) else { return };
        let Some(queue) = call.queue().and_then(|queue| self.queues.get(&queue)) else { return };
        let Voicemail { greeting, seconds_max } = queue.profile.voicemail.clone();
        let leg = call.leg;
        if let Some(call) = self.calls.get_mut(&id) {
            call.state = CallState::Message { until: now + GREETING_MS_MAX };
        }
        self.touched.calls.insert(id);
        self.set_span(now, id, SpanKind::Voicemail);
        self.send(SwitchCommand::TakeMessage { leg, call: id, greeting, seconds_max });
    }

    /// The beep is over: what the caller says is recorded.
    pub(super) fn message_started(&mut self, now: Moment, id: CallId, path: String) {
        let seconds_max = self.message_seconds_max(id);
        let Some(call) = self.calls.get_mut(&id) else { return };
        let Some(queue) = call.queue() else { return };
        call.state = CallState::Message { until: now + i64::from(seconds_max) * 1_000 + GRACE_MS };
        call.message_since = Some(now);
        self.touched.calls.insert(id);
        self.record(Fact::MessageStarted { call: id, queue, path, at: now });
    }

    /// When a message that was being left before a restart must be over.
    pub(super) fn message_due(&self, now: Moment, call: &Call) -> Moment {
        let queue = call.queue().and_then(|queue| self.queues.get(&queue));
        let seconds = queue.map_or(0, |queue| queue.profile.voicemail.seconds_max);
        now + GREETING_MS_MAX + i64::from(seconds) * 1_000 + GRACE_MS
    }

    fn message_seconds_max(&self, id: CallId) -> u32 {
        let queue = self.calls.get(&id).and_then(|call| self.queues.get(&call.queue()?));
        queue.map_or(0, |queue| queue.profile.voicemail.seconds_max)
    }

    /// The switch should have ended it: the greeting never did, or the event is
    /// lost.
    pub(super) fn message_overdue(&mut self, now: Moment, id: CallId) {
        self.end_call_by(now, id, EndedBy::System);
    }
}

impl Call {
    /// Whether the caller, who goes now, has left a message.
    pub(super) fn left_message(&self, now: Moment) -> bool {
        self.message_since.is_some_and(|since| now.since_ms(since) >= MESSAGE_MS_MIN)
    }
}
