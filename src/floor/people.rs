//! What agents ask for, and how they come and go.

use super::Floor;
use super::LegOwner;
use super::agent::{
    AfterCall, Agent, AgentState, Phone, REASON_LOGGED_IN, REASON_MISSED_RINGS, REASON_PHONE_NO_ANSWER,
    REASON_PHONE_NOT_REGISTERED, REASON_SWITCH_DOWN,
};
use super::call::CallState;
use super::effect::{HangUpCause, SwitchCommand};
use super::input::{AgentCommand, AgentProfile, Ticket};
use super::make::Make;
use super::refusal::{Hint, Refusal};
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId};

/// How long a desk phone rings for an agent, in seconds.
pub(super) const PHONE_RING_SECONDS: u32 = 20;
/// How long after that the switch may take to say how it ended.
pub(super) const PHONE_GRACE_MS: i64 = 5_000;

impl Floor {
    pub(super) fn on_agent_command(
        &mut self,
        now: Moment,
        id: AgentId,
        command: AgentCommand,
        ticket: Ticket,
    ) {
        if !self.agents.contains_key(&id) {
            return self.answer(ticket, Some(Refusal::NotAnAgent));
        }
        if let Some(command) = self.on_call_command(now, id, command, ticket) {
            let refusal = self.on_state_command(now, id, command).err();
            self.answer(ticket, refusal);
        }
    }

    /// A command about the agent's own state: done at once.
    pub(super) fn on_state_command(
        &mut self,
        now: Moment,
        id: AgentId,
        command: AgentCommand,
    ) -> Result<(), Refusal> {
        if matches!(command, AgentCommand::LogOut | AgentCommand::Pause { .. }) {
            self.let_go(now, id);
        }
        match command {
            AgentCommand::Dial { lead } => return self.dial_preview(now, id, lead),
            AgentCommand::Skip { lead, reason, note } => {
                return self.skip_preview(now, id, lead, reason, note);
            }
            _ => {}
        }
        let Some(agent) = self.agents.get(&id) else { return Err(Refusal::NotAnAgent) };
        let state = agent.state.clone();
        let on_call = state.live_call().is_some();
        match (command, state) {
            (AgentCommand::LogIn, AgentState::LoggedOut) => {
                self.set_state(now, id, AgentState::Paused { reason: REASON_LOGGED_IN.to_owned() });
            }
            // Signing in again from another browser changes nothing.
            (AgentCommand::LogIn, _) | (AgentCommand::LogOut, AgentState::LoggedOut) => {}
            (_, AgentState::LoggedOut) => {
                return Err(Refusal::WrongState { state: "logged_out", hint: Hint::LogInFirst });
            }
            (AgentCommand::LogOut, _) if on_call => self.after_call(id, Some(AfterCall::LogOut)),
            (AgentCommand::LogOut, _) => self.log_out(now, id),
            (AgentCommand::Pause { reason }, _) if on_call => {
                self.after_call(id, Some(AfterCall::Pause(reason)));
            }
            (AgentCommand::Pause { reason }, state) => {
                self.note_wrap_up_end(now, id, &state);
                self.set_state(now, id, AgentState::Paused { reason });
            }
            (AgentCommand::Ready, _) if on_call => self.after_call(id, None),
            (AgentCommand::Ready, AgentState::Ready | AgentState::Previewing | AgentState::Connecting) => {}
            (AgentCommand::Ready, state) => {
                self.note_wrap_up_end(now, id, &state);
                self.go_ready(now, id);
            }
            (AgentCommand::Disposed { call }, AgentState::WrapUp { call: current, .. })
                if call == current =>
            {
                self.back_to_work(now, id);
            }
            // Saved during the call, or after the timer: nothing to change.
            // What concerns the call in progress is not decided here.
            _ => {}
        }
        Ok(())
    }

    fn after_call(&mut self, id: AgentId, next: Option<AfterCall>) {
        if let Some(agent) = self.agents.get_mut(&id) {
            agent.after_call = next;
            self.touched.agents.insert(id);
        }
    }

    /// The call and its after-call work are over: what was asked for during
    /// the call, or ready.
    pub(super) fn back_to_work(&mut self, now: Moment, id: AgentId) {
        let Some(agent) = self.agents.get_mut(&id) else { return };
        let state = agent.state.clone();
        let next = agent.after_call.take();
        self.note_wrap_up_end(now, id, &state);
        match next {
            Some(AfterCall::LogOut) => self.log_out(now, id),
            Some(AfterCall::Pause(reason)) => self.set_state(now, id, AgentState::Paused { reason }),
            None => self.go_ready(now, id),
        }
    }

    /// Learns how long after-call work lasts.
    fn note_wrap_up_end(&mut self, now: Moment, id: AgentId, state: &AgentState) {
        let AgentState::WrapUp { .. } = state else { return };
        let Some(agent) = self.agents.get(&id) else { return };
        for campaign in &agent.serves {
            if let Some(campaign) = self.campaigns.get_mut(campaign) {
                campaign.estimates.wrapped_up(now.since_ms(agent.since));
            }
        }
    }

    /// Takes calls as soon as the desk phone allows it.
    pub(super) fn go_ready(&mut self, now: Moment, id: AgentId) {
        let Some(agent) = self.agents.get_mut(&id) else { return };
        agent.after_call = None;
        if !self.switch_up {
            self.set_state(now, id, AgentState::Unreachable { reason: REASON_SWITCH_DOWN });
            return;
        }
        let phone = agent.phone;
        let off_hook = agent.off_hook();
        let stays_up = off_hook && matches!(phone, Phone::Up { .. });
        if !stays_up && self.agents.get(&id).is_some_and(|agent| self.is_unregistered(agent)) {
            self.drop_leg(id);
            self.set_state(now, id, AgentState::Unreachable { reason: REASON_PHONE_NOT_REGISTERED });
            return;
        }
        match phone {
            Phone::Up { .. } if off_hook => self.become_ready(now, id),
            Phone::Down if off_hook => {
                self.set_state(now, id, AgentState::Connecting);
                self.ring_phone(now, id, None, PHONE_RING_SECONDS);
            }
            Phone::Ringing { .. } if off_hook => self.set_state(now, id, AgentState::Connecting),
            // A leg left over from the last call does not block the next one.
            Phone::Up { .. } | Phone::Ringing { .. } => {
                self.drop_leg(id);
                self.become_ready(now, id);
            }
            Phone::Down => self.become_ready(now, id),
        }
    }

    pub(super) fn drop_leg(&mut self, id: AgentId) {
        let Some(agent) = self.agents.get_mut(&id) else { return };
        let Some(leg) = agent.phone.leg() else { return };
        agent.phone = Phone::Down;
        self.touched.agents.insert(id);
        self.forget_leg(leg);
        self.send(SwitchCommand::HangUp { leg, cause: HangUpCause::NormalClearing });
    }

    /// The agent's phone was rung in vain or could not be had: unreachable with
    /// the reason, or after too many rings in vain paused, so that no more
    /// customers wait for nobody.
    pub(super) fn cannot_take(&mut self, now: Moment, id: AgentId, reason: &'static str) {
        if reason == REASON_PHONE_NOT_REGISTERED {
            self.phone_not_found(now, id);
        }
        let Some(agent) = self.agents.get_mut(&id) else { return };
        if reason == REASON_PHONE_NO_ANSWER {
            agent.misses = agent.misses.saturating_add(1);
            let most = agent.profile.missed_rings_max;
            if most > 0 && agent.misses >= most {
                agent.misses = 0;
                let reason = REASON_MISSED_RINGS.to_owned();
                return self.set_state(now, id, AgentState::Paused { reason });
            }
        }
        self.set_state(now, id, AgentState::Unreachable { reason });
    }

    /// Ready: whoever waits and has the first turn is next; of those for whom phones
    /// ring already, only if there is nobody else.
    pub(super) fn become_ready(&mut self, now: Moment, id: AgentId) {
        self.set_state(now, id, AgentState::Ready);
        let waiting = self
            .calls
            .values()
            .filter(|call| call.state == CallState::Waiting)
            .filter_map(|call| Some((call.is_rung_for(), self.in_line(call, id)?)))
            .min();
        let Some((_, first)) = waiting else { return };
        match self.first_kept(now, id).filter(|kept| *kept < first) {
            Some((.., place)) => self.call_back(now, place, id),
            None => self.offer(now, first.3, id),
        }
    }

    pub(super) fn ring_phone(&mut self, now: Moment, id: AgentId, call: Option<CallId>, ring_seconds: u32) {
        let make = self.agents.get(&id).map_or(Make::Other, |agent| self.make_of(agent));
        let leg = self.new_leg(LegOwner::Agent(id));
        let Some(agent) = self.agents.get_mut(&id) else { return };
        agent.phone = Phone::Ringing { leg, until: now + i64::from(ring_seconds) * 1_000 + PHONE_GRACE_MS };
        agent.heard_at = now;
        self.touched.agents.insert(id);
        let caller_id = call
            .and_then(|call| self.calls.get(&call))
            .and_then(|call| call.number().cloned())
            .unwrap_or_else(|| agent.profile.extension.clone());
        let command = SwitchCommand::RingAgent {
            agent: id,
            leg,
            extension: agent.profile.extension.clone(),
            caller_id,
            nailed: call.is_none(),
            call,
            ring_seconds,
            make,
        };
        self.send(command);
    }

    pub(super) fn log_out(&mut self, now: Moment, id: AgentId) {
        let Some(agent) = self.agents.get_mut(&id) else { return };
        agent.after_call = None;
        let leg = agent.phone.leg();
        agent.phone = Phone::Down;
        let leaving = agent.leaving;
        if let Some(leg) = leg {
            self.forget_leg(leg);
            self.send(SwitchCommand::HangUp { leg, cause: HangUpCause::NormalClearing });
        }
        self.set_state(now, id, AgentState::LoggedOut);
        if leaving {
            self.agents.remove(&id);
        }
    }

    pub(super) fn on_agent_profile(&mut self, now: Moment, profile: AgentProfile) {
        let id = profile.agent;
        self.touched.agents.insert(id);
        match self.agents.get_mut(&id) {
            None => {
                let mut agent = Agent::new(profile, now);
                agent.serves = self.campaigns_of(id);
                self.agents.insert(id, agent);
            }
            Some(agent) => {
                // A nailed leg to the old phone is of no use for the new one.
                let other_phone = (&agent.profile.extension, agent.profile.phone_mode)
                    != (&profile.extension, profile.phone_mode);
                let leg =
                    (other_phone && agent.state.live_call().is_none()).then(|| agent.phone.leg()).flatten();
                agent.profile = profile;
                agent.leaving = false;
                if let Some(leg) = leg {
                    agent.phone = Phone::Down;
                    self.forget_leg(leg);
                    self.send(SwitchCommand::HangUp { leg, cause: HangUpCause::NormalClearing });
                    self.phone_replaced(now, id);
                }
                self.review_phone(now, id);
            }
        }
    }

    fn phone_replaced(&mut self, now: Moment, id: AgentId) {
        if let Some(AgentState::Ready | AgentState::Previewing | AgentState::Connecting) =
            self.agents.get(&id).map(|a| a.state.clone())
        {
            self.go_ready(now, id);
        }
    }

    pub(super) fn on_agent_removed(&mut self, now: Moment, id: AgentId) {
        self.let_go(now, id);
        let Some(agent) = self.agents.get_mut(&id) else { return };
        agent.leaving = true;
        if agent.state.live_call().is_some() {
            agent.after_call = Some(AfterCall::LogOut);
            self.touched.agents.insert(id);
        } else {
            self.log_out(now, id);
        }
    }
}
