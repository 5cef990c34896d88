//! The third party of a call: a colleague or an outside number that is asked,
//! talks along, or is handed the call.
//!
//! In: an agent's wish, and what the third's leg does. Out: the plan of the
//! call, and who it belongs to. A third that is busy, refuses, does not answer
//! or leaves brings the customer back to the sender with a notice; if the
//! sender has left, to the next agent, the sender first.

use super::agent::{AgentState, Phone};
use super::call::{Call, CallState, Plan, Third, Want};
use super::effect::{
    CallResult, EndedBy, Fact, HangUpCause, Notice, SpanKind, SwitchCommand, TransferOutcome,
};
use super::forward::Hop;
use super::input::{HangUp, LegChange, Party};
use super::pending::Expect;
use super::people::{PHONE_GRACE_MS, PHONE_RING_SECONDS};
use super::plan::Place;
use super::refusal::{Refusal, TargetProblem};
use super::result::call_result;
use super::{Floor, LegOwner};
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, LegId};
use crate::base::phone::Dialable;

/// How long an outside party is rung, in seconds.
const OUTSIDE_RING_SECONDS: u32 = 30;

impl Floor {
    /// Rings the third while the customer hears music; whoever asked is
    /// answered when it rings.
    pub(super) fn begin_transfer(
        &mut self,
        now: Moment,
        from: AgentId,
        id: CallId,
        party: Party,
        attended: bool,
        note: Option<String>,
    ) -> Result<(), Refusal> {
        if let Party::Queue(queue) = party {
            return self.begin_queue_transfer(now, from, id, queue, attended, note);
        }
        let (to, hops) = self.route(from, &[], party.clone())?;
        let (leg, up) = self.ring_party(now, from, id, &to, note.clone())?;
        let third = Third {
            from,
            from_stays: true,
            leg,
            attended,
            rings: up,
            up,
            until: self.rings_until(now, &to),
            party: to,
            note: note.clone(),
            forwarded_by: hops.iter().map(|hop| hop.by).collect(),
        };
        self.record(Fact::TransferStarted { call: id, from, to: party, attended, note, at: now });
        let Some(call) = self.calls.get_mut(&id) else { return Err(Refusal::CallEnded) };
        let mut plan = Plan::new(Want::Hold);
        plan.third = Some(third);
        call.plan = Some(plan);
        self.record_forwards(now, id, &hops);
        self.record_third_leg(now, id);
        self.arrange(now, id, Want::Hold);
        Ok(())
    }

    /// Rings another in the place of a third who did not take the call.
    pub(super) fn ring_third(
        &mut self,
        now: Moment,
        id: CallId,
        before: Third,
        party: Party,
        hops: Vec<Hop>,
    ) -> Result<(), Refusal> {
        let (leg, up) = self.ring_party(now, before.from, id, &party, before.note.clone())?;
        let mut forwarded_by = before.forwarded_by.clone();
        forwarded_by.extend(hops.iter().map(|hop| hop.by));
        let until = self.rings_until(now, &party);
        let third = Third { party, leg, rings: up, up, until, forwarded_by, ..before };
        let plan = self.calls.get_mut(&id).and_then(|call| call.plan.as_mut());
        plan.ok_or(Refusal::CallEnded)?.third = Some(third);
        self.touched.calls.insert(id);
        self.record_forwards(now, id, &hops);
        self.record_third_leg(now, id);
        self.third_rings(id);
        self.go_on_with_third(now, id);
        Ok(())
    }

    fn ring_party(
        &mut self,
        now: Moment,
        from: AgentId,
        id: CallId,
        party: &Party,
        note: Option<String>,
    ) -> Result<(LegId, bool), Refusal> {
        match party {
            Party::Agent(to) => self.reserve_colleague(now, from, id, *to, note),
            Party::Outside(number) => self.dial_outside(now, id, number),
            // A queue is entered, not rung: see `begin_queue_transfer`.
            Party::Queue(_) => Err(Refusal::Target(TargetProblem::ForwardsToQueue)),
        }
    }

    /// When ringing a party is given up, or the call goes on to another.
    fn rings_until(&self, now: Moment, party: &Party) -> Moment {
        let forwards_after = match party {
            Party::Agent(agent) => {
                self.agents.get(agent).and_then(|agent| agent.profile.forwarding.rings_seconds())
            }
            Party::Outside(_) | Party::Queue(_) => None,
        };
        let longest = i64::from(PHONE_RING_SECONDS.max(OUTSIDE_RING_SECONDS)) * 1_000 + PHONE_GRACE_MS;
        now + forwards_after.map_or(longest, |seconds| i64::from(seconds) * 1_000)
    }

    fn record_third_leg(&mut self, now: Moment, id: CallId) {
        let Some(third) = self.calls.get(&id).and_then(|call| call.third()) else { return };
        let (agent, number) = match &third.party {
            Party::Agent(agent) => {
                (Some(*agent), self.agents.get(agent).map(|a| a.profile.extension.clone()))
            }
            Party::Outside(number) => (None, Some(number.clone())),
            Party::Queue(_) => return,
        };
        if let Some(number) = number {
            let fact = Fact::CallLeg { call: id, leg: third.leg, agent, number, at: now };
            self.record(fact);
        }
    }

    /// Takes a ready colleague for the call; gives their leg and whether it is up.
    fn reserve_colleague(
        &mut self,
        now: Moment,
        from: AgentId,
        id: CallId,
        to: AgentId,
        note: Option<String>,
    ) -> Result<(LegId, bool), Refusal> {
        if to == from {
            return Err(Refusal::Target(TargetProblem::OwnPhone));
        }
        let Some(colleague) = self.agents.get(&to) else {
            return Err(Refusal::Target(TargetProblem::NoPhone));
        };
        if !colleague.is_free() {
            return Err(Refusal::Target(TargetProblem::NotReady));
        }
        let Some(call) = self.calls.get(&id) else { return Err(Refusal::CallEnded) };
        let pop = call.pop(to, Some(from), note);
        let seconds = colleague.profile.forwarding.rings_seconds().unwrap_or(0).max(PHONE_RING_SECONDS);
        let up = match colleague.phone {
            Phone::Up { leg } => Some(leg),
            Phone::Ringing { .. } | Phone::Down => None,
        };
        self.tell(pop);
        if up.is_none() {
            self.ring_phone(now, to, Some(id), seconds);
        }
        self.set_state(now, to, AgentState::Reserved { call: id });
        let leg = up.or_else(|| self.agents.get(&to).and_then(|a| a.phone.leg()));
        leg.map(|leg| (leg, up.is_some())).ok_or(Refusal::NotAnAgent)
    }

    fn dial_outside(&mut self, now: Moment, id: CallId, number: &Dialable) -> Result<(LegId, bool), Refusal> {
        let Some((gateway, caller_id)) = self.calls.get(&id).and_then(|call| self.way_out(call)) else {
            return Err(Refusal::Target(TargetProblem::TrunkGone));
        };
        if !self.has_line(now, &gateway) {
            return Err(Refusal::Target(TargetProblem::TrunkFull));
        }
        let leg = self.new_leg(LegOwner::Third(id));
        self.launch_over(now, &gateway, leg);
        self.send(SwitchCommand::DialThird {
            call: id,
            leg,
            gateway,
            number: number.clone(),
            caller_id,
            ring_seconds: OUTSIDE_RING_SECONDS,
        });
        Ok((leg, false))
    }

    /// The trunk for calls outside, and the number shown: the campaign's, or the
    /// queue's.
    pub(super) fn way_out(&self, call: &Call) -> Option<(String, Dialable)> {
        if let Some(campaign) = call.campaign().and_then(|id| self.campaigns.get(&id)) {
            let shown = call.caller_id.as_ref().unwrap_or(&campaign.profile.caller_id);
            return Some((campaign.profile.gateway.clone(), shown.clone()));
        }
        let queue = self.queues.get(&call.queue()?)?;
        Some((queue.profile.gateway.clone(), queue.profile.caller_id.clone()))
    }

    /// The outside party's leg did something.
    pub(super) fn on_third_leg(&mut self, now: Moment, id: CallId, leg: LegId, what: &LegChange) {
        match what {
            LegChange::Created | LegChange::Ringing { .. } => self.third_heard(id),
            LegChange::Answered | LegChange::Parked if self.overflows(id) => self.overflow_answered(now, id),
            LegChange::Answered | LegChange::Parked => self.third_answered(now, id),
            LegChange::HungUp(hang_up) => {
                self.forget_leg(leg);
                self.record(Fact::CallLegEnded { call: id, leg, hang_up: hang_up.clone(), at: now });
                self.on_third_gone(now, id, leg, hang_up);
            }
            _ => {}
        }
    }

    /// The third's leg exists: its phone rings.
    pub(super) fn third_heard(&mut self, id: CallId) {
        if let Some(third) = self.third_mut(id) {
            third.rings = true;
            self.third_rings(id);
        }
    }

    fn third_mut(&mut self, id: CallId) -> Option<&mut Third> {
        self.calls.get_mut(&id)?.plan.as_mut()?.third.as_mut()
    }

    /// It rings at the other end: that is what was asked for, once the customer
    /// hears music.
    pub(super) fn third_rings(&mut self, id: CallId) {
        let Some(call) = self.calls.get(&id) else { return };
        let Some(third) = call.third().filter(|third| third.from_stays && third.rings) else { return };
        let from = third.from;
        if call.plan.as_ref().is_some_and(|plan| plan.settled) {
            self.seen(from, Expect::ThirdRings);
        }
    }

    pub(super) fn third_answered(&mut self, now: Moment, id: CallId) {
        let Some(third) = self.third_mut(id) else { return };
        if third.up {
            return;
        }
        (third.rings, third.up) = (true, true);
        self.third_rings(id);
        self.go_on_with_third(now, id);
    }

    /// The third is there and the customer hears music: ask, or hand over.
    pub(super) fn go_on_with_third(&mut self, now: Moment, id: CallId) {
        let Some(plan) = self.calls.get(&id).and_then(|call| call.plan.as_ref()) else { return };
        let Some(third) = plan.third.as_ref().filter(|third| third.up) else { return };
        if plan.want == Want::Hold && plan.settled {
            let asked = third.attended && third.from_stays;
            self.arrange(now, id, if asked { Want::Consult } else { Want::Hand });
        }
    }

    fn on_third_gone(&mut self, now: Moment, id: CallId, leg: LegId, hang_up: &HangUp) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        if matches!(call.state, CallState::Overflowing { leg: rung, .. } if rung == leg) {
            self.overflow_failed(now, id);
        } else if call.outside == Some(leg) {
            call.outside = None;
            // The customer's leg follows by itself; the order is not certain.
            self.end_call_by(now, id, EndedBy::Customer);
        } else if let Some(third) = call.third().filter(|third| third.leg == leg) {
            let outcome = outcome(hang_up, third.up);
            self.without_third(now, id, outcome);
        }
    }

    /// A colleague's phone fell away while they were rung or asked.
    pub(super) fn colleague_gone(&mut self, now: Moment, id: CallId, hang_up: &HangUp) {
        let Some(third) = self.calls.get(&id).and_then(|call| call.third()) else { return };
        let outcome = outcome(hang_up, third.up);
        self.without_third(now, id, outcome);
    }

    /// Whether the agent is the third of this call.
    pub(super) fn is_third(&self, id: CallId, agent: AgentId) -> bool {
        self.calls.get(&id).and_then(|call| call.third_agent()) == Some(agent)
    }

    /// Whether a plan puts the legs of this call.
    pub(super) fn is_arranged(&self, id: CallId) -> bool {
        self.calls.get(&id).is_some_and(|call| matches!(call.state, CallState::Arranged { .. }))
    }

    pub(super) fn colleague_rings(&mut self, id: CallId, agent: AgentId) {
        if self.is_third(id, agent) {
            self.third_heard(id);
        }
    }

    /// The call is over, or about to be: so is everybody's part in it.
    pub(super) fn close_plan(&mut self, now: Moment, id: CallId, outcome: TransferOutcome) {
        self.release_third(now, id);
        let Some(call) = self.calls.get_mut(&id) else { return };
        let plan = call.plan.take();
        let to_queue = plan.as_ref().is_some_and(|plan| matches!(plan.want, Want::Queue(_)));
        let third = plan.and_then(|plan| plan.third);
        let outside = call.outside_leg();
        call.outside = None;
        if third.is_some() || to_queue {
            self.record(Fact::TransferEnded { call: id, outcome, at: now });
        }
        if let Some(leg) = outside {
            self.forget_leg(leg);
            self.send(SwitchCommand::HangUp { leg, cause: HangUpCause::NormalClearing });
        }
    }

    /// The third is let go by us.
    pub(super) fn third_given_up(&mut self, now: Moment, id: CallId, outcome: TransferOutcome) {
        self.release_third(now, id);
        self.without_third(now, id, outcome);
    }

    /// Ends the third's part: an outside leg is hung up, a colleague works on.
    pub(super) fn release_third(&mut self, now: Moment, id: CallId) {
        let Some(third) = self.calls.get(&id).and_then(|call| call.third()).cloned() else { return };
        match third.party {
            Party::Outside(_) => {
                self.forget_leg(third.leg);
                self.send(SwitchCommand::HangUp { leg: third.leg, cause: HangUpCause::NormalClearing });
            }
            Party::Agent(colleague) => self.release_colleague(now, colleague, id),
            Party::Queue(_) => {}
        }
    }

    fn release_colleague(&mut self, now: Moment, colleague: AgentId, id: CallId) {
        let Some(agent) = self.agents.get_mut(&colleague) else { return };
        if agent.state.live_call() != Some(id) {
            return;
        }
        let keeps_leg =
            agent.off_hook() && !agent.leg_for_one_call && matches!(agent.phone, Phone::Up { .. });
        if let Some(leg) = agent.phone.leg() {
            if keeps_leg {
                // A bridge that is still on its way is parted when it stands:
                // parking a leg before that would strand its partner.
                self.leave_place(leg);
            } else {
                agent.phone = Phone::Down;
                self.forget_leg(leg);
                self.send(SwitchCommand::HangUp { leg, cause: HangUpCause::NormalClearing });
            }
        }
        self.unmute(colleague);
        self.give_up_pending(colleague, Refusal::CallEnded);
        self.back_to_work(now, colleague);
    }

    /// A leg that stays up leaves whom or what it hears.
    pub(super) fn leave_place(&mut self, leg: LegId) {
        let partner = match self.place(leg) {
            Place::Alone => return,
            Place::With(partner) => Some(partner),
            Place::Music | Place::Room => None,
        };
        self.send(SwitchCommand::Park { leg, partner });
    }

    /// Whom the customer was bridged away from is parked by it; who was in the
    /// room with them would stay there.
    pub(super) fn leave_room(&mut self, agent: AgentId) {
        let stays = self.agents.get(&agent).filter(|agent| agent.off_hook() && !agent.leg_for_one_call);
        let leg = stays.and_then(|agent| agent.phone.leg());
        if let Some(leg) = leg.filter(|leg| self.place(*leg) == Place::Room) {
            self.leave_place(leg);
        }
    }

    /// Two desk phones that no plan wants together were bridged by an order
    /// that came too late to be taken back.
    pub(super) fn part_strangers(&mut self, agent: AgentId, leg: LegId, other: LegId) {
        let Some(LegOwner::Agent(colleague)) = self.legs.get(&other).copied() else { return };
        let planned = |agent: AgentId| self.planned_call(LegOwner::Agent(agent));
        if planned(agent).is_none() || planned(agent) != planned(colleague) {
            self.send(SwitchCommand::Park { leg, partner: Some(other) });
        }
    }

    /// The call goes on without a third: with the sender, or with the next
    /// agent when the sender has left.
    fn without_third(&mut self, now: Moment, id: CallId, outcome: TransferOutcome) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let Some(plan) = call.plan.as_mut() else { return };
        let Some(third) = plan.third.take() else { return };
        let conference = plan.want == Want::Conference;
        self.record(Fact::TransferEnded { call: id, outcome, at: now });
        if third.from_stays {
            if outcome != TransferOutcome::Cancelled && !conference {
                self.notice(third.from, id, Notice::TransferCameBack { outcome });
                self.give_up_pending(third.from, refusal_of(outcome));
            }
            self.arrange(now, id, Want::Talk);
        } else {
            self.wait_again(now, id, third.from);
        }
    }

    /// Nobody is with the customer any more: the sender first, then the others.
    fn wait_again(&mut self, now: Moment, id: CallId, sender: AgentId) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        call.plan = None;
        call.sender = Some(sender);
        call.state = CallState::Waiting;
        let span = call.waiting_span();
        self.set_span(now, id, span);
        self.find_agent(now, id);
    }

    /// The customer talks with the third: the call is theirs.
    pub(super) fn handed_over(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let Some(third) = call.plan.take().and_then(|plan| plan.third) else { return };
        let work = call.work();
        let (agent, span) = match third.party {
            Party::Agent(agent) => {
                call.state = CallState::Talking { agent, apart_since: None };
                let since = call.connected.map_or(now, |(_, at)| at);
                call.connected = Some((agent, since));
                (Some(agent), SpanKind::Talking)
            }
            Party::Outside(_) | Party::Queue(_) => {
                call.state = CallState::Outside;
                call.outside = Some(third.leg);
                (None, SpanKind::Outside)
            }
        };
        self.record(Fact::TransferEnded { call: id, outcome: TransferOutcome::Completed, at: now });
        self.record(Fact::CallHanded { call: id, agent, leg: third.leg, at: now });
        self.set_span(now, id, span);
        if third.from_stays {
            self.leave_room(third.from);
            self.leave_call(now, third.from, id, work);
        }
        if let Some(agent) = agent {
            self.set_state(now, agent, AgentState::Talking { call: id });
            self.seen(agent, Expect::Arranged);
        }
        self.move_monitors(now, id, agent);
    }

    /// The sender hung up: the call is handed over as it is, or with nobody to
    /// hand it to, ends.
    pub(super) fn sender_left(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let work = call.work();
        let Some(third) = call.plan.as_mut().and_then(|plan| plan.third.as_mut()) else {
            self.end_call_by(now, id, EndedBy::Agent);
            return;
        };
        if !third.from_stays {
            return;
        }
        let (from, up) = (third.from, third.up);
        third.from_stays = false;
        self.leave_call(now, from, id, work);
        self.arrange(now, id, if up { Want::Hand } else { Want::Hold });
    }
}

/// What became of the one who was rung.
pub(super) fn outcome(hang_up: &HangUp, up: bool) -> TransferOutcome {
    if up {
        return TransferOutcome::LeftEarly;
    }
    match call_result(hang_up, false, false, false) {
        CallResult::Busy => TransferOutcome::Busy,
        CallResult::Rejected => TransferOutcome::Rejected,
        CallResult::NoAnswer | CallResult::Cancelled => TransferOutcome::NoAnswer,
        CallResult::InvalidNumber
        | CallResult::OutOfService
        | CallResult::SwitchedOff
        | CallResult::Unreachable => TransferOutcome::Unreachable,
        _ => TransferOutcome::Failed,
    }
}

/// For whoever still waits for the transfer to begin.
fn refusal_of(outcome: TransferOutcome) -> Refusal {
    let why = match outcome {
        TransferOutcome::Busy => TargetProblem::Busy,
        TransferOutcome::Rejected => TargetProblem::Rejected,
        TransferOutcome::NoAnswer => TargetProblem::NoAnswer,
        TransferOutcome::Unreachable => TargetProblem::Unreachable,
        TransferOutcome::LeftEarly => TargetProblem::LeftEarly,
        TransferOutcome::CustomerLeft => return Refusal::CallEnded,
        TransferOutcome::Completed | TransferOutcome::Cancelled | TransferOutcome::Failed => {
            TargetProblem::Failed
        }
    };
    Refusal::Target(why)
}
