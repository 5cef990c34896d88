//! What agents ask for, and how they come and go.

use super::Floor;
use super::LegOwner;
use super::agent::{AfterCall, Agent, AgentState, Phone, REASON_LOGGED_IN, REASON_SWITCH_DOWN};
use super::call::CallState;
use super::effect::{HangUpCause, Refusal, SwitchCommand};
use super::input::{AgentCommand, AgentProfile, Ticket};
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
                return Err(Refusal::WrongState { state: "logged_out", hint: "log in first" });
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
            (AgentCommand::Ready, AgentState::Ready | AgentState::Connecting) => {}
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
        let Some(since) = self.agents.get(&id).map(|a| a.since) else { return };
        for campaign in self.campaigns.values_mut().filter(|c| c.profile.agents.contains(&id)) {
            campaign.estimates.wrapped_up(now.since_ms(since));
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
        match agent.phone {
            Phone::Up { .. } if agent.off_hook() => self.become_ready(now, id),
            Phone::Down if agent.off_hook() => {
                self.set_state(now, id, AgentState::Connecting);
                self.ring_phone(now, id, None);
            }
            Phone::Ringing { .. } if agent.off_hook() => self.set_state(now, id, AgentState::Connecting),
            // A leg left over from the last call does not block the next one.
            Phone::Up { leg } | Phone::Ringing { leg, .. } => {
                agent.phone = Phone::Down;
                self.forget_leg(leg);
                self.send(SwitchCommand::HangUp { leg, cause: HangUpCause::NormalClearing });
                self.become_ready(now, id);
            }
            Phone::Down => self.become_ready(now, id),
        }
    }

    /// Ready: whoever waits and has the first turn is next.
    pub(super) fn become_ready(&mut self, now: Moment, id: AgentId) {
        self.set_state(now, id, AgentState::Ready);
        let waiting = self
            .calls
            .values()
            .filter(|call| call.state == CallState::Waiting)
            .filter_map(|call| self.turn(call, id))
            .min();
        if let Some((.., call)) = waiting {
            self.connect(now, call, id);
        }
    }

    pub(super) fn ring_phone(&mut self, now: Moment, id: AgentId, call: Option<CallId>) {
        let leg = self.new_leg(LegOwner::Agent(id));
        let Some(agent) = self.agents.get_mut(&id) else { return };
        agent.phone =
            Phone::Ringing { leg, until: now + i64::from(PHONE_RING_SECONDS) * 1_000 + PHONE_GRACE_MS };
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
            ring_seconds: PHONE_RING_SECONDS,
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
                self.agents.insert(id, Agent::new(profile, now));
            }
            Some(agent) => {
                // A nailed leg to the old phone is of no use for the new one.
                let leg = (agent.profile != profile && agent.state.live_call().is_none())
                    .then(|| agent.phone.leg())
                    .flatten();
                agent.profile = profile;
                agent.leaving = false;
                if let Some(leg) = leg {
                    agent.phone = Phone::Down;
                    self.forget_leg(leg);
                    self.send(SwitchCommand::HangUp { leg, cause: HangUpCause::NormalClearing });
                    self.phone_replaced(now, id);
                }
            }
        }
    }

    fn phone_replaced(&mut self, now: Moment, id: AgentId) {
        if let Some(AgentState::Ready | AgentState::Connecting) =
            self.agents.get(&id).map(|a| a.state.clone())
        {
            self.go_ready(now, id);
        }
    }

    pub(super) fn on_agent_removed(&mut self, now: Moment, id: AgentId) {
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
