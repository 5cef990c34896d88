//! A shift of a scenario: the real floor among simulated people.
//!
//! In: a scenario, who paces, a seed. Out: what came of it. The people's time is
//! the world's ([`super::world`]); what the floor wants done is done at once and
//! confirmed in the same millisecond.
//!
//! When the floor is asked: a predictive campaign decides when it does in
//! production, every 200 ms and when a free agent goes away, and its leads come
//! at the next tick. For the other modes leads come at every tick, upon which the
//! floor decides anew, so that their calls can be compared with the reference's
//! one by one. What is dialled between two ticks is launched at the next.
//!
//! On purpose unlike the reference: the floor takes calls back while they ring
//! when their agents have gone and no drop is left, but not in the modes without
//! a cap here; it launches 100 calls at once at most; and it may end a call that
//! rings longer than the ring time and ten seconds of grace.

use super::Policy;
use super::agents::{Agents, Deed, State};
use super::baseline::{Seen, Tapered};
use super::format::Scenario;
use super::leads::{Ending, Fate};
use super::measure::{Measure, Outcome};
use super::setting::{self, CAMPAIGN, LEADS_AT_HAND, LINES};
use super::world::{Agenda, Clock, Event, Next, What};
use crate::base::ids::LegId;
use crate::floor::Floor;
use crate::floor::input::{AgentCommand, HangUp, Input, LegChange, LegEvent, Ticket};
use crate::sim::day::check_every;
use foldhash::{HashMap, HashMapExt};
use std::collections::VecDeque;
use uuid::Uuid;

/// Runs a shift; the scenario's own seed is not used.
pub fn run(scenario: &Scenario, policy: Policy, seed: u64) -> Outcome {
    let scenario = Scenario { seed, ..scenario.clone() };
    let mut shift = Shift::new(&scenario, policy);
    while shift.step() {}
    shift.close()
}

/// Whose a leg is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Lead(u64),
    Agent(usize),
}

/// How far the call of a lead is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The floor wants it dialled.
    Dialled,
    InFlight,
    /// Answered, without an agent.
    Waiting,
    Talking,
}

/// The shift as it goes on.
#[derive(Debug)]
pub(super) struct Shift<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) floor: Floor,
    pub(super) clock: Clock,
    /// The time of the world, in seconds.
    pub(super) t: f64,
    pub(super) agenda: Agenda,
    pub(super) agents: Agents<'a>,
    pub(super) measure: Measure,
    policy: Policy,
    baseline: Option<Tapered>,
    pub(super) legs: HashMap<LegId, Owner>,
    pub(super) desks: Vec<Option<LegId>>,
    lines: HashMap<u64, (LegId, Stage)>,
    in_flight: u32,
    waiting: u32,
    /// Launched at the next tick.
    pub(super) dialled: VecDeque<u64>,
    /// The lead that is handed out next, how many are wanted, and how many the
    /// floor has at hand.
    next_lead: u64,
    pub(super) wanted: u64,
    pub(super) at_hand: u64,
    pub(super) inputs: u64,
    pub(super) check_every: u64,
    pub(super) broken: u64,
    pub(super) violations: Vec<String>,
}

impl<'a> Shift<'a> {
    pub fn new(scenario: &'a Scenario, policy: Policy) -> Self {
        let mut agenda = Agenda::new(scenario.tick_s, scenario.duration_s);
        let agents = Agents::new(scenario, &mut agenda);
        let mut shift = Self {
            scenario,
            floor: Floor::new(scenario.seed),
            clock: Clock::new(),
            t: 0.0,
            agenda,
            agents,
            measure: Measure::default(),
            policy,
            baseline: (policy == Policy::VicidialTapered).then(|| Tapered::new(scenario.target_abandon)),
            legs: HashMap::new(),
            desks: vec![None; scenario.agents.n as usize],
            lines: HashMap::new(),
            in_flight: 0,
            waiting: 0,
            dialled: VecDeque::new(),
            next_lead: 0,
            wanted: 0,
            at_hand: 0,
            inputs: 0,
            check_every: check_every(scenario.agents.n),
            broken: 0,
            violations: Vec::new(),
        };
        setting::inputs(scenario, policy).into_iter().for_each(|input| shift.give(input));
        shift
    }

    /// The next thing that happens; false: the shift is over.
    pub fn step(&mut self) -> bool {
        let Some(at) = self.agenda.peek().map(Clock::moment) else { return false };
        // What the floor has planned for a moment before it.
        while let Some(wakeup) = self.floor.next_wakeup().filter(|wakeup| *wakeup < at) {
            self.clock.set(wakeup);
            self.give(Input::Tick);
        }
        match self.agenda.next() {
            Some(Next::Event(event)) => self.happen(event),
            Some(Next::Tick(t)) => self.tick(t),
            None => return false,
        }
        true
    }

    /// Calls on their way, and agents who are free.
    #[cfg(test)]
    pub fn in_flight_and_free(&self) -> (u32, u32) {
        (self.in_flight + self.dialled.len() as u32, self.agents.count(State::Free))
    }

    /// Calls launched up to now.
    #[cfg(test)]
    pub fn attempts(&self) -> u64 {
        self.measure.attempts
    }

    fn tick(&mut self, t: f64) {
        self.t = t;
        self.clock.set(Clock::moment(t));
        if self.baseline.is_some() {
            self.launch_as_baseline();
        } else {
            let count = match self.policy {
                Policy::Predictive => std::mem::take(&mut self.wanted),
                _ => LEADS_AT_HAND.saturating_sub(self.at_hand),
            };
            let asked = self.policy != Policy::Predictive || count > 0;
            let input = if asked { self.leads(count) } else { Input::Tick };
            self.give(input);
        }
        while let Some(lead) = self.dialled.pop_front() {
            self.move_to(lead, Some(Stage::InFlight));
            match self.scenario.fate(lead, t) {
                Fate::Answered { after_s } => self.agenda.plan(t + after_s, What::Answer, lead),
                Fate::Unanswered { after_s } => self.agenda.plan(t + after_s, What::End, lead),
            }
        }
    }

    fn leads(&mut self, count: u64) -> Input {
        let leads = self.next_lead..self.next_lead + count;
        self.next_lead = leads.end;
        self.at_hand += count;
        Input::Leads { campaign: CAMPAIGN, leads: leads.filter_map(setting::lead).collect() }
    }

    /// The baseline dials by itself; the floor hears of those who answer.
    fn launch_as_baseline(&mut self) {
        let Some(baseline) = &mut self.baseline else { return };
        let seen = Seen {
            attempts: self.measure.attempts,
            answered: self.measure.answered(),
            abandoned: self.measure.abandoned(),
            waiting: self.waiting,
            in_flight: self.in_flight,
        };
        let lines = self.in_flight + self.waiting + self.agents.count(State::Talks);
        let free = self.scenario.trunk_channels.unwrap_or(LINES).saturating_sub(lines);
        for _ in 0..baseline.launch(self.t, &self.agents, seen).min(free) {
            let lead = self.next_lead;
            self.next_lead += 1;
            self.measure.attempts += 1;
            self.dial(lead, LegId(Uuid::from_u128(u128::from(lead) + 1)));
        }
    }

    /// A lead is to be launched at the next tick.
    pub(super) fn dial(&mut self, lead: u64, leg: LegId) {
        self.legs.insert(leg, Owner::Lead(lead));
        self.lines.insert(lead, (leg, Stage::Dialled));
        self.dialled.push_back(lead);
    }

    /// The call of a lead is so far, or over. Its leg.
    pub(super) fn move_to(&mut self, lead: u64, next: Option<Stage>) -> Option<LegId> {
        let (leg, before) = *self.lines.get(&lead)?;
        self.in_flight -= u32::from(before == Stage::InFlight);
        self.waiting -= u32::from(before == Stage::Waiting);
        self.in_flight += u32::from(next == Some(Stage::InFlight));
        self.waiting += u32::from(next == Some(Stage::Waiting));
        match next {
            Some(stage) => self.lines.insert(lead, (leg, stage)),
            None => {
                self.legs.remove(&leg);
                if before == Stage::Dialled {
                    self.dialled.retain(|dialled| *dialled != lead);
                }
                self.lines.remove(&lead)
            }
        };
        Some(leg)
    }

    fn stands(&self, lead: u64, stage: Stage) -> bool {
        self.lines.get(&lead).is_some_and(|(_, now)| *now == stage)
    }

    fn happen(&mut self, event: Event) {
        let Event { t, what, whom } = event;
        let (agent, at) = (whom as usize, Clock::moment(t));
        self.t = t;
        let deed = match what {
            What::Answer => return self.answers(whom),
            What::End => return self.ends_unanswered(whom),
            What::Drop => {
                if self.stands(whom, Stage::Waiting) {
                    self.clock.set(at);
                    self.give(Input::Tick);
                }
                return;
            }
            What::TalkEnd => return self.talk_ends(agent),
            What::WrapEnd => Some((agent, self.agents.wrapped_up(t, agent, &mut self.agenda))),
            What::PauseDue => self.agents.pause_due(t, agent, &mut self.agenda).map(|deed| (agent, deed)),
            What::Back | What::LogIn => {
                self.agents.comes(t, agent, &mut self.agenda).map(|deed| (agent, deed))
            }
            What::LogOut => self.agents.leaves(agent).map(|deed| (agent, deed)),
            What::MassPause => self.agents.mass_pause(t, agent, &mut self.agenda),
        };
        if let Some((agent, deed)) = deed {
            self.press(agent, deed);
        }
    }

    /// What an agent does on the console.
    fn press(&mut self, agent: usize, deed: Deed) {
        let at = Clock::moment(self.t);
        let command = match deed {
            Deed::LogIn | Deed::Ready => {
                self.clock.set_apart(at);
                if deed == Deed::LogIn {
                    self.ask(agent, AgentCommand::LogIn);
                }
                AgentCommand::Ready
            }
            Deed::Pause => AgentCommand::Pause { reason: "break".to_owned() },
            Deed::LogOut => AgentCommand::LogOut,
        };
        self.clock.set(at);
        self.ask(agent, command);
    }

    fn ask(&mut self, agent: usize, command: AgentCommand) {
        self.give(Input::Agent { agent: setting::agent_id(agent), command, ticket: Ticket(1) });
    }

    fn answers(&mut self, lead: u64) {
        if !self.stands(lead, Stage::InFlight) {
            return;
        }
        let Some(leg) = self.move_to(lead, Some(Stage::Waiting)) else { return };
        self.agenda.plan(self.t + self.scenario.patience_s, What::Drop, lead);
        self.clock.set_apart(Clock::moment(self.t));
        let what = match self.baseline {
            Some(_) => setting::arrival().map(LegChange::Arrived),
            None => Some(LegChange::Answered),
        };
        if let Some(what) = what {
            self.give(Input::Switch(LegEvent { leg, what }));
        }
    }

    fn ends_unanswered(&mut self, lead: u64) {
        if !self.stands(lead, Stage::InFlight) {
            return;
        }
        let Some(leg) = self.move_to(lead, None) else { return };
        if self.baseline.is_some() {
            return;
        }
        // None of them is the trunk's fault: a policy sees ends, and no more.
        let (cause, sip_status) = match self.scenario.ending(lead) {
            Ending::Failed => ("UNALLOCATED_NUMBER", Some(404)),
            Ending::Early => ("USER_BUSY", Some(486)),
            Ending::TimeOut => ("NO_ANSWER", None),
        };
        self.clock.set(Clock::moment(self.t));
        let hang_up = HangUp { sip_status, ..HangUp::cause(cause) };
        self.give(Input::Switch(LegEvent { leg, what: LegChange::HungUp(hang_up) }));
    }

    /// The customer hangs up, and the desk phone is parked.
    fn talk_ends(&mut self, agent: usize) {
        self.agents.talked(self.t, agent, &mut self.agenda);
        let lead = self.agents.lead(agent);
        let Some(leg) = self.move_to(lead, None) else { return };
        self.clock.set(Clock::moment(self.t));
        if let Some(desk) = self.desks[agent] {
            self.give(Input::Switch(LegEvent { leg: desk, what: LegChange::Parked }));
        }
        let hang_up = HangUp { by_far_end: Some(true), ..HangUp::cause("NORMAL_CLEARING") };
        self.give(Input::Switch(LegEvent { leg, what: LegChange::HungUp(hang_up) }));
    }

    /// A conversation begins.
    pub(super) fn talk_begins(&mut self, lead: u64, agent: usize) {
        self.move_to(lead, Some(Stage::Talking));
        self.agents.talk(self.t, agent, lead, &mut self.agenda);
    }

    fn close(self) -> Outcome {
        let outcome = Outcome {
            scenario: self.scenario.name.clone(),
            seed: self.scenario.seed,
            policy: self.policy.to_string(),
            invariant_violations: self.broken,
            violations: self.violations,
            ..Outcome::default()
        };
        self.measure.close(Clock::moment(self.scenario.duration_s), outcome)
    }
}
