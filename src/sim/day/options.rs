//! What kind of day is simulated, and what came of it.

use crate::base::ids::CampaignId;
use crate::floor::preview::PreviewRules;
use crate::sim::customer::CustomerShares;
use serde::Serialize;
use std::collections::BTreeMap;

/// Up to so many agents the floor's invariants are asked for after each input.
const ALWAYS_CHECKED: u32 = 30;

/// After how many inputs the invariants of a floor of this size are asked for.
pub fn check_every(agents: u32) -> u64 {
    if agents <= ALWAYS_CHECKED { 1 } else { u64::from(agents) }
}

/// What kind of day.
#[derive(Debug, Clone, PartialEq)]
pub struct DayOptions {
    /// How many agents.
    pub agents: u32,
    /// Opening hours, in minutes.
    pub minutes: u32,
    /// The source of all chance.
    pub seed: u64,
    /// Whether things go wrong.
    pub faults: bool,
    /// Cap on dropped calls, per mille of calls answered.
    pub drop_cap_permille: u32,
    /// Callers an hour, into two inbound queues; 0: no queues.
    pub callers_per_hour: u32,
    /// Whether campaigns have a break in the middle third of the day.
    pub breaks: bool,
    /// The most calls at once over the trunk, and the most new ones per second.
    pub trunk_limits: Option<(u32, u32)>,
    /// Priority and share of each of the two campaigns; then both have all agents,
    /// and are predictive.
    pub standings: Option<[(i32, u32); 2]>,
    /// How a third campaign, which has every other agent, shows its leads; `None`:
    /// there is none.
    pub previews: Option<PreviewRules>,
    /// Who is called.
    pub customers: CustomerShares,
    /// Ask for the floor's invariants after every so many inputs. The question
    /// costs more the bigger the floor is, so big days ask it less often.
    pub check_every: u64,
}

impl DayOptions {
    /// A day of so many agents and hours.
    pub fn new(agents: u32, hours: u32, seed: u64) -> Self {
        Self {
            agents,
            minutes: hours * 60,
            seed,
            faults: false,
            drop_cap_permille: 30,
            callers_per_hour: 0,
            breaks: false,
            trunk_limits: None,
            standings: None,
            previews: None,
            customers: CustomerShares::default(),
            check_every: check_every(agents),
        }
    }
}

/// What came of a day.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct DaySummary {
    /// The seed, to run it again.
    pub seed: u64,
    /// How many agents.
    pub agents: u32,
    /// Opening hours, in minutes.
    pub minutes: u32,
    /// Attempts.
    pub calls: u64,
    /// Attempts that were answered.
    pub answered: u64,
    /// Calls connected with an agent.
    pub connected: u64,
    /// Answered calls without an agent within the limit (dropped), some of
    /// which were connected later.
    pub dropped: u64,
    /// Customers who hung up before an agent, within the limit.
    pub abandoned_early: u64,
    /// Dropped calls per mille of answered calls.
    pub drop_permille: f64,
    /// The calls that count for each campaign's cap.
    pub campaigns: Vec<CampaignCounts>,
    /// Talk time of all agents, in minutes.
    pub talk_minutes: f64,
    /// (talk + after-call work) / (that + ready), in per cent.
    pub occupancy_percent: f64,
    /// From answer to agent, mean and longest, in milliseconds.
    pub wait_ms_mean: i64,
    /// The longest such wait.
    pub wait_ms_max: i64,
    /// Calls by result.
    pub by_result: BTreeMap<&'static str, u64>,
    /// Time of all agents by state, in minutes.
    pub state_minutes: BTreeMap<&'static str, f64>,
    /// Inputs given to the floor.
    pub inputs: u64,
    /// Inputs that the floor put aside as senseless.
    pub ignored: u64,
    /// People's commands that it refused.
    pub refused: u64,
    /// What was done with calls in progress: holds, transfers by outcome,
    /// three-way calls, masked recordings, ears.
    pub controlled: BTreeMap<&'static str, u64>,
    /// Callers who entered a queue, each queue counted.
    pub offered: u64,
    /// How their time there ended.
    pub queue_outcomes: BTreeMap<&'static str, u64>,
    /// How places ended that callers kept.
    pub kept: BTreeMap<&'static str, u64>,
    /// How agents' looks at leads ended.
    pub previews: BTreeMap<&'static str, u64>,
    /// How long those waited who were answered, in milliseconds.
    pub queue_wait_ms_mean: i64,
    /// Answered within 20 s / offered, short abandons in, in per cent.
    pub service_level_percent: f64,
    /// Faults by kind.
    pub faults: BTreeMap<&'static str, u64>,
    /// How many broken promises were found.
    pub invariant_violations: u64,
    /// The first of them, in words, with the minute of the day.
    pub violations: Vec<String>,
}

/// What counts for the cap on dropped calls of one campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CampaignCounts {
    /// Which campaign.
    pub campaign: i64,
    /// Calls answered.
    pub answered: u64,
    /// Of these, dropped.
    pub dropped: u64,
    /// Of these, dropped after a fault took the switch or an agent away while
    /// the call was under way.
    pub dropped_by_faults: u64,
    /// How long agents talked with its customers, in milliseconds.
    pub talk_ms: i64,
}

impl CampaignCounts {
    pub(super) fn new(campaign: CampaignId) -> Self {
        Self { campaign: campaign.0, answered: 0, dropped: 0, dropped_by_faults: 0, talk_ms: 0 }
    }
}
