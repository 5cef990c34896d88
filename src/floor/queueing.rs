//! Callers: how they come in, wait, and are taken by an agent. Where they go when
//! they have waited too long is in `overflow`.
//!
//! In: a leg that rings at our side, what the store knows of its caller, time.
//! Out: the same kind of call that campaigns have, which waits in a queue until
//! it is connected. A caller is answered at once and hears music; only when the
//! switch has said that the music plays (or will not) is an agent chosen, because
//! a bridge ordered while a leg is on its way elsewhere may be lost.

use super::agent::{Agent, AgentState};
use super::call::{Call, CallState, Want, Work};
use super::effect::{
    CallResult, Effect, EndedBy, Fact, HangUpCause, SpanKind, SwitchCommand, TransferOutcome,
};
use super::input::{ChannelSnapshot, Origin, Party};
use super::legs::ON_HOOK_RING_MS_MAX;
use super::plan::Place as LegPlace;
use super::queue::{Arrival, Known, Place, Queue, QueueOutcome, QueueProfile, Turn, Visit};
use super::refusal::{Refusal, TargetProblem};
use super::timers::{SILENT_MS, waiting_since};
use super::{Floor, LegOwner};
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, CustomerId, LegId, QueueId};
use foldhash::HashMap;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// How long the switch may take to answer a caller.
pub(super) const ANSWER_MS_MAX: i64 = 5_000;
/// How long the store may take to say who calls; an agent is not shown to a
/// stranger sooner.
const LOOKUP_MS_MAX: i64 = 500;
/// How long music may take to begin.
pub(super) const MUSIC_MS_MAX: i64 = 3_000;

impl Floor {
    /// Somebody calls.
    pub(super) fn on_arrival(&mut self, now: Moment, leg: LegId, arrival: Arrival) {
        if self.gone.contains_key(&leg) {
            return self.send(SwitchCommand::HangUp { leg, cause: HangUpCause::NormalClearing });
        }
        let id = CallId(self.mint.mint());
        self.legs.insert(leg, LegOwner::Customer(id));
        if let Some(gateway) = &arrival.gateway {
            self.trunks.occupy(gateway, leg);
        }
        let known = arrival.number.is_none().then_some(Known::NOTHING);
        let origin = Origin::Inbound { arrival: arrival.clone(), known };
        let mut call = Call::new(id, leg, origin, now);
        (call.state, call.span) = (CallState::Ringing, SpanKind::Ringing);
        call.dial_until = now + ANSWER_MS_MAX;
        self.calls.insert(id, call);
        self.touched.calls.insert(id);
        let Arrival { number, called, gateway } = arrival;
        self.record(Fact::CallArrived {
            call: id,
            leg,
            number: number.clone(),
            called: called.clone(),
            gateway,
            at: now,
        });
        let leads_to = self.queues.values().find(|queue| queue.profile.numbers.contains(&called));
        match leads_to.map(|queue| (queue.profile.queue, queue.profile.open)) {
            Some((queue, true)) => {
                if let Some(number) = number {
                    self.effects.push(Effect::WantCaller { call: id, number });
                }
                self.enter_queue(now, id, queue, 0);
                self.send(SwitchCommand::AnswerCaller { leg, call: id });
            }
            Some((_, false)) | None => self.refuse(id, now),
        }
    }

    /// No queue takes the caller.
    fn refuse(&mut self, id: CallId, now: Moment) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        call.ended_by = Some(EndedBy::System);
        call.state = CallState::Ending { agent: None, until: now + ANSWER_MS_MAX };
        let leg = call.leg;
        self.send(SwitchCommand::HangUp { leg, cause: HangUpCause::NoRoute });
    }

    /// Callers found on the switch: those who came while nobody was there to
    /// hear of it, and those whose answer may have been lost.
    pub(super) fn take_callers(&mut self, now: Moment, found: &HashMap<LegId, ChannelSnapshot>) {
        let mut callers: Vec<&ChannelSnapshot> = found.values().filter(|c| c.arrival.is_some()).collect();
        callers.sort_by_key(|channel| channel.leg);
        for channel in callers {
            let Some(arrival) = channel.arrival.clone() else { continue };
            let owner = self.legs.get(&channel.leg).copied();
            match owner {
                None if channel.bridged_to.is_none() => {
                    self.on_arrival(now, channel.leg, arrival);
                }
                Some(LegOwner::Customer(id)) if !channel.answered => {
                    let Some(call) = self.calls.get_mut(&id).filter(|call| call.state == CallState::Ringing)
                    else {
                        continue;
                    };
                    call.dial_until = now + ANSWER_MS_MAX;
                    self.touched.calls.insert(id);
                    self.send(SwitchCommand::AnswerCaller { leg: channel.leg, call: id });
                }
                _ => {}
            }
        }
    }

    /// The store says who calls.
    pub(super) fn on_caller_known(&mut self, now: Moment, id: CallId, news: Known) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let Origin::Inbound { known, .. } = &mut call.origin else { return };
        let (e164, customer) = (news.e164.clone(), news.customer);
        *known = Some(news);
        self.touched.calls.insert(id);
        self.record(Fact::CallerKnown { call: id, e164, customer, at: now });
        self.claim_kept(now, id);
        let Some(call) = self.calls.get(&id) else { return };
        // Later than an agent could wait for it.
        if let Some(agent) = call.agent().filter(|_| customer.is_some()) {
            let pop = call.pop(agent, None, None);
            self.tell(pop);
        } else if call.state == CallState::Waiting {
            self.pop_for_all(id);
            self.find_agent(now, id);
        }
    }

    /// Whether this number is on the line, because its owner called.
    pub(super) fn is_calling(&self, e164: &str) -> bool {
        self.calls.values().any(|call| call.is_inbound() && call.e164() == Some(e164))
    }

    /// Whether this customer is in a call or being called, on whichever of their numbers.
    pub(super) fn is_in_a_call(&self, customer: CustomerId) -> bool {
        self.calls.values().any(|call| call.customer() == Some(customer))
    }

    pub(super) fn enter_queue(&mut self, now: Moment, id: CallId, queue: QueueId, hops: u8) {
        let own_ms = self.queues.get(&queue).map_or(0, |queue| queue.profile.own_agent_ms);
        let Some(call) = self.calls.get_mut(&id) else { return };
        let mut visit = Visit::new(queue, now, hops);
        visit.own_until = (own_ms > 0).then(|| now + own_ms);
        visit.no_music = call.queued.as_ref().is_some_and(|before| before.no_music);
        call.queued = Some(visit);
        self.touched.calls.insert(id);
        let in_hours = self.in_hours(now, queue);
        if let Some(queue) = self.queues.get_mut(&queue).filter(|_| in_hours) {
            queue.count_offered(now);
        }
        self.record(Fact::QueueEntered { call: id, queue, at: now });
        if !in_hours {
            self.leave_queue(now, id, QueueOutcome::OutOfHours);
        }
    }

    /// The caller's time in the queue is over, if it is not already.
    pub(super) fn leave_queue(&mut self, now: Moment, id: CallId, outcome: QueueOutcome) {
        self.end_announcement(now, id);
        let Some(call) = self.calls.get_mut(&id) else { return };
        let agent = call.agent().filter(|_| outcome == QueueOutcome::Answered);
        let Some(visit) = call.queued.as_mut().filter(|visit| visit.outcome.is_none()) else { return };
        visit.outcome = Some(outcome);
        visit.own_until = None;
        let (queue_id, waited) = (visit.queue, now.since_ms(visit.since));
        self.touched.calls.insert(id);
        self.count_left(now, queue_id, outcome, waited, agent);
        self.record(Fact::QueueLeft { call: id, queue: queue_id, outcome, agent, at: now });
    }

    fn count_left(
        &mut self,
        now: Moment,
        id: QueueId,
        outcome: QueueOutcome,
        waited_ms: i64,
        agent: Option<AgentId>,
    ) {
        self.touched.queues.insert(id);
        let Some(queue) = self.queues.get_mut(&id) else { return };
        queue.count_left(now, outcome, waited_ms);
        if let Some(agent) = agent {
            queue.took(agent, now);
        }
    }

    /// A call that ends while it is still in a queue.
    pub(super) fn leave_queue_at_end(&mut self, now: Moment, call: &Call, result: CallResult) {
        let Some(visit) = &call.queued else { return };
        self.touched.queues.insert(visit.queue);
        if visit.outcome.is_some() {
            return;
        }
        let outcome = match (call.ended_by, result) {
            (Some(EndedBy::System), _) => QueueOutcome::TurnedAway,
            (Some(EndedBy::Switch), _) | (_, CallResult::Failed) => QueueOutcome::Failed,
            _ => QueueOutcome::Abandoned,
        };
        let (queue, waited) = (visit.queue, now.since_ms(visit.since));
        self.count_left(now, queue, outcome, waited, None);
        self.record(Fact::QueueLeft { call: call.id, queue, outcome, agent: None, at: now });
    }

    /// The next agent of the caller's queue, or music until there is one.
    pub(super) fn find_member(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get(&id) else { return };
        if call.queued.as_ref().is_some_and(Visit::turned_off) {
            return self.after_hours(now, id);
        }
        if Self::held_back(call) {
            return self.entertain(now, id);
        }
        let may_take = |agent: &&Agent| self.may_take(call, agent.profile.agent);
        let may_take = || self.agents.values().filter(may_take);
        let mut ready: Vec<(AgentId, Moment)> = may_take()
            .filter(|agent| agent.is_free())
            .map(|agent| (agent.profile.agent, agent.idle_since()))
            .collect();
        let goes_first = |queue: &Queue| queue.profile.inbound_first;
        if ready.is_empty() && call.queue().and_then(|id| self.queues.get(&id)).is_some_and(goes_first) {
            let looking = may_take().filter(|agent| agent.preview.is_some());
            let looking: Vec<AgentId> = looking.map(|agent| agent.profile.agent).collect();
            ready.extend(self.take_out_of_preview(now, &looking).map(|agent| (agent, now)));
        }
        if !self.offer_to(now, id, &ready) {
            self.entertain(now, id);
        }
    }

    /// Nobody is chosen yet: it is not known who calls, or the leg is on its way
    /// to the music.
    pub(super) fn held_back(call: &Call) -> bool {
        let unknown = matches!(&call.origin, Origin::Inbound { known: None, .. });
        unknown || call.queued.as_ref().is_some_and(|visit| visit.music_until.is_some())
    }

    /// Whether this agent may take this caller now.
    fn may_take(&self, call: &Call, agent: AgentId) -> bool {
        let Some(visit) = &call.queued else { return false };
        if let Some((only, _)) = visit.only {
            return only == agent;
        }
        let Some(queue) = self.queues.get(&visit.queue) else { return false };
        queue.level(agent).is_some() && self.own_agent(call, visit, queue).is_none_or(|own| own == agent)
    }

    /// The agent who alone is waited for at first, if they are at work.
    fn own_agent(&self, call: &Call, visit: &Visit, queue: &Queue) -> Option<AgentId> {
        visit.own_until?;
        let Origin::Inbound { known: Some(known), .. } = &call.origin else { return None };
        let own = known.own_agent.filter(|own| queue.level(*own).is_some())?;
        self.agents.get(&own)?.working().then_some(own)
    }

    /// When it is the turn of a call that waits to be taken by this agent, among
    /// all that wait; `None`: they may not take it.
    pub(super) fn in_line(&self, call: &Call, agent: AgentId) -> Option<Place> {
        if call.queued.is_some() && call.sender != Some(agent) && Self::held_back(call) {
            return None;
        }
        self.place_in_line(call, agent)
    }

    /// The same, even of one whose leg is on its way to the music.
    pub(super) fn place_in_line(&self, call: &Call, agent: AgentId) -> Option<Place> {
        let since = waiting_since(call);
        if call.sender == Some(agent) {
            return Some((Turn::Returned, Reverse(0), since, call.id));
        }
        let Some(visit) = &call.queued else {
            let campaign = call.campaign()?;
            let serves = self.agents.get(&agent)?.serves.contains(&campaign);
            let in_limit = !call.dropped && call.connected.is_none();
            let turn = if in_limit { Turn::Dialled } else { Turn::Others };
            return serves.then_some((turn, Reverse(0), since, call.id));
        };
        if !self.may_take(call, agent) {
            return None;
        }
        let profile = &self.queues.get(&visit.queue)?.profile;
        let turn = if profile.inbound_first { Turn::InboundFirst } else { Turn::Others };
        Some((turn, Reverse(profile.priority), visit.kept_since.unwrap_or(queue_since(call, visit)), call.id))
    }

    /// The agents for whom callers wait: while somebody waits in a queue that
    /// goes first, nobody is dialled on the account of the one of its agents who
    /// will be free first.
    pub(super) fn promised(&self, now: Moment) -> BTreeSet<AgentId> {
        let mut promised = BTreeSet::new();
        for queue in self.queues.values().filter(|queue| queue.profile.inbound_first) {
            let here = |call: &&Call| {
                let visit = call.queued.as_ref().filter(|visit| visit.queue == queue.profile.queue);
                call.state == CallState::Waiting && visit.is_some_and(|visit| visit.rung_until.is_none())
            };
            let kept = self.kept_waiting(now, queue.profile.queue);
            let waiting = self.calls.values().filter(here).count() + kept;
            if waiting == 0 {
                continue;
            }
            let members = queue.profile.members.iter().filter_map(|member| self.agents.get(&member.agent));
            let soon = |agent: &Agent| Some((free_soon(agent)?, agent.idle_since(), agent.profile.agent));
            let mut next: Vec<_> = members.filter_map(soon).collect();
            next.retain(|(.., agent)| !promised.contains(agent));
            next.sort_unstable();
            promised.extend(next.into_iter().take(waiting).map(|(.., agent)| agent));
        }
        promised
    }

    /// Music for a caller who waits, if there is none yet.
    fn entertain(&mut self, now: Moment, id: CallId) {
        if self.offer_callback(now, id) {
            return;
        }
        let Some(call) = self.calls.get(&id) else { return };
        let (leg, Some(visit)) = (call.leg, &call.queued) else { return };
        let answered = call.answered_at.is_some();
        let has_music = self.place(leg) == LegPlace::Music || visit.music_until.is_some() || visit.no_music;
        if !answered || has_music {
            return;
        }
        let music = self.queues.get(&visit.queue).and_then(|queue| queue.profile.music.clone());
        if let Some(visit) = self.visit_mut(id) {
            visit.music_until = Some(now + MUSIC_MS_MAX);
        }
        self.send(SwitchCommand::Entertain { leg, music });
    }

    pub(super) fn visit_mut(&mut self, id: CallId) -> Option<&mut Visit> {
        self.touched.calls.insert(id);
        self.calls.get_mut(&id)?.queued.as_mut()
    }

    /// A customer's leg hears music.
    pub(super) fn on_music(&mut self, now: Moment, id: CallId) {
        let asked = self.calls.get(&id).and_then(|call| call.queued.as_ref()?.music_until).is_some();
        if !asked {
            return;
        }
        if let Some(visit) = self.visit_mut(id) {
            visit.music_until = None;
        }
        if self.calls.get(&id).is_some_and(|call| call.state == CallState::Waiting) {
            self.find_agent(now, id);
        }
    }

    /// When a caller who waits is looked at again.
    pub(super) fn queue_due(&self, call: &Call) -> Moment {
        let Some(visit) = &call.queued else { return Moment(i64::MAX) };
        let lookup = matches!(&call.origin, Origin::Inbound { known: None, .. })
            .then(|| call.started_at + LOOKUP_MS_MAX);
        let offer = self.offer_due(call, visit).filter(|_| visit.music_until.is_none());
        let announce = self.announce_due(call, visit);
        let earlier =
            [visit.music_until, visit.own_until, lookup, offer, announce].into_iter().flatten().min();
        let give_up = self.give_up_at(call, visit);
        earlier.map_or(give_up, |at| at.min(give_up))
    }

    /// A queue that is gone keeps nobody; phones that all ring are heard out, but
    /// those that joined in late only as long as one phone may ring.
    fn give_up_at(&self, call: &Call, visit: &Visit) -> Moment {
        let most = self.queues.get(&visit.queue).map_or(0, |queue| queue.profile.wait_ms_max);
        // Who is called back has waited long enough: it is counted from the answer.
        let answered = call.answered_at.filter(|_| matches!(call.origin, Origin::Callback(_)));
        let since = answered.unwrap_or_else(|| queue_since(call, visit));
        let over = visit.only.map_or(since, |(_, since)| since) + most;
        visit.rung_until.map_or(over, |until| until.min(over + ON_HOOK_RING_MS_MAX).max(over))
    }

    /// Something came due for a caller who waits.
    pub(super) fn fire_queue(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let leg = call.leg;
        let silent = call.heard_at + SILENT_MS <= now;
        if silent {
            call.heard_at = now;
        }
        if let Origin::Inbound { known: known @ None, .. } = &mut call.origin
            && call.started_at + LOOKUP_MS_MAX <= now
        {
            *known = Some(Known::NOTHING);
        }
        let Some(visit) = call.queued.as_mut() else { return };
        let no_music = visit.music_until.is_some_and(|until| until <= now);
        if no_music {
            (visit.music_until, visit.no_music) = (None, true);
        }
        visit.own_until = visit.own_until.filter(|until| *until > now);
        if silent || no_music {
            self.send(SwitchCommand::Check { leg });
        }
        let over = self.calls.get(&id).and_then(|call| Some(self.give_up_at(call, call.queued.as_ref()?)));
        if over.is_some_and(|at| at <= now) {
            self.overflow(now, id);
        } else {
            self.find_agent(now, id);
            self.tell_place(now, id);
        }
    }

    /// An agent hands their call over to a queue: music first.
    pub(super) fn begin_queue_transfer(
        &mut self,
        now: Moment,
        from: AgentId,
        id: CallId,
        queue: QueueId,
        attended: bool,
        note: Option<String>,
    ) -> Result<(), Refusal> {
        if attended {
            return Err(Refusal::Target(TargetProblem::QueueNotAsked));
        }
        if !self.lets_in(queue) || !self.in_hours(now, queue) {
            return Err(Refusal::Target(TargetProblem::QueueClosed));
        }
        self.record(Fact::TransferStarted {
            call: id,
            from,
            to: Party::Queue(queue),
            attended,
            note,
            at: now,
        });
        self.arrange(now, id, Want::Queue(queue));
        Ok(())
    }

    /// The customer hears music: the agent is out of it, the queue has them.
    pub(super) fn handed_to_queue(&mut self, now: Moment, id: CallId, queue: QueueId) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let (from, work) = (call.agent(), call.work());
        (call.plan, call.sender) = (None, None);
        call.state = CallState::Waiting;
        self.record(Fact::TransferEnded { call: id, outcome: TransferOutcome::Completed, at: now });
        self.enter_queue(now, id, queue, 0);
        self.set_span(now, id, SpanKind::Queued);
        if let Some(from) = from {
            self.leave_room(from);
            self.leave_call(now, from, id, work);
        }
        self.move_monitors(now, id, None);
        self.find_agent(now, id);
    }

    /// Length of after-call work, in seconds; 0: until the disposition is saved.
    pub(super) fn wrap_up_seconds(&self, work: Work) -> u32 {
        match work {
            Work::Campaign(id) => self.campaigns.get(&id).map_or(0, |c| c.profile.wrap_up_seconds),
            Work::Queue(id) => self.queues.get(&id).map_or(0, |queue| queue.profile.wrap_up_seconds),
            Work::None => 0,
        }
    }

    /// A queue exists or changed: who waits there is looked at anew.
    pub(super) fn on_queue(&mut self, now: Moment, profile: QueueProfile) {
        let id = profile.queue;
        self.touched.queues.insert(id);
        match self.queues.get_mut(&id) {
            None => {
                self.queues.insert(id, Queue::new(profile, now));
            }
            Some(queue) => queue.profile = profile,
        }
        let here = |call: &&Call| call.state == CallState::Waiting && call.queue() == Some(id);
        let waiting: Vec<CallId> = self.calls.values().filter(here).map(|call| call.id).collect();
        for call in waiting {
            self.touched.calls.insert(call);
            self.find_agent(now, call);
        }
    }
}

/// In which order agents become free, the least first: who is, who is in
/// after-call work, who is on a call. `None`: they are not at work, or have asked
/// not to be after this call.
fn free_soon(agent: &Agent) -> Option<u8> {
    match agent.state {
        AgentState::Ready => Some(0),
        _ if agent.after_call.is_some() => None,
        AgentState::WrapUp { .. } => Some(1),
        _ if agent.state.live_call().is_some() => Some(2),
        _ => None,
    }
}

/// Since when a caller waits: since they came into the queue, or since the agent
/// who had taken them left.
pub(super) fn queue_since(call: &Call, visit: &Visit) -> Moment {
    if visit.outcome == Some(QueueOutcome::Answered) { call.span_since } else { visit.since }
}
