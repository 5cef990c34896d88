//! Callers who have waited too long, or who called outside the hours: where their
//! queue sends them.
//!
//! In: a caller whose time is up, or one who is not let in now, what the switch says
//! of the number outside that is rung for them. Out: another queue, one agent alone,
//! a number outside, a message of theirs, or ours and the end.

use super::call::CallState;
use super::effect::{EndedBy, Fact, HangUpCause, SpanKind, SwitchCommand};
use super::input::Origin;
use super::people::PHONE_GRACE_MS;
use super::queue::{Overflow, QueueOutcome};
use super::queueing::ANSWER_MS_MAX;
use super::{Floor, LegOwner};
use crate::base::clock::Moment;
use crate::base::ids::{CallId, QueueId};
use crate::base::phone::Dialable;

/// How long a number outside is rung for a caller who waited too long, in
/// seconds.
const OUTSIDE_RING_SECONDS: u32 = 30;
/// The longest message for a caller who is turned away.
const MESSAGE_MS_MAX: i64 = 60_000;
/// How many queues a caller may be sent through: two that overflow into each
/// other would keep them for ever.
const HOPS_MAX: u8 = 3;

impl Floor {
    /// The caller has waited as long as the queue allows.
    pub(super) fn overflow(&mut self, now: Moment, id: CallId) {
        self.stop_ringing(now, id);
        let Some(call) = self.calls.get(&id) else { return };
        let Some(visit) = call.queued.clone() else { return };
        let way = self.queues.get(&visit.queue).map(|queue| queue.profile.overflow.clone());
        // Who is called back is called again if nobody is there for them.
        let goes_on = visit.only.is_none() && !matches!(call.origin, Origin::Callback(_));
        let way = way.filter(|_| goes_on).unwrap_or(Overflow::HangUp);
        self.send_on(now, id, way, QueueOutcome::Overflowed);
    }

    /// The caller came outside the queue's hours.
    pub(super) fn after_hours(&mut self, now: Moment, id: CallId) {
        let queue = self.calls.get(&id).and_then(|call| self.queues.get(&call.queue()?));
        let way = queue.and_then(|queue| queue.profile.hours.as_ref()).map(|hours| hours.then.clone());
        self.send_on(now, id, way.unwrap_or(Overflow::HangUp), QueueOutcome::OutOfHours);
    }

    /// The caller goes this way; their time in the queue ends so, if it has not
    /// already.
    fn send_on(&mut self, now: Moment, id: CallId, way: Overflow, outcome: QueueOutcome) {
        let Some(hops) = self.calls.get(&id).and_then(|call| Some(call.queued.as_ref()?.hops)) else {
            return;
        };
        match way {
            Overflow::Agent(agent) if self.agents.contains_key(&agent) => {
                self.leave_queue(now, id, outcome);
                if let Some(visit) = self.visit_mut(id) {
                    visit.only = Some((agent, now));
                }
                self.find_agent(now, id);
            }
            Overflow::Queue(next) if hops < HOPS_MAX && self.lets_in(next) => {
                self.leave_queue(now, id, outcome);
                self.enter_queue(now, id, next, hops + 1);
                self.find_agent(now, id);
            }
            Overflow::Outside(number) => self.ring_outside(now, id, &number, outcome),
            // A disk without room takes no messages.
            Overflow::Voicemail if !self.recordings_stopped => {
                self.leave_queue(now, id, outcome);
                self.take_message(now, id);
            }
            Overflow::Agent(_) | Overflow::Queue(_) | Overflow::Voicemail | Overflow::HangUp => {
                self.turn_away(now, id);
            }
        }
    }

    /// Whether the queue takes callers at all.
    pub(super) fn lets_in(&self, queue: QueueId) -> bool {
        self.queues.get(&queue).is_some_and(|queue| queue.profile.open)
    }

    /// Whether the queue is within its hours.
    pub(super) fn in_hours(&self, now: Moment, queue: QueueId) -> bool {
        let hours = self.queues.get(&queue).and_then(|queue| queue.profile.hours.as_ref());
        hours.is_none_or(|hours| hours.schedule.open_at(now))
    }

    fn turn_away(&mut self, now: Moment, id: CallId) {
        self.leave_queue(now, id, QueueOutcome::TurnedAway);
        let message = self.parting_words(id);
        self.part_with(now, id, message);
    }

    /// Ends a caller's call, after the message if there is one.
    pub(super) fn part_with(&mut self, now: Moment, id: CallId, message: Option<String>) {
        let Some(message) = message else { return self.end_call_by(now, id, EndedBy::System) };
        let Some(call) = self.calls.get_mut(&id) else { return };
        call.ended_by = Some(EndedBy::System);
        call.state = CallState::Ending { agent: None, until: now + MESSAGE_MS_MAX };
        let leg = call.leg;
        self.touched.calls.insert(id);
        self.send(SwitchCommand::TurnAway { leg, message });
    }

    /// What somebody hears before they are hung up.
    fn parting_words(&self, id: CallId) -> Option<String> {
        let visit = self.calls.get(&id)?.queued.as_ref()?;
        let profile = &self.queues.get(&visit.queue)?.profile;
        match visit.outcome {
            Some(QueueOutcome::OutOfHours) => profile.hours.as_ref()?.message.clone(),
            _ => profile.message.clone(),
        }
    }

    fn ring_outside(&mut self, now: Moment, id: CallId, number: &Dialable, outcome: QueueOutcome) {
        let way = self.calls.get(&id).and_then(|call| self.way_out(call));
        let way = way.filter(|(gateway, _)| self.has_line(now, gateway));
        let Some((gateway, caller_id)) = way else { return self.turn_away(now, id) };
        self.leave_queue(now, id, outcome);
        let leg = self.new_leg(LegOwner::Third(id));
        self.launch_over(now, &gateway, leg);
        let until = now + i64::from(OUTSIDE_RING_SECONDS) * 1_000 + PHONE_GRACE_MS;
        if let Some(call) = self.calls.get_mut(&id) {
            call.state = CallState::Overflowing { leg, until, up: false };
        }
        self.touched.calls.insert(id);
        self.record(Fact::CallLeg { call: id, leg, agent: None, number: number.clone(), at: now });
        let (number, ring_seconds) = (number.clone(), OUTSIDE_RING_SECONDS);
        self.send(SwitchCommand::DialThird { call: id, leg, gateway, number, caller_id, ring_seconds });
    }

    /// Whether a number outside is rung for a caller.
    pub(super) fn overflows(&self, id: CallId) -> bool {
        self.calls.get(&id).is_some_and(|call| matches!(call.state, CallState::Overflowing { .. }))
    }

    pub(super) fn overflow_answered(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let CallState::Overflowing { leg, until, up: false } = call.state else { return };
        // The bridge has its own, shorter limit.
        let (first, until) = (call.leg, until.min(now + ANSWER_MS_MAX));
        call.state = CallState::Overflowing { leg, until, up: true };
        self.touched.calls.insert(id);
        self.send(SwitchCommand::Bridge { first, second: leg, stays: None });
    }

    /// The caller talks with the number outside.
    pub(super) fn overflowed(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let CallState::Overflowing { leg, .. } = call.state else { return };
        call.state = CallState::Outside;
        call.outside = Some(leg);
        self.record(Fact::CallHanded { call: id, agent: None, leg, at: now });
        self.set_span(now, id, SpanKind::Outside);
    }

    pub(super) fn overflow_failed(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let CallState::Overflowing { leg, .. } = call.state else { return };
        call.state = CallState::Waiting;
        if self.legs.contains_key(&leg) {
            self.forget_leg(leg);
            self.send(SwitchCommand::HangUp { leg, cause: HangUpCause::OriginatorCancel });
        }
        self.turn_away(now, id);
    }
}
