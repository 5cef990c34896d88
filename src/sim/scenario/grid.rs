//! Scenarios without a file: a grid of floor sizes and answer rates, and one
//! floor under stress. They are those by which policies were compared when the
//! pacing's targets were set (`tests/pacing/oracle.json`).
//!
//! In: a name, `grid:50:25` (agents, answered calls in per cent), `grid:50:25:1`
//! (and the cap in per cent) or `stress:step`. Out: the scenario.

use super::format::{
    AnswerProb, Component, Distribution, Interpolation, MassPause, Refused, Scenario, Staff, Unanswered,
};

/// The floor under stress.
const STRESSED_AGENTS: u32 = 50;
const STRESSED_ANSWERS: f64 = 0.25;
/// The cap on abandoned calls where the name has none.
const CAP_PERCENT: u32 = 3;
/// When it begins, where it does not hold all day, in seconds.
const STRESS_AT_S: f64 = 7_200.0;
const STRESSES: &str = "step, lunch, trunk or talk";

/// The scenario of this name; `None`: it is not the name of one of these.
pub fn named(name: &str) -> Option<Result<Scenario, Refused>> {
    let refused = |why: String| Some(Err(Refused { field: name.to_owned(), why }));
    if let Some(cell) = name.strip_prefix("grid:") {
        let numbers: Result<Vec<u32>, _> = cell.split(':').map(str::parse).collect();
        let (agents, percent, cap) = match numbers.as_deref() {
            Ok(&[agents, percent]) => (agents, percent, CAP_PERCENT),
            Ok(&[agents, percent, cap]) => (agents, percent, cap),
            _ => return refused("grid:AGENTS:PERCENT[:CAP], as in grid:50:25 or grid:50:25:1".to_owned()),
        };
        let target_abandon = f64::from(cap) / 100.0;
        return Some(checked(Scenario {
            target_abandon,
            ..cell_of(name, agents, f64::from(percent) / 100.0)
        }));
    }
    let mut scenario = cell_of(name, STRESSED_AGENTS, STRESSED_ANSWERS);
    match name.strip_prefix("stress:")? {
        "step" => scenario.answer_prob.points = vec![(0.0, 0.15), (STRESS_AT_S, 0.60)],
        "lunch" => {
            let (at, within, fraction, duration) = (STRESS_AT_S, 60.0, 0.5, 1_800.0);
            scenario.agents.mass_pause = vec![MassPause { at, within, fraction, duration }];
        }
        "trunk" => scenario.trunk_channels = Some(STRESSED_AGENTS * 3 / 2),
        "talk" => scenario.talk = talk(220.0, 1.6, 5_400.0),
        _ => return refused(format!("the stress is {STRESSES}")),
    }
    Some(checked(scenario))
}

fn checked(scenario: Scenario) -> Result<Scenario, Refused> {
    scenario.check().map(|()| scenario)
}

/// Three of ten who answer are not interested; the others talk for a while.
fn talk(mean: f64, sigma: f64, max: f64) -> Vec<Component> {
    let short = Distribution::Lognormal { mean: 10.0, sigma: 0.5, max: None };
    let long = Distribution::Lognormal { mean, sigma, max: Some(max) };
    vec![Component { w: 0.3, distribution: short }, Component { w: 0.7, distribution: long }]
}

fn cell_of(name: &str, agents: u32, answers: f64) -> Scenario {
    let uniform = |lo, hi| Distribution::Uniform { lo, hi, max: None };
    let lognormal = |mean, sigma, max| Distribution::Lognormal { mean, sigma, max };
    Scenario {
        format: "pacing-scenario/1".to_owned(),
        name: name.to_owned(),
        seed: 1,
        duration_s: 14_400.0,
        tick_s: 0.1,
        patience_s: 2.0,
        target_abandon: f64::from(CAP_PERCENT) / 100.0,
        answer_prob: AnswerProb { points: vec![(0.0, answers)], interp: Interpolation::Step },
        fail_prob: 0.1,
        fail_time: uniform(1.0, 3.0),
        setup: uniform(0.8, 3.0),
        ring_answered: lognormal(10.0, 0.5, None),
        ring_timeout_s: 25.0,
        unanswered: Unanswered { early_prob: 0.3, early: uniform(3.0, 25.0) },
        talk: talk(200.0, 0.9, 3_600.0),
        wrap: lognormal(20.0, 0.6, Some(300.0)),
        agents: Staff {
            n: agents,
            login: uniform(0.0, 60.0),
            work_between_pauses: Some(Distribution::Exp { mean: 3_000.0, max: None }),
            pause: Some(lognormal(300.0, 0.5, None)),
            mass_pause: Vec::new(),
            join: Vec::new(),
            leave: Vec::new(),
        },
        trunk_channels: None,
        note: None,
    }
}
