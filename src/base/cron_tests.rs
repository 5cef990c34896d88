//! Expressions and their instants; croner, another reading of crontabs, is the
//! oracle.

use super::*;
use chrono::TimeZone;
use chrono_tz::America::New_York;
use chrono_tz::Asia::Shanghai;
use chrono_tz::Europe::Berlin;
use proptest::prelude::*;

fn at(zone: Tz, text: &str) -> Moment {
    let local = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
    zone.from_local_datetime(&local).earliest().unwrap().to_utc().into()
}

/// The next instants as the wall shows them, with the offset.
fn next(expression: &str, zone: Tz, from: &str, count: usize) -> Vec<String> {
    let cron = Cron::parse(expression).unwrap();
    let wall = |due: Moment| due.to_utc().with_timezone(&zone).format("%a %F %H:%M %z").to_string();
    cron.after(at(zone, from), zone).take(count).map(wall).collect()
}

#[test]
fn a_weekday_is_that_of_a_crontab() {
    let monday = ["Mon 2026-11-23 08:00 +0800", "Mon 2026-11-30 08:00 +0800"];
    for expression in ["0 8 * * 1", "0 8 * * MON", "0 8 * * mon"] {
        assert_eq!(next(expression, Shanghai, "2026-11-22 08:00", 2), monday, "{expression}");
    }
    for expression in ["0 8 * * 0", "0 8 * * 7", "0 8 * * SUN"] {
        assert_eq!(next(expression, Shanghai, "2026-11-22 08:00", 1), ["Sun 2026-11-29 08:00 +0800"]);
    }
    let days = |expression| -> Vec<String> {
        next(expression, Shanghai, "2026-11-22 09:00", 5).iter().map(|due| due[..3].to_owned()).collect()
    };
    assert_eq!(days("0 8 * * 1-5"), ["Mon", "Tue", "Wed", "Thu", "Fri"]);
    assert_eq!(days("0 8 * * FRI-SUN"), ["Fri", "Sat", "Sun", "Fri", "Sat"]);
    assert_eq!(days("0 8 * * */2"), ["Tue", "Thu", "Sat", "Sun", "Tue"]);
}

#[test]
fn a_time_that_the_clocks_skip_is_due_after_the_gap_and_one_that_comes_twice_once() {
    let spring = next("30 2 * * *", New_York, "2026-03-07 00:00", 3);
    let expected = ["Sat 2026-03-07 02:30 -0500", "Sun 2026-03-08 03:00 -0400", "Mon 2026-03-09 02:30 -0400"];
    assert_eq!(spring, expected);
    let autumn = next("30 2 * * *", Berlin, "2026-10-24 12:00", 2);
    assert_eq!(autumn, ["Sun 2026-10-25 02:30 +0200", "Mon 2026-10-26 02:30 +0100"]);
    // In order, none twice, also where several fall into the gap.
    let both = next("*/30 * * * *", New_York, "2026-03-08 01:00", 4);
    let times: Vec<&str> = both.iter().map(|due| &due[15..]).collect();
    assert_eq!(times, ["01:30 -0500", "03:00 -0400", "03:30 -0400", "04:00 -0400"]);
    // Asked in the second pass of the hour, nothing of the first comes again.
    let second_pass = at(New_York, "2026-11-01 01:10") + 3_600_000;
    let cron = Cron::parse("30 1 * * *").unwrap();
    let due = cron.after(second_pass, New_York).next().unwrap();
    assert_eq!(due, at(New_York, "2026-11-02 01:30"));
}

#[test]
fn a_wrong_expression_is_told_by_its_field() {
    for (expression, message) in [
        ("", "has 0 fields instead of five: minute hour day month weekday"),
        ("0 0 8 * * 1", "has 6 fields instead of five"),
        ("@daily", "has 1 fields instead of five"),
        ("60 8 * * *", "minute: \"60\" must be made of numbers from 0 to 59"),
        ("0 24 * * *", "hour: \"24\" must be made of numbers from 0 to 23"),
        ("0 8 0 * *", "day: \"0\" must be made of numbers from 1 to 31"),
        ("0 8 L * *", "day: \"L\""),
        ("0 8 ? * *", "day: \"?\""),
        ("0 8 * 13 *", "month: \"13\" must be made of numbers from 1 to 12, or JAN to DEC"),
        ("0 8 * * 8", "weekday: \"8\" must be made of numbers from 0 to 7, or SUN to SAT"),
        ("0 8 * * MONDAY", "weekday: \"MONDAY\""),
        ("0 8 * * 1#2", "weekday: \"1#2\""),
        ("0 18-8 * * *", "hour: \"18-8\" has a range whose first value is after its last"),
        ("0 8/2 * * *", "hour: \"8/2\" has a step without a range"),
        ("0 */0 * * *", "hour: \"*/0\" has a step that is no number from 1 to 23"),
        ("0 -8 * * *", "hour: \"-8\""),
        ("0 +8 * * *", "hour: \"+8\""),
        ("0 8, * * *", "hour: \"8,\""),
        ("99999999999 8 * * *", "minute: \"99999999999\""),
        ("0 八 * * *", "hour: \"八\""),
        ("0 8 1 * 1", "day and weekday: give one of them"),
        ("0 8 31 2,4,6 *", "day: no month named has such a day"),
    ] {
        let refused = Cron::parse(expression).map(|_| ()).expect_err(expression).to_string();
        assert!(refused.starts_with(message), "{expression}: {refused}");
    }
}

#[test]
fn only_the_latest_of_what_was_missed_is_found() {
    let cron = Cron::parse("0 8 * * *").unwrap();
    let latest = |last: &str, now: &str| cron.latest(at(Shanghai, last), at(Shanghai, now), Shanghai);
    assert_eq!(latest("2026-11-23 08:00", "2026-11-24 07:59"), None);
    assert_eq!(latest("2026-11-23 08:00", "2026-11-24 08:00"), Some(at(Shanghai, "2026-11-24 08:00")));
    assert_eq!(latest("2026-11-20 08:00", "2026-11-24 07:00"), Some(at(Shanghai, "2026-11-23 08:00")));
    assert_eq!(latest("2016-11-20 08:00", "2026-11-24 09:00"), Some(at(Shanghai, "2026-11-24 08:00")));
    // A clock that was set back makes nothing due.
    assert_eq!(latest("2026-11-24 08:00", "2026-11-23 09:00"), None);
    let leap = Cron::parse("0 8 29 2 *").unwrap();
    let found = leap.latest(at(Shanghai, "2016-03-01 00:00"), at(Shanghai, "2026-11-24 09:00"), Shanghai);
    assert_eq!(found, Some(at(Shanghai, "2024-02-29 08:00")));
}

prop_compose! {
    fn number(min: u32, max: u32)(a in min..=max, b in min..=max, kind in 0..5, step in 1..=5u32) -> String {
        let (low, high) = (a.min(b), a.max(b));
        match kind {
            0 => "*".to_owned(),
            1 => format!("*/{step}"),
            2 => format!("{low}-{high}"),
            3 if low < high => format!("{low},{high}"),
            _ => low.to_string(),
        }
    }
}

proptest! {
    #[test]
    fn croner_agrees_where_the_clocks_do_not_change(
        minute in number(0, 59),
        hour in number(0, 23),
        day in number(1, 28),
        month in number(1, 12),
        weekday in number(0, 6),
        by_week in any::<bool>(),
        start in 1_700_000_000_000i64..1_900_000_000_000,
    ) {
        let (day, weekday) = if by_week { ("*".to_owned(), weekday) } else { (day, "*".to_owned()) };
        let expression = format!("{minute} {hour} {day} {month} {weekday}");
        let start = Moment(start);
        let ours: Vec<Moment> = Cron::parse(&expression).unwrap().after(start, Shanghai).take(5).collect();
        let oracle: croner::Cron = expression.parse().unwrap();
        let local = start.to_utc().with_timezone(&Shanghai);
        let theirs: Vec<Moment> = oracle.iter_after(local).take(5).map(|due| due.to_utc().into()).collect();
        prop_assert_eq!(ours, theirs, "{}", expression);
    }

    #[test]
    fn croner_agrees_on_daily_times_across_the_changes_of_the_clocks(
        minute in 0u32..60,
        hour in 0u32..5,
        change in prop::sample::select(vec!["2025-11-02", "2026-03-08", "2026-11-01", "2027-03-14"]),
    ) {
        let expression = format!("{minute} {hour} * * *");
        let start = at(New_York, &format!("{change} 00:00")) - 86_400_000;
        let ours: Vec<Moment> = Cron::parse(&expression).unwrap().after(start, New_York).take(4).collect();
        let oracle: croner::Cron = expression.parse().unwrap();
        let local = start.to_utc().with_timezone(&New_York);
        let theirs: Vec<Moment> = oracle.iter_after(local).take(4).map(|due| due.to_utc().into()).collect();
        prop_assert_eq!(ours, theirs, "{}", expression);
    }

    #[test]
    fn nothing_that_is_written_panics(expression in "[0-9*/, A-Z#?L-]{0,30}") {
        if let Ok(cron) = Cron::parse(&expression) {
            let due: Vec<Moment> = cron.after(Moment(1_795_399_200_000), New_York).take(3).collect();
            prop_assert!(due.is_sorted());
        }
    }
}
