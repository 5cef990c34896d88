//! The strategy "ring all": the desk phones of all agents of the queue who are
//! ready ring at once for one caller, and who answers first takes them.
//!
//! In: a caller whose turn it is with the agents who are ready, and what the
//! phones do. Out: phones that ring, one that is connected, the others silent
//! again. An agent who is rung so is [`AgentState::Reserved`] for a call that
//! still waits ([`CallState::Waiting`]); whose phones ring is read off the agents,
//! so nothing can be forgotten between the two.
//!
//! - A phone that stays up (off-hook) cannot be rung: its agent takes the caller at
//!   once, the longest idle of them first, and nobody is rung.
//! - A phone rings for one caller at a time. A caller rings all who are ready when
//!   their turn comes; who becomes ready later rings for the first in line for whom
//!   no phone rings yet, and if there is none, for the first in line.
//! - Who was outrun has missed nothing: they are ready again, as idle as before.
//!   The agent is offered the next caller when the switch says that the ringing has
//!   ended, because a phone that still rings would be busy.
//! - A customer who was dialled and has answered goes before every caller: when
//!   nobody else is ready, a phone that rings for a caller is called off for them.
//! - Who asks for a pause or logs out while their phone rings is let go at once: the
//!   others ring on.

use super::Floor;
use super::agent::{Agent, AgentState, Phone, REASON_PHONE_NO_ANSWER};
use super::call::{Call, CallState};
use super::campaign::Campaign;
use super::effect::{HangUpCause, SwitchCommand, Tell};
use super::legs::ON_HOOK_RING_MS_MAX;
use super::people::PHONE_RING_SECONDS;
use super::queue::Strategy;
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId};

/// How long a phone that is called off may take to fall silent.
const CALL_OFF_MS_MAX: i64 = 2_000;

impl Floor {
    /// Whether all phones ring for this call. One that waits for a certain agent
    /// rings theirs alone, as everywhere.
    fn rings_all(&self, call: &Call) -> bool {
        let Some(visit) = call.queued.as_ref().filter(|visit| visit.only.is_none()) else { return false };
        let queue = self.queues.get(&visit.queue);
        queue.is_some_and(|queue| queue.profile.strategy == Strategy::RingAll)
    }

    /// The caller is offered to these agents, who are free; whether one of them is
    /// being connected without ringing.
    pub(super) fn offer_to(&mut self, now: Moment, id: CallId, free: &[(AgentId, Moment)]) -> bool {
        let Some(call) = self.calls.get(&id) else { return false };
        let Some(queue) = call.queue().and_then(|queue| self.queues.get(&queue)) else { return false };
        let off_hook = |agent: AgentId| self.agents.get(&agent).is_some_and(Agent::off_hook);
        if !self.rings_all(call) {
            let Some(agent) = queue.choose(now, free) else { return false };
            let up = off_hook(agent);
            self.connect(now, id, agent);
            return up;
        }
        let up: Vec<_> = free.iter().copied().filter(|(agent, _)| off_hook(*agent)).collect();
        if let Some(agent) = queue.choose(now, &up) {
            self.connect(now, id, agent);
            return true;
        }
        for (agent, _) in free {
            self.ring_for(now, id, *agent);
        }
        false
    }

    /// An agent who has become free takes the caller, or rings for them too.
    pub(super) fn offer(&mut self, now: Moment, id: CallId, agent_id: AgentId) {
        let (Some(call), Some(agent)) = (self.calls.get(&id), self.agents.get(&agent_id)) else { return };
        if self.rings_all(call) && !agent.off_hook() && call.sender != Some(agent_id) {
            self.ring_for(now, id, agent_id);
        } else {
            self.connect(now, id, agent_id);
        }
    }

    fn ring_for(&mut self, now: Moment, id: CallId, agent_id: AgentId) {
        let (Some(call), Some(agent)) = (self.calls.get(&id), self.agents.get(&agent_id)) else { return };
        let idle_since = agent.idle_since();
        let pop = call.pop(agent_id, None, None);
        self.tell(pop);
        self.ring_phone(now, agent_id, Some(id), PHONE_RING_SECONDS);
        self.set_state(now, agent_id, AgentState::Reserved { call: id });
        if let Some(agent) = self.agents.get_mut(&agent_id) {
            agent.idle_kept = Some(idle_since);
            agent.rings_until(now + ON_HOOK_RING_MS_MAX);
        }
        self.note_ringing(id);
    }

    /// It turned out who calls: on the screens of all whose phones ring.
    pub(super) fn pop_for_all(&mut self, id: CallId) {
        let Some(call) = self.calls.get(&id).filter(|call| call.customer().is_some()) else { return };
        let pops: Vec<Tell> = self.ringing(id).map(|(agent, _)| call.pop(agent, None, None)).collect();
        pops.into_iter().for_each(|pop| self.tell(pop));
    }

    /// Whose phones ring for a call that waits, and until when.
    fn ringing(&self, id: CallId) -> impl Iterator<Item = (AgentId, Moment)> {
        let taken_by = self.calls.get(&id).and_then(Call::agent);
        self.agents.values().filter_map(move |agent| match (&agent.state, agent.phone) {
            (AgentState::Reserved { call }, Phone::Ringing { until, .. }) if *call == id => {
                let agent = agent.profile.agent;
                (taken_by != Some(agent)).then_some((agent, until))
            }
            _ => None,
        })
    }

    /// Until when phones ring for this call; `None`: none does.
    pub(super) fn ringing_until(&self, id: CallId) -> Option<Moment> {
        self.ringing(id).map(|(_, until)| until).max()
    }

    /// The call whose caller this agent's phone rings for, among others.
    pub(super) fn rings_for(&self, agent: AgentId) -> Option<CallId> {
        let AgentState::Reserved { call } = self.agents.get(&agent)?.state else { return None };
        let waits = self.calls.get(&call).is_some_and(|call| call.state == CallState::Waiting);
        waits.then_some(call)
    }

    /// The phones that ring for a call have changed.
    pub(super) fn note_ringing(&mut self, id: CallId) {
        let until = self.ringing_until(id);
        let visit = self.calls.get(&id).and_then(|call| call.queued.as_ref());
        if visit.is_some_and(|visit| visit.rung_until != until)
            && let Some(visit) = self.visit_mut(id)
        {
            visit.rung_until = until;
        }
    }

    /// Nobody needs to answer this caller any more, or somebody has: the phones that
    /// ring for them fall silent. One that has rung out at this moment was rung in
    /// vain all the same.
    pub(super) fn stop_ringing(&mut self, now: Moment, id: CallId) {
        let rung = self.calls.get(&id).and_then(|call| call.queued.as_ref()?.rung_until);
        if rung.is_none() {
            return;
        }
        let ringing: Vec<(AgentId, Moment)> = self.ringing(id).collect();
        for (agent, until) in ringing {
            if until <= now {
                self.drop_leg(agent);
                self.cannot_take(now, agent, REASON_PHONE_NO_ANSWER);
            } else {
                self.call_off(now, agent);
            }
        }
        self.note_ringing(id);
    }

    /// This agent's phone need not ring any more: they are ready, and offered the
    /// next caller as soon as it has fallen silent.
    fn call_off(&mut self, now: Moment, id: AgentId) {
        self.give_up_pending_phone(id);
        let Some(agent) = self.agents.get(&id) else { return };
        if !self.switch_up || agent.off_hook() || self.is_unregistered(agent) {
            self.drop_leg(id);
            return self.go_ready(now, id);
        }
        let Some(leg) = agent.phone.leg() else { return };
        if let Some(agent) = self.agents.get_mut(&id) {
            agent.rings_until(now + CALL_OFF_MS_MAX);
        }
        self.send(SwitchCommand::HangUp { leg, cause: HangUpCause::OriginatorCancel });
        self.set_state(now, id, AgentState::Ready);
    }

    /// The agent has something else to do than to answer the caller whom their phone
    /// rings for, among others; whether it did.
    pub(super) fn let_go(&mut self, now: Moment, id: AgentId) -> bool {
        let Some(call) = self.rings_for(id) else { return false };
        self.call_off(now, id);
        self.note_ringing(call);
        true
    }

    /// A customer of the campaign has answered and nobody is free: a phone that rings
    /// for a caller, if there is one, is called off for each such customer.
    pub(super) fn call_off_for(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get(&id) else { return };
        let Some(campaign) = call.campaign().and_then(|id| self.campaigns.get(&id)) else { return };
        if call.dropped || call.connected.is_some() {
            return;
        }
        let agents = || campaign.profile.agents.iter().filter_map(|agent| self.agents.get(agent));
        let rings = agents().filter(|agent| self.rings_for(agent.profile.agent).is_some());
        let next = rings.min_by_key(|agent| (agent.idle_since(), agent.profile.agent));
        let Some(next) = next.map(|agent| agent.profile.agent) else {
            self.preview_yields_to(now, id);
            return;
        };
        if agents().filter(|agent| agent.is_called_off()).count() < self.customers_waiting(campaign) {
            self.let_go(now, next);
        }
    }

    fn customers_waiting(&self, campaign: &Campaign) -> usize {
        let waits = |call: &&Call| call.state == CallState::Waiting && call.queued.is_none();
        let of_campaign = |call: &&Call| call.campaign() == Some(campaign.profile.campaign);
        self.calls.values().filter(waits).filter(of_campaign).count()
    }

    /// After the connection with the switch was lost: an answer may have been missed,
    /// and is told of in a moment.
    pub(super) fn ring_on(&mut self, id: CallId, at_least: Moment) {
        let ringing: Vec<(AgentId, Moment)> = self.ringing(id).collect();
        for (agent, until) in ringing {
            if let Some(agent) = self.agents.get_mut(&agent) {
                agent.rings_until(until.max(at_least));
            }
        }
        self.note_ringing(id);
    }
}

impl Agent {
    /// Whether they could take a call at this moment: a phone that is called off may
    /// still ring.
    pub fn is_free(&self) -> bool {
        self.state == AgentState::Ready && !matches!(self.phone, Phone::Ringing { .. })
    }

    /// Whether their phone was rung for a caller whom somebody else has taken, and has
    /// not fallen silent yet.
    pub fn is_called_off(&self) -> bool {
        self.state == AgentState::Ready && matches!(self.phone, Phone::Ringing { .. })
    }

    fn rings_until(&mut self, at: Moment) {
        if let Phone::Ringing { until, .. } = &mut self.phone {
            *until = at;
        }
    }
}
