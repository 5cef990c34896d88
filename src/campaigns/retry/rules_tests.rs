//! What becomes of leads, by result; and that nothing is dialled more often, or
//! sooner, than the rules and the caps say, whatever happens.

use super::*;
use crate::campaigns::caps::model::AttemptCaps;
use crate::campaigns::caps::rules::Dialled;
use crate::campaigns::times::openings::next_opening;
use crate::campaigns::times::openings::tests::daytime;
use chrono::DateTime;
use chrono_tz::{America::New_York, Asia::Shanghai};
use proptest::prelude::*;

fn at(text: &str) -> Moment {
    Moment::from(DateTime::parse_from_rfc3339(text).unwrap().to_utc())
}

/// Monday.
const NOW: &str = "2026-11-23T10:00:00+08:00";

/// What follows these results, each on the number given, the last one now.
fn next(rules: &RetryRules, tried: &[(CallResult, i32)], phones: &[i32]) -> (LeadRule, i32, Option<i64>) {
    let now = at(NOW);
    let before = |n: usize| now - (tried.len() - 1 - n) as i64 * 24 * 60 * MINUTE_MS;
    let tried: Vec<Tried> = tried
        .iter()
        .enumerate()
        .map(|(n, (result, phone))| Tried { phone: Some(*phone), result: *result, at: before(n) })
        .collect();
    let ended = Ended { tried: &tried, phones, max_attempts: 6, now };
    let next = rules.after(ended, &daytime(Shanghai));
    assert_eq!(next.state == LeadState::Done, next.at.is_none());
    (next.rule, next.phone, next.at.map(|at| at.since_ms(now) / MINUTE_MS))
}

fn rule(result: CallResult, minutes: u32, times: u32, number: NextNumber) -> RetryRules {
    let rule = ResultRule { result, minutes, times, number, other_part: false };
    RetryRules { results: vec![rule], ..RetryRules::default() }
}

#[test]
fn a_lead_that_was_reached_is_done() {
    let next = next(&RetryRules::default(), &[(CallResult::Answered, 0)], &[0, 1]);
    assert_eq!(next, (LeadRule::Reached, 0, None));
}

#[test]
fn each_result_has_its_own_delay_number_and_times() {
    for result in RETRIED.into_iter().filter(|result| !is_dead(*result)) {
        let same = rule(result, 7, 2, NextNumber::Same);
        assert_eq!(next(&same, &[(result, 1)], &[0, 1, 3]), (LeadRule::Delay, 1, Some(7)), "{result:?}");
        let other = rule(result, 9, 2, NextNumber::Next);
        assert_eq!(next(&other, &[(result, 1)], &[0, 1, 3]), (LeadRule::Delay, 3, Some(9)), "{result:?}");
        assert_eq!(next(&other, &[(result, 3)], &[0, 1, 3]), (LeadRule::Delay, 0, Some(9)), "{result:?}");
        assert_eq!(next(&other, &[(result, 0)], &[0]), (LeadRule::Delay, 0, Some(9)), "{result:?}");
        let twice = [(result, 0), (result, 0)];
        assert_eq!(next(&same, &twice, &[0]), (LeadRule::Delay, 0, Some(7)), "{result:?}");
        let thrice = [(result, 0), (result, 0), (result, 0)];
        assert_eq!(next(&same, &thrice, &[0]), (LeadRule::TimesUsedUp, 0, None), "{result:?}");
        let never = rule(result, 7, 0, NextNumber::Same);
        assert_eq!(next(&never, &[(result, 0)], &[0, 1]), (LeadRule::TimesUsedUp, 0, None), "{result:?}");
    }
}

#[test]
fn times_are_counted_by_result_and_attempts_in_all() {
    let rules = RetryRules::every(5);
    let mixed = [CallResult::Busy, CallResult::NoAnswer, CallResult::Cancelled, CallResult::Busy];
    let mixed: Vec<(CallResult, i32)> = mixed.into_iter().map(|result| (result, 0)).collect();
    assert_eq!(next(&rule(CallResult::Busy, 5, 2, NextNumber::Same), &mixed, &[0]).0, LeadRule::Delay);
    assert_eq!(next(&rule(CallResult::Busy, 5, 1, NextNumber::Same), &mixed, &[0]).0, LeadRule::TimesUsedUp);
    let six = [(CallResult::NoAnswer, 0); 6];
    assert_eq!(next(&rules, &six, &[0]), (LeadRule::AttemptsUsedUp, 0, None));
    // What we took back is no attempt of the six.
    let taken_back = [(CallResult::Cancelled, 0); 9];
    assert_eq!(next(&rules, &taken_back, &[0]), (LeadRule::TakenBack, 0, Some(10)));
}

#[test]
fn a_dead_number_is_followed_by_the_next_at_once_and_never_dialled_again() {
    let rules = RetryRules::default();
    for dead in [CallResult::InvalidNumber, CallResult::OutOfService] {
        assert_eq!(next(&rules, &[(dead, 0)], &[0]), (LeadRule::NoNumberLeft, 0, None));
        assert_eq!(next(&rules, &[(dead, 0)], &[0, 2]), (LeadRule::NextNumber, 2, Some(0)));
        assert_eq!(next(&rules, &[(dead, 0), (dead, 2)], &[0, 2]), (LeadRule::NoNumberLeft, 2, None));
        // Whatever the rule of another result says.
        let busy = [(dead, 0), (CallResult::SwitchedOff, 2)];
        assert_eq!(next(&rule(CallResult::SwitchedOff, 5, 3, NextNumber::Next), &busy, &[0, 2]).1, 2);
    }
}

#[test]
fn a_dropped_customer_rests_three_days() {
    let next = next(&RetryRules::default(), &[(CallResult::Dropped, 0)], &[0]);
    assert_eq!(next, (LeadRule::RestAfterDrop, 0, Some(72 * 60)));
}

/// When a lead that nobody answered at these times is dialled again.
fn after_no_answer(parts: &[(&str, &str)], tried: &[&str], minutes: u32, zone: Tz) -> (LeadRule, String) {
    let part = |(n, (from, to)): (usize, &(&str, &str))| DayPart {
        name: n.to_string(),
        from: (*from).to_owned(),
        to: (*to).to_owned(),
    };
    let result = CallResult::NoAnswer;
    let rule = ResultRule { result, minutes, times: 9, number: NextNumber::Same, other_part: true };
    let rules = RetryRules { results: vec![rule], day_parts: parts.iter().enumerate().map(part).collect() };
    let tried: Vec<Tried> = tried.iter().map(|text| Tried { phone: Some(0), result, at: at(text) }).collect();
    let now = tried.last().expect("one").at;
    let next = rules.after(Ended { tried: &tried, phones: &[0], max_attempts: 20, now }, &daytime(zone));
    let text = |at: Moment| at.to_utc().with_timezone(&zone).format("%FT%H:%M%:z").to_string();
    (next.rule, next.at.map(text).unwrap_or_default())
}

const DAY: &[(&str, &str)] = &[("08:00", "12:00"), ("12:00", "18:00"), ("18:00", "22:00")];

#[test]
fn another_part_of_the_day_is_the_next_that_was_not_tried() {
    let other = |tried: &[&str], minutes| after_no_answer(DAY, tried, minutes, Shanghai);
    let to = |text: &str| (LeadRule::OtherPart, text.to_owned());
    // In the morning: in the afternoon, not before the delay is over.
    assert_eq!(other(&[NOW], 120), to("2026-11-23T12:00+08:00"));
    assert_eq!(other(&[NOW], 240), to("2026-11-23T14:00+08:00"));
    // The afternoon will be over: in the evening.
    assert_eq!(other(&[NOW], 500), to("2026-11-23T18:20+08:00"));
    // Morning and afternoon tried: in the evening, before the hours end.
    let two = [NOW, "2026-11-23T13:00:00+08:00"];
    assert_eq!(other(&two, 120), to("2026-11-23T18:00+08:00"));
    assert_eq!(other(&two, 8 * 60), to("2026-11-24T18:00+08:00"));
    // All tried: only the delay counts.
    let three = [NOW, "2026-11-23T13:00:00+08:00", "2026-11-23T18:30:00+08:00"];
    assert_eq!(other(&three, 60), (LeadRule::Delay, "2026-11-23T19:30+08:00".to_owned()));
    // The hours end at 20:30: tomorrow morning.
    assert_eq!(other(&["2026-11-23T18:30:00+08:00"], 121), to("2026-11-24T08:30+08:00"));
}

#[test]
fn a_part_of_the_day_may_last_beyond_midnight() {
    // The campaign's hours touch it in the morning alone.
    let night = &[("22:00", "09:00"), ("09:00", "22:00")];
    let other = |tried| after_no_answer(night, &[tried], 1, Shanghai);
    assert_eq!(other(NOW), (LeadRule::OtherPart, "2026-11-24T08:30+08:00".to_owned()));
    assert_eq!(
        other("2026-11-23T08:45:00+08:00"),
        (LeadRule::OtherPart, "2026-11-23T09:00+08:00".to_owned())
    );
    // No part within the hours is left but the one that was tried.
    let out_of_hours = &[("22:00", "02:00"), ("08:00", "21:00")];
    let next = after_no_answer(out_of_hours, &[NOW], 60, Shanghai);
    assert_eq!(next, (LeadRule::Delay, "2026-11-23T11:00+08:00".to_owned()));
}

#[test]
fn parts_of_the_day_keep_their_time_on_the_wall() {
    // The clocks go forward in the night to 2026-03-08 and back in that to 2026-11-01.
    let spring = after_no_answer(DAY, &["2026-03-07T19:00:00-05:00"], 120, New_York);
    assert_eq!(spring, (LeadRule::OtherPart, "2026-03-08T08:30-04:00".to_owned()));
    let autumn = after_no_answer(DAY, &["2026-10-31T19:00:00-04:00"], 120, New_York);
    assert_eq!(autumn, (LeadRule::OtherPart, "2026-11-01T08:30-05:00".to_owned()));
    // 23:30 local on the day before is evening, whatever the day is in UTC.
    let evening = &[("08:00", "20:00"), ("20:00", "08:00")];
    let next = after_no_answer(evening, &["2026-03-07T23:30:00-05:00"], 1, New_York);
    assert_eq!(next, (LeadRule::OtherPart, "2026-03-08T08:30-04:00".to_owned()));
}

#[test]
fn what_is_wrong_with_rules_is_said() {
    let faults = |rules: RetryRules| {
        let mut found = Check::new();
        check(&rules, &mut found);
        found.at_fault().len()
    };
    assert_eq!(faults(RetryRules::default()), 0);
    let with = |change: fn(&mut RetryRules)| {
        let mut rules = RetryRules::default();
        change(&mut rules);
        faults(rules)
    };
    assert_eq!(with(|rules| rules.results[0].minutes = 0), 1);
    assert_eq!(with(|rules| rules.results[0].minutes = 43_201), 1);
    assert_eq!(with(|rules| rules.results[0].times = 21), 1);
    assert_eq!(with(|rules| rules.results[3].number = NextNumber::Same), 1, "a dead number");
    assert_eq!(with(|rules| rules.results[0].result = CallResult::Busy), 1, "twice");
    assert_eq!(with(|rules| rules.results[0].result = CallResult::Answered), 1);
    assert_eq!(with(|rules| rules.day_parts[0].from = "8:00".to_owned()), 1);
    assert_eq!(with(|rules| rules.day_parts[0].to = "08:00".to_owned()), 1);
    assert_eq!(with(|rules| rules.day_parts[1].name = "morning".to_owned()), 1);
    assert!(with(|rules| rules.day_parts.clear()) > 0, "another part of no parts");
}

/// Any result of an attempt that is not answered.
fn any_result() -> impl Strategy<Value = CallResult> {
    let more = [CallResult::Cancelled, CallResult::Dropped];
    prop::sample::select(RETRIED.into_iter().chain(more).collect::<Vec<_>>())
}

fn any_rules() -> impl Strategy<Value = RetryRules> {
    let rule = (1..2_000u32, 0..20u32, any::<bool>(), any::<bool>());
    prop::collection::vec(rule, RETRIED.len()).prop_map(|rules| {
        let rule = |(result, (minutes, times, same, other_part))| {
            let dead = is_dead(result);
            let number = if same && !dead { NextNumber::Same } else { NextNumber::Next };
            let minutes = if dead { 0 } else { minutes };
            ResultRule { result, minutes, times, number, other_part: other_part && !dead }
        };
        let results = RETRIED.into_iter().zip(rules).map(rule).collect();
        RetryRules { results, ..RetryRules::default() }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// A lead with three numbers is dialled whenever its rules and the caps let it, and
    /// whatever comes of it.
    #[test]
    fn nothing_is_dialled_more_often_or_sooner_than_rules_and_caps_say(
        rules in any_rules(),
        results in prop::collection::vec(any_result(), 60),
        max_attempts in 1..20u32,
        per_day in 1..5,
        in_all in 1..8,
        days in 1..10,
        spacing_minutes in 0..300,
        zone in prop::sample::select(vec![Shanghai, New_York]),
        begin in 0..400i64 * 24 * 60,
    ) {
        let caps = AttemptCaps { per_day, in_all, days, spacing_minutes };
        let times = daytime(zone);
        let opens = |at: Moment| next_opening(&times, at);
        let phones = [0, 1, 2];
        let mut now = opens(at("2026-01-01T00:00:00Z") + begin * MINUTE_MS);
        let mut phone = 0;
        let mut tried: Vec<Tried> = Vec::new();
        for result in results {
            let of = |number: i32| -> Vec<Dialled> {
                let theirs = tried.iter().filter(|tried| tried.phone == Some(number));
                theirs.map(|tried| Dialled { at: tried.at, open: false }).collect()
            };
            // As a claim does: until the number may be dialled.
            let mut looks = 0;
            while let Some(held) = caps.held(&of(phone), now, zone, opens) {
                prop_assert!(held.until > now, "{held:?}");
                now = opens(held.until);
                looks += 1;
                prop_assert!(looks < 10, "{held:?} and again");
            }
            tried.push(Tried { phone: Some(phone), result, at: now });
            let ended = Ended { tried: &tried, phones: &phones, max_attempts, now };
            let next = rules.after(ended, &times);
            let counted = tried.iter().filter(|tried| counts_as_attempt(tried.result)).count();
            prop_assert!(counted <= max_attempts as usize);
            let Some(due) = next.at else { break };
            prop_assert_eq!(next.state, LeadState::Retry);
            prop_assert!(phones.contains(&next.phone));
            let rule = rules.of(result);
            let same = tried.iter().filter(|tried| tried.result == result).count();
            match result {
                CallResult::Dropped => prop_assert_eq!(due.since_ms(now), 72 * 60 * MINUTE_MS),
                CallResult::Cancelled => prop_assert!(due > now),
                _ => {
                    prop_assert!(same <= rule.times as usize);
                    prop_assert!(due.since_ms(now) >= i64::from(rule.minutes) * MINUTE_MS);
                }
            }
            let dead = tried.iter().rev().find(|tried| tried.phone == Some(next.phone));
            prop_assert!(dead.is_none_or(|tried| !is_dead(tried.result)), "dials a dead number");
            phone = next.phone;
            now = opens(due);
        }
        for number in phones {
            let theirs: Vec<Moment> =
                tried.iter().filter(|tried| tried.phone == Some(number)).map(|tried| tried.at).collect();
            let day = |at: Moment| crate::base::day::day_of(at, zone);
            for (n, at) in theirs.iter().enumerate() {
                let until_then = &theirs[..=n];
                let today = until_then.iter().filter(|other| day(**other) == day(*at)).count();
                prop_assert!(today <= per_day as usize, "{today} on one day");
                let first = day(*at) - chrono::Days::new(days as u64 - 1);
                let window = until_then.iter().filter(|other| day(**other) >= first).count();
                prop_assert!(window <= in_all as usize, "{window} within {days} days");
                if let Some(before) = n.checked_sub(1).and_then(|before| theirs.get(before)) {
                    prop_assert!(at.since_ms(*before) >= i64::from(spacing_minutes) * MINUTE_MS);
                }
            }
        }
    }
}
