//! The agents of a scenario: when they begin, pause, come back and leave.
//!
//! In: what happens to them. Out: what they do on their console. An agent whose
//! pause comes due during a call keeps it to themselves and presses pause when
//! the after-call work is done, so that no policy knows of it before.

use super::chance::{stream, uniform};
use super::format::Scenario;
use super::world::{Agenda, What};

/// Spells of work and pauses repeat after so many.
const SPELLS: u64 = 64;
/// The counters of one agent's spells lie so far from the next one's.
const COUNTERS_OF_AGENT: u64 = 1_000;
/// And those of one mass pause.
const COUNTERS_OF_EVENT: u64 = 10_000;

/// Where an agent is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Out,
    Free,
    Talks,
    WrapsUp,
    Paused,
}

/// What an agent does on the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    LogIn,
    Ready,
    Pause,
    LogOut,
}

#[derive(Debug, Clone)]
struct Agent {
    state: State,
    /// Has left, or will after the call.
    gone: bool,
    /// The length of the pause to be taken after the call, in seconds; 0: none.
    after_call_s: f64,
    /// When their own pause is due; a pause taken meanwhile has moved it.
    due: f64,
    spell: u64,
    /// The lead they talk with, or did last.
    lead: u64,
}

/// An agent's part in a mass pause.
#[derive(Debug, Clone, Copy)]
struct Away {
    at: f64,
    agent: usize,
    seconds: f64,
}

/// Everybody.
#[derive(Debug)]
pub(super) struct Agents<'a> {
    scenario: &'a Scenario,
    agents: Vec<Agent>,
    away: Vec<Away>,
}

impl<'a> Agents<'a> {
    /// Plans the shift of each.
    pub fn new(scenario: &'a Scenario, agenda: &mut Agenda) -> Self {
        let (staff, seed) = (&scenario.agents, scenario.seed);
        let everybody = 0..u64::from(staff.n);
        let agent = Agent { state: State::Out, gone: false, after_call_s: 0.0, due: 0.0, spell: 0, lead: 0 };
        for j in everybody.clone() {
            let here = |group: &&super::format::Group| {
                (u64::from(group.first)..u64::from(group.first) + u64::from(group.count)).contains(&j)
            };
            let joins = staff.join.iter().rfind(here);
            let begins = match joins {
                Some(group) => group.at + group.within * uniform(seed, stream::JOIN, j),
                None => staff.login.draw(seed, stream::LOGIN, j),
            };
            agenda.plan(begins, What::LogIn, j);
            if let Some(group) = staff.leave.iter().rfind(here) {
                agenda.plan(group.at + group.within * uniform(seed, stream::LEAVE, j), What::LogOut, j);
            }
        }
        let mut away = Vec::new();
        for (n, pause) in (0..).zip(&staff.mass_pause) {
            for j in everybody.clone() {
                let k = j + COUNTERS_OF_EVENT * n;
                if uniform(seed, stream::WHO, k) < pause.fraction {
                    let at = pause.at + pause.within * uniform(seed, stream::WHEN, k);
                    away.push(Away { at, agent: j as usize, seconds: pause.duration });
                }
            }
        }
        away.sort_by(|a, b| a.at.total_cmp(&b.at).then(a.agent.cmp(&b.agent)));
        for (n, away) in (0..).zip(&away) {
            agenda.plan(away.at, What::MassPause, n);
        }
        Self { scenario, agents: vec![agent; staff.n as usize], away }
    }

    /// How many are in a state.
    pub fn count(&self, state: State) -> u32 {
        self.agents.iter().filter(|agent| agent.state == state).count() as u32
    }

    /// How many are on shift, pauses included.
    pub fn on_shift(&self) -> u32 {
        self.agents.len() as u32 - self.count(State::Out)
    }

    /// The lead an agent talks with, or did last.
    pub fn lead(&self, agent: usize) -> u64 {
        self.agents[agent].lead
    }

    /// A conversation begins.
    pub fn talk(&mut self, t: f64, agent: usize, lead: u64, agenda: &mut Agenda) {
        let this = &mut self.agents[agent];
        (this.state, this.lead) = (State::Talks, lead);
        agenda.plan(t + self.scenario.talk_s(lead), What::TalkEnd, agent as u64);
    }

    /// It is over.
    pub fn talked(&mut self, t: f64, agent: usize, agenda: &mut Agenda) {
        let this = &mut self.agents[agent];
        this.state = State::WrapsUp;
        agenda.plan(t + self.scenario.wrap_s(this.lead), What::WrapEnd, agent as u64);
    }

    /// The after-call work is done.
    pub fn wrapped_up(&mut self, t: f64, agent: usize, agenda: &mut Agenda) -> Deed {
        let this = &mut self.agents[agent];
        if this.gone {
            this.state = State::Out;
            return Deed::LogOut;
        }
        if this.after_call_s > 0.0 {
            this.state = State::Paused;
            agenda.plan(t + this.after_call_s, What::Back, agent as u64);
            this.after_call_s = 0.0;
            return Deed::Pause;
        }
        this.state = State::Free;
        Deed::Ready
    }

    /// Their own pause is due, unless another came first.
    pub fn pause_due(&mut self, t: f64, agent: usize, agenda: &mut Agenda) -> Option<Deed> {
        let this = &mut self.agents[agent];
        if this.due != t {
            return None;
        }
        let k = counter(agent, this.spell);
        this.spell += 1;
        let seconds =
            self.scenario.agents.pause.map_or(0.0, |it| it.draw(self.scenario.seed, stream::PAUSE, k));
        self.pause(t, agent, seconds, agenda)
    }

    /// It is their turn in a mass pause.
    pub fn mass_pause(&mut self, t: f64, entry: usize, agenda: &mut Agenda) -> Option<(usize, Deed)> {
        let Away { agent, seconds, .. } = self.away[entry];
        Some((agent, self.pause(t, agent, seconds, agenda)?))
    }

    fn pause(&mut self, t: f64, agent: usize, seconds: f64, agenda: &mut Agenda) -> Option<Deed> {
        let this = &mut self.agents[agent];
        match this.state {
            State::Free => {
                this.state = State::Paused;
                agenda.plan(t + seconds, What::Back, agent as u64);
                Some(Deed::Pause)
            }
            State::Talks | State::WrapsUp => {
                this.after_call_s = seconds;
                None
            }
            State::Paused | State::Out => None,
        }
    }

    /// They begin the shift, or come back from a pause.
    pub fn comes(&mut self, t: f64, agent: usize, agenda: &mut Agenda) -> Option<Deed> {
        let this = &mut self.agents[agent];
        if this.gone {
            return None;
        }
        let first = this.state == State::Out;
        this.state = State::Free;
        if let Some(work) = &self.scenario.agents.work_between_pauses {
            this.due = t + work.draw(self.scenario.seed, stream::WORK, counter(agent, this.spell));
            agenda.plan(this.due, What::PauseDue, agent as u64);
        }
        Some(if first { Deed::LogIn } else { Deed::Ready })
    }

    /// They leave, after the call in progress.
    pub fn leaves(&mut self, agent: usize) -> Option<Deed> {
        let this = &mut self.agents[agent];
        this.gone = true;
        matches!(this.state, State::Free | State::Paused).then(|| {
            this.state = State::Out;
            Deed::LogOut
        })
    }
}

fn counter(agent: usize, spell: u64) -> u64 {
    agent as u64 * COUNTERS_OF_AGENT + spell % SPELLS
}

/// For comparison with other programs.
#[cfg(test)]
pub(super) fn spells(scenario: &Scenario, agent: usize, spell: u64) -> (f64, f64, f64) {
    let staff = &scenario.agents;
    let draw = |of: &Option<super::format::Distribution>, stream, k| {
        of.map_or(0.0, |it| it.draw(scenario.seed, stream, k))
    };
    (
        staff.login.draw(scenario.seed, stream::LOGIN, agent as u64),
        draw(&staff.work_between_pauses, stream::WORK, counter(agent, spell)),
        draw(&staff.pause, stream::PAUSE, counter(agent, spell)),
    )
}
