//! Opening periods by weekday in the centre's time zone, and days that differ from
//! their weekday: holidays, and make-up working days. Queues follow them, with what
//! becomes of who calls at other times; campaigns have windows of the same kind
//! (`calling.rs`).
//!
//! Data and pure questions, each asked with the time; who calls outside the hours
//! goes the ways of `overflow.rs`.

use super::queue::Overflow;
use super::stretch::{Stretch, merged, next_change};
use crate::base::clock::Moment;
use crate::base::day::{day_of, end_of_day, instant, start_of_day};
use chrono::{Datelike, NaiveDate, NaiveTime, Weekday};
use chrono_tz::Tz;

/// Minutes of a day: a period that ends with the day ends then.
pub const DAY_MINUTES: u16 = 24 * 60;

/// A part of a day in which a queue is open, or a campaign dials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    /// From this minute of the day on, by the clock on the wall.
    pub from: u16,
    /// Until before this minute; [`DAY_MINUTES`] is the end of the day, and more than
    /// that are minutes of the day after.
    pub to: u16,
}

/// Days that are not as their weekday: a holiday, or a make-up working day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecialDays {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// What each of them is like.
    pub like: Like,
}

/// What a day is like that is not as its weekday.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Like {
    /// A holiday: closed from midnight to midnight.
    Closed,
    /// A make-up working day: as another weekday.
    Weekday(Weekday),
    /// Open at times of its own, whatever the week says.
    Periods(Vec<Period>),
}

/// The opening hours of a calendar, or the windows of a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// The centre's time zone.
    pub zone: Tz,
    /// Monday first, each day's periods.
    pub week: [Vec<Period>; 7],
    /// Days that differ; none is named twice.
    pub special: Vec<SpecialDays>,
}

/// What made a day's spell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DayRule {
    /// The periods of the day's own weekday.
    Weekday,
    /// A make-up day: those of another weekday.
    MakeUp,
    /// A day with times of its own.
    OwnTimes,
}

impl Schedule {
    /// Whether it is open at this instant.
    pub fn open_at(&self, now: Moment) -> bool {
        !self.spells(Stretch { from: now, to: now + 1 }).is_empty()
    }

    /// When it next opens, or, if it is open, closes; `None`: not within a year.
    pub fn next_change(&self, now: Moment) -> Option<Moment> {
        next_change(now, |range| merged(self.spells(range).into_iter().map(|(spell, _)| spell).collect()))
    }

    /// How the day differs from its weekday, if it does.
    pub fn special_on(&self, day: NaiveDate) -> Option<&SpecialDays> {
        self.special.iter().find(|days| days.from <= day && day <= days.to)
    }

    /// The days, from midnight to midnight, of a range that are holidays.
    pub fn closed_days(&self, range: Stretch) -> Vec<Stretch> {
        let closed = self.days(range).filter(|day| self.is_like(*day, &Like::Closed));
        closed.filter_map(|day| self.whole(day)?.within(range)).collect()
    }

    /// What is open within a range, and why, in no order.
    pub fn spells(&self, range: Stretch) -> Vec<(Stretch, DayRule)> {
        let spells = self.days(range).flat_map(|day| self.spells_of(day));
        spells.filter_map(|(spell, rule)| Some((spell.within(range)?, rule))).collect()
    }

    /// The days of a range, and the one before, whose periods may reach into it.
    fn days(&self, range: Stretch) -> impl Iterator<Item = NaiveDate> + use<> {
        let (first, last) = (day_of(range.from, self.zone), day_of(range.to, self.zone));
        let first = first.pred_opt().unwrap_or(first);
        first.iter_days().take_while(move |day| *day <= last)
    }

    /// The spells that begin on a day.
    fn spells_of(&self, day: NaiveDate) -> Vec<(Stretch, DayRule)> {
        let own = day.weekday();
        let (periods, rule) = match self.special_on(day).map(|days| &days.like) {
            None => (self.of(own), DayRule::Weekday),
            Some(Like::Closed) => return Vec::new(),
            Some(Like::Weekday(weekday)) => (self.of(*weekday), DayRule::MakeUp),
            Some(Like::Periods(periods)) => (periods.as_slice(), DayRule::OwnTimes),
        };
        // What reaches past midnight ends there when the next day says for itself when
        // it is open.
        let goes_on = day
            .succ_opt()
            .and_then(|next| self.special_on(next))
            .is_none_or(|next| matches!(next.like, Like::Weekday(_)));
        let latest = if goes_on { 2 * DAY_MINUTES } else { DAY_MINUTES };
        let spells = periods.iter().filter_map(|period| {
            let (from, to) = (self.at(day, period.from)?, self.at(day, period.to.min(latest))?);
            (from < to).then_some((Stretch { from, to }, rule))
        });
        spells.collect()
    }

    fn of(&self, weekday: Weekday) -> &[Period] {
        &self.week[weekday.num_days_from_monday() as usize]
    }

    fn is_like(&self, day: NaiveDate, like: &Like) -> bool {
        self.special_on(day).is_some_and(|days| days.like == *like)
    }

    fn whole(&self, day: NaiveDate) -> Option<Stretch> {
        Some(Stretch { from: start_of_day(day, self.zone)?, to: end_of_day(day, self.zone)? })
    }

    /// The instant of a minute of a day, or of the day after.
    fn at(&self, day: NaiveDate, minute: u16) -> Option<Moment> {
        match minute {
            DAY_MINUTES => end_of_day(day, self.zone),
            0..DAY_MINUTES => {
                let time = NaiveTime::from_hms_opt(u32::from(minute / 60), u32::from(minute % 60), 0)?;
                instant(day, time, self.zone)
            }
            _ => self.at(day.succ_opt()?, minute - DAY_MINUTES),
        }
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
                SpecialDays { from: day("2026-10-01"), to: day("2026-10-07"), like: Like::Closed },
                SpecialDays {
                    from: day("2026-10-10"),
                    to: day("2026-10-10"),
                    like: Like::Periods(vec![period(9, 12)]),
                },
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
    fn a_make_up_day_is_open_like_the_weekday_that_it_follows() {
        let mut schedule = schedule();
        schedule.week[4] = vec![period(10, 16)];
        schedule.special[1].like = Like::Weekday(Weekday::Fri);
        for (when, open) in [("09:59:59", false), ("10:00:00", true), ("15:59:59", true), ("16:00:00", false)]
        {
            assert_eq!(schedule.open_at(at(&format!("2026-10-10T{when}+08:00"))), open, "{when}");
        }
        let closes = schedule.next_change(at("2026-10-10T10:00:00+08:00"));
        assert_eq!(closes, Some(at("2026-10-10T16:00:00+08:00")));
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
