//! The scenarios against the reference: its random numbers, its leads, its
//! counts.

use super::format::Scenario;
use super::run::Shift;
use super::{Outcome, Policy, agents, grid, run, setting};
use crate::floor::input::{CampaignProfile, Input};
use serde_json::Value;

const FILES: [(&str, &str); 4] = [
    ("p1_small15", include_str!("../../../tests/pacing/scenarios/p1_small15.json")),
    ("p2_mid50_hourly", include_str!("../../../tests/pacing/scenarios/p2_mid50_hourly.json")),
    ("p3_step50", include_str!("../../../tests/pacing/scenarios/p3_step50.json")),
    ("p4_big100_trunk", include_str!("../../../tests/pacing/scenarios/p4_big100_trunk.json")),
];
/// What the reference found in these files.
const EXPECTED: &str = include_str!("../../../tests/pacing/scenarios/expected.json");

fn small() -> Scenario {
    Scenario::read(FILES[0].1).expect("a scenario")
}

fn expected() -> Value {
    serde_json::from_str(EXPECTED).expect("JSON")
}

fn close(found: f64, wanted: &Value) {
    let wanted = wanted.as_f64().expect("a number");
    // As many digits as the reference wrote down.
    assert!((found - wanted).abs() < 1e-6, "{found}, not {wanted}");
}

#[test]
fn leads_have_the_fates_of_the_reference() {
    let (scenario, expected) = (small(), expected());
    let rows = expected["_leads_p1_small15"]["rows"].as_array().expect("rows");
    assert!(!rows.is_empty());
    for (lead, row) in scenario.leads().zip(rows) {
        close(lead.outcome, &row[0]);
        close(lead.answer_s, &row[1]);
        close(lead.unanswered_s, &row[2]);
        close(lead.fail_s, &row[3]);
        close(lead.talk_s, &row[4]);
        close(lead.wrap_s, &row[5]);
    }
}

#[test]
fn agents_have_the_shifts_of_the_reference() {
    let (scenario, expected) = (small(), &expected()["_leads_p1_small15"]);
    for agent in 0..3 {
        close(agents::spells(&scenario, agent, 0).0, &expected["login_first3"][agent]);
    }
    for spell in 0..2 {
        let (_, work, pause) = agents::spells(&scenario, 0, spell);
        close(work, &expected["work_agent0"][spell as usize]);
        close(pause, &expected["pause_agent0"][spell as usize]);
    }
}

#[test]
fn the_share_of_answers_follows_its_points() {
    let of = |n: usize| Scenario::read(FILES[n].1).expect("a scenario");
    let (line, step) = (of(1), of(2));
    for (t, share) in [(0.0, 0.14), (1_800.0, 0.18), (3_600.0, 0.22), (12_600.0, 0.16), (20_000.0, 0.12)] {
        assert!((line.answer_share(t) - share).abs() < 1e-12, "{t}");
    }
    assert_eq!([7_199.9, 7_200.0].map(|t| step.answer_share(t)), [0.15, 0.60]);
}

/// Everything that the reference counted, exactly; its averages, as far as whole
/// milliseconds allow.
fn like_the_reference(file: usize, policy: Policy, name: &str) {
    let scenario = Scenario::read(FILES[file].1).expect("a scenario");
    let outcome = run(&scenario, policy, scenario.seed);
    let wanted = &expected()[FILES[file].0][name];
    let counts = [outcome.attempts, outcome.answered, outcome.abandoned, outcome.served];
    let fields = ["attempts", "answered", "abandoned", "served"];
    assert_eq!(counts.map(Some), fields.map(|field| wanted[field].as_u64()), "{outcome}");
    assert!((outcome.util - wanted["util"].as_f64().expect("a number")).abs() < 1e-5, "{outcome}");
    assert!((outcome.wait - wanted["wait"].as_f64().expect("a number")).abs() < 1e-2, "{outcome}");
    assert_eq!(outcome.violations, Vec::<String>::new());
}

#[test]
fn one_call_for_each_agent_comes_to_what_the_reference_counts() {
    (0..FILES.len()).for_each(|file| like_the_reference(file, Policy::Progressive, "progressive"));
}

#[test]
fn two_calls_for_each_agent_come_to_what_the_reference_counts() {
    (0..FILES.len()).for_each(|file| like_the_reference(file, Policy::Ratio(2_000), "ratio2"));
}

#[test]
fn three_calls_for_each_agent_come_to_what_the_reference_counts() {
    (0..FILES.len()).for_each(|file| like_the_reference(file, Policy::Ratio(3_000), "ratio3"));
}

/// The reference's own dialler of this kind, in the first file; it is not in the
/// file of what it counts.
#[test]
fn the_baseline_does_what_the_reference_does() {
    let scenario = small();
    let outcome = run(&scenario, Policy::VicidialTapered, scenario.seed);
    let counts = [outcome.attempts, outcome.answered, outcome.abandoned, outcome.served];
    assert_eq!(counts, [3_628, 897, 41, 856]);
    let shares = [outcome.util, outcome.worst_cumulative, outcome.worst_hour];
    for (found, wanted) in shares.into_iter().zip([0.642_381, 0.047_619, 0.069_444]) {
        assert!((found - wanted).abs() < 1e-5, "{outcome}");
    }
}

/// A quarter of the shift.
fn short() -> Scenario {
    Scenario { duration_s: 3_700.0, ..small() }
}

#[test]
fn the_same_seed_is_the_same_shift() {
    for policy in [Policy::Predictive, Policy::Ratio(2_500), Policy::VicidialTapered] {
        let shift = |seed| run(&short(), policy, seed);
        assert_eq!(shift(7), shift(7));
        assert_ne!(shift(7).attempts, shift(8).attempts);
    }
}

#[test]
fn the_floor_breaks_no_promise_and_its_figures_belong_together() {
    for policy in [Policy::Predictive, Policy::Progressive, Policy::Ratio(3_000), Policy::VicidialTapered] {
        let outcome = run(&short(), policy, 3);
        assert_eq!(outcome.violations, Vec::<String>::new(), "{policy}");
        assert!(outcome.attempts > outcome.answered && outcome.served > 50, "{outcome}");
        // Whoever waits at the end is neither.
        let left = outcome.answered - outcome.served - outcome.abandoned;
        assert!(left <= 3, "{outcome}");
        assert!((0.3..1.0).contains(&outcome.util) && outcome.wait > 1.0, "{outcome}");
    }
}

#[test]
fn without_drops_allowed_no_call_is_launched_that_has_no_free_agent() {
    let scenario = Scenario { target_abandon: 0.0, ..short() };
    let mut shift = Shift::new(&scenario, Policy::Predictive);
    let mut before = 0;
    while shift.step() {
        let (in_flight, free) = shift.in_flight_and_free();
        assert!(shift.attempts() == before || in_flight <= free, "{in_flight} calls for {free} agents");
        before = shift.attempts();
    }
    assert!(before > 500, "{before}");
}

/// In a campaign the cap holds for a fixed ratio too; only here it is lifted.
#[test]
fn a_ratio_with_a_cap_drops_no_more_than_it_allows() {
    let scenario = small();
    let mut shift = Shift::new(&scenario, Policy::Ratio(3_000));
    let lifted = setting::campaign(&scenario, Policy::Ratio(3_000)).expect("a campaign");
    shift.give(Input::Campaign(CampaignProfile { drop_cap_permille: 30, ..lifted }));
    while shift.step() {}
    let (answered, abandoned) = (shift.measure.answered(), shift.measure.abandoned());
    assert!(abandoned > 10 && abandoned * 1_000 <= answered * 30, "{abandoned} of {answered}");
}

#[test]
fn agents_come_late_pause_together_and_leave() {
    let mut scenario = short();
    let staff = &mut scenario.agents;
    (staff.work_between_pauses, staff.pause) = (None, None);
    staff.join = serde_json::from_str(r#"[{"first":10,"count":5,"at":600,"within":1}]"#).expect("JSON");
    staff.leave = serde_json::from_str(r#"[{"first":0,"count":5,"at":1200,"within":1}]"#).expect("JSON");
    staff.mass_pause =
        serde_json::from_str(r#"[{"at":1800,"within":1,"fraction":1,"duration":300}]"#).expect("JSON");
    let mut shift = Shift::new(&scenario, Policy::Progressive);
    let (mut most, mut here) = ([0; 4], [0; 4]);
    while shift.step() {
        let spans = [(100.0, 600.0), (700.0, 1_200.0), (1_700.0, 1_800.0), (3_000.0, 3_700.0)];
        for (n, (from, to)) in spans.into_iter().enumerate() {
            if (from..to).contains(&shift.t) {
                here[n] = shift.agents.on_shift();
                most[n] = most[n].max(here[n]);
            }
        }
    }
    assert_eq!((here, most[0]), ([10, 15, 10, 10], 10));
}

#[test]
fn only_files_that_make_sense_are_read_and_the_field_is_named() {
    let wrong = [
        (r#""seed": 11001"#, r#""seed": -1"#, "seed"),
        (r#""seed": 11001"#, r#""sead": 11001"#, "sead"),
        (r#""format": "pacing-scenario/1""#, r#""format": "pacing-scenario/2""#, "format"),
        (r#""duration_s": 14400"#, r#""duration_s": 0"#, "duration_s"),
        (r#""tick_s": 0.1"#, r#""tick_s": 0"#, "tick_s"),
        (r#""patience_s": 2.0"#, r#""patience_s": "2""#, "patience_s"),
        (r#""target_abandon": 0.03"#, r#""target_abandon": 0.0305"#, "target_abandon"),
        (r#""fail_prob": 0.1"#, r#""fail_prob": 1.1"#, "fail_prob"),
        (r#""interp": "step""#, r#""interp": "cubic""#, "answer_prob.interp"),
        (r#""early_prob": 0.3"#, r#""early_prob": 3"#, "unanswered.early_prob"),
        (r#""lo": 0.8"#, r#""lo": 8"#, "setup.hi"),
        (r#""lo": 0.8"#, r#""low": 0.8"#, "setup"),
        (r#""w": 0.3"#, r#""w": 0.4"#, "talk"),
        (r#""w": 0.3"#, r#""weight": 0.3"#, "talk[0]"),
        (r#""sigma": 0.9"#, r#""sigma": -1"#, "talk[1].sigma"),
        (r#""sigma": 0.6"#, r#""mu": 0.6"#, "wrap"),
        (r#""n": 15"#, r#""n": 0"#, "agents.n"),
        (
            r#""login""#,
            r#""mass_pause": [{"at": 1, "within": 1, "fraction": 2, "duration": 1}], "login""#,
            "agents.mass_pause[0].fraction",
        ),
        (
            r#""login""#,
            r#""leave": [{"first": 10, "count": 6, "at": 1, "within": 1}], "login""#,
            "agents.leave[0].count",
        ),
        (r#""work_between_pauses""#, r#""work""#, "agents.work"),
        (r#""trunk_channels": null"#, r#""trunk_channels": 0"#, "trunk_channels"),
    ];
    for (right, wrong, field) in wrong {
        let text = FILES[0].1.replacen(right, wrong, 1);
        assert_ne!(text, FILES[0].1, "{right} is not in the file");
        let refused = Scenario::read(&text).expect_err(wrong);
        assert_eq!(refused.field, field, "{refused}");
    }
    assert!(Scenario::read("{}").expect_err("empty").to_string().contains("format"));
    assert!(Scenario::read(&format!("{} x", FILES[0].1)).is_err());
}

#[test]
fn the_grid_is_made_of_scenarios_like_those_of_the_files() {
    let cell = grid::named("grid:15:25").expect("a name").expect("a scenario");
    let (name, note, seed) = (small().name, small().note, small().seed);
    assert_eq!(Scenario { name, note, seed, ..cell.clone() }, small());
    for stress in ["step", "lunch", "trunk", "talk"] {
        let scenario = grid::named(&format!("stress:{stress}")).expect("a name").expect("a scenario");
        assert_ne!(Some(Ok(Scenario { name: "grid:50:25".into(), ..scenario })), grid::named("grid:50:25"));
    }
    let one_percent = grid::named("grid:15:25:1").expect("a name").expect("a scenario");
    assert_eq!(one_percent, Scenario { target_abandon: 0.01, name: one_percent.name.clone(), ..cell });
    assert!(grid::named("scenario.json").is_none());
    for wrong in [
        "grid:15",
        "grid:0:25",
        "grid:15:101",
        "grid:15:x:25",
        "grid:15:25:101",
        "grid:15:25:1:1",
        "stress:rain",
    ] {
        assert!(grid::named(wrong).expect("a name").is_err(), "{wrong}");
    }
}

#[test]
fn policies_are_named_as_they_are_written() {
    for name in ["predictive", "progressive", "ratio:2", "ratio:2.5", "vicidial-tapered"] {
        assert_eq!(name.parse::<Policy>().expect(name).to_string(), name);
    }
    for wrong in ["", "ratio", "ratio:", "ratio:0.5", "ratio:51", "ratio:x", "model"] {
        assert!(wrong.parse::<Policy>().is_err(), "{wrong}");
    }
}

#[test]
fn a_line_has_exactly_the_agreed_fields() {
    let line = serde_json::to_value(Outcome::default()).expect("JSON");
    let fields: Vec<&String> = line.as_object().expect("an object").keys().collect();
    let agreed = "abandoned answered attempts invariant_violations policy scenario seed served util wait worst_cumulative worst_hour";
    assert_eq!(fields, agreed.split(' ').collect::<Vec<_>>());
}
