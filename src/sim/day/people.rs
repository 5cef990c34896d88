//! The agents of a simulated day: they log in, take calls, put customers on
//! hold, ask colleagues, hand calls on, hang up, write down what was said, take
//! breaks, and go home. Supervisors listen to them.
//!
//! In: what the floor tells the consoles. Out: what everybody will do, and
//! when. A plan holds only as long as the agent's state has not changed; of the
//! buttons of a call, one is pressed that the console shows at that moment.

use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, LeadId, QueueId};
use crate::base::phone::Dialable;
use crate::floor::effect::{AgentAction, AgentStateKind, MonitorLive, Tell};
use crate::floor::input::{AgentCommand, Keys, MonitorMode, Party, SupervisorCommand};
use crate::floor::preview::SkipReason;
use crate::sim::chance::Chance;
use std::collections::BTreeMap;

/// A plan that holds whatever the agent's state.
pub(super) const ANY_MOOD: u32 = u32::MAX;
const MINUTE: i64 = 60_000;
/// After this an agent ends a conversation that the customer does not end.
const LONGEST_TALK: i64 = 20 * MINUTE;

/// What an agent does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Act {
    LogIn,
    Ready,
    /// A break of this length.
    Pause {
        reason: &'static str,
        ms: i64,
    },
    HangUp,
    /// Presses one of the call's buttons, if they are still those that were
    /// there when it was planned.
    Press {
        buttons: u32,
    },
    Dispose(CallId),
    /// Dials the lead that is shown, or does not.
    Dial(LeadId),
    Skip(LeadId),
    /// Ends the shift; `for_good`: goes home.
    LogOut {
        for_good: bool,
    },
}

/// Everybody.
#[derive(Debug)]
pub(super) struct People {
    chance: Chance,
    agents: BTreeMap<AgentId, Agent>,
    /// Which supervisor listens to whom.
    ears: BTreeMap<AgentId, MonitorLive>,
}

#[derive(Debug, Default)]
struct Agent {
    /// Counts up with every change of state.
    mood: u32,
    state: Option<(AgentStateKind, Option<CallId>)>,
    allowed: Vec<AgentAction>,
    /// Counts up whenever the buttons change.
    buttons: u32,
    /// The lead that is shown.
    lead: Option<LeadId>,
    back_at: Option<Moment>,
    gone_home: bool,
}

impl People {
    pub fn new(chance: Chance) -> Self {
        Self { chance, agents: BTreeMap::new(), ears: BTreeMap::new() }
    }

    pub fn expect(&mut self, agent: AgentId) {
        self.agents.entry(agent).or_default();
    }

    /// Somebody who takes no calls of their own, and leaves when a call they
    /// took over is done.
    pub fn expect_supervisor(&mut self, supervisor: AgentId) {
        self.agents.entry(supervisor).or_default().gone_home = true;
    }

    /// The fixed points of a shift.
    pub fn plan_shift(&mut self, _agent: AgentId, opens: Moment, closes: Moment) -> Vec<(Moment, Act)> {
        let length = closes.since_ms(opens);
        let mut plan = vec![(opens + self.chance.between(0, 2 * MINUTE), Act::LogIn)];
        if length >= 4 * 60 * MINUTE {
            let lunch = opens + length / 2 + self.chance.between(-30, 30) * MINUTE;
            let ms = self.chance.between(30, 45) * MINUTE;
            plan.push((lunch, Act::Pause { reason: "lunch", ms }));
        }
        for hour in 0..=length / (60 * MINUTE) {
            let at = opens + hour * 60 * MINUTE + self.chance.between(0, 60) * MINUTE;
            if self.chance.permille(700) {
                let ms = self.chance.between(2, 10) * MINUTE;
                plan.push((at, Act::Pause { reason: "break", ms }));
            }
        }
        if self.chance.permille(100) {
            // Out for an errand, and back.
            let at = opens + self.chance.between(0, length);
            plan.push((at, Act::LogOut { for_good: false }));
            plan.push((at + self.chance.between(1, 10) * MINUTE, Act::LogIn));
        }
        plan.push((closes - self.chance.between(0, MINUTE), Act::LogOut { for_good: true }));
        plan
    }

    /// Whether the agent is still as when the plan was made.
    pub fn still(&self, agent: AgentId, mood: u32) -> bool {
        self.agents.get(&agent).is_some_and(|agent| mood == ANY_MOOD || agent.mood == mood)
    }

    /// Turns an act into a command; `None` when it makes no sense any more.
    pub fn perform(&mut self, agent: AgentId, act: Act, now: Moment) -> Option<AgentCommand> {
        if let Act::Press { buttons } = act {
            return self.press(agent, buttons);
        }
        let agent = self.agents.get_mut(&agent)?;
        let on_shift = agent.state.is_some_and(|(kind, _)| kind != AgentStateKind::LoggedOut);
        match act {
            Act::LogIn if agent.gone_home => None,
            Act::LogIn => Some(AgentCommand::LogIn),
            Act::LogOut { for_good } => {
                agent.gone_home |= for_good;
                Some(AgentCommand::LogOut)
            }
            _ if !on_shift => None,
            Act::Pause { reason, ms } => {
                agent.back_at = Some(now + ms);
                Some(AgentCommand::Pause { reason: reason.to_owned() })
            }
            Act::Ready => Some(AgentCommand::Ready),
            Act::HangUp | Act::Press { .. } => Some(AgentCommand::HangUp),
            Act::Dispose(call) => Some(AgentCommand::Disposed { call }),
            Act::Dial(lead) => Some(AgentCommand::Dial { lead }),
            Act::Skip(lead) => Some(AgentCommand::Skip { lead, reason: SkipReason::BadTime, note: None }),
        }
    }

    /// What agents will do now that they see this on their consoles.
    pub fn told(&mut self, now: Moment, tell: &Tell) -> Vec<(Moment, AgentId, u32, Act)> {
        if let Tell::Monitor(ear) = tell {
            if ear.mode.is_some() {
                self.ears.insert(ear.supervisor, ear.clone());
            } else {
                self.ears.remove(&ear.supervisor);
            }
        }
        let Tell::Agent(live) = tell else { return Vec::new() };
        let agent = self.agents.entry(live.agent).or_default();
        let mut presses = Vec::new();
        if agent.allowed != live.allowed {
            agent.allowed.clone_from(&live.allowed);
            agent.buttons += 1;
            let act = Act::Press { buttons: agent.buttons };
            let most = live.allowed.iter().map(|button| eagerness(*button)).max().unwrap_or(0);
            if self.chance.permille(most) {
                let at = now + self.chance.log_normal_ms(6_000, 1.0);
                presses.push((at, live.agent, ANY_MOOD, act));
            }
        }
        let lead = live.preview.as_ref().map(|preview| preview.lead);
        if agent.lead != lead {
            agent.lead = lead;
            // Some look for as long as they may.
            let act = match (lead, self.chance.between(0, 99)) {
                (Some(lead), 0..65) => Some(Act::Dial(lead)),
                (Some(lead), 65..92) => Some(Act::Skip(lead)),
                _ => None,
            };
            let looks_ms = self.chance.log_normal_ms(8_000, 0.8);
            presses.extend(act.map(|act| (now + looks_ms, live.agent, ANY_MOOD, act)));
        }
        let state = (live.kind, live.call);
        if agent.state == Some(state) {
            return presses;
        }
        agent.state = Some(state);
        agent.mood += 1;
        let (mood, chance) = (agent.mood, &mut self.chance);
        let mut plan = Vec::new();
        match live.kind {
            AgentStateKind::Paused => {
                let back = agent.back_at.take().filter(|back| *back > now);
                plan.push((back.unwrap_or(now + chance.between(500, 20_000)), Act::Ready));
            }
            AgentStateKind::Unreachable => {
                plan.push((now + chance.between(2_000, 20_000), Act::Ready));
            }
            // A call that they wanted themselves, and think better of.
            AgentStateKind::Ringing if live.allowed.contains(&AgentAction::HangUp) && chance.permille(50) => {
                plan.push((now + chance.log_normal_ms(9_000, 0.5), Act::HangUp));
            }
            AgentStateKind::Talking if chance.permille(300) => {
                plan.push((now + chance.log_normal_ms(45_000, 0.8), Act::HangUp));
            }
            // Some customers never hang up.
            AgentStateKind::Talking => plan.push((now + LONGEST_TALK, Act::HangUp)),
            AgentStateKind::WrapUp => {
                if let Some(call) = live.call {
                    plan.push((now + chance.log_normal_ms(12_000, 0.6), Act::Dispose(call)));
                }
            }
            AgentStateKind::LoggedOut if !agent.gone_home && mood > 1 => {
                plan.push((now + chance.between(1, 5) * MINUTE, Act::LogIn));
            }
            _ => {}
        }
        if live.kind != AgentStateKind::LoggedOut && agent.gone_home {
            plan.push((now + 1_000, Act::LogOut { for_good: true }));
        }
        presses.extend(plan.into_iter().map(|(at, act)| (at, live.agent, mood, act)));
        presses
    }

    /// One of the buttons, those that one longs for the likelier.
    fn press(&mut self, id: AgentId, buttons: u32) -> Option<AgentCommand> {
        let agent = self.agents.get(&id).filter(|agent| agent.buttons == buttons)?;
        let shown: Vec<AgentAction> =
            agent.allowed.iter().copied().filter(|button| eagerness(*button) > 0).collect();
        let weights: i64 = shown.iter().map(|button| i64::from(eagerness(*button))).sum();
        let mut mark = self.chance.between(0, weights.max(1) - 1);
        let pressed = shown.into_iter().find(|button| {
            mark -= i64::from(eagerness(*button));
            mark < 0
        })?;
        Some(match pressed {
            AgentAction::Answer => AgentCommand::Answer,
            AgentAction::Hold => AgentCommand::Hold,
            AgentAction::Resume => AgentCommand::Resume,
            AgentAction::Mute => AgentCommand::Mute(true),
            AgentAction::Unmute => AgentCommand::Mute(false),
            AgentAction::SendKeys => AgentCommand::SendKeys(Keys::new("12#")?),
            AgentAction::PauseRecording => AgentCommand::PauseRecording(true),
            AgentAction::ResumeRecording => AgentCommand::PauseRecording(false),
            AgentAction::Transfer => AgentCommand::Transfer { to: self.somebody(id), note: None },
            AgentAction::Consult => AgentCommand::Consult { to: self.somebody(id), note: Some("VIP".into()) },
            AgentAction::Swap => AgentCommand::Swap,
            AgentAction::CompleteTransfer => AgentCommand::CompleteTransfer,
            AgentAction::CancelTransfer => AgentCommand::CancelTransfer,
            AgentAction::Conference => AgentCommand::Conference,
            _ => return None,
        })
    }

    /// A colleague who looks ready, a number outside, or now and then a queue,
    /// which there may not be.
    fn somebody(&mut self, id: AgentId) -> Party {
        if self.chance.permille(150) {
            return Party::Queue(QueueId(self.chance.between(1, 2)));
        }
        let outside = Dialable::new(&format!("139{:08}", self.chance.between(0, 99_999_999)));
        let ready = |(other, agent): (&AgentId, &Agent)| {
            let is_ready = agent.state.is_some_and(|(kind, _)| kind == AgentStateKind::Ready);
            (is_ready && *other != id).then_some(*other)
        };
        let colleagues: Vec<AgentId> = self.agents.iter().filter_map(ready).collect();
        match (outside, colleagues.get(self.chance.index(colleagues.len()))) {
            (Ok(number), None) => Party::Outside(number),
            (Ok(number), Some(_)) if self.chance.permille(300) => Party::Outside(number),
            (_, Some(colleague)) => Party::Agent(*colleague),
            (Err(_), None) => Party::Agent(id),
        }
    }

    /// What a supervisor does now and then.
    pub fn supervise(&mut self, supervisor: AgentId) -> Option<SupervisorCommand> {
        let on_a_call = |(other, agent): (&AgentId, &Agent)| {
            let talks = matches!(agent.state, Some((AgentStateKind::Talking | AgentStateKind::Hold, _)));
            (talks && *other != supervisor).then_some(*other)
        };
        let talking: Vec<AgentId> = self.agents.iter().filter_map(on_a_call).collect();
        let agent = *talking.get(self.chance.index(talking.len()))?;
        let modes = [MonitorMode::Listen, MonitorMode::Whisper, MonitorMode::Barge];
        let mode = modes[self.chance.index(modes.len())];
        let dice = self.chance.between(0, 99);
        let Some(ear) = self.ears.get(&supervisor) else {
            return match dice {
                0..4 => Some(SupervisorCommand::HangUp { agent }),
                4..8 => {
                    let command = AgentCommand::Pause { reason: "training".into() };
                    Some(SupervisorCommand::SetState { agent, command })
                }
                8..80 => Some(SupervisorCommand::Monitor { agent, mode, may: modes.into() }),
                _ => None,
            };
        };
        match dice {
            0..35 => Some(SupervisorCommand::Monitor { agent: ear.agent, mode, may: modes.into() }),
            35..55 => Some(SupervisorCommand::Monitor { agent, mode, may: modes.into() }),
            55..70 => Some(SupervisorCommand::StopMonitoring),
            70..80 => Some(SupervisorCommand::TakeOver),
            _ => None,
        }
    }
}

/// How much one longs to press a button of the call, per mille.
fn eagerness(button: AgentAction) -> u32 {
    match button {
        AgentAction::Resume | AgentAction::Unmute | AgentAction::ResumeRecording => 900,
        AgentAction::CompleteTransfer | AgentAction::Conference | AgentAction::Swap => 500,
        AgentAction::CancelTransfer => 400,
        AgentAction::Answer => 100,
        AgentAction::Hold | AgentAction::Consult | AgentAction::Transfer => 120,
        AgentAction::Mute | AgentAction::SendKeys | AgentAction::PauseRecording => 60,
        AgentAction::Dial
        | AgentAction::Skip
        | AgentAction::LogIn
        | AgentAction::LogOut
        | AgentAction::Ready
        | AgentAction::Pause
        | AgentAction::HangUp
        | AgentAction::Dispose => 0,
    }
}
