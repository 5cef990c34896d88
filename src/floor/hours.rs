//! When a queue is open: opening periods by weekday in the centre's time zone,
//! days that differ from their weekday (holidays, and make-up working days), and
//! what becomes of who calls at other times.
//!
//! Data and pure questions, each asked with the time; who calls outside the hours
//! goes the ways of `overflow.rs`.

use super::queue::Overflow;
use crate::base::clock::Moment;
use crate::base::day::{day_of, end_of_day, instant};
use chrono::{Datelike, NaiveDate, NaiveTime};
use chrono_tz::Tz;

/// Minutes of a day: a period that ends with the day ends then.
pub const DAY_MINUTES: u16 = 24 * 60;
/// How many days are looked at for the next opening or closing.
const DAYS_AHEAD: usize = 400;

/// A part of a day in which a queue is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    /// From this minute of the day on, by the clock on the wall.
    pub from: u16,
    /// Until before this minute; [`DAY_MINUTES`] is the end of the day.
    pub to: u16,
}

/// Days that are not as their weekday: a holiday, or a make-up working day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecialDays {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// When it is open on each of them; none: closed.
    pub periods: Vec<Period>,
}

/// The opening hours of a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// The centre's time zone.
    pub zone: Tz,
    /// Monday first, each day's periods in order, none within another.
    pub week: [Vec<Period>; 7],
    /// Days that differ; none is named twice.
    pub special: Vec<SpecialDays>,
}

impl Schedule {
    /// Whether it is open at this instant.
    pub fn open_at(&self, now: Moment) -> bool {
        let day = day_of(now, self.zone);
        self.spells_on(day).any(|(from, to)| from <= now && now < to)
    }

    /// When it next opens, or, if it is open, closes; `None`: not within a year.
    pub fn next_change(&self, now: Moment) -> Option<Moment> {
        let days = day_of(now, self.zone).iter_days().take(DAYS_AHEAD);
        let mut open_until = None;
        for (from, to) in days.flat_map(|day| self.spells_on(day)).filter(|(_, to)| *to > now) {
            match open_until {
                None if from > now => return Some(from),
                // One that begins when the one before ends only goes on.
                Some(until) if from > until => return Some(until),
                None | Some(_) => open_until = Some(to),
            }
        }
        // Open without an end in sight is not a time of closing.
        open_until.filter(|until| until.since_ms(now) < (DAYS_AHEAD as i64 - 2) * 24 * 3_600_000)
    }

    /// The spells in which it is open on a day, in order.
    fn spells_on(&self, day: NaiveDate) -> impl Iterator<Item = (Moment, Moment)> {
        let special = self.special.iter().find(|days| days.from <= day && day <= days.to);
        let weekday = &self.week[day.weekday().num_days_from_monday() as usize];
        let periods = special.map_or(weekday, |days| &days.periods);
        let at = move |minute: u16| match minute {
            DAY_MINUTES.. => end_of_day(day, self.zone),
            minute => {
                let (hour, minute) = (u32::from(minute / 60), u32::from(minute % 60));
                instant(day, NaiveTime::from_hms_opt(hour, minute, 0)?, self.zone)
            }
        };
        periods.iter().filter_map(move |period| Some((at(period.from)?, at(period.to)?)))
    }
}

/// When a queue is open, and what becomes of who calls at other times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    /// When it is open.
    pub schedule: Schedule,
    /// Where who calls at other times is sent.
    pub then: Overflow,
    /// What they hear who are hung up, a file of the switch.
    pub message: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use chrono_tz::{America::New_York, Asia::Shanghai};

    fn period(from: u16, to: u16) -> Period {
        Period { from: from * 60, to: to * 60 }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn at(text: &str) -> Moment {
        Moment::from(DateTime::parse_from_rfc3339(text).expect("an instant").to_utc())
    }

    /// Weekdays 9 to 12 and 13 to 18, and China's national holiday of 2026 with
    /// its make-up working day, a Saturday on which the afternoon is free.
    fn schedule() -> Schedule {
        let work = vec![period(9, 12), period(13, 18)];
        let week = std::array::from_fn(|day| if day < 5 { work.clone() } else { Vec::new() });
        Schedule {
            zone: Shanghai,
            week,
            special: vec![
                SpecialDays { from: day("2026-10-01"), to: day("2026-10-07"), periods: Vec::new() },
                SpecialDays { from: day("2026-10-10"), to: day("2026-10-10"), periods: vec![period(9, 12)] },
            ],
        }
    }

    #[test]
    fn periods_open_on_their_weekday_in_the_centres_zone() {
        let schedule = schedule();
        for (when, open) in [
            ("2026-11-30T08:59:59+08:00", false),
            ("2026-11-30T09:00:00+08:00", true),
            ("2026-11-30T11:59:59+08:00", true),
            ("2026-11-30T12:00:00+08:00", false),
            ("2026-11-30T17:59:59+08:00", true),
            ("2026-11-30T18:00:00+08:00", false),
            // Sunday in Europe is Monday morning in Shanghai.
            ("2026-11-29T23:30:00-02:00", true),
            ("2026-11-28T10:00:00+08:00", false),
        ] {
            assert_eq!(schedule.open_at(at(when)), open, "{when}");
        }
    }

    #[test]
    fn a_holiday_closes_a_weekday_and_a_make_up_day_opens_a_weekend() {
        let schedule = schedule();
        for (when, open) in [
            ("2026-09-30T10:00:00+08:00", true),
            ("2026-10-01T10:00:00+08:00", false),
            ("2026-10-07T10:00:00+08:00", false),
            ("2026-10-08T10:00:00+08:00", true),
            ("2026-10-10T10:00:00+08:00", true),
            ("2026-10-10T14:00:00+08:00", false),
            ("2026-10-11T10:00:00+08:00", false),
        ] {
            assert_eq!(schedule.open_at(at(when)), open, "{when}");
        }
    }

    #[test]
    fn the_next_change_leaps_over_nights_and_holidays() {
        let schedule = schedule();
        for (when, next) in [
            ("2026-11-30T08:00:00+08:00", "2026-11-30T09:00:00+08:00"),
            ("2026-11-30T09:00:00+08:00", "2026-11-30T12:00:00+08:00"),
            ("2026-11-30T18:00:00+08:00", "2026-12-01T09:00:00+08:00"),
            ("2026-09-30T18:30:00+08:00", "2026-10-08T09:00:00+08:00"),
        ] {
            assert_eq!(schedule.next_change(at(when)), Some(at(next)), "{when}");
        }
    }

    #[test]
    fn a_night_is_one_spell_and_what_never_changes_has_no_next_change() {
        let nights = vec![period(0, 6), period(22, 24)];
        let night =
            Schedule { zone: Shanghai, week: std::array::from_fn(|_| nights.clone()), special: Vec::new() };
        assert!(night.open_at(at("2026-11-30T23:59:59+08:00")));
        assert!(night.open_at(at("2026-12-01T00:00:00+08:00")));
        let closes = night.next_change(at("2026-11-30T23:00:00+08:00"));
        assert_eq!(closes, Some(at("2026-12-01T06:00:00+08:00")));
        let all = Schedule { week: std::array::from_fn(|_| vec![period(0, 24)]), ..night.clone() };
        assert!(all.open_at(at("2026-11-30T23:59:59+08:00")));
        assert_eq!(all.next_change(at("2026-11-30T23:00:00+08:00")), None);
        let never = Schedule { week: Default::default(), ..night };
        assert!(!never.open_at(at("2026-11-30T10:00:00+08:00")));
        assert_eq!(never.next_change(at("2026-11-30T10:00:00+08:00")), None);
    }

    #[test]
    fn hours_follow_summer_time() {
        let work = Schedule {
            zone: New_York,
            week: std::array::from_fn(|_| vec![period(9, 17)]),
            special: Vec::new(),
        };
        assert!(!work.open_at(at("2026-03-07T13:30:00Z")), "8:30 in winter");
        assert!(work.open_at(at("2026-03-08T13:30:00Z")), "9:30 in summer");
    }
}
