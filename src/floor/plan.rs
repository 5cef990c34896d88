//! Puts the legs of a call as somebody wants them: music for the customer, a
//! third party asked or handed the call, all three in one room.
//!
//! In: what is wanted ([`Want`]) and where the switch's events say each leg is
//! ([`Place`]). Out: one move at a time, the next when the events prove the
//! last, so that a lost event or a reply that says +OK though nothing happened
//! is noticed by the same clock. What cannot be had falls back to customer and
//! agent talking.
//!
//! The moves were tried on FreeSWITCH 1.10.12: `uuid_transfer … inline` out of a
//! bridge parks a partner that has park_after_bridge, `uuid_bridge` takes a leg
//! out of music, a bridge or a room, and a recording of the customer's leg goes
//! on through all of it.

use super::Floor;
use super::agent::AgentState;
use super::call::{Call, CallState, Plan, Step, Want};
use super::effect::{EndedBy, Fact, Notice, SpanKind, SwitchCommand, Tell, TransferOutcome};
use super::forward::ForwardReason;
use super::pending::{CONFIRM_SECONDS, Expect};
use super::refusal::Refusal;
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, LegId};

/// How long the switch may take to prove a move; twice that is the deadline of
/// a request.
pub(super) const MOVE_MS_MAX: i64 = CONFIRM_SECONDS * 500;
/// How soon a move whose command failed is given up: its answer may have been
/// lost though it was done, and then the event is here by now.
const FAILED_MOVE_MS: i64 = 300;
/// How often customer and agent are brought together again before the call is
/// given up.
const RETURNS_MAX: u8 = 5;

/// Where a leg is, by the switch's events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// With nobody, or on the way.
    Alone,
    /// It hears music.
    Music,
    /// It talks with this leg.
    With(LegId),
    /// It is in a room.
    Room,
}

impl Floor {
    pub(super) fn place(&self, leg: LegId) -> Place {
        self.places.get(&leg).copied().unwrap_or(Place::Alone)
    }

    /// Wants the legs of a call otherwise, and begins.
    pub(super) fn arrange(&mut self, now: Moment, id: CallId, want: Want) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let Some(agent) = call.agent() else { return };
        match &mut call.plan {
            Some(plan) => plan.now_wants(want),
            None => call.plan = Some(Plan::new(want)),
        }
        call.state = CallState::Arranged { agent };
        self.touched.calls.insert(id);
        self.settle(now, id);
    }

    /// Looks how far a plan has come: the next move, or it is settled.
    pub(super) fn settle(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get(&id) else { return };
        let (CallState::Arranged { .. }, Some(plan)) = (call.state, &call.plan) else { return };
        let (settled, sent) = (plan.settled, plan.sent);
        if let Some(before) = plan.before {
            if !self.is_over(call, before) {
                return;
            }
            self.change_plan(id, |plan| plan.before = None);
        }
        let Some(call) = self.calls.get(&id) else { return };
        let next = self.next_step(call);
        match next {
            None if settled => {}
            None => {
                self.change_plan(id, |plan| plan.settled = true);
                self.on_settled(now, id);
            }
            // Taken apart again: whoever left says so in a moment.
            Some(step) if sent == Some(step) => {
                if settled {
                    self.change_plan(id, |plan| {
                        plan.settled = false;
                        plan.until = now + MOVE_MS_MAX;
                    });
                }
            }
            Some(step) => {
                self.change_plan(id, |plan| {
                    plan.settled = false;
                    plan.sent = Some(step);
                    plan.until = now + MOVE_MS_MAX;
                });
                self.send_step(id, step);
            }
        }
    }

    fn change_plan(&mut self, id: CallId, change: impl FnOnce(&mut Plan)) {
        if let Some(plan) = self.calls.get_mut(&id).and_then(|call| call.plan.as_mut()) {
            change(plan);
            self.touched.calls.insert(id);
        }
    }

    /// The first move that is still to be made.
    fn next_step(&self, call: &Call) -> Option<Step> {
        let plan = call.plan.as_ref()?;
        let customer = call.leg;
        let agent = self.agent_leg(call);
        let third = plan.third.as_ref().map(|third| third.leg);
        let music = |leg: LegId| (self.place(leg) != Place::Music).then_some(Step::Music(leg));
        let bridge = |a: LegId, b: LegId| (self.place(a) != Place::With(b)).then_some(Step::Bridge(a, b));
        match (plan.want, agent, third) {
            (Want::Talk, Some(agent), _) => bridge(customer, agent),
            (Want::Hold | Want::Queue(_), ..) => music(customer),
            (Want::Consult, Some(agent), Some(third)) => music(customer).or_else(|| bridge(agent, third)),
            (Want::Aside, Some(agent), Some(third)) => music(third).or_else(|| bridge(customer, agent)),
            (Want::Conference, Some(agent), Some(third)) => {
                let all_in = [customer, agent, third].into_iter().all(|leg| self.place(leg) == Place::Room);
                (!all_in).then_some(Step::Room)
            }
            (Want::Hand, _, Some(third)) => bridge(customer, third),
            // A leg that the plan needs is gone; its end changes the plan.
            _ => None,
        }
    }

    /// Whether a move is done, or cannot be any more.
    fn is_over(&self, call: &Call, step: Step) -> bool {
        let gone = |leg: LegId| !self.legs.contains_key(&leg);
        match step {
            Step::Music(leg) => gone(leg) || self.place(leg) == Place::Music,
            Step::Bridge(a, b) => gone(a) || gone(b) || self.place(a) == Place::With(b),
            Step::Room => {
                let mut legs = [Some(call.leg), self.agent_leg(call)].into_iter().flatten();
                legs.all(|leg| self.place(leg) == Place::Room)
            }
        }
    }

    /// Nothing was heard of a move: where it put its legs nobody knows, so the
    /// next is asked for in any case.
    fn lose_sight(&mut self, step: Step) {
        let legs = match step {
            Step::Music(leg) => [Some(leg), None],
            Step::Bridge(a, b) => [Some(a), Some(b)],
            // Nobody is anywhere else before the room's events say so.
            Step::Room => [None, None],
        };
        for leg in legs.into_iter().flatten() {
            self.places.remove(&leg);
        }
    }

    pub(super) fn agent_leg(&self, call: &Call) -> Option<LegId> {
        self.agents.get(&call.agent()?)?.phone.leg()
    }

    fn send_step(&mut self, id: CallId, step: Step) {
        let Some(call) = self.calls.get(&id) else { return };
        let command = match step {
            Step::Music(leg) => SwitchCommand::PlayMusic { leg, partner: self.partner(leg) },
            Step::Bridge(first, second) => {
                // Whoever is left behind when the agent hangs up goes to the other.
                let stays = match call.plan.as_ref().map(|plan| plan.want) {
                    Some(Want::Consult) => Some(second),
                    Some(Want::Aside) => Some(first),
                    _ => None,
                };
                SwitchCommand::Bridge { first, second, stays }
            }
            Step::Room => {
                let third = call.third().map(|third| third.leg);
                let legs = [Some(call.leg), self.agent_leg(call), third].into_iter().flatten().collect();
                SwitchCommand::JoinRoom { call: id, legs }
            }
        };
        self.send(command);
    }

    /// With whom a leg talks.
    pub(super) fn partner(&self, leg: LegId) -> Option<LegId> {
        match self.place(leg) {
            Place::With(partner) => Some(partner),
            Place::Alone | Place::Music | Place::Room => None,
        }
    }

    /// The legs are as wanted: say so to everybody who counts on it.
    fn on_settled(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let (CallState::Arranged { agent }, Some(plan)) = (call.state, &call.plan) else { return };
        let (want, third) = (plan.want, plan.third.clone());
        match want {
            Want::Talk => {
                call.plan = None;
                call.state = CallState::Talking { agent, apart_since: None };
                self.set_span(now, id, SpanKind::Talking);
                self.set_state(now, agent, AgentState::Talking { call: id });
            }
            Want::Hold => {
                let span = if third.is_some() { SpanKind::Consulting } else { SpanKind::Held };
                self.set_span(now, id, span);
                if third.as_ref().is_none_or(|third| third.from_stays) {
                    self.set_state(now, agent, AgentState::Holding { call: id });
                }
                self.third_rings(id);
                self.go_on_with_third(now, id);
            }
            Want::Consult => {
                self.set_span(now, id, SpanKind::Consulting);
                self.set_state(now, agent, AgentState::Holding { call: id });
                if let Some(third) = self.calls.get(&id).and_then(Call::third_agent) {
                    self.set_state(now, third, AgentState::Consulted { call: id });
                }
            }
            Want::Aside => {
                self.set_span(now, id, SpanKind::Talking);
                self.set_state(now, agent, AgentState::Talking { call: id });
            }
            Want::Conference => {
                self.set_span(now, id, SpanKind::Conference);
                self.set_state(now, agent, AgentState::Talking { call: id });
            }
            Want::Hand => self.handed_over(now, id),
            Want::Queue(queue) => return self.handed_to_queue(now, id, queue),
        }
        self.seen(agent, Expect::Arranged);
    }

    /// What the customer experiences from now on.
    pub(super) fn set_span(&mut self, now: Moment, id: CallId, kind: SpanKind) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        // Who is only kept free for the customer is not on the call yet.
        let agent = call.agent().filter(|_| call.reserved.is_none());
        if (call.span, call.span_agent) == (kind, agent) {
            return;
        }
        call.talked_ms = call.talk_ms(now);
        call.span = kind;
        call.span_agent = agent;
        call.span_since = now;
        self.touched.calls.insert(id);
        self.record(Fact::CallSpan { call: id, kind, agent, at: now });
    }

    /// When an unsettled plan is looked at again.
    pub(super) fn plan_due(call: &Call) -> Option<Moment> {
        let plan = call.plan.as_ref()?;
        let ringing = plan.third.as_ref().filter(|third| !third.up).map(|third| third.until);
        let moving = (!plan.settled).then_some(plan.until);
        ringing.into_iter().chain(moving).min()
    }

    pub(super) fn fire_plan(&mut self, now: Moment, id: CallId) {
        let Some(plan) = self.calls.get(&id).and_then(|call| call.plan.as_ref()) else { return };
        if plan.third.as_ref().is_some_and(|third| !third.up && third.until <= now) {
            if !self.forward_third(now, id, ForwardReason::NoAnswer) {
                self.third_given_up(now, id, TransferOutcome::NoAnswer);
            }
            return;
        }
        if plan.settled || plan.until > now {
            return;
        }
        if let Some(before) = plan.before {
            self.check_legs(id);
            self.lose_sight(before);
            self.change_plan(id, |plan| plan.before = None);
            return self.settle(now, id);
        }
        let tries = plan.tries + 1;
        let enough = if plan.want == Want::Talk { tries > RETURNS_MAX } else { tries > 1 };
        self.check_legs(id);
        if enough {
            self.fall_back(now, id);
        } else {
            self.change_plan(id, |plan| {
                plan.tries = tries;
                plan.sent = None;
            });
            self.settle(now, id);
        }
    }

    /// Asks for every leg of the call: one that is gone ends what needs it.
    pub(super) fn check_legs(&mut self, id: CallId) {
        let Some(call) = self.calls.get(&id) else { return };
        let third = call.third().map(|third| third.leg).or(call.outside);
        let legs = [Some(call.leg), self.agent_leg(call), third];
        for leg in legs.into_iter().flatten() {
            self.send(SwitchCommand::Check { leg });
        }
    }

    /// The command for a move failed, or its answer was lost.
    pub(super) fn move_failed(&mut self, now: Moment, id: CallId) {
        self.check_legs(id);
        self.change_plan(id, |plan| {
            if !plan.settled {
                if plan.before.is_none() {
                    plan.tries = plan.tries.max(1);
                }
                plan.until = plan.until.min(now + FAILED_MOVE_MS);
            }
        });
    }

    /// It cannot be had: customer and agent talk again.
    fn fall_back(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get(&id) else { return };
        let (CallState::Arranged { agent }, Some(plan)) = (call.state, &call.plan) else { return };
        if plan.want == Want::Talk {
            self.end_call_by(now, id, EndedBy::Switch);
            return;
        }
        let has_third = plan.third.is_some();
        if let Want::Queue(_) = plan.want {
            self.record(Fact::TransferEnded { call: id, outcome: TransferOutcome::Failed, at: now });
        }
        self.give_up_pending(agent, Refusal::NotConfirmed { seconds: CONFIRM_SECONDS });
        if has_third {
            self.third_given_up(now, id, TransferOutcome::Failed);
        } else {
            self.notice(agent, id, Notice::SwitchDidNot);
            self.arrange(now, id, Want::Talk);
        }
    }

    pub(super) fn notice(&mut self, agent: AgentId, call: CallId, notice: Notice) {
        self.tell(Tell::Notice { agent, call: Some(call), notice });
    }
}
