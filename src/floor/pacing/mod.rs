//! How many calls to launch now: a pure function over what was observed.
//!
//! In: [`Observed`] (what may become of calls), [`Agents`] (who is free, who
//! may be soon) and [`Limits`]. Out: a [`PacingReport`] with the number of
//! calls to launch and what held it back.
//!
//! Predictive: agents free minus calls answered is a random number, known by
//! its distribution at some horizons ahead ([`outlook`]). One more call is
//! launched while the risk that its answer finds no agent is small enough. How
//! small is decided by the budget ([`budget`]): the drops that the cap still allows
//! after the calls answered so far. With the budget used up the risk allowed is next
//! to nothing, and what comes out is about one call per free agent; calls whose
//! agents go away then are taken back while they still ring.

mod budget;
mod outlook;
#[cfg(test)]
mod tests;

use crate::floor::estimate::{Chances, HORIZONS};
use crate::floor::input::{DialMode, WindowCounts};
use budget::Budget;
pub use budget::{Day, drops_left};
use outlook::Outlook;
use serde::{Deserialize, Serialize};

/// A risk so great that no budget would take it: there is no agent for the call.
const RISK_OF_NONE: f64 = 0.3;
/// The risk of one more drop than the budget has at which calls that still ring
/// are taken back.
const TAKEN_BACK_FROM: f64 = 0.03;
/// One call for each free agent, per mille.
const ONE_EACH: u32 = 1_000;
/// Calls launched by one decision at most.
const LAUNCH_MAX: u32 = 100;

/// Agents or calls with the same chances.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Group {
    /// How many.
    pub count: u32,
    /// The chances of each: a call is answered, an agent is free, by each
    /// horizon.
    pub chances: Chances,
}

/// What was observed of the campaign's world.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// The share of attempts that are answered.
    pub answer_rate: f64,
    /// The chances that a call launched now is answered.
    pub new_call: Chances,
    /// Calls dialled and not answered yet, the youngest first.
    pub in_flight: Vec<Group>,
    /// Answered calls without an agent yet.
    pub waiting: u32,
    /// Answered and dropped calls in the window of the cap.
    pub window: WindowCounts,
    /// The same since calling began today: a window that forgets a good
    /// yesterday must not be overdrawn by it.
    pub today: WindowCounts,
    /// The same in the last hour, once calling has gone on for one.
    pub last_hour: Option<WindowCounts>,
    /// What today's calling is to come to; `None`: the window of the cap is shorter
    /// than a day, and holds at any time of it.
    pub day: Option<Day>,
}

impl Observed {
    /// How many calls are in flight.
    pub fn in_flight_count(&self) -> u32 {
        self.in_flight.iter().map(|group| group.count).sum()
    }
}

/// The campaign's agents.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Agents {
    /// Free now.
    pub ready: u32,
    /// The chances that one of these stays.
    pub stays: Chances,
    /// On a call or in after-call work.
    pub busy: Vec<Group>,
}

impl Agents {
    /// How many there are.
    pub fn count(&self) -> u32 {
        self.ready + self.busy.iter().map(|group| group.count).sum::<u32>()
    }
}

/// What the campaign may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How it dials.
    pub mode: DialMode,
    /// Calls under way for each free agent in the mode that fixes it, per mille.
    pub ratio_permille: u32,
    /// Cap on dropped calls, per mille of calls answered.
    pub drop_cap_permille: u32,
    /// Calls in progress at most.
    pub lines_max: u32,
    /// Calls in progress now, answered ones included.
    pub lines_used: u32,
    /// Leads at hand.
    pub leads: u32,
    /// Attempts that the trunk may be given.
    pub trunk: u32,
}

/// Why no more calls were launched than were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BindingLimit {
    /// The campaign is paused.
    Paused,
    /// Outside the calling hours.
    OutsideHours,
    /// The switch cannot be used.
    SwitchDown,
    /// The store lags behind; nothing is dialled that cannot be recorded.
    StoreLagging,
    /// No agent of the campaign is on shift and not paused.
    NoAgents,
    /// Every agent expected to be free has a call under way.
    Agents,
    /// More calls would break the cap on dropped calls.
    DropCap,
    /// The campaign's lines are all in use.
    Lines,
    /// The campaign may launch no more calls in this second.
    CallRate,
    /// The lines of its gateway are all in use.
    TrunkLines,
    /// Its gateway takes no more new calls in this second.
    TrunkRate,
    /// Every number of its pool of caller IDs is used up for now.
    CallerIds,
    /// The trunk fails call after call; one is tried now and then.
    TrunkFailing,
    /// The hopper is empty.
    NoLeads,
    /// Agents see each lead first and dial themselves.
    Preview,
}

/// One decision, with its reasons; shown to supervisors.
#[must_use = "a report that nobody reads explains nothing"]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PacingReport {
    /// Calls launched.
    pub dial: u32,
    /// What held it back.
    pub limit: BindingLimit,
    /// The estimated share of attempts that are answered, 0 to 1.
    pub answer_rate: f64,
    /// Agents expected to be free when a call launched now is answered.
    pub agents_expected: f64,
    /// Calls in flight, not yet answered, before this decision.
    pub in_flight: u32,
    /// Calls in flight per expected agent that the decision aims at.
    pub dial_level: f64,
    /// Dropped calls in the window, per mille of answered calls.
    pub drop_permille: f64,
}

impl PacingReport {
    /// A decision to launch nothing, for a reason outside this function.
    pub fn held(limit: BindingLimit, observed: &Observed) -> Self {
        PacingReport {
            dial: 0,
            limit,
            answer_rate: observed.answer_rate,
            agents_expected: 0.0,
            in_flight: observed.in_flight_count(),
            dial_level: 0.0,
            drop_permille: drop_permille(observed.window),
        }
    }
}

/// Decides how many calls to launch now.
pub fn pacing(observed: &Observed, agents: &Agents, limits: Limits) -> PacingReport {
    let in_flight = observed.in_flight_count();
    let agents_expected = agents_expected(observed, agents);
    let lines = limits.lines_max.saturating_sub(limits.lines_used);
    let most = lines.min(limits.leads).min(limits.trunk).min(LAUNCH_MAX);
    let (mut dial, mut limit) = match limits.mode {
        DialMode::Preview => (0, BindingLimit::Preview),
        _ if agents.ready == 0 && agents.busy.is_empty() => (0, BindingLimit::NoAgents),
        DialMode::Predictive | DialMode::Ratio if limits.drop_cap_permille == 0 => {
            (so_many_each(observed, agents, ONE_EACH), BindingLimit::DropCap)
        }
        DialMode::Predictive => predictive(observed, agents, limits.drop_cap_permille, most),
        DialMode::Progressive => fixed(observed, agents, ONE_EACH, limits.drop_cap_permille, most),
        DialMode::Ratio => fixed(observed, agents, limits.ratio_permille, limits.drop_cap_permille, most),
    };
    if dial > most {
        dial = most;
    }
    if dial == most && limit != BindingLimit::NoAgents {
        if lines == most {
            limit = BindingLimit::Lines;
        }
        if limits.leads == most {
            limit = BindingLimit::NoLeads;
        }
        if limits.trunk == most {
            limit = BindingLimit::TrunkFailing;
        }
    }
    PacingReport {
        dial,
        limit,
        answer_rate: observed.answer_rate,
        agents_expected,
        in_flight,
        dial_level: if agents_expected > 0.0 { f64::from(in_flight + dial) / agents_expected } else { 0.0 },
        drop_permille: drop_permille(observed.window),
    }
}

/// How many calls in flight to take back, the youngest first, because the
/// agents they were launched for are gone and the budget has no drop left. An
/// agent who is free now counts as one who stays, so that no call is launched
/// and taken back in turn.
pub fn to_take_back(observed: &Observed, agents: &Agents, cap_permille: u32) -> u32 {
    let left = drops_left(cap_permille, observed.window, observed.today);
    let in_flight = observed.in_flight_count();
    if left >= 1.0 || in_flight + observed.waiting <= agents.ready {
        return 0;
    }
    let ready = Group { count: agents.ready, chances: [1.0; HORIZONS] };
    // A customer who waits already and finds nobody is lost anyway.
    let lost = observed.waiting.saturating_sub(agents.ready);
    let mut calls = observed.in_flight.clone();
    for taken_back in 0..in_flight {
        let outlook = Outlook::new(observed.waiting, ready, &agents.busy, &calls);
        if outlook.short_by(lost + 1)[0] <= TAKEN_BACK_FROM {
            return taken_back;
        }
        if let Some(youngest) = calls.iter_mut().find(|group| group.count > 0) {
            youngest.count -= 1;
        }
    }
    in_flight
}

/// So many calls for each free agent, per mille, less those under way.
fn so_many_each(observed: &Observed, agents: &Agents, permille: u32) -> u32 {
    let wanted = u64::from(agents.ready) * u64::from(permille.max(ONE_EACH)) / u64::from(ONE_EACH);
    let under_way = u64::from(observed.waiting + observed.in_flight_count());
    u32::try_from(wanted.saturating_sub(under_way)).unwrap_or(u32::MAX)
}

/// A fixed number of calls for each free agent, or fewer while the cap is nearly
/// spent.
fn fixed(
    observed: &Observed,
    agents: &Agents,
    permille: u32,
    cap_permille: u32,
    most: u32,
) -> (u32, BindingLimit) {
    let wanted = so_many_each(observed, agents, permille);
    let left = drops_left(cap_permille, observed.window, observed.today);
    if cap_permille > 0 && left < 1.0 && observed.today.dropped > 0 {
        let (careful, limit) = predictive(observed, agents, cap_permille, most.min(wanted));
        if careful < wanted {
            return (careful, limit);
        }
    }
    (wanted, BindingLimit::Agents)
}

/// How many more calls the budget of drops allows, and why not one more.
fn predictive(observed: &Observed, agents: &Agents, cap_permille: u32, most: u32) -> (u32, BindingLimit) {
    let budget = Budget::new(cap_permille, observed);
    let (allowed, overdrawn_max) = (budget.risk(agents.count()), budget.overdrawn_max());
    let weights = answer_weights(&observed.new_call);
    let ready = Group { count: agents.ready, chances: agents.stays };
    let mut outlook = Outlook::new(observed.waiting, ready, &agents.busy, &observed.in_flight);
    let risk = |outlook: &Outlook, others| -> f64 {
        outlook.short_by(others).iter().zip(&weights).map(|(risk, weight)| risk * weight).sum()
    };
    let least = if budget.nearly_spent(observed.today) {
        // An agent in reserve for each call, whom a pause or a phone could take
        // away; but when nobody else can become free, one has to do.
        agents.ready.min(u32::from(observed.in_flight.is_empty() && agents.busy.is_empty()))
    } else {
        so_many_each(observed, agents, ONE_EACH)
    };
    let mut dial = 0;
    while dial < most {
        let of_this = risk(&outlook, 0);
        if of_this > allowed || risk(&outlook, budget.whole_calls) > overdrawn_max {
            let limit = if of_this > RISK_OF_NONE { BindingLimit::Agents } else { BindingLimit::DropCap };
            return (dial.max(least), limit);
        }
        outlook.add(&observed.new_call);
        dial += 1;
    }
    (dial, BindingLimit::Agents)
}

/// When a call launched now is answered, if it is: the shares of the horizons.
fn answer_weights(new_call: &Chances) -> Chances {
    let all = new_call[HORIZONS - 1].max(1e-9);
    std::array::from_fn(|h| (new_call[h] - if h > 0 { new_call[h - 1] } else { 0.0 }) / all)
}

/// Agents that will be free when a call launched now is answered.
fn agents_expected(observed: &Observed, agents: &Agents) -> f64 {
    let weights = answer_weights(&observed.new_call);
    let by = |h: usize| {
        let busy = agents.busy.iter().map(|group| f64::from(group.count) * group.chances[h]);
        f64::from(agents.ready) * agents.stays[h] + busy.sum::<f64>()
    };
    weights.iter().enumerate().map(|(h, weight)| weight * by(h)).sum()
}

fn drop_permille(window: WindowCounts) -> f64 {
    if window.answered == 0 { 0.0 } else { f64::from(window.dropped) * 1000.0 / f64::from(window.answered) }
}
