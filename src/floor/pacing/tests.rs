//! Decisions of the pacing, each from what it saw to what it dialled and why.

use super::*;

pub(super) fn observed(answer_rate: f64) -> Observed {
    Observed {
        answer_rate,
        // Answers come evenly over the horizons.
        new_call: std::array::from_fn(|h| answer_rate * (h + 1) as f64 / HORIZONS as f64),
        in_flight: Vec::new(),
        waiting: 0,
        window: WindowCounts { answered: 1_000, dropped: 25 },
        today: WindowCounts { answered: 1_000, dropped: 25 },
        last_hour: None,
        day: None,
    }
}

/// So many agents free, and busy ones of whom 1 in 40 becomes free every 3 s.
fn agents(ready: u32, busy: u32) -> Agents {
    let chances = std::array::from_fn(|h| 0.025 * (h + 1) as f64);
    Agents {
        ready,
        stays: [1.0; HORIZONS],
        busy: vec![Group { count: busy, chances }; usize::from(busy > 0)],
    }
}

fn in_flight(count: u32, chances: Chances) -> Vec<Group> {
    vec![Group { count, chances }]
}

fn limits(mode: DialMode) -> Limits {
    Limits {
        mode,
        ratio_permille: 2_500,
        drop_cap_permille: 30,
        lines_max: 1_000,
        lines_used: 0,
        leads: 1_000,
        trunk: u32::MAX,
    }
}

pub(super) fn spent(dropped: u32) -> Observed {
    let counts = WindowCounts { answered: 1_000, dropped };
    Observed { window: counts, today: counts, ..observed(0.2) }
}

#[test]
fn progressive_dials_one_call_per_free_agent() {
    let mut seen = observed(0.2);
    assert_eq!(pacing(&seen, &agents(4, 7), limits(DialMode::Progressive)).dial, 4);
    seen.in_flight = in_flight(3, seen.new_call);
    seen.waiting = 1;
    assert_eq!(pacing(&seen, &agents(4, 7), limits(DialMode::Progressive)).dial, 0);
}

#[test]
fn a_ratio_is_so_many_calls_for_each_free_agent() {
    let mut seen = observed(0.2);
    let ratio = limits(DialMode::Ratio);
    assert_eq!(pacing(&seen, &agents(3, 7), ratio).dial, 7, "two and a half each, rounded down");
    seen.in_flight = in_flight(4, seen.new_call);
    assert_eq!(pacing(&seen, &agents(3, 7), ratio).dial, 3);
    assert_eq!(pacing(&seen, &agents(0, 7), ratio).dial, 0);
    let less_than_one = Limits { ratio_permille: 0, ..ratio };
    assert_eq!(pacing(&observed(0.2), &agents(3, 7), less_than_one).dial, 3);
    // The cap on dropped calls holds for it as for the others.
    assert_eq!(pacing(&observed(0.2), &agents(3, 7), Limits { drop_cap_permille: 0, ..ratio }).dial, 3);
    assert!(pacing(&spent(30), &agents(3, 7), ratio).dial <= 3);
}

#[test]
fn a_cap_of_zero_is_exactly_one_call_per_free_agent() {
    let limits = Limits { drop_cap_permille: 0, ..limits(DialMode::Predictive) };
    for ready in [0, 1, 5, 30] {
        let report = pacing(&observed(0.2), &agents(ready, 20), limits);
        assert_eq!((report.dial, report.limit), (ready, BindingLimit::DropCap));
    }
}

#[test]
fn predictive_dials_more_the_fewer_answer() {
    for (ready, busy) in [(3, 8), (12, 60)] {
        let rare = pacing(&observed(0.1), &agents(ready, busy), limits(DialMode::Predictive));
        let often = pacing(&observed(0.6), &agents(ready, busy), limits(DialMode::Predictive));
        assert!(rare.dial > often.dial, "{rare:?} {often:?}");
        assert!(often.dial >= ready && rare.dial > 2 * ready, "{rare:?} {often:?}");
    }
}

#[test]
fn calls_in_flight_and_customers_who_wait_are_counted() {
    let mut seen = observed(0.2);
    let free = pacing(&seen, &agents(5, 20), limits(DialMode::Predictive)).dial;
    seen.in_flight = in_flight(free, seen.new_call);
    assert_eq!(pacing(&seen, &agents(5, 20), limits(DialMode::Predictive)).dial, 0);
    // Calls that have rung in vain so long are hardly answered any more.
    seen.in_flight = in_flight(free, [0.01; HORIZONS]);
    assert!(pacing(&seen, &agents(5, 20), limits(DialMode::Predictive)).dial > free / 2);
    seen.in_flight = Vec::new();
    seen.waiting = 4;
    assert!(pacing(&seen, &agents(5, 20), limits(DialMode::Predictive)).dial < free);
}

#[test]
fn the_fewer_drops_are_left_the_less_is_risked() {
    let dialled = |dropped| pacing(&spent(dropped), &agents(6, 20), limits(DialMode::Predictive)).dial;
    let by_drops: Vec<u32> = [0, 20, 25, 28, 29, 30].into_iter().map(dialled).collect();
    assert!(by_drops.is_sorted_by(|more, fewer| more >= fewer), "{by_drops:?}");
    assert!(by_drops[0] > by_drops[3] && by_drops[4] > by_drops[5] + 2, "{by_drops:?}");
    let alone = pacing(&spent(30), &agents(1, 3), limits(DialMode::Predictive));
    assert_eq!((alone.dial, alone.limit), (1, BindingLimit::DropCap), "one call for one agent");
}

#[test]
fn an_overdrawn_cap_leaves_one_call_at_a_time_unless_agents_are_to_spare() {
    let overdrawn = spent(31);
    let one = Agents { stays: [0.99; HORIZONS], ..agents(1, 0) };
    let report = pacing(&overdrawn, &one, limits(DialMode::Predictive));
    assert_eq!((report.dial, report.limit), (1, BindingLimit::DropCap));
    let three = Agents { ready: 3, ..one };
    let dial = pacing(&overdrawn, &three, limits(DialMode::Predictive)).dial;
    assert!((1..3).contains(&dial), "an agent is kept in reserve: {dial}");
    let mut busy = overdrawn;
    busy.in_flight = in_flight(1, busy.new_call);
    assert_eq!(pacing(&busy, &Agents { ready: 1, ..three }, limits(DialMode::Predictive)).dial, 0);
}

#[test]
fn a_bad_day_is_not_excused_by_a_good_yesterday() {
    let mut seen = observed(0.2);
    seen.window = WindowCounts { answered: 9_000, dropped: 90 };
    seen.today = WindowCounts { answered: 1_000, dropped: 30 };
    let held = pacing(&seen, &agents(5, 20), limits(DialMode::Predictive));
    let after_a_bad_one = pacing(&spent(30), &agents(5, 20), limits(DialMode::Predictive));
    assert_eq!((held.dial, held.limit), (after_a_bad_one.dial, BindingLimit::DropCap));
    seen.today.dropped = 0;
    assert!(pacing(&seen, &agents(5, 20), limits(DialMode::Predictive)).dial > held.dial);
    assert!((held.drop_permille - 10.0).abs() < 1e-9, "what is shown is the window's share");
}

#[test]
fn lines_leads_and_agents_bind_and_say_so() {
    let few = Limits { lines_max: 12, lines_used: 10, ..limits(DialMode::Progressive) };
    let report = pacing(&observed(0.3), &agents(9, 0), few);
    assert_eq!((report.dial, report.limit), (2, BindingLimit::Lines));
    let report = pacing(&observed(0.3), &agents(9, 0), Limits { leads: 1, ..few });
    assert_eq!((report.dial, report.limit), (1, BindingLimit::NoLeads));
    let report = pacing(&observed(0.3), &Agents::default(), limits(DialMode::Predictive));
    assert_eq!((report.dial, report.limit), (0, BindingLimit::NoAgents));
    // Where nearly everyone answers no cap would allow a call without an agent for it.
    let everyone_answers = pacing(
        &Observed { answer_rate: 0.95, new_call: [0.95; HORIZONS], ..spent(0) },
        &agents(4, 0),
        limits(DialMode::Predictive),
    );
    assert_eq!((everyone_answers.dial, everyone_answers.limit), (4, BindingLimit::Agents));
}

#[test]
fn calls_whose_agents_are_gone_are_taken_back_when_no_drop_is_left() {
    let ringing = |dropped, count, waiting| {
        let seen = spent(dropped);
        Observed { in_flight: in_flight(count, [0.4; HORIZONS]), waiting, ..seen }
    };
    let nobody = Agents::default();
    assert_eq!(to_take_back(&ringing(30, 3, 0), &nobody, 30), 3);
    assert_eq!(to_take_back(&ringing(29, 3, 0), &nobody, 30), 0, "one more drop is within the cap");
    assert_eq!(to_take_back(&ringing(30, 3, 0), &agents(3, 0), 30), 0, "each has an agent");
    assert_eq!(to_take_back(&ringing(30, 3, 1), &agents(3, 0), 30), 1, "one of whom a customer takes");
    assert_eq!(to_take_back(&ringing(30, 1, 1), &agents(2, 0), 30), 0);
    // Agents who are about to be free are as good.
    let soon = Agents { busy: vec![Group { count: 4, chances: [0.9; HORIZONS] }], ..nobody };
    assert_eq!(to_take_back(&ringing(30, 3, 0), &soon, 30), 0);
    let cap_of_zero = to_take_back(&ringing(0, 2, 0), &agents(1, 0), 0);
    assert_eq!(cap_of_zero, 1, "a cap of zero has no drop to lose from the start");
}

#[test]
fn the_youngest_are_taken_back_first() {
    let mut seen = spent(30);
    // The old one is hardly answered any more: it needs nobody.
    seen.in_flight =
        vec![Group { count: 2, chances: [0.3; HORIZONS] }, Group { count: 1, chances: [0.01; HORIZONS] }];
    assert_eq!(to_take_back(&seen, &Agents::default(), 30), 2);
}
