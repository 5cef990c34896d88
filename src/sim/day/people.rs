//! The agents of a simulated day: they log in, take calls, hang up, write
//! down what was said, take breaks, and go home.
//!
//! In: what the floor tells the consoles. Out: what each agent will do, and
//! when. A plan holds only as long as the agent's state has not changed.

use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId};
use crate::floor::effect::{AgentStateKind, Tell};
use crate::floor::input::AgentCommand;
use crate::sim::chance::Chance;
use std::collections::BTreeMap;

/// A plan that holds whatever the agent's state.
pub(super) const ANY_MOOD: u32 = u32::MAX;
const MINUTE: i64 = 60_000;

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
    Dispose(CallId),
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
}

#[derive(Debug, Default)]
struct Agent {
    /// Counts up with every change of state.
    mood: u32,
    state: Option<(AgentStateKind, Option<CallId>)>,
    back_at: Option<Moment>,
    gone_home: bool,
}

impl People {
    pub fn new(chance: Chance) -> Self {
        Self { chance, agents: BTreeMap::new() }
    }

    pub fn expect(&mut self, agent: AgentId) {
        self.agents.entry(agent).or_default();
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
            Act::HangUp => Some(AgentCommand::HangUp),
            Act::Dispose(call) => Some(AgentCommand::Disposed { call }),
        }
    }

    /// What agents will do now that they see this on their consoles.
    pub fn told(&mut self, now: Moment, tell: &Tell) -> Vec<(Moment, AgentId, u32, Act)> {
        let Tell::Agent(live) = tell else { return Vec::new() };
        let agent = self.agents.entry(live.agent).or_default();
        let state = (live.kind, live.call);
        if agent.state == Some(state) {
            return Vec::new();
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
            AgentStateKind::Talking if chance.permille(300) => {
                plan.push((now + chance.log_normal_ms(45_000, 0.8), Act::HangUp));
            }
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
        plan.into_iter().map(|(at, act)| (at, live.agent, mood, act)).collect()
    }
}
