//! Callback instead of waiting: callers who keep their place and hang up, and the
//! calls by which they are served when it is their turn.
//!
//! In: keys of callers who wait, agents who become free, how a call back comes
//! out, the same customer calling again. Out: kept places; an agent reserved and
//! the customer dialled; the place tried again, or given up.

use super::agent::AgentState;
use super::call::{Call, CallState};
use super::dialling::DIAL_GRACE_MS;
use super::effect::{EndedBy, Fact, SwitchCommand};
use super::input::Origin;
use super::kept::{Callback, Kept, KeptFact, KeptOutcome, KeptPlace};
use super::queue::{Place, QueueOutcome, Turn, Visit};
use super::queueing::MUSIC_MS_MAX;
use super::refusal::{Refusal, TargetProblem};
use super::{Floor, LegOwner};
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, QueueId};
use crate::base::limits;
use std::cmp::Reverse;

/// How long the customer's phone rings, in seconds.
const RING_SECONDS: u32 = 30;
/// When a call back that could not be recorded is tried again.
const NOT_STORED_MS: i64 = 5_000;

impl Floor {
    fn callback_of(&self, queue: QueueId) -> Callback {
        self.queues.get(&queue).map(|queue| queue.profile.callback.clone()).unwrap_or_default()
    }

    /// When a caller who waits is offered to be called back; `None`: never, or it
    /// was done.
    pub(super) fn offer_due(&self, call: &Call, visit: &Visit) -> Option<Moment> {
        let callback = &self.queues.get(&visit.queue)?.profile.callback;
        let waits = visit.outcome.is_none() && visit.only.is_none() && !visit.no_music;
        let may = callback.offered && !visit.offered && waits && self.can_be_called_back(call);
        may.then(|| visit.since + callback.after_ms)
    }

    /// Whether the caller's number can be dialled and no place is kept for it.
    fn can_be_called_back(&self, call: &Call) -> bool {
        let Origin::Inbound { known: Some(known), .. } = &call.origin else { return false };
        let Some(e164) = known.e164.as_deref().filter(|_| known.callback.is_some()) else { return false };
        self.kept.len() < limits::KEPT_PLACES && self.kept.values().all(|place| place.kept.e164 != e164)
    }

    /// Invites the caller to keep their place, if it is time; true when it did.
    pub(super) fn offer_callback(&mut self, now: Moment, id: CallId) -> bool {
        let Some(call) = self.calls.get(&id).filter(|call| call.state == CallState::Waiting) else {
            return false;
        };
        let Some(visit) = call.queued.as_ref().filter(|visit| visit.music_until.is_none()) else {
            return false;
        };
        if call.answered_at.is_none() || self.offer_due(call, visit).is_none_or(|due| due > now) {
            return false;
        }
        let (leg, queue) = (call.leg, visit.queue);
        let callback = self.callback_of(queue);
        let music = self.queues.get(&queue).and_then(|queue| queue.profile.music.clone());
        if let Some(visit) = self.visit_mut(id) {
            visit.offered = true;
            visit.music_until = Some(now + MUSIC_MS_MAX);
        }
        let (message, key) = (callback.invitation, callback.key);
        self.send(SwitchCommand::OfferKey { leg, message, music, key });
        true
    }

    /// A customer pressed a key.
    pub(super) fn on_customer_key(&mut self, now: Moment, id: CallId, key: char) {
        let Some(call) = self.calls.get(&id).filter(|call| call.state == CallState::Waiting) else { return };
        let Some(visit) = call.queued.as_ref().filter(|v| v.offered && v.outcome.is_none()) else { return };
        let (queue, since) = (visit.queue, visit.kept_since.unwrap_or(visit.since));
        let callback = self.callback_of(queue);
        if key != callback.key || !self.can_be_called_back(call) {
            return;
        }
        let Origin::Inbound { known: Some(known), .. } = &call.origin else { return };
        let (Some(number), Some(e164)) = (known.callback.clone(), known.e164.clone()) else { return };
        let customer = known.customer;
        let kept = Kept { call: id, queue, number, e164, customer, since, kept_at: now };
        self.leave_queue(now, id, QueueOutcome::CallbackKept);
        self.record(Fact::Kept(KeptFact::Kept(kept.clone())));
        self.keep(KeptPlace::new(kept));
        self.part_with(now, id, callback.confirmation);
    }

    fn keep(&mut self, place: KeptPlace) {
        self.touched.queues.insert(place.kept.queue);
        self.touched.kept.insert(place.kept.call);
        self.kept.insert(place.kept.call, place);
    }

    /// After a restart: a place that the store has no end of.
    pub(super) fn on_restore_kept(&mut self, place: KeptPlace) {
        self.keep(place);
    }

    /// When a kept place is to be looked at although nothing happened.
    pub(super) fn kept_due(&self, now: Moment, id: CallId) -> Option<Moment> {
        let place = self.kept.get(&id)?;
        (place.attempt.is_none() && place.next_at > now).then_some(place.next_at)
    }

    /// How many places of a queue wait for an agent now.
    pub(super) fn kept_waiting(&self, now: Moment, queue: QueueId) -> usize {
        self.kept.values().filter(|place| place.kept.queue == queue && place.is_due(now)).count()
    }

    /// When it is the turn of a kept place, among callers of its queue and others.
    fn turn_of_kept(&self, place: &KeptPlace) -> Option<Place> {
        let profile = &self.queues.get(&place.kept.queue)?.profile;
        let turn = if profile.inbound_first { Turn::InboundFirst } else { Turn::Others };
        Some((turn, Reverse(profile.priority), place.kept.since, place.kept.call))
    }

    /// The places that may be served now, the first one first: their customers
    /// are not on the line already, nor being dialled by anybody.
    fn kept_in_line(&self, now: Moment) -> Vec<Place> {
        if self.kept.is_empty() || !self.switch_up || self.store_lagging {
            return Vec::new();
        }
        let free = |place: &&KeptPlace| {
            let e164 = &place.kept.e164;
            let on_the_line =
                self.is_calling(e164) || place.kept.customer.is_some_and(|who| self.is_in_a_call(who));
            let allowed = !self.numbers.contains(e164) && !on_the_line;
            place.is_due(now) && allowed && self.queue_has_line(now, place.kept.queue)
        };
        let mut line: Vec<Place> =
            self.kept.values().filter(free).filter_map(|place| self.turn_of_kept(place)).collect();
        line.sort_unstable();
        line
    }

    /// The first kept place that this agent may serve.
    pub(super) fn first_kept(&self, now: Moment, agent: AgentId) -> Option<Place> {
        let serves = |place: &Place| {
            let queue = self.kept.get(&place.3).and_then(|kept| self.queues.get(&kept.kept.queue));
            queue.is_some_and(|queue| queue.level(agent).is_some())
        };
        self.kept_in_line(now).into_iter().find(serves)
    }

    /// Serves the places whose turn it is, as far as agents are free.
    pub(super) fn serve_kept(&mut self, now: Moment) {
        for turn in self.kept_in_line(now) {
            let Some(queue) = self.kept.get(&turn.3).map(|place| place.kept.queue) else { continue };
            // Those before may have taken the last line.
            if !self.queue_has_line(now, queue) {
                continue;
            }
            if let Some(agent) = self.agent_for_kept(now, queue, &turn) {
                self.call_back(now, turn.3, agent);
            }
        }
    }

    /// The agent who would take a caller in this place: not one for whom somebody
    /// waits longer, whose leg is on its way to the music.
    fn agent_for_kept(&self, now: Moment, queue: QueueId, turn: &Place) -> Option<AgentId> {
        let waits_longer = |agent: AgentId| {
            let waiting = self.calls.values().filter(|call| call.state == CallState::Waiting);
            waiting.filter_map(|call| self.place_in_line(call, agent)).any(|place| place < *turn)
        };
        let queue = self.queues.get(&queue)?;
        let ready = self.agents.values().filter(|agent| agent.state == AgentState::Ready);
        let ready: Vec<(AgentId, Moment)> = ready
            .map(|agent| (agent.profile.agent, agent.idle_since()))
            .filter(|(agent, _)| queue.level(*agent).is_some() && !waits_longer(*agent))
            .collect();
        queue.choose(now, &ready)
    }

    /// It is the turn of a kept place: reserves the agent, shows them the customer
    /// and dials.
    pub(super) fn call_back(&mut self, now: Moment, place: CallId, agent: AgentId) {
        let Some(kept) = self.kept.get(&place).map(|place| place.kept.clone()) else { return };
        let Some(profile) = self.queues.get(&kept.queue).map(|queue| &queue.profile) else { return };
        let (gateway, caller_id) = (profile.gateway.clone(), profile.caller_id.clone());
        let id = CallId(self.mint.mint());
        let leg = self.new_leg(LegOwner::Customer(id));
        if let Some(place) = self.kept.get_mut(&place) {
            (place.attempt, place.tries) = (Some(id), place.tries + 1);
        }
        self.launch_over(now, &gateway, leg);
        self.numbers.insert(kept.e164.clone());
        let mut call = Call::new(id, leg, Origin::Callback(kept.clone()), now);
        call.queued = Some(Visit::of_kept(&kept));
        call.caller_id = Some(caller_id.clone());
        self.caller_ids.shown(now, &caller_id);
        call.dial_until = now + i64::from(RING_SECONDS) * 1_000 + DIAL_GRACE_MS;
        self.calls.insert(id, call);
        self.touched.queues.insert(kept.queue);
        let number = kept.number.clone();
        self.record(Fact::Kept(KeptFact::CallingBack {
            call: id,
            leg,
            kept,
            agent,
            caller_id: caller_id.clone(),
            gateway: gateway.clone(),
            at: now,
        }));
        self.reserve(now, id, agent);
        let ring_seconds = RING_SECONDS;
        self.send(SwitchCommand::DialCustomer { call: id, leg, gateway, number, caller_id, ring_seconds });
    }

    /// The agent is kept free for a customer who is being dialled; how long they
    /// have been idle counts on if it comes to nothing.
    pub(super) fn reserve(&mut self, now: Moment, id: CallId, agent: AgentId) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        call.reserved = Some(agent);
        let pop = call.pop(agent, None, None);
        self.touched.calls.insert(id);
        self.tell(pop);
        if let Some(agent) = self.agents.get_mut(&agent) {
            agent.idle_kept = Some(agent.idle_since());
        }
        self.set_state(now, agent, AgentState::Reserved { call: id });
    }

    /// The agent who is kept free for this call, if they still are.
    pub(super) fn reserved_for(&self, call: &Call) -> Option<AgentId> {
        let kept_free = AgentState::Reserved { call: call.id };
        call.reserved.filter(|agent| self.agents.get(agent).is_some_and(|agent| agent.state == kept_free))
    }

    /// Whether this agent is kept free for a call whose customer has not answered.
    pub(super) fn waits_for(&self, call: CallId, agent: AgentId) -> bool {
        self.calls.get(&call).is_some_and(|call| call.reserved == Some(agent))
    }

    /// The agent who was kept free is lost: another, or the customer is not rung
    /// any more.
    pub(super) fn reserved_lost(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        if call.reserved.take().is_none() {
            return;
        }
        self.touched.calls.insert(id);
        let Some(call) = self.calls.get(&id) else { return };
        if matches!(call.state, CallState::Ending { .. }) {
            return;
        }
        let Origin::Callback(kept) = &call.origin else { return self.previewer_lost(now, id) };
        let (place, queue) = (kept.call, kept.queue);
        let next = self.kept.get(&place).and_then(|place| self.turn_of_kept(place));
        match next.and_then(|turn| self.agent_for_kept(now, queue, &turn)) {
            Some(agent) => self.reserve(now, id, agent),
            None if call.answered_at.is_some() => self.find_agent(now, id),
            None => {
                self.not_tried(now, place, id, 0);
                self.end_call_by(now, id, EndedBy::System);
            }
        }
    }

    /// A call back that never was, or was taken back by us: it does not count.
    fn not_tried(&mut self, now: Moment, place: CallId, attempt: CallId, wait_ms: i64) {
        let Some(place) = self.kept.get_mut(&place).filter(|place| place.attempt == Some(attempt)) else {
            return;
        };
        place.attempt = None;
        place.tries = place.tries.saturating_sub(1);
        place.next_at = now + wait_ms;
        let (id, queue) = (place.kept.call, place.kept.queue);
        self.touched.kept.insert(id);
        self.touched.queues.insert(queue);
    }

    /// The record of a call back could not be committed: it was not dialled.
    pub(super) fn callback_not_stored(&mut self, now: Moment, call: &Call) {
        let Origin::Callback(kept) = &call.origin else { return };
        self.numbers.remove(&kept.e164);
        self.not_tried(now, kept.call, call.id, NOT_STORED_MS);
        if let Some(agent) = self.reserved_for(call) {
            self.back_to_work(now, agent);
        }
    }

    /// Customer and agent talk: the place has been served.
    pub(super) fn callback_reached(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get(&id) else { return };
        let Origin::Callback(kept) = &call.origin else { return };
        let (place, queue, agent) = (kept.call, kept.queue, call.agent());
        if let Some((queue, agent)) = self.queues.get_mut(&queue).zip(agent) {
            queue.took(agent, now);
        }
        self.end_kept(now, place, KeptOutcome::Reached, Some(id));
    }

    /// A call back is over. Of one that reached nobody the place waits for the
    /// next, if there is to be one.
    pub(super) fn callback_ended(&mut self, now: Moment, call: &Call) {
        let Origin::Callback(kept) = &call.origin else { return };
        self.touched.queues.insert(kept.queue);
        let callback = self.callback_of(kept.queue);
        let Some(place) = self.kept.get_mut(&kept.call).filter(|place| place.attempt == Some(call.id)) else {
            return;
        };
        place.attempt = None;
        if place.tries >= callback.tries_max {
            return self.end_kept(now, kept.call, KeptOutcome::CallbackFailed, None);
        }
        place.next_at = now + callback.retry_ms;
        let (tries, next_at) = (place.tries, place.next_at);
        self.touched.kept.insert(kept.call);
        self.record(Fact::Kept(KeptFact::InVain { place: kept.call, tries, next_at, at: now }));
    }

    /// A customer whose place is kept calls the same queue again: they come in at
    /// their place, and are not called back.
    pub(super) fn claim_kept(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get(&id) else { return };
        let (Some(e164), Some(queue)) = (call.e164(), call.queue()) else { return };
        let theirs = |place: &&KeptPlace| place.kept.e164 == e164 && place.kept.queue == queue;
        let Some(place) = self.kept.values().find(theirs) else { return };
        let (since, place, attempt) = (place.kept.since, place.kept.call, place.attempt);
        let answered = |id| self.calls.get(&id).is_some_and(|call: &Call| call.answered_at.is_some());
        if attempt.is_some_and(answered) {
            return;
        }
        let Some(visit) = self.visit_mut(id).filter(|visit| visit.outcome.is_none()) else { return };
        visit.kept_since = Some(since);
        self.end_kept(now, place, KeptOutcome::CalledAgain, Some(id));
        if let Some(attempt) = attempt {
            self.end_call_by(now, attempt, EndedBy::System);
        }
    }

    /// Numbers of kept places came onto the do-not-call list.
    pub(super) fn on_kept_barred(&mut self, now: Moment, places: &[CallId]) {
        for place in places {
            self.take_out(now, *place, KeptOutcome::DoNotCall, EndedBy::System);
        }
    }

    /// A supervisor takes a place out of the line.
    pub(super) fn remove_kept(&mut self, now: Moment, place: CallId) -> Result<(), Refusal> {
        if !self.take_out(now, place, KeptOutcome::Removed, EndedBy::Supervisor) {
            return Err(Refusal::Target(TargetProblem::PlaceGone));
        }
        Ok(())
    }

    /// Ends a place, and the call back that rings for it; false when there is no
    /// such place.
    fn take_out(&mut self, now: Moment, place: CallId, outcome: KeptOutcome, by: EndedBy) -> bool {
        let Some(attempt) = self.kept.get(&place).map(|place| place.attempt) else { return false };
        self.end_kept(now, place, outcome, None);
        let rings = |id: &CallId| self.calls.get(id).is_some_and(|call| call.answered_at.is_none());
        if let Some(attempt) = attempt.filter(rings) {
            self.end_call_by(now, attempt, by);
        }
        true
    }

    fn end_kept(&mut self, now: Moment, place: CallId, outcome: KeptOutcome, by: Option<CallId>) {
        let Some(place) = self.kept.remove(&place) else { return };
        self.touched.queues.insert(place.kept.queue);
        let (tries, place) = (place.tries, place.kept.call);
        self.record(Fact::Kept(KeptFact::Ended { place, outcome, by, tries, at: now }));
    }
}
