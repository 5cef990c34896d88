//! What the times of a campaign must hold, and what the floor makes of them: pure.
//!
//! In: a form. Out: everything that is wrong with it, field by field, or the times
//! that the floor follows.

use super::called::CalledHours;
use super::model::{CalledForm, CronEffect, CronForm, TimesForm, WindowForm};
use crate::api::Check;
use crate::base::clock::Moment;
use crate::base::cron::Cron;
use crate::base::limits;
use crate::calendars::rules::minute_of;
use crate::floor::calling::{CRON_MINUTES_MAX, CallingTimes, CronWindow};
use crate::floor::hours::{DAY_MINUTES, Period, Schedule, SpecialDays};
use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Tz;

/// The years in which a campaign may begin and end.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2199;
/// How often in an hour an expression may be due.
const CRON_AN_HOUR_MAX: usize = 12;

/// Everything that is wrong with a campaign's times; whether the calendar exists is
/// for the store to say.
pub fn check(form: &TimesForm, check: &mut Check) {
    let TimesForm { starts_at, ends_at, windows, cron, called, calendar_id: _ } = form;
    for (field, at) in [("times.starts_at", starts_at), ("times.ends_at", ends_at)] {
        let known = at.is_none_or(|at: DateTime<Utc>| YEARS.contains(&at.year()));
        check.that(known, field, format!("between the years {} and {}", YEARS.start(), YEARS.end()));
    }
    let in_order = starts_at.zip(*ends_at).is_none_or(|(starts, ends)| starts < ends);
    check.that(in_order, "times.ends_at", "must be later than starts_at");
    let most = limits::WINDOWS_PER_CAMPAIGN;
    check.that(windows.len() <= most, "times.windows", format!("at most {most} windows"));
    for (at, window) in windows.iter().enumerate() {
        check_window(&format!("times.windows[{at}]"), window, check);
    }
    let most = limits::CRON_PER_CAMPAIGN;
    check.that(cron.len() <= most, "times.cron", format!("at most {most} expressions"));
    for (at, each) in cron.iter().enumerate() {
        check_cron(&format!("times.cron[{at}]"), each, check);
    }
    let any = !windows.is_empty() || cron.iter().any(|each| each.effect == CronEffect::Add);
    let message = "give at least one window, or an expression that adds one: nothing would ever be dialled";
    check.that(any, "times.windows", message);
    if let Some(CalledForm { from, to }) = called {
        let (begin, end) = (begins(from), minute_of(to));
        check.that(begin.is_some(), "times.called.from", "a time of day as HH:MM, from 00:00 to 23:59");
        check.that(end.is_some(), "times.called.to", "a time of day as HH:MM, from 00:01 to 24:00");
        let in_order = begin.zip(end).is_none_or(|(from, to)| from < to);
        check.that(in_order, "times.called.to", "must be later than times.called.from");
    }
}

fn check_window(field: &str, window: &WindowForm, check: &mut Check) {
    let WindowForm { days, from, to } = window;
    check.that(!days.is_empty(), &format!("{field}.days"), "choose at least one weekday");
    let (begin, end) = (begins(from), minute_of(to));
    check.that(begin.is_some(), &format!("{field}.from"), "a time of day as HH:MM, from 00:00 to 23:59");
    let field = format!("{field}.to");
    check.that(end.is_some(), &field, "a time of day as HH:MM, from 00:00 to 24:00");
    let some = begin.zip(end).is_none_or(|(from, to)| from != to);
    check.that(
        some,
        &field,
        "must differ from the begin: the whole day is 00:00 to 24:00, and an earlier time is on the next day",
    );
}

fn check_cron(field: &str, form: &CronForm, check: &mut Check) {
    match Cron::parse(&form.expression) {
        Err(refused) => check.fault(&format!("{field}.expression"), refused),
        Ok(cron) => {
            let seldom = cron.minutes() <= CRON_AN_HOUR_MAX;
            let message = format!("at most {CRON_AN_HOUR_MAX} times an hour");
            check.that(seldom, &format!("{field}.expression"), message);
        }
    }
    check.range(&format!("{field}.minutes"), form.minutes, 1..=i32::from(CRON_MINUTES_MAX), "minutes");
}

fn begins(text: &str) -> Option<u16> {
    minute_of(text).filter(|minute| *minute < DAY_MINUTES)
}

/// The times of a checked form, with the days of its calendar that differ; `None`
/// when it holds what this version cannot read.
pub fn calling_times(form: &TimesForm, special: Vec<SpecialDays>, zone: Tz) -> Option<CallingTimes> {
    let mut week: [Vec<Period>; 7] = Default::default();
    for WindowForm { days, from, to } in &form.windows {
        let (from, to) = (begins(from)?, minute_of(to)?);
        let period = Period { from, to: if to <= from { to + DAY_MINUTES } else { to } };
        for day in days {
            week.get_mut(day.weekday().num_days_from_monday() as usize)?.push(period);
        }
    }
    let cron = form.cron.iter().map(|each| {
        Some(CronWindow {
            cron: Cron::parse(&each.expression).ok()?,
            minutes: u16::try_from(each.minutes).ok()?,
            excludes: each.effect == CronEffect::Exclude,
        })
    });
    Some(CallingTimes {
        schedule: Schedule { zone, week, special },
        starts_at: form.starts_at.map(Moment::from),
        ends_at: form.ends_at.map(Moment::from),
        cron: cron.collect::<Option<_>>()?,
    })
}

/// The hours that must hold where a number lives; `None`: they cannot be read.
pub fn called_hours(form: &CalledForm) -> Option<CalledHours> {
    let (from, to) = (begins(&form.from)?, minute_of(&form.to)?);
    (from < to).then_some(CalledHours { from, to })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendars::model::WeekdayName;
    use chrono_tz::Asia::Shanghai;

    fn window(from: &str, to: &str) -> WindowForm {
        WindowForm { days: vec![WeekdayName::Monday], from: from.into(), to: to.into() }
    }

    fn windows(windows: Vec<WindowForm>) -> TimesForm {
        TimesForm { windows, ..TimesForm::default() }
    }

    fn cron(expression: &str, minutes: i32) -> TimesForm {
        let cron = CronForm { expression: expression.into(), minutes, effect: CronEffect::Add };
        TimesForm { cron: vec![cron], ..TimesForm::default() }
    }

    fn called(from: &str, to: &str) -> TimesForm {
        TimesForm { called: Some(CalledForm { from: from.into(), to: to.into() }), ..TimesForm::default() }
    }

    /// What is wrong: the field and the words.
    fn faults(form: &TimesForm) -> Vec<(String, String)> {
        let mut found = Check::new();
        check(form, &mut found);
        let Err(error) = found.done() else { return Vec::new() };
        error.problem().fields.iter().map(|fault| (fault.field.clone(), fault.message.clone())).collect()
    }

    #[test]
    fn what_is_in_order_is_read() {
        for form in [TimesForm::default(), TimesForm::always(), windows(vec![window("22:00", "02:00")])] {
            assert_eq!(faults(&form), []);
            assert!(calling_times(&form, Vec::new(), Shanghai).is_some());
        }
        let night = calling_times(&windows(vec![window("22:00", "02:00")]), Vec::new(), Shanghai);
        assert_eq!(night.expect("times").schedule.week[0], [Period { from: 1_320, to: 1_560 }]);
        let only = TimesForm { windows: Vec::new(), ..cron("0 9 * * 1-5", 60) };
        assert_eq!(faults(&only), [], "an expression may be all there is");
    }

    #[test]
    fn what_is_wrong_is_said_at_its_field_with_what_would_be_right() {
        let late = "2026-12-01T00:00:00Z".parse().ok();
        let early = "2026-11-30T00:00:00Z".parse().ok();
        let far = "1999-12-31T00:00:00Z".parse().ok();
        let nothing = WindowForm { days: Vec::new(), ..window("09:00", "12:00") };
        let out = CronForm { expression: "0 9 * * *".into(), minutes: 60, effect: CronEffect::Exclude };
        for (form, field, words) in [
            (
                windows(vec![window("09:00", "12:00"), window("9:00", "12:00")]),
                "times.windows[1].from",
                "HH:MM",
            ),
            (windows(vec![window("09:00", "24:30")]), "times.windows[0].to", "24:00"),
            (windows(vec![window("24:00", "08:00")]), "times.windows[0].from", "23:59"),
            (windows(vec![window("09:00", "09:00")]), "times.windows[0].to", "00:00 to 24:00"),
            (windows(vec![nothing]), "times.windows[0].days", "at least one"),
            (windows(vec![window("09:00", "12:00"); 51]), "times.windows", "at most 50"),
            (windows(Vec::new()), "times.windows", "nothing would ever be dialled"),
            (
                TimesForm { windows: Vec::new(), cron: vec![out], ..TimesForm::default() },
                "times.windows",
                "nothing would ever be dialled",
            ),
            (cron("0 9 * *", 60), "times.cron[0].expression", "five"),
            (cron("61 9 * * *", 60), "times.cron[0].expression", "0 to 59"),
            (cron("* 9 * * *", 60), "times.cron[0].expression", "12 times an hour"),
            (cron("0 9 * * *", 0), "times.cron[0].minutes", "between 1 and 1440"),
            (cron("0 9 * * *", 1_441), "times.cron[0].minutes", "between 1 and 1440"),
            (
                TimesForm { starts_at: late, ends_at: early, ..TimesForm::default() },
                "times.ends_at",
                "later than starts_at",
            ),
            (TimesForm { starts_at: far, ..TimesForm::default() }, "times.starts_at", "2000"),
            (called("08:00", "08:00"), "times.called.to", "later than"),
            (called("8:00", "21:00"), "times.called.from", "HH:MM"),
            (called("08:00", "25:00"), "times.called.to", "24:00"),
        ] {
            let found = faults(&form);
            assert_eq!(found.len(), 1, "{field}: {found:?}");
            assert_eq!(found[0].0, field);
            assert!(found[0].1.contains(words), "{:?}", found[0]);
        }
    }

    #[test]
    fn the_hours_of_the_called_party_count_unless_they_are_taken_out() {
        let read = |text: &str| serde_json::from_str::<TimesForm>(text).expect("times").called;
        let legal = CalledForm { from: "08:00".into(), to: "21:00".into() };
        assert_eq!(read("{}"), Some(legal));
        assert_eq!(read(r#"{ "called": null }"#), None);
    }
}
