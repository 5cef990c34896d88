//! What an agent does with the call in progress: hold, mute, keys, recording,
//! transfers. Each request is answered when the switch has confirmed it.

use super::agent::{Agent, AgentState, Phone};
use super::call::{CallState, Want, Work};
use super::effect::{AgentAction, EndedBy, Fact, HangUpCause, SwitchCommand, TransferOutcome};
use super::input::{AgentCommand, CommandName, LegChange, Party, Ticket};
use super::pending::Expect;
use super::refusal::{Hint, Refusal};
use super::{Floor, LegOwner};
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, LegId};

impl Floor {
    /// A command about the call in progress; `None` gives one back that is not.
    pub(super) fn on_call_command(
        &mut self,
        now: Moment,
        id: AgentId,
        command: AgentCommand,
        ticket: Ticket,
    ) -> Option<AgentCommand> {
        let action = match &command {
            AgentCommand::HangUp => AgentAction::HangUp,
            AgentCommand::Answer => AgentAction::Answer,
            AgentCommand::Hold => AgentAction::Hold,
            AgentCommand::Resume => AgentAction::Resume,
            AgentCommand::Mute(true) => AgentAction::Mute,
            AgentCommand::Mute(false) => AgentAction::Unmute,
            AgentCommand::SendKeys(_) => AgentAction::SendKeys,
            AgentCommand::PauseRecording(true) => AgentAction::PauseRecording,
            AgentCommand::PauseRecording(false) => AgentAction::ResumeRecording,
            AgentCommand::Transfer { .. } => AgentAction::Transfer,
            AgentCommand::Consult { .. } => AgentAction::Consult,
            AgentCommand::Swap => AgentAction::Swap,
            AgentCommand::CompleteTransfer => AgentAction::CompleteTransfer,
            AgentCommand::CancelTransfer => AgentAction::CancelTransfer,
            AgentCommand::Conference => AgentAction::Conference,
            AgentCommand::LogIn
            | AgentCommand::LogOut
            | AgentCommand::Ready
            | AgentCommand::Pause { .. }
            | AgentCommand::Dial { .. }
            | AgentCommand::Skip { .. }
            | AgentCommand::Disposed { .. } => return Some(command),
        };
        let refusal = match self.may(id, action) {
            Ok(()) => self.act(now, id, command, ticket).err(),
            // Asking again for what is so already changes nothing.
            Err(_) if self.is_so_already(id, action) => {
                self.answer(ticket, None);
                return None;
            }
            Err(refusal) => Some(refusal),
        };
        if let Some(refusal) = refusal {
            self.answer(ticket, Some(refusal));
        }
        None
    }

    fn may(&self, id: AgentId, action: AgentAction) -> Result<(), Refusal> {
        let Some(agent) = self.agents.get(&id) else { return Err(Refusal::NotAnAgent) };
        // Whatever else is missing: nobody is there to do it.
        if agent.state == AgentState::LoggedOut {
            let state = agent.state.kind().as_str();
            return Err(Refusal::WrongState { state, hint: Hint::LogInFirst });
        }
        if agent.pending.is_some() && action != AgentAction::HangUp {
            return Err(Refusal::StillBusy);
        }
        if !self.allowed(agent).contains(&action) {
            let rings = matches!(agent.phone, Phone::Ringing { .. });
            let hint = match action {
                AgentAction::Answer if rings => Hint::PickUp,
                AgentAction::HangUp => Hint::NothingToHangUp,
                AgentAction::Answer => Hint::NotRinging,
                AgentAction::Resume => Hint::NotOnHold,
                AgentAction::Swap
                | AgentAction::CompleteTransfer
                | AgentAction::CancelTransfer
                | AgentAction::Conference => Hint::NoTransfer,
                AgentAction::PauseRecording | AgentAction::ResumeRecording => Hint::NotRecording,
                _ => Hint::NoConversation,
            };
            return Err(Refusal::WrongState { state: agent.state.kind().as_str(), hint });
        }
        if !self.switch_up {
            return Err(Refusal::SwitchDown);
        }
        Ok(())
    }

    fn is_so_already(&self, id: AgentId, action: AgentAction) -> bool {
        let Some(agent) = self.agents.get(&id).filter(|agent| agent.pending.is_none()) else { return false };
        let call = agent.state.live_call().and_then(|call| self.calls.get(&call));
        let Some(call) = call else { return false };
        let plan = call.plan.as_ref().filter(|plan| plan.settled);
        match action {
            AgentAction::Hold => plan.is_some_and(|plan| plan.want == Want::Hold && plan.third.is_none()),
            AgentAction::Resume => matches!(call.state, CallState::Talking { apart_since: None, .. }),
            AgentAction::Mute => agent.muted,
            AgentAction::Unmute => !agent.muted,
            AgentAction::PauseRecording => call.recording.is_some() && call.recording_paused,
            AgentAction::ResumeRecording => call.recording.is_some() && !call.recording_paused,
            _ => false,
        }
    }

    /// Begins what is allowed.
    fn act(
        &mut self,
        now: Moment,
        id: AgentId,
        command: AgentCommand,
        ticket: Ticket,
    ) -> Result<(), Refusal> {
        if command == AgentCommand::Answer {
            return self.answer_phone(now, id, ticket);
        }
        let Some(agent) = self.agents.get(&id) else { return Err(Refusal::NotAnAgent) };
        let (Some(call), leg) = (agent.state.live_call(), agent.phone.leg()) else {
            return Err(Refusal::CallEnded);
        };
        if command == AgentCommand::HangUp {
            self.expect(now, id, ticket, Expect::Left);
            self.hang_up(now, id, call);
            return Ok(());
        }
        let agent_leg = leg.ok_or(Refusal::CallEnded)?;
        let Some(live) = self.calls.get(&call) else { return Err(Refusal::CallEnded) };
        let customer = live.leg;
        let recording = live.recording.clone();
        match command {
            AgentCommand::Hold => self.arrange_for(now, id, call, Want::Hold, ticket),
            AgentCommand::Resume => self.arrange_for(now, id, call, Want::Talk, ticket),
            AgentCommand::Conference => self.arrange_for(now, id, call, Want::Conference, ticket),
            AgentCommand::Swap => {
                let aside = self.calls.get(&call).and_then(|c| c.plan.as_ref()).map(|plan| plan.want);
                let want = if aside == Some(Want::Aside) { Want::Consult } else { Want::Aside };
                self.arrange_for(now, id, call, want, ticket);
            }
            AgentCommand::CompleteTransfer => self.complete(now, id, call, ticket),
            AgentCommand::CancelTransfer => {
                self.expect(now, id, ticket, Expect::Arranged);
                self.third_given_up(now, call, TransferOutcome::Cancelled);
            }
            AgentCommand::Transfer { to: to @ Party::Queue(_), note } => {
                self.begin_transfer(now, id, call, to, false, note)?;
                self.expect(now, id, ticket, Expect::Left);
            }
            AgentCommand::Transfer { to, note } => {
                self.begin_transfer(now, id, call, to, false, note)?;
                self.expect_third(now, id, call, ticket);
            }
            AgentCommand::Consult { to, note } => {
                self.begin_transfer(now, id, call, to, true, note)?;
                self.expect_third(now, id, call, ticket);
            }
            AgentCommand::Mute(on) => {
                self.expect(now, id, ticket, Expect::Muted(on));
                self.send(SwitchCommand::Mute { leg: agent_leg, on });
            }
            AgentCommand::SendKeys(keys) => {
                self.expect(now, id, ticket, Expect::KeysTaken);
                self.send(SwitchCommand::SendKeys { leg: customer, keys });
            }
            AgentCommand::PauseRecording(on) => {
                let path = recording.ok_or(Refusal::CallEnded)?;
                self.expect(now, id, ticket, Expect::Masked(on));
                self.send(SwitchCommand::MaskRecording { leg: customer, path, on });
            }
            AgentCommand::Answer
            | AgentCommand::HangUp
            | AgentCommand::LogIn
            | AgentCommand::LogOut
            | AgentCommand::Ready
            | AgentCommand::Pause { .. }
            | AgentCommand::Dial { .. }
            | AgentCommand::Skip { .. }
            | AgentCommand::Disposed { .. } => {}
        }
        Ok(())
    }

    fn arrange_for(&mut self, now: Moment, id: AgentId, call: CallId, want: Want, ticket: Ticket) {
        self.expect(now, id, ticket, Expect::Arranged);
        self.arrange(now, call, want);
    }

    /// A transfer that is through already (the colleague was free and off-hook)
    /// has nothing left to wait for.
    fn expect_third(&mut self, now: Moment, id: AgentId, call: CallId, ticket: Ticket) {
        self.expect(now, id, ticket, Expect::ThirdRings);
        self.third_rings(call);
    }

    /// Connects the other two; one who still rings gets the call when they
    /// answer, and the sender is out of it at once.
    fn complete(&mut self, now: Moment, id: AgentId, call: CallId, ticket: Ticket) {
        let up = self.calls.get(&call).and_then(|c| c.third()).is_some_and(|third| third.up);
        self.expect(now, id, ticket, Expect::Left);
        if up {
            self.arrange(now, call, Want::Hand);
        } else {
            self.sender_left(now, call);
        }
    }

    fn hang_up(&mut self, now: Moment, id: AgentId, call: CallId) {
        let owner = self.calls.get(&call).and_then(|call| call.agent());
        if owner == Some(id) {
            self.end_call_by(now, call, EndedBy::Agent);
        } else {
            // A colleague who was asked leaves; the call is not theirs to end.
            self.seen(id, Expect::Left);
            self.third_given_up(now, call, TransferOutcome::LeftEarly);
        }
    }

    fn answer_phone(&mut self, now: Moment, id: AgentId, ticket: Ticket) -> Result<(), Refusal> {
        let leg = self.agents.get(&id).and_then(|agent| agent.phone.leg()).ok_or(Refusal::CallEnded)?;
        self.expect(now, id, ticket, Expect::PhoneUp);
        self.send(SwitchCommand::AnswerPhone { leg });
        Ok(())
    }

    /// An agent is out of a call that goes on, or is over: their leg is freed
    /// and after-call work begins.
    pub(super) fn leave_call(&mut self, now: Moment, id: AgentId, call: CallId, work: Work) {
        self.free_leg(id);
        self.unmute(id);
        let seconds = self.wrap_up_seconds(work);
        let until = (seconds > 0).then(|| now + i64::from(seconds) * 1_000);
        self.set_state(now, id, AgentState::WrapUp { call, until });
        self.seen(id, Expect::Left);
        self.seen(id, Expect::Arranged);
        self.seen(id, Expect::ThirdRings);
        self.give_up_pending(id, Refusal::CallEnded);
    }

    /// The leg of an on-hook agent lives for one call.
    pub(super) fn free_leg(&mut self, id: AgentId) {
        let one_call = |agent: &&mut Agent| !agent.off_hook() || agent.leg_for_one_call;
        let Some(agent) = self.agents.get_mut(&id).filter(one_call) else { return };
        agent.leg_for_one_call = false;
        let Some(leg) = agent.phone.leg() else { return };
        agent.phone = Phone::Down;
        agent.muted = false;
        self.touched.agents.insert(id);
        self.forget_leg(leg);
        self.send(SwitchCommand::HangUp { leg, cause: HangUpCause::NormalClearing });
    }

    /// A silenced leg that stays up must be heard in the next call.
    pub(super) fn unmute(&mut self, id: AgentId) {
        let Some(agent) = self.agents.get_mut(&id).filter(|agent| agent.muted) else { return };
        agent.muted = false;
        if let Some(leg) = agent.phone.leg() {
            self.send(SwitchCommand::Mute { leg, on: false });
        }
    }

    /// The switch took a command that no event proves.
    pub(super) fn on_command_done(&mut self, now: Moment, leg: LegId, command: CommandName) {
        let Some(LegOwner::Customer(id)) = self.legs.get(&leg).copied() else { return };
        let Some(agent) = self.calls.get(&id).and_then(|call| call.agent()) else { return };
        let expected = self.agents.get(&agent).and_then(|agent| agent.pending).map(|pending| pending.expect);
        match (command, expected) {
            (CommandName::SendKeys, Some(what @ Expect::KeysTaken)) => self.seen(agent, what),
            (CommandName::Mask, Some(what @ Expect::Masked(on))) => {
                if let Some(call) = self.calls.get_mut(&id) {
                    call.recording_paused = on;
                }
                self.touched.calls.insert(id);
                self.record(Fact::RecordingMasked { call: id, on, agent, at: now });
                self.seen(agent, what);
            }
            _ => {}
        }
    }

    pub(super) fn on_muted(&mut self, id: AgentId, what: &LegChange) {
        let LegChange::Muted(on) = what else { return };
        let Some(agent) = self.agents.get_mut(&id) else { return };
        agent.muted = *on;
        self.touched.agents.insert(id);
        self.seen(id, Expect::Muted(*on));
    }
}
