//! Days that must go well, days on which much goes wrong, and an auditor who
//! must notice when something is not right.

use super::ledger::Ledger;
use super::*;
use crate::base::ids::{CallId, LegId};
use crate::base::ids::{CustomerId, LeadId};
use crate::floor::effect::{AgentStateKind, CallResult, EndedBy};
use crate::floor::input::HangUp;
use crate::floor::preview::{PreviewEnd, PreviewTimeout};
use crate::floor::stretch::Stretch;
use uuid::Uuid;

fn short(agents: u32, minutes: u32, seed: u64, faults: bool) -> DayOptions {
    DayOptions { minutes, faults, ..DayOptions::new(agents, 1, seed) }
}

/// How leads are shown on the day of a seed: for half a minute at most, with each of
/// the ends, and few or no skips.
fn looks(seed: u64) -> PreviewRules {
    let timeout = if seed.is_multiple_of(2) { PreviewTimeout::Dial } else { PreviewTimeout::Skip };
    let skips_max = [None, Some(2), Some(0)][seed as usize % 3];
    PreviewRules { seconds: 30, timeout, skips_max, skip_minutes: 10 }
}

/// Every other faulty day has inbound queues as well, every third a narrow trunk, every
/// fifth a campaign that shows its leads first.
fn faulty(agents: u32, minutes: u32, seed: u64) -> DayOptions {
    let callers_per_hour = if seed % 2 == 1 { 20 * agents } else { 0 };
    let trunk_limits = seed.is_multiple_of(3).then_some((agents + agents / 4, 3));
    let previews = seed.is_multiple_of(5).then(|| looks(seed));
    DayOptions { callers_per_hour, trunk_limits, previews, ..short(agents, minutes, seed, true) }
}

/// Runs the seeds on every core; the seeds that fail with their first words.
fn failing(seeds: std::ops::Range<u64>, agents: u32, minutes: u32) -> Vec<(u64, Vec<String>)> {
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let workers: Vec<_> = (0..cores)
        .map(|core| {
            let mine = seeds.clone().filter(move |seed| seed % cores == core);
            std::thread::spawn(move || {
                let days = mine.map(|seed| (seed, run(&faulty(agents, minutes, seed)).violations));
                days.filter(|(_, violations)| !violations.is_empty()).collect::<Vec<_>>()
            })
        })
        .collect();
    workers.into_iter().flat_map(|worker| worker.join().expect("a day does not panic")).collect()
}

#[test]
fn a_quiet_day_keeps_every_promise() {
    let summary = run(&short(20, 60, 1, false));
    assert_eq!(summary.invariant_violations, 0, "{summary:#?}");
    assert!(summary.connected > 300, "{summary:#?}");
    assert!(summary.occupancy_percent > 60.0, "{summary:#?}");
    assert!(summary.wait_ms_max <= 10_500, "{summary:#?}");
}

#[test]
fn a_day_of_previews_keeps_every_promise() {
    for seed in 1..=3 {
        let options =
            DayOptions { previews: Some(looks(seed)), callers_per_hour: 60, ..short(12, 60, seed, false) };
        let day = run(&options);
        assert_eq!(day.invariant_violations, 0, "{day:#?}");
        let ended = |end: PreviewEnd| day.previews.get(end.as_str()).copied().unwrap_or(0);
        let at_timeout =
            if seed == 2 { ended(PreviewEnd::DialledAtTimeout) } else { ended(PreviewEnd::TimedOut) };
        assert!(ended(PreviewEnd::Dialled) > 30 && at_timeout > 0, "{day:#?}");
        assert_eq!(ended(PreviewEnd::Skipped) > 0, seed != 2, "no skips are allowed on the second day");
        assert!(ended(PreviewEnd::CallFirst) > 0, "{day:#?}");
        assert!(day.state_minutes["previewing"] > 10.0, "{day:#?}");
    }
}

#[test]
fn a_quiet_day_with_queues_keeps_every_promise() {
    let options = DayOptions { callers_per_hour: 150, ..short(20, 60, 1, false) };
    let summary = run(&options);
    assert_eq!(summary.invariant_violations, 0, "{summary:#?}");
    let left = |outcome: &str| summary.queue_outcomes.get(outcome).copied().unwrap_or(0);
    assert_eq!(summary.queue_outcomes.values().sum::<u64>(), summary.offered, "{summary:#?}");
    assert!(left("answered") > 80 && left("abandoned") > 0, "{summary:#?}");
    assert!(summary.service_level_percent > 50.0, "{summary:#?}");
    assert!(summary.by_result.get("answered").is_some_and(|calls| *calls > 250), "{summary:#?}");
}

#[test]
fn a_day_on_which_all_phones_ring_keeps_every_promise() {
    // The fifth strategy.
    let options = DayOptions { callers_per_hour: 150, ..short(20, 60, 4, false) };
    let summary = run(&options);
    assert_eq!(summary.invariant_violations, 0, "{summary:#?}");
    let done = |name: &str| summary.controlled.get(name).copied().unwrap_or(0);
    assert!(done("rings called off") > 10 && done("places told") > 50, "{summary:#?}");
}

/// The break's third is empty, and the rest of the day is worked as ever.
#[test]
fn nothing_is_dialled_in_the_breaks_that_windows_and_expressions_make() {
    for (seed, faults) in [(1, false), (3, true), (4, true)] {
        let options = DayOptions { breaks: true, ..short(12, 45, seed, faults) };
        let day = run(&options);
        assert_eq!(day.invariant_violations, 0, "{day:#?}");
        let without = run(&DayOptions { breaks: false, ..options });
        assert!(day.connected * 2 > without.connected, "{} {}", day.connected, without.connected);
        assert!(day.connected < without.connected, "{} {}", day.connected, without.connected);
    }
}

/// The first campaign's part of the talk, in per cent, of a day on which two
/// share all agents.
fn part_of_talk(agents: u32, seed: u64, standings: [(i32, u32); 2]) -> f64 {
    let options =
        DayOptions { standings: Some(standings), check_every: 20, ..short(agents, 240, seed, false) };
    let day = run(&options);
    assert_eq!(day.invariant_violations, 0, "{day:#?}");
    let talk = |campaign: &&CampaignCounts| campaign.talk_ms as f64;
    let first: f64 = day.campaigns.iter().filter(|counts| counts.campaign == 1).map(|c| talk(&c)).sum();
    first * 100.0 / day.campaigns.iter().map(|counts| talk(&counts)).sum::<f64>()
}

#[test]
fn agents_of_two_campaigns_talk_for_each_by_its_share() {
    for (seed, shares, part) in [(1, (100, 100), 50.0), (2, (300, 100), 75.0), (3, (20, 80), 20.0)] {
        let talked = part_of_talk(12, seed, [(0, shares.0), (0, shares.1)]);
        assert!((talked - part).abs() < 3.0, "{talked:.1} % instead of {part} %");
    }
}

#[test]
fn a_higher_priority_takes_what_it_can_use_of_the_agents() {
    let talked = part_of_talk(12, 4, [(0, 900), (1, 100)]);
    assert!(talked < 10.0, "{talked:.1} % for the lower priority");
}

#[test]
fn a_narrow_trunk_is_used_to_its_limits_and_never_above() {
    let free = run(&short(20, 60, 3, false));
    for (calls_max, per_second) in [(14, 100), (100, 1), (18, 2)] {
        let trunk_limits = Some((calls_max, per_second));
        let options = DayOptions { trunk_limits, callers_per_hour: 60, ..short(20, 60, 3, false) };
        let narrow = run(&options);
        assert_eq!(narrow.invariant_violations, 0, "{narrow:#?}");
        assert!(narrow.calls * 10 > free.calls * 3 && narrow.calls < free.calls, "{narrow:#?}");
    }
}

/// Runs days of so many agents and minutes; the share dropped of each must stay
/// within the cap, and no other promise be broken.
#[track_caller]
fn the_cap_holds(agents: u32, minutes: u32, seeds: std::ops::Range<u64>, faults: bool) {
    for seed in seeds {
        the_cap_holds_on(short(agents, minutes, seed, faults));
    }
}

#[track_caller]
fn the_cap_holds_on(options: DayOptions) {
    let faults = options.faults;
    let options = DayOptions { check_every: 50, ..options };
    let day = run(&options);
    assert_eq!(day.invariant_violations, 0, "{day:#?}");
    // Without faults there is nothing to put a dropped call down to.
    let within = |c: &CampaignCounts| c.dropped <= (c.answered * 30 / 1_000).max(1);
    assert!(faults || day.campaigns.iter().all(within), "{day:#?}");
}

#[test]
fn the_cap_on_dropped_calls_holds_on_every_single_day() {
    the_cap_holds(5, 120, 0..12, false);
    the_cap_holds(15, 60, 0..8, false);
    the_cap_holds(50, 60, 0..3, false);
    the_cap_holds(100, 30, 0..2, false);
}

#[test]
fn the_cap_on_dropped_calls_holds_on_faulty_days() {
    the_cap_holds(5, 120, 0..8, true);
    the_cap_holds(15, 60, 0..6, true);
    the_cap_holds(50, 60, 0..2, true);
}

/// Callers take agents whom campaigns counted on.
#[test]
fn the_cap_on_dropped_calls_holds_beside_queues() {
    for (agents, minutes, seeds) in [(5, 120, 0..12), (15, 60, 0..8), (50, 60, 0..2)] {
        for seed in seeds {
            let callers_per_hour = 8 * agents;
            the_cap_holds_on(DayOptions { callers_per_hour, ..short(agents, minutes, seed, false) });
        }
    }
}

#[test]
fn a_cap_of_zero_drops_next_to_nobody() {
    let day = run(&DayOptions { drop_cap_permille: 0, ..short(15, 120, 1, false) });
    assert_eq!(day.invariant_violations, 0, "{day:#?}");
    // A call that is answered in the very moment in which it is taken back.
    assert!(day.dropped <= 1 && day.answered > 500, "{day:#?}");
}

#[test]
fn the_same_seed_is_the_same_day() {
    let first = run(&short(12, 15, 5, true));
    assert_eq!(first, run(&short(12, 15, 5, true)));
    assert_ne!(first, run(&short(12, 15, 6, true)));
}

#[test]
fn two_hundred_faulty_days_break_no_promise() {
    let failing = failing(0..200, 12, 12);
    assert!(failing.is_empty(), "seeds that fail, with what broke: {failing:#?}");
}

#[test]
fn faulty_days_see_every_fault() {
    let days: Vec<_> = (1..=6).map(|seed| run(&short(12, 60, seed, true))).collect();
    let done = |name: &str| days.iter().any(|day| day.controlled.contains_key(name));
    let wanted = [
        "held",
        "consulting",
        "conference",
        "outside",
        "calls forwarded",
        "transfers completed",
        "transfers cancelled",
        "transfers in vain",
        "transfers left by the customer",
        "transfers left by the third",
        "recordings masked or not",
        "ears",
    ];
    let missing: Vec<_> = wanted.iter().filter(|name| !done(name)).collect();
    assert!(missing.is_empty(), "never done: {missing:?}");
    let wanted = [
        "link cuts",
        "switch deaths",
        "events lost",
        "events late",
        "commands failed",
        "answers lost",
        "attempts not stored",
        "receivers put down",
        "phones lost",
        "agents removed",
        "campaigns paused",
        "store lags",
        "trunk failures",
        "resyncs",
    ];
    let seen = |name: &str| days.iter().any(|day| day.faults.contains_key(name));
    let missing: Vec<_> = wanted.iter().filter(|name| !seen(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

const NOW: Moment = Moment(OPENS.0 + 1_000);

fn call(n: u128) -> CallId {
    CallId(Uuid::from_u128(n))
}

fn started(n: u128, e164: &str, at: Moment) -> Fact {
    Fact::AttemptStarted {
        call: call(n),
        leg: LegId(Uuid::from_u128(n + 100)),
        campaign: CampaignId(1),
        lead: LeadId(1),
        customer: CustomerId(1),
        number: Dialable::new("13800000001").expect("digits"),
        e164: e164.into(),
        caller_id: Dialable::new("02112345678").expect("digits"),
        gateway: "carrier_a".into(),
        mode: DialMode::Predictive,
        at,
    }
}

fn ended(n: u128, result: CallResult) -> Fact {
    Fact::CallEnded {
        call: call(n),
        dialled: Some((CampaignId(1), LeadId(1))),
        result,
        hang_up: HangUp::cause("NORMAL_CLEARING"),
        ended_by: EndedBy::Customer,
        talk_ms: 0,
        at: NOW,
    }
}

fn state(kind: AgentStateKind) -> Fact {
    Fact::AgentState { agent: AgentId(1), kind, reason: None, call: None, at: NOW }
}

fn books() -> Ledger {
    let options = DayOptions::new(3, 1, 1);
    Ledger::new(&campaigns(&options, OPENS + 3_600_000), &[])
}

/// What the auditor says of the last of these facts; of those before, nothing.
fn last_word(facts: &[Fact]) -> String {
    let mut ledger = books();
    let (last, before) = facts.split_last().expect("facts");
    for fact in before {
        assert_eq!(ledger.write(NOW, true, fact), Vec::<String>::new());
    }
    ledger.write(NOW, true, last).join("; ")
}

#[test]
fn the_auditor_notices_what_must_not_be() {
    let one = started(1, "+861", NOW);
    let no_answer = ended(1, CallResult::NoAnswer);
    let cases: [(&[Fact], &str); 8] = [
        (std::slice::from_ref(&no_answer), "never started"),
        (&[one.clone(), no_answer.clone(), no_answer.clone()], "ends twice"),
        (&[one.clone(), started(2, "+861", NOW)], "while call"),
        (&[one.clone(), ended(1, CallResult::Answered)], "ends as Answered"),
        (&[one.clone(), ended(1, CallResult::Dropped)], "never answered"),
        (&[one.clone(), Fact::CallDropped { call: call(1), at: NOW }], "cannot be"),
        (&[state(AgentStateKind::Ready), state(AgentStateKind::Ready)], "twice in a row"),
        (&[state(AgentStateKind::Talking)], "not connected"),
    ];
    for (facts, complaint) in cases {
        let said = last_word(facts);
        assert!(said.contains(complaint), "{complaint:?} expected, said: {said:?}");
    }
    let noon = Some(Stretch { from: NOW, to: NOW + 1 });
    let said = books().with_break(noon).write(NOW, true, &one).join("");
    assert!(said.contains("in the break"), "{said}");
    // Outside the hours, without a switch, and of another time.
    let late = OPENS + 3_600_000;
    assert!(books().write(late, true, &started(1, "+861", late)).join("").contains("outside its hours"));
    assert!(books().write(NOW, false, &one).join("").contains("without a switch"));
    assert!(books().write(late, true, &no_answer).join("").contains("not of now"));
}

/// A day of one campaign: so many answered calls, and so many of them dropped.
fn what_the_auditor_says_of_drops(answered: u128, dropped: u128, fault: bool) -> String {
    let mut ledger = books();
    for n in 0..answered {
        ledger.write(NOW, true, &started(n, &format!("+86{n}"), NOW));
        ledger.write(NOW, true, &Fact::CallAnswered { call: call(n), at: NOW });
        if n < dropped {
            if fault {
                ledger.fault(NOW, None);
            }
            ledger.write(NOW, true, &Fact::CallDropped { call: call(n), at: NOW });
        }
        ledger.write(NOW, true, &ended(n, CallResult::AbandonedEarly));
    }
    ledger.close(NOW).join("; ")
}

#[test]
fn the_auditor_notices_a_cap_that_did_not_hold() {
    for (answered, dropped) in [(20, 2), (66, 2), (199, 6)] {
        let over = what_the_auditor_says_of_drops(answered, dropped, false);
        let said = format!("campaign 1: {dropped} of {answered} answered");
        assert!(over.contains(&said) && over.contains("cap is 30"), "{over}");
    }
    for (answered, dropped, fault) in [(20, 1, false), (67, 2, false), (200, 6, false), (120, 4, true)] {
        assert_eq!(what_the_auditor_says_of_drops(answered, dropped, fault), "", "{answered} {dropped}");
    }
}

#[test]
fn an_agent_lost_to_a_fault_excuses_one_drop() {
    let mut ledger = books();
    // One who is lost before a call begins excuses nothing.
    ledger.fault(NOW - 1, Some(AgentId(1)));
    for n in 0..5 {
        ledger.write(NOW, true, &started(n, &format!("+86{n}"), NOW));
        ledger.write(NOW, true, &Fact::CallAnswered { call: call(n), at: NOW });
    }
    ledger.fault(NOW, Some(AgentId(1)));
    for n in 0..3 {
        ledger.write(NOW, true, &Fact::CallDropped { call: call(n), at: NOW });
    }
    for n in 0..5 {
        ledger.write(NOW, true, &ended(n, CallResult::AbandonedEarly));
    }
    let said = ledger.close(NOW).join("; ");
    assert!(said.contains("2 of 5 answered"), "{said}");
}

#[test]
fn the_auditor_notices_what_is_left_open() {
    let mut ledger = books();
    ledger.write(NOW, true, &started(1, "+861", NOW));
    ledger.write(NOW, true, &state(AgentStateKind::Ready));
    let left = ledger.close(NOW).join("; ");
    assert!(left.contains("has no end") && left.contains("never left"), "{left}");
    // Dialling what has no record, or a record twice.
    let dial = SwitchCommand::DialCustomer {
        call: call(7),
        leg: LegId(Uuid::from_u128(107)),
        gateway: "carrier_a".into(),
        number: Dialable::new("13800000001").expect("digits"),
        caller_id: Dialable::new("02112345678").expect("digits"),
        ring_seconds: 30,
    };
    assert_eq!(books().command(&dial).len(), 1);
}
