//! The edges of calling times: midnight, the changes of the clocks, holidays and
//! make-up days, expressions, the first and the last instant.

use super::*;
use crate::floor::hours::{Like, SpecialDays};
use chrono::{DateTime, NaiveDate, Weekday};
use chrono_tz::{America::New_York, Asia::Shanghai};

fn at(text: &str) -> Moment {
    Moment::from(DateTime::parse_from_rfc3339(text).expect("an instant").to_utc())
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// `9:00-12:00` in minutes; past midnight the end is earlier than the begin.
fn period(text: &str) -> Period {
    let minute = |text: &str| {
        let (hours, minutes) = text.split_once(':').expect("a time");
        hours.parse::<u16>().expect("hours") * 60 + minutes.parse::<u16>().expect("minutes")
    };
    let (from, to) = text.split_once('-').expect("two times");
    let (from, to) = (minute(from), minute(to));
    Period { from, to: if to <= from { to + DAY_MINUTES } else { to } }
}

/// Windows of these weekdays, Monday being 0.
fn times(zone: Tz, windows: &[(&[usize], &str)]) -> CallingTimes {
    let mut week: [Vec<Period>; 7] = Default::default();
    for (days, text) in windows {
        days.iter().for_each(|day| week[*day].push(period(text)));
    }
    let schedule = Schedule { zone, week, special: Vec::new() };
    CallingTimes { schedule, starts_at: None, ends_at: None, cron: Vec::new() }
}

const WORKDAYS: &[usize] = &[0, 1, 2, 3, 4];
const EVERY_DAY: &[usize] = &[0, 1, 2, 3, 4, 5, 6];

fn special(from: &str, to: &str, like: Like) -> SpecialDays {
    SpecialDays { from: day(from), to: day(to), like }
}

fn cron(expression: &str, minutes: u16, excludes: bool) -> CronWindow {
    CronWindow { cron: Cron::parse(expression).expect("an expression"), minutes, excludes }
}

/// What is open on some days, as the wall shows it there.
fn open(times: &CallingTimes, from: &str, to: &str) -> Vec<String> {
    let zone = times.schedule.zone;
    let wall = |at: Moment| at.to_utc().with_timezone(&zone).format("%d %H:%M").to_string();
    let range = Stretch {
        from: start_of_day(day(from), zone).expect("a day"),
        to: end_of_day(day(to), zone).expect("a day"),
    };
    times.open(range).iter().map(|each| format!("{}-{}", wall(each.from), wall(each.to))).collect()
}

/// Open at an instant and not a millisecond before, or the other way round; and the
/// change is foretold from a second before.
fn changes(times: &CallingTimes, when: &str, opens: bool) {
    let when = at(when);
    assert_eq!(times.open_at(when), opens, "at {}", when.to_utc());
    assert_eq!(times.open_at(when - 1), !opens, "before {}", when.to_utc());
    assert_eq!(times.next_change(when - 1_000), Some(when), "foretold of {}", when.to_utc());
}

#[test]
fn windows_that_overlap_or_touch_are_one() {
    let windows: &[(&[usize], &str)] =
        &[(WORKDAYS, "9:00-12:00"), (&[0], "11:00-13:00"), (&[0], "13:00-14:00"), (&[0], "15:00-16:00")];
    let times = times(Shanghai, windows);
    // 2026-11-23 is a Monday.
    assert_eq!(
        open(&times, "2026-11-23", "2026-11-24"),
        ["23 09:00-23 14:00", "23 15:00-23 16:00", "24 09:00-24 12:00"]
    );
    changes(&times, "2026-11-23T09:00:00+08:00", true);
    changes(&times, "2026-11-23T14:00:00+08:00", false);
    changes(&times, "2026-11-24T09:00:00+08:00", true);
    let range = Stretch { from: at("2026-11-23T00:00:00+08:00"), to: at("2026-11-23T14:30:00+08:00") };
    let spans = times.spans(range);
    assert_eq!(spans.len(), 1);
    let rules: Vec<usize> = spans[0].parts.iter().map(|(_, rules)| rules.len()).collect();
    assert_eq!(rules, [1, 2, 1, 1], "the hour that two windows give is told");
    assert_eq!((spans[0].parts[0].0.from, spans[0].parts[3].0.to), (spans[0].whole.from, spans[0].whole.to));
}

#[test]
fn a_window_goes_on_over_midnight_into_a_day_that_has_none() {
    let times = times(Shanghai, &[(&[4], "22:00-2:00")]);
    assert_eq!(open(&times, "2026-11-27", "2026-11-28"), ["27 22:00-28 02:00"]);
    assert_eq!(open(&times, "2026-11-28", "2026-11-28"), ["28 00:00-28 02:00"], "seen from the day after");
    changes(&times, "2026-11-27T22:00:00+08:00", true);
    assert!(times.open_at(at("2026-11-27T23:59:59+08:00")) && times.open_at(at("2026-11-28T00:00:00+08:00")));
    changes(&times, "2026-11-28T02:00:00+08:00", false);
    let after = times.opening(at("2026-11-28T01:00:00+08:00"));
    assert_eq!(after.since_today, Some(at("2026-11-28T00:00:00+08:00")), "today begins at midnight");
}

#[test]
fn days_that_end_and_begin_at_midnight_are_one_spell() {
    let times = times(Shanghai, &[(EVERY_DAY, "0:00-24:00")]);
    assert_eq!(times.next_change(at("2026-11-27T12:00:00+08:00")), None, "it never closes");
    let opening = times.opening(at("2026-11-27T12:00:00+08:00"));
    assert!(opening.open && opening.tells_of(at("2026-11-27T23:59:59+08:00")));
    assert!(!opening.tells_of(at("2026-11-28T00:00:00+08:00")), "a new day has to be looked up");
    let evenings = super::tests::times(Shanghai, &[(EVERY_DAY, "22:00-24:00"), (EVERY_DAY, "0:00-1:00")]);
    changes(&evenings, "2026-11-28T01:00:00+08:00", false);
    assert!(evenings.open_at(at("2026-11-28T00:00:00+08:00")));
}

#[test]
fn a_holiday_is_closed_from_midnight_to_midnight() {
    let mut times = times(Shanghai, &[(EVERY_DAY, "9:00-12:00"), (EVERY_DAY, "22:00-2:00")]);
    times.cron = vec![cron("0 3 * * *", 60, false)];
    times.schedule.special = vec![special("2026-10-01", "2026-10-02", Like::Closed)];
    assert_eq!(
        open(&times, "2026-09-30", "2026-10-03"),
        [
            "30 00:00-30 02:00",
            "30 03:00-30 04:00",
            "30 09:00-30 12:00",
            "30 22:00-01 00:00",
            "03 03:00-03 04:00",
            "03 09:00-03 12:00",
            "03 22:00-04 00:00"
        ],
        "the night before ends at midnight, the day after has no night before it"
    );
    changes(&times, "2026-10-01T00:00:00+08:00", false);
    changes(&times, "2026-10-03T03:00:00+08:00", true);
}

#[test]
fn a_make_up_day_has_the_windows_of_its_weekday_and_other_days_their_own_times() {
    let mut times = times(Shanghai, &[(WORKDAYS, "9:00-12:00"), (&[0], "13:30-18:00")]);
    // Both are Saturdays.
    times.schedule.special = vec![
        special("2026-10-10", "2026-10-10", Like::Weekday(Weekday::Mon)),
        special("2026-10-17", "2026-10-17", Like::Periods(vec![period("10:00-11:00")])),
        special("2026-10-19", "2026-10-19", Like::Weekday(Weekday::Sun)),
    ];
    assert_eq!(open(&times, "2026-10-10", "2026-10-11"), ["10 09:00-10 12:00", "10 13:30-10 18:00"]);
    assert_eq!(open(&times, "2026-10-17", "2026-10-17"), ["17 10:00-17 11:00"]);
    assert_eq!(open(&times, "2026-10-19", "2026-10-19"), [""; 0], "a Monday like a Sunday");
    let range = Stretch { from: at("2026-10-10T00:00:00+08:00"), to: at("2026-10-10T12:00:00+08:00") };
    assert_eq!(times.spans(range)[0].parts[0].1, [Rule::Day(DayRule::MakeUp)]);
}

#[test]
fn the_time_that_the_clocks_skip_is_no_time() {
    // On 8 March 2026 the hour from two to three is skipped.
    let night = times(New_York, &[(EVERY_DAY, "2:00-3:00")]);
    assert_eq!(open(&night, "2026-03-08", "2026-03-08"), [""; 0]);
    assert_eq!(open(&night, "2026-03-09", "2026-03-09"), ["09 02:00-09 03:00"]);
    let into = times(New_York, &[(EVERY_DAY, "2:30-4:00")]);
    changes(&into, "2026-03-08T03:00:00-04:00", true);
    changes(&into, "2026-03-08T04:00:00-04:00", false);
    let over = times(New_York, &[(&[5], "22:00-6:00")]);
    changes(&over, "2026-03-08T06:00:00-04:00", false);
    assert!(over.open_at(at("2026-03-08T01:59:59-05:00")) && over.open_at(at("2026-03-08T03:00:00-04:00")));
}

#[test]
fn the_hour_that_comes_twice_is_open_both_times_and_closed_both_times() {
    // On 1 November 2026 the hour from one to two comes twice.
    let hour = times(New_York, &[(EVERY_DAY, "1:00-2:00")]);
    changes(&hour, "2026-11-01T01:00:00-04:00", true);
    assert!(hour.open_at(at("2026-11-01T01:30:00-04:00")) && hour.open_at(at("2026-11-01T01:30:00-05:00")));
    changes(&hour, "2026-11-01T02:00:00-05:00", false);
    let until = times(New_York, &[(EVERY_DAY, "0:00-1:00")]);
    changes(&until, "2026-11-01T01:00:00-04:00", false);
    assert!(!until.open_at(at("2026-11-01T01:00:00-05:00")));
    let day = times(New_York, &[(EVERY_DAY, "9:00-17:00")]);
    changes(&day, "2026-10-31T13:00:00Z", true);
    changes(&day, "2026-11-01T14:00:00Z", true);
}

#[test]
fn the_first_and_the_last_instant_cut_a_window() {
    let mut times = times(Shanghai, &[(EVERY_DAY, "9:00-12:00")]);
    times.starts_at = Some(at("2026-11-23T10:15:30+08:00"));
    times.ends_at = Some(at("2026-11-24T11:00:00+08:00"));
    assert_eq!(open(&times, "2026-11-22", "2026-11-25"), ["23 10:15-23 12:00", "24 09:00-24 11:00"]);
    changes(&times, "2026-11-23T10:15:30+08:00", true);
    changes(&times, "2026-11-24T11:00:00+08:00", false);
    assert_eq!(times.next_change(at("2026-11-24T11:00:00+08:00")), None, "it is over");
    // Long before, the start is foretold all the same.
    assert_eq!(times.next_change(at("2020-01-01T00:00:00Z")), times.starts_at);
    let range = Stretch { from: at("2026-11-23T00:00:00+08:00"), to: at("2026-11-25T00:00:00+08:00") };
    let bars: Vec<Bar> = times.bars(range).into_iter().map(|(_, bar)| bar).collect();
    assert_eq!(bars, [Bar::NotYet, Bar::Over]);
}

#[test]
fn an_expression_adds_to_a_window_and_takes_out_of_it() {
    let mut times = times(Shanghai, &[(WORKDAYS, "9:00-12:00")]);
    // Half an hour in the window and half an hour after it; and the tea break.
    times.cron = vec![cron("30 11 * * 1", 60, false), cron("0 10 * * *", 15, true)];
    assert_eq!(open(&times, "2026-11-23", "2026-11-23"), ["23 09:00-23 10:00", "23 10:15-23 12:30"]);
    assert_eq!(open(&times, "2026-11-24", "2026-11-24"), ["24 09:00-24 10:00", "24 10:15-24 12:00"]);
    changes(&times, "2026-11-23T10:00:00+08:00", false);
    changes(&times, "2026-11-23T12:30:00+08:00", false);
    let range = Stretch { from: at("2026-11-23T10:10:00+08:00"), to: at("2026-11-23T13:00:00+08:00") };
    let parts = &times.spans(range)[0].parts;
    let rules: Vec<&[Rule]> = parts.iter().map(|(_, rules)| rules.as_slice()).collect();
    let window = Rule::Day(DayRule::Weekday);
    assert_eq!(rules, [&[window][..], &[window, Rule::Cron(0)], &[Rule::Cron(0)]]);
    let bars: Vec<Bar> = times.bars(range).into_iter().map(|(_, bar)| bar).collect();
    assert_eq!(bars, [Bar::Cron(1)]);
}

#[test]
fn expressions_may_be_all_there_is_and_may_last_over_midnight_and_each_other() {
    let mut times = times(Shanghai, &[]);
    assert_eq!(times.next_change(at("2026-11-23T00:00:00+08:00")), None, "without anything it never opens");
    times.cron = vec![cron("0 23 * * 5", 120, false)];
    assert_eq!(open(&times, "2026-11-27", "2026-11-28"), ["27 23:00-28 01:00"]);
    changes(&times, "2026-11-28T01:00:00+08:00", false);
    times.cron = vec![cron("*/15 * * * *", 20, false)];
    assert_eq!(times.next_change(at("2026-11-23T00:00:00+08:00")), None, "each goes on into the next");
    times.cron = vec![cron("*/15 9-11 * * *", 10, false)];
    changes(&times, "2026-11-23T11:55:00+08:00", false);
    changes(&times, "2026-11-24T09:00:00+08:00", true);
}

#[test]
fn the_leap_day_is_a_day() {
    let mut times = times(Shanghai, &[(&[1], "9:00-12:00")]);
    // 29 February 2028 is a Tuesday.
    assert_eq!(open(&times, "2028-02-28", "2028-03-01"), ["29 09:00-29 12:00"]);
    times.schedule.special = vec![special("2028-02-29", "2028-02-29", Like::Closed)];
    assert_eq!(open(&times, "2028-02-28", "2028-03-01"), [""; 0]);
    times.cron = vec![cron("0 9 29 2 *", 60, false)];
    times.schedule.special.clear();
    times.schedule.week = Default::default();
    changes(&times, "2028-02-29T09:00:00+08:00", true);
    assert_eq!(times.next_change(at("2026-01-01T00:00:00Z")), None, "not within a year");
}

#[test]
fn holidays_in_a_row_are_leapt_over() {
    let mut times = times(Shanghai, &[(EVERY_DAY, "9:00-12:00")]);
    times.schedule.special = vec![special("2026-02-15", "2026-02-23", Like::Closed)];
    let opening = times.opening(at("2026-02-14T12:00:00+08:00"));
    assert!(!opening.open);
    assert_eq!(opening.changes_at, Some(at("2026-02-24T09:00:00+08:00")));
    assert_eq!(opening.since_today, Some(at("2026-02-14T09:00:00+08:00")));
    assert_eq!(times.opening(at("2026-02-15T10:00:00+08:00")).since_today, None);
}
