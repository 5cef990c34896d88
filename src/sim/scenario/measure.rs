//! What a scenario's shift came to, counted from what the floor wrote down.
//!
//! In: facts. Out: an [`Outcome`].

use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId};
use crate::floor::effect::{AgentStateKind, CallResult, Fact};
use crate::floor::queue::QueueOutcome;
use crate::sim::OPENS;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Abandoned calls are looked at over quarters of an hour, and the first look is
/// after the first four.
const QUARTER_MS: i64 = 900_000;
const QUARTERS_OF_HOUR: usize = 4;

/// What came of a shift.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Outcome {
    /// Which scenario.
    pub scenario: String,
    /// The seed.
    pub seed: u64,
    /// Who decided how many calls are launched.
    pub policy: String,
    /// Calls launched.
    pub attempts: u64,
    /// Of these, answered.
    pub answered: u64,
    /// Of these, without an agent within the patience.
    pub abandoned: u64,
    /// Calls that agents took.
    pub served: u64,
    /// Talk / (talk + ready), of all agents, 0 to 1.
    pub util: f64,
    /// For how many seconds an agent was ready for each call taken.
    pub wait: f64,
    /// The worst share of abandoned calls since the beginning, at the quarters of
    /// an hour from 60 minutes on.
    pub worst_cumulative: f64,
    /// The worst share of abandoned calls of four quarters in a row.
    pub worst_hour: f64,
    /// How many broken promises of the floor were found.
    pub invariant_violations: u64,
    /// The first of them, in words.
    #[serde(skip)]
    pub violations: Vec<String>,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let abandoned = Counts { answered: self.answered, abandoned: self.abandoned };
        write!(
            f,
            "{} seed {}, {}: {} calls, {} answered, {} abandoned ({:.2} %; worst since the beginning {:.2} %, worst \
             hour {:.2} %), utilisation {:.2} %, wait {:.1} s, {} invariant violations",
            self.scenario,
            self.seed,
            self.policy,
            self.attempts,
            self.answered,
            self.abandoned,
            100.0 * abandoned.share(),
            100.0 * self.worst_cumulative,
            100.0 * self.worst_hour,
            100.0 * self.util,
            self.wait,
            self.invariant_violations
        )
    }
}

/// Answered and abandoned calls.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    answered: u64,
    abandoned: u64,
}

impl Counts {
    fn share(self) -> f64 {
        self.abandoned as f64 / self.answered.max(1) as f64
    }
}

/// The count as it goes on.
#[derive(Debug, Default)]
pub(super) struct Measure {
    pub attempts: u64,
    served: u64,
    quarters: Vec<Counts>,
    /// Abandoned calls that have not ended.
    abandoned: BTreeSet<CallId>,
    agents: BTreeMap<AgentId, (AgentStateKind, Moment)>,
    talk_ms: i64,
    ready_ms: i64,
}

impl Measure {
    pub fn answered(&self) -> u64 {
        self.quarters.iter().map(|counts| counts.answered).sum()
    }

    pub fn abandoned(&self) -> u64 {
        self.quarters.iter().map(|counts| counts.abandoned).sum()
    }

    /// Takes what the floor writes down.
    pub fn write(&mut self, fact: &Fact) {
        match fact {
            Fact::AttemptStarted { .. } => self.attempts += 1,
            Fact::CallAnswered { at, .. } => self.quarter(*at).answered += 1,
            Fact::CallDropped { call, at } => {
                self.quarter(*at).abandoned += 1;
                self.abandoned.insert(*call);
            }
            Fact::QueueLeft { outcome: QueueOutcome::TurnedAway, at, .. } => {
                self.quarter(*at).abandoned += 1;
            }
            Fact::CallConnected { .. } => self.served += 1,
            Fact::CallEnded { call, result, at, .. } => {
                let counted = self.abandoned.remove(call);
                if *result == CallResult::Dropped && !counted {
                    self.quarter(*at).abandoned += 1;
                }
            }
            Fact::AgentState { agent, kind, at, .. } => {
                let before = self.agents.insert(*agent, (*kind, *at));
                self.pass(before, *at);
            }
            _ => {}
        }
    }

    fn quarter(&mut self, at: Moment) -> &mut Counts {
        let n = (at.since_ms(OPENS) / QUARTER_MS) as usize;
        if self.quarters.len() <= n {
            self.quarters.resize(n + 1, Counts::default());
        }
        &mut self.quarters[n]
    }

    fn pass(&mut self, state: Option<(AgentStateKind, Moment)>, until: Moment) {
        match state {
            Some((AgentStateKind::Talking, since)) => self.talk_ms += until.since_ms(since),
            Some((AgentStateKind::Ready, since)) => self.ready_ms += until.since_ms(since),
            _ => {}
        }
    }

    /// The shift is over; whoever talks or waits has done so until now.
    pub fn close(mut self, ends: Moment, mut outcome: Outcome) -> Outcome {
        for state in std::mem::take(&mut self.agents).into_values() {
            self.pass(Some(state), ends);
        }
        let whole = (ends.since_ms(OPENS) / QUARTER_MS) as usize;
        self.quarters.resize(self.quarters.len().max(whole), Counts::default());
        let mut sum = Counts::default();
        let since_begin = self.quarters.iter().map(|quarter| {
            sum.answered += quarter.answered;
            sum.abandoned += quarter.abandoned;
            sum
        });
        let since_begin: Vec<Counts> = since_begin.take(whole).collect();
        let worst = |shares: &mut dyn Iterator<Item = f64>| shares.fold(0.0, f64::max);
        outcome.worst_cumulative =
            worst(&mut since_begin.iter().skip(QUARTERS_OF_HOUR - 1).map(|counts| counts.share()));
        outcome.worst_hour = worst(&mut self.quarters[..whole].windows(QUARTERS_OF_HOUR).map(|hour| {
            let answered = hour.iter().map(|quarter| quarter.answered).sum();
            let abandoned = hour.iter().map(|quarter| quarter.abandoned).sum();
            Counts { answered, abandoned }.share()
        }));
        (outcome.answered, outcome.abandoned) = (self.answered(), self.abandoned());
        (outcome.attempts, outcome.served) = (self.attempts, self.served);
        let staffed_ms = (self.talk_ms + self.ready_ms).max(1);
        outcome.util = self.talk_ms as f64 / staffed_ms as f64;
        outcome.wait = self.ready_ms as f64 / 1_000.0 / self.served.max(1) as f64;
        outcome
    }
}
