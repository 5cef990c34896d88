//! Supervisors on live calls: listen, whisper, barge, take over, and what they
//! may do to an agent's state or call.
//!
//! In: a supervisor's wish and what their phone's leg does. Out: commands, and
//! who listens to whom. Any number of supervisors may be on one call, each with
//! a leg of their own; losing that leg changes nothing for the two who talk.
//! Whether a supervisor may is decided before it comes here.

use super::agent::{AfterCall, AgentState, Phone};
use super::call::{CallState, Plan, Third, Want};
use super::effect::{EndedBy, Fact, HangUpCause, MonitorLive, SwitchCommand, Tell};
use super::input::{AgentCommand, LegChange, MonitorMode, Party, SupervisorCommand, Ticket};
use super::make::Make;
use super::pending::{CONFIRM_SECONDS, Expect};
use super::people::{PHONE_GRACE_MS, PHONE_RING_SECONDS};
use super::refusal::{Hint, Refusal, TargetProblem};
use super::voice::Voice;
use super::{Floor, LegOwner};
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, LegId};
use crate::base::phone::Dialable;

/// A supervisor's ear on a call.
#[derive(Debug, Clone)]
pub(super) struct Monitor {
    pub(super) call: CallId,
    pub(super) agent: AgentId,
    /// The supervisor's own leg.
    pub(super) leg: LegId,
    pub(super) mode: MonitorMode,
    /// How they may take part.
    pub(super) may: Vec<MonitorMode>,
    /// Whether the supervisor hears the call.
    pub(super) up: bool,
    /// When ringing the supervisor's phone is given up.
    pub(super) until: Moment,
    /// Whether the key of its mode is still to come, with which the ear began or
    /// a key was taken back; what comes before it counts for nothing.
    pub(super) own_key: bool,
    /// The recording of what they say.
    pub(super) voice: Voice,
}

/// What a supervisor waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Awaits {
    /// Their own phone rings, or they hear another agent.
    Ear,
    /// They take part in this way.
    Mode(MonitorMode),
    /// They do not listen any more.
    Silence,
    /// This call is over.
    End(CallId),
}

/// A supervisor's request under way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waiting {
    ticket: Ticket,
    awaits: Awaits,
    pub(super) until: Moment,
}

impl Floor {
    pub(super) fn on_supervisor_command(
        &mut self,
        now: Moment,
        supervisor: AgentId,
        command: SupervisorCommand,
        ticket: Ticket,
    ) {
        let done = match command {
            SupervisorCommand::SetState { agent, command } => self.set_others_state(now, agent, command),
            SupervisorCommand::RemoveKept { place } => self.remove_kept(now, place).map(|()| Answered::Now),
            _ if !self.switch_up => Err(Refusal::SwitchDown),
            _ if self.waiting.contains_key(&supervisor) => Err(Refusal::StillBusy),
            SupervisorCommand::Monitor { agent, mode, may } => {
                self.monitor(now, supervisor, agent, mode, may, ticket)
            }
            SupervisorCommand::StopMonitoring => self.stop_monitoring(now, supervisor, ticket),
            SupervisorCommand::TakeOver => self.take_over(now, supervisor, ticket),
            SupervisorCommand::HangUp { agent } => self.hang_up_of(now, supervisor, agent, ticket),
        };
        match done {
            Ok(Answered::Now) => self.answer(ticket, None),
            Ok(Answered::Later) => {}
            Err(refusal) => self.answer(ticket, Some(refusal)),
        }
    }

    fn set_others_state(
        &mut self,
        now: Moment,
        agent: AgentId,
        command: AgentCommand,
    ) -> Result<Answered, Refusal> {
        self.on_state_command(now, agent, command).map(|()| Answered::Now)
    }

    fn await_for(&mut self, now: Moment, supervisor: AgentId, ticket: Ticket, awaits: Awaits) -> Answered {
        let until = now + CONFIRM_SECONDS * 1_000;
        self.waiting.insert(supervisor, Waiting { ticket, awaits, until });
        self.touched.supervisors.insert(supervisor);
        Answered::Later
    }

    fn heard_of(&mut self, supervisor: AgentId, what: Awaits) {
        if self.waiting.get(&supervisor).is_some_and(|waiting| waiting.awaits == what)
            && let Some(waiting) = self.waiting.remove(&supervisor)
        {
            self.answer(waiting.ticket, None);
        }
    }

    fn refuse_waiting(&mut self, supervisor: AgentId, refusal: Refusal) {
        if let Some(waiting) = self.waiting.remove(&supervisor) {
            self.answer(waiting.ticket, Some(refusal));
        }
    }

    fn monitor(
        &mut self,
        now: Moment,
        supervisor: AgentId,
        agent: AgentId,
        mode: MonitorMode,
        may: Vec<MonitorMode>,
        ticket: Ticket,
    ) -> Result<Answered, Refusal> {
        let (call, target) = self.conversation_of(agent)?;
        if let Some(monitor) = self.monitors.get_mut(&supervisor) {
            monitor.may = may;
            let monitor = monitor.clone();
            if monitor.agent != agent {
                self.retarget(now, supervisor, agent, call, target, mode);
                return Ok(self.await_for(now, supervisor, ticket, Awaits::Ear));
            }
            if monitor.mode == mode {
                return Ok(Answered::Now);
            }
            // A key before they hear would be lost on the way.
            if !monitor.up {
                return Err(Refusal::StillBusy);
            }
            self.change_mode(supervisor, mode);
            return Ok(self.await_for(now, supervisor, ticket, Awaits::Mode(mode)));
        }
        let extension = self.free_phone(supervisor, agent)?;
        let make = self.agents.get(&supervisor).map_or(Make::Other, |own| self.make_of(own));
        let leg = self.new_leg(LegOwner::Monitor(supervisor));
        let until = now + i64::from(PHONE_RING_SECONDS) * 1_000 + PHONE_GRACE_MS;
        let phone_keys = may.len() > 1;
        let (voice, own_key) = (Voice::of(call, agent), begins_with_key(mode));
        let monitor = Monitor { call, agent, leg, mode, may, up: false, until, own_key, voice };
        self.monitors.insert(supervisor, monitor);
        self.touched.supervisors.insert(supervisor);
        self.send(SwitchCommand::Monitor {
            supervisor,
            leg,
            extension,
            target,
            mode,
            phone_keys,
            ring_seconds: PHONE_RING_SECONDS,
            make,
        });
        Ok(self.await_for(now, supervisor, ticket, Awaits::Ear))
    }

    /// The call an agent is talking in, and the agent's leg.
    fn conversation_of(&self, id: AgentId) -> Result<(CallId, LegId), Refusal> {
        let nothing = Refusal::Target(TargetProblem::NoConversation);
        let agent = self.agents.get(&id).ok_or(Refusal::Target(TargetProblem::NoSuchAgent))?;
        let call = agent.state.live_call().and_then(|call| self.calls.get(&call)).ok_or(nothing.clone())?;
        let theirs = call.agent() == Some(id) && call.connected.is_some();
        let leg = agent.phone.leg().filter(|_| theirs).ok_or(nothing)?;
        Ok((call.id, leg))
    }

    /// The supervisor's desk phone, which must not be needed for calls.
    fn free_phone(&mut self, supervisor: AgentId, agent: AgentId) -> Result<Dialable, Refusal> {
        if supervisor == agent {
            return Err(Refusal::Target(TargetProblem::OwnCall));
        }
        let Some(own) = self.agents.get_mut(&supervisor) else { return Err(Refusal::NotAnAgent) };
        let takes_calls = !matches!(
            own.state,
            AgentState::LoggedOut | AgentState::Paused { .. } | AgentState::Unreachable { .. }
        );
        if takes_calls {
            let hint = Hint::PauseFirst;
            return Err(Refusal::WrongState { state: own.state.kind().as_str(), hint });
        }
        let extension = own.profile.extension.clone();
        if let Some(leg) = own.phone.leg() {
            own.phone = Phone::Down;
            self.forget_leg(leg);
            self.touched.agents.insert(supervisor);
            self.send(SwitchCommand::HangUp { leg, cause: HangUpCause::NormalClearing });
        }
        Ok(extension)
    }

    /// The ear moves to another agent, without ringing again.
    fn retarget(
        &mut self,
        now: Moment,
        supervisor: AgentId,
        agent: AgentId,
        call: CallId,
        target: LegId,
        mode: MonitorMode,
    ) {
        self.end_voice(supervisor);
        let Some(monitor) = self.monitors.get_mut(&supervisor) else { return };
        let (before, heard) = (monitor.call, monitor.up);
        (monitor.agent, monitor.call, monitor.mode, monitor.up) = (agent, call, mode, false);
        monitor.own_key = begins_with_key(mode);
        let leg = monitor.leg;
        if heard {
            self.record(Fact::Monitored { call: before, supervisor, mode: None, at: now });
        }
        self.touched.supervisors.insert(supervisor);
        self.send(SwitchCommand::MoveMonitor { leg, target, mode });
    }

    fn stop_monitoring(
        &mut self,
        now: Moment,
        supervisor: AgentId,
        ticket: Ticket,
    ) -> Result<Answered, Refusal> {
        let Some(monitor) = self.monitors.get(&supervisor) else { return Ok(Answered::Now) };
        let leg = monitor.leg;
        self.send(SwitchCommand::HangUp { leg, cause: HangUpCause::NormalClearing });
        Ok(self.await_for(now, supervisor, ticket, Awaits::Silence))
    }

    fn hang_up_of(
        &mut self,
        now: Moment,
        supervisor: AgentId,
        agent: AgentId,
        ticket: Ticket,
    ) -> Result<Answered, Refusal> {
        let (call, _) = self.conversation_of(agent)?;
        self.end_call_by(now, call, EndedBy::Supervisor);
        Ok(self.await_for(now, supervisor, ticket, Awaits::End(call)))
    }

    /// The supervisor's leg takes the agent's place: a transfer to a third who
    /// is there already.
    fn take_over(&mut self, now: Moment, supervisor: AgentId, ticket: Ticket) -> Result<Answered, Refusal> {
        let listening = Refusal::Target(TargetProblem::ListenFirst);
        let monitor = self.monitors.get(&supervisor).filter(|m| m.up).cloned().ok_or(listening)?;
        let Some(call) = self.calls.get(&monitor.call) else { return Err(Refusal::CallEnded) };
        let settled = matches!(call.state, CallState::Talking { apart_since: None, .. })
            || call.plan.as_ref().is_some_and(|plan| plan.settled && plan.third.is_none());
        let Some(from) = call.agent().filter(|_| settled) else {
            return Err(Refusal::Target(TargetProblem::TransferUnderWay));
        };
        let pop = call.pop(supervisor, Some(from), None);
        self.tell(pop);
        // From here on they are on the call's own recording.
        self.end_voice(supervisor);
        self.monitor_over(now, supervisor);
        self.legs.insert(monitor.leg, LegOwner::Agent(supervisor));
        self.send(SwitchCommand::LabelAgent { leg: monitor.leg, agent: supervisor, call: monitor.call });
        let Some(own) = self.agents.get_mut(&supervisor) else { return Err(Refusal::NotAnAgent) };
        own.after_call = Some(match &own.state {
            AgentState::Paused { reason } => AfterCall::Pause(reason.clone()),
            _ => AfterCall::LogOut,
        });
        own.phone = Phone::Up { leg: monitor.leg };
        own.leg_for_one_call = true;
        self.set_state(now, supervisor, AgentState::Reserved { call: monitor.call });
        self.expect(now, supervisor, ticket, Expect::Arranged);
        let third = Third {
            party: Party::Agent(supervisor),
            from,
            from_stays: true,
            leg: monitor.leg,
            attended: false,
            rings: true,
            up: true,
            until: now,
            note: None,
            forwarded_by: Vec::new(),
        };
        self.record(Fact::TransferStarted {
            call: monitor.call,
            from,
            to: Party::Agent(supervisor),
            attended: false,
            note: None,
            at: now,
        });
        if let Some(call) = self.calls.get_mut(&monitor.call) {
            let mut plan = Plan::new(Want::Hand);
            plan.third = Some(third);
            call.plan = Some(plan);
        }
        self.arrange(now, monitor.call, Want::Hand);
        Ok(Answered::Later)
    }

    pub(super) fn on_monitor_leg(&mut self, now: Moment, supervisor: AgentId, leg: LegId, what: &LegChange) {
        match what {
            LegChange::Created | LegChange::Ringing { .. } | LegChange::Answered => {
                self.heard_of(supervisor, Awaits::Ear);
            }
            LegChange::Key(key) => self.on_monitor_key(now, supervisor, *key),
            LegChange::RecordingStarted { .. } | LegChange::RecordingStopped { .. } => {
                self.on_voice(now, supervisor, what);
            }
            LegChange::HungUp(hang_up) => {
                self.forget_leg(leg);
                if self.monitors.get(&supervisor).is_some_and(|monitor| monitor.leg == leg) {
                    self.monitor_over(now, supervisor);
                }
                self.heard_of(supervisor, Awaits::Silence);
                let reason = format!("your desk phone could not be reached ({})", hang_up.cause);
                self.refuse_waiting(supervisor, Refusal::SwitchRefused { reason });
            }
            _ => {}
        }
    }

    /// Somebody's ear is on this agent's leg now.
    pub(super) fn on_overheard(&mut self, now: Moment, leg: LegId, what: &LegChange) {
        if *what != LegChange::Overheard(true) {
            return;
        }
        let Some(LegOwner::Agent(agent)) = self.legs.get(&leg).copied() else { return };
        let waits: Vec<AgentId> =
            self.monitors.iter().filter(|(_, m)| m.agent == agent && !m.up).map(|(s, _)| *s).collect();
        // Which of several is meant the event does not say; all ring at once
        // only when all were asked at once.
        for supervisor in waits {
            if let Some(monitor) = self.monitors.get_mut(&supervisor) {
                monitor.up = true;
            }
            self.touched.supervisors.insert(supervisor);
            self.heard_of(supervisor, Awaits::Ear);
            self.record_monitor(now, supervisor);
            self.begin_voice(supervisor);
        }
    }

    /// The switch took a key on a supervisor's leg: ours, or one pressed on the
    /// phone, which changes how they listen just the same. One that they may not
    /// use is taken back at once: the switch has obeyed it already.
    /// The way to take part that a supervisor has asked for and the switch has not
    /// confirmed.
    pub(super) fn asked_for(&self, supervisor: AgentId) -> Option<MonitorMode> {
        match self.waiting.get(&supervisor)?.awaits {
            Awaits::Mode(mode) => Some(mode),
            _ => None,
        }
    }

    fn on_monitor_key(&mut self, now: Moment, supervisor: AgentId, key: char) {
        let modes = [MonitorMode::Listen, MonitorMode::Whisper, MonitorMode::Barge];
        let Some(mode) = modes.into_iter().find(|mode| mode.key() == key) else { return };
        if mode != MonitorMode::Barge {
            self.end_voice(supervisor);
        }
        let Some(monitor) = self.monitors.get_mut(&supervisor) else { return };
        if monitor.own_key && monitor.mode != mode {
            return;
        }
        monitor.own_key = false;
        if !monitor.may.contains(&mode) {
            let (leg, mode) = (monitor.leg, monitor.mode);
            monitor.own_key = true;
            return self.send(SwitchCommand::SetMonitorMode { leg, mode });
        }
        monitor.mode = mode;
        let heard = monitor.up;
        self.touched.supervisors.insert(supervisor);
        // Before that, nobody listens in this way; once they do, it is written.
        if heard {
            self.record_monitor(now, supervisor);
        }
        self.begin_voice(supervisor);
        self.heard_of(supervisor, Awaits::Mode(mode));
    }

    fn record_monitor(&mut self, now: Moment, supervisor: AgentId) {
        if let Some(monitor) = self.monitors.get(&supervisor) {
            let fact = Fact::Monitored { call: monitor.call, supervisor, mode: Some(monitor.mode), at: now };
            self.record(fact);
        }
    }

    fn monitor_over(&mut self, now: Moment, supervisor: AgentId) {
        let Some(monitor) = self.monitors.remove(&supervisor) else { return };
        if monitor.up {
            self.record(Fact::Monitored { call: monitor.call, supervisor, mode: None, at: now });
        }
        self.tell(Tell::Monitor(MonitorLive {
            supervisor,
            call: monitor.call,
            agent: monitor.agent,
            mode: None,
            up: false,
        }));
    }

    /// The call is over: so is listening to it.
    pub(super) fn end_monitors(&mut self, now: Moment, id: CallId) {
        let ears: Vec<(AgentId, LegId)> =
            self.monitors.iter().filter(|(_, m)| m.call == id).map(|(s, m)| (*s, m.leg)).collect();
        for (supervisor, leg) in ears {
            self.monitor_over(now, supervisor);
            self.forget_leg(leg);
            self.send(SwitchCommand::HangUp { leg, cause: HangUpCause::NormalClearing });
            self.refuse_waiting(supervisor, Refusal::CallEnded);
        }
        let ended: Vec<AgentId> =
            self.waiting.iter().filter(|(_, w)| w.awaits == Awaits::End(id)).map(|(s, _)| *s).collect();
        for supervisor in ended {
            self.heard_of(supervisor, Awaits::End(id));
        }
    }

    /// The call has another agent: the ears follow it.
    pub(super) fn move_monitors(&mut self, now: Moment, id: CallId, agent: Option<AgentId>) {
        let target = agent.and_then(|agent| Some((agent, self.agents.get(&agent)?.phone.leg()?)));
        let Some((agent, target)) = target else { return self.end_monitors(now, id) };
        let ears: Vec<(AgentId, MonitorMode)> =
            self.monitors.iter().filter(|(_, m)| m.call == id).map(|(s, m)| (*s, m.mode)).collect();
        for (supervisor, mode) in ears {
            self.retarget(now, supervisor, agent, id, target, mode);
        }
    }

    pub(super) fn supervisor_due(&self, supervisor: AgentId) -> Option<Moment> {
        let waits = self.waiting.get(&supervisor).map(|waiting| waiting.until);
        let rings = self.monitors.get(&supervisor).filter(|m| !m.up).map(|monitor| monitor.until);
        waits.into_iter().chain(rings).min()
    }

    pub(super) fn fire_supervisor(&mut self, now: Moment, supervisor: AgentId) {
        if let Some(waiting) = self.waiting.get(&supervisor).copied().filter(|w| w.until <= now) {
            self.refuse_waiting(supervisor, Refusal::NotConfirmed { seconds: CONFIRM_SECONDS });
            if let Awaits::Mode(_) = waiting.awaits {
                self.mode_not_confirmed(supervisor);
            }
        }
        let Some(monitor) = self.monitors.get(&supervisor).filter(|m| !m.up && m.until <= now) else {
            return;
        };
        let leg = monitor.leg;
        self.monitor_over(now, supervisor);
        self.forget_leg(leg);
        self.send(SwitchCommand::HangUp { leg, cause: HangUpCause::OriginatorCancel });
    }

    pub(super) fn monitor_live(&self, supervisor: AgentId) -> Option<MonitorLive> {
        self.monitors.get(&supervisor).map(|monitor| MonitorLive {
            supervisor,
            call: monitor.call,
            agent: monitor.agent,
            mode: Some(monitor.mode),
            up: monitor.up,
        })
    }
}

/// Whether an ear of this mode begins with a key; listening is how each begins.
fn begins_with_key(mode: MonitorMode) -> bool {
    mode != MonitorMode::Listen
}

/// When a request is answered.
enum Answered {
    Now,
    Later,
}
