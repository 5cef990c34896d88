//! How many calls to launch now: a pure function over what was observed.
//!
//! In: [`Observed`] (estimates and calls in flight), [`Agents`] (who is free,
//! who may be soon) and [`Limits`]. Out: a [`PacingReport`] with the number of
//! calls to launch and what held it back.
//!
//! Predictive: with `n` calls in flight the number answered is taken as
//! `X ~ Bin(n, p)`, the number of agents free by then as `A = ready +
//! Bin(busy, q)`. The expected number of customers without an agent is
//! `E[(X - A)+]`; the largest `n` is dialled for which it stays within the
//! target share of `E[X]` and within what the window's cap still allows. With
//! few observations `p` is taken one standard deviation high, so the dialler
//! starts carefully.

use serde::{Deserialize, Serialize};

use crate::floor::input::{DialMode, WindowCounts};

/// The share of the cap aimed at; the rest absorbs what the model does not
/// know (agents leaving, answers in bursts).
const CAP_AIM: f64 = 0.45;
/// The share of the cap that the window is filled up to: beyond it the dialler
/// is progressive, so that what is in flight does not carry the window over
/// the cap.
const CAP_FILL: f64 = 0.45;
/// Calls in flight have rung for a while already: an agent must be free within
/// this share of the mean time to answer to be of use to them.
const TIME_LEFT: f64 = 0.5;
/// Calls launched by one decision at most.
const LAUNCH_MAX: u32 = 20;

/// What was observed of the campaign's world.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// Mean of the answer rate.
    pub answer_rate: f64,
    /// Its standard deviation.
    pub answer_rate_sd: f64,
    /// Mean time from dialling to answer, in milliseconds.
    pub answer_ms: f64,
    /// Mean talk time, in milliseconds.
    pub talk_ms: f64,
    /// Mean after-call work, in milliseconds.
    pub wrap_up_ms: f64,
    /// Calls dialled and not answered yet.
    pub in_flight: u32,
    /// Answered calls without an agent yet.
    pub waiting: u32,
    /// Answered and dropped calls in the window of the cap.
    pub window: WindowCounts,
}

/// The campaign's agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Agents {
    /// Free now.
    pub ready: u32,
    /// On a call.
    pub talking: u32,
    /// In after-call work.
    pub wrapping_up: u32,
}

/// What the campaign may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How it dials.
    pub mode: DialMode,
    /// Cap on dropped calls, per mille of calls answered.
    pub drop_cap_permille: u32,
    /// Calls in progress at most.
    pub lines_max: u32,
    /// Calls in progress now, answered ones included.
    pub lines_used: u32,
    /// Leads at hand.
    pub leads: u32,
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
    /// The trunk fails call after call; one is tried now and then.
    TrunkFailing,
    /// The hopper is empty.
    NoLeads,
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
            in_flight: observed.in_flight,
            dial_level: 0.0,
            drop_permille: drop_permille(observed.window),
        }
    }
}

/// Decides how many calls to launch now.
pub fn pacing(observed: &Observed, agents: Agents, limits: Limits) -> PacingReport {
    let busy = agents.talking + agents.wrapping_up;
    let free_soon = chance_free(observed, agents);
    let agents_expected = f64::from(agents.ready) + f64::from(busy) * free_soon;
    let (target, mut limit) = match limits.mode {
        DialMode::Progressive => (one_each(observed, agents), BindingLimit::Agents),
        DialMode::Predictive => predictive_target(observed, agents, free_soon, limits.drop_cap_permille),
    };
    let mut dial = target.saturating_sub(observed.in_flight).min(LAUNCH_MAX);
    let lines = limits.lines_max.saturating_sub(limits.lines_used);
    if dial > lines {
        (dial, limit) = (lines, BindingLimit::Lines);
    }
    if dial > limits.leads {
        (dial, limit) = (limits.leads, BindingLimit::NoLeads);
    }
    if agents.ready + busy == 0 {
        (dial, limit) = (0, BindingLimit::NoAgents);
    }
    PacingReport {
        dial,
        limit,
        answer_rate: observed.answer_rate,
        agents_expected,
        in_flight: observed.in_flight,
        dial_level: if agents_expected > 0.0 { f64::from(target) / agents_expected } else { 0.0 },
        drop_permille: drop_permille(observed.window),
    }
}

/// One call for each free agent that no waiting customer will take.
fn one_each(observed: &Observed, agents: Agents) -> u32 {
    agents.ready.saturating_sub(observed.waiting)
}

fn predictive_target(
    observed: &Observed,
    agents: Agents,
    free_soon: f64,
    cap_permille: u32,
) -> (u32, BindingLimit) {
    let floor = one_each(observed, agents);
    let cap = f64::from(cap_permille) / 1000.0;
    if cap <= 0.0 {
        return (floor, BindingLimit::DropCap);
    }
    let p = (observed.answer_rate + observed.answer_rate_sd).clamp(0.02, 1.0);
    let busy = agents.talking + agents.wrapping_up;
    let free = binomial(busy, free_soon);
    // What is in flight is in flight: only more is decided on.
    let mut best = observed.in_flight.max(floor);
    for n in best + 1..=best + LAUNCH_MAX {
        let dropped = expected_without_agent(&binomial(n, p), &free, agents.ready, observed.waiting);
        let answered = f64::from(n) * p;
        // What the cap still allows over the window if all this comes true.
        let left = CAP_FILL * cap * (f64::from(observed.window.answered) + answered)
            - f64::from(observed.window.dropped);
        if dropped > CAP_AIM * cap * answered || dropped > left {
            return (best, BindingLimit::DropCap);
        }
        best = n;
    }
    (best, BindingLimit::Agents)
}

/// The chance that a busy agent is free by the time that a call launched now
/// is answered: exponential talk and wrap-up, a talking agent having both
/// before them.
fn chance_free(observed: &Observed, agents: Agents) -> f64 {
    let busy = f64::from(agents.talking + agents.wrapping_up);
    if busy == 0.0 {
        return 0.0;
    }
    let ends_within = |mean_ms: f64| 1.0 - (-TIME_LEFT * observed.answer_ms / mean_ms.max(1.0)).exp();
    let wrap_up = ends_within(observed.wrap_up_ms);
    let talk = ends_within(observed.talk_ms) * ends_within(observed.wrap_up_ms * 2.0);
    (f64::from(agents.talking) * talk + f64::from(agents.wrapping_up) * wrap_up) / busy
}

/// `E[(X - max(ready + B - waiting, 0))+]` for the two distributions given by
/// their probabilities: of those who answer now, how many find no agent.
fn expected_without_agent(answered: &[f64], freed: &[f64], ready: u32, waiting: u32) -> f64 {
    // excess[s] = E[(X - s)+] = excess[s + 1] + P(X > s).
    let mut excess = vec![0.0; answered.len() + 1];
    let mut beyond = 0.0;
    for served in (0..answered.len()).rev() {
        excess[served] = excess[served + 1] + beyond;
        beyond += answered[served];
    }
    let free = i64::from(ready) - i64::from(waiting);
    freed
        .iter()
        .enumerate()
        .map(|(freed, chance)| {
            let served = (free + freed as i64).clamp(0, answered.len() as i64);
            chance * excess[served as usize]
        })
        .sum()
}

/// The probabilities of 0..=n successes in `n` trials of chance `p`.
fn binomial(n: u32, p: f64) -> Vec<f64> {
    if p >= 1.0 {
        let mut certain = vec![0.0; n as usize + 1];
        certain[n as usize] = 1.0;
        return certain;
    }
    let mut chances = Vec::with_capacity(n as usize + 1);
    let mut chance = (1.0 - p).powi(n as i32);
    let odds = p / (1.0 - p);
    for k in 0..=n {
        chances.push(chance);
        chance *= odds * f64::from(n - k) / f64::from(k + 1);
    }
    chances
}

fn drop_permille(window: WindowCounts) -> f64 {
    if window.answered == 0 { 0.0 } else { f64::from(window.dropped) * 1000.0 / f64::from(window.answered) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observed(answer_rate: f64) -> Observed {
        Observed {
            answer_rate,
            answer_rate_sd: 0.02,
            answer_ms: 8_000.0,
            talk_ms: 60_000.0,
            wrap_up_ms: 10_000.0,
            in_flight: 0,
            waiting: 0,
            window: WindowCounts { answered: 1_000, dropped: 10 },
        }
    }

    fn limits(mode: DialMode) -> Limits {
        Limits { mode, drop_cap_permille: 30, lines_max: 1_000, lines_used: 0, leads: 1_000 }
    }

    #[test]
    fn progressive_dials_one_call_per_free_agent() {
        let agents = Agents { ready: 4, talking: 6, wrapping_up: 1 };
        let mut seen = observed(0.2);
        assert_eq!(pacing(&seen, agents, limits(DialMode::Progressive)).dial, 4);
        seen.in_flight = 3;
        seen.waiting = 1;
        assert_eq!(pacing(&seen, agents, limits(DialMode::Progressive)).dial, 0);
    }

    #[test]
    fn predictive_dials_more_the_fewer_answer() {
        let agents = Agents { ready: 6, talking: 30, wrapping_up: 4 };
        let rare = pacing(&observed(0.2), agents, limits(DialMode::Predictive));
        let often = pacing(&observed(0.6), agents, limits(DialMode::Predictive));
        assert!(rare.dial > often.dial, "{rare:?} {often:?}");
        assert!(often.dial >= 6);
    }

    #[test]
    fn a_spent_cap_falls_back_to_one_call_per_agent() {
        let agents = Agents { ready: 5, talking: 20, wrapping_up: 0 };
        let mut seen = observed(0.2);
        seen.window = WindowCounts { answered: 1_000, dropped: 40 };
        let report = pacing(&seen, agents, limits(DialMode::Predictive));
        assert_eq!((report.dial, report.limit), (5, BindingLimit::DropCap));
        let mut strict = limits(DialMode::Predictive);
        strict.drop_cap_permille = 0;
        assert_eq!(pacing(&observed(0.2), agents, strict).dial, 5);
    }

    #[test]
    fn lines_leads_and_agents_bind_and_say_so() {
        let agents = Agents { ready: 9, talking: 0, wrapping_up: 0 };
        let mut few = limits(DialMode::Progressive);
        few.lines_max = 12;
        few.lines_used = 10;
        let report = pacing(&observed(0.3), agents, few);
        assert_eq!((report.dial, report.limit), (2, BindingLimit::Lines));
        few.leads = 1;
        let report = pacing(&observed(0.3), agents, few);
        assert_eq!((report.dial, report.limit), (1, BindingLimit::NoLeads));
        let report = pacing(&observed(0.3), Agents::default(), limits(DialMode::Predictive));
        assert_eq!((report.dial, report.limit), (0, BindingLimit::NoAgents));
    }

    #[test]
    fn the_expected_number_without_an_agent_is_that_of_the_definition() {
        let (answered, freed) = (binomial(12, 0.3), binomial(5, 0.4));
        for (ready, waiting) in [(0, 0), (2, 0), (1, 3), (20, 0)] {
            let mut expected = 0.0;
            for (x, p) in answered.iter().enumerate() {
                for (b, q) in freed.iter().enumerate() {
                    let served = (ready + b as i64 - waiting).max(0);
                    expected += p * q * (x as i64 - served).max(0) as f64;
                }
            }
            let found = expected_without_agent(&answered, &freed, ready as u32, waiting as u32);
            assert!((found - expected).abs() < 1e-9, "{ready} {waiting}: {found} {expected}");
        }
    }

    #[test]
    fn the_binomial_is_one() {
        for (n, p) in [(0, 0.3), (1, 1.0), (40, 0.05), (120, 0.7)] {
            let chances = binomial(n, p);
            assert!((chances.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{n} {p}");
        }
    }
}
