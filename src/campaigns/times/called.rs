//! When a number in another time zone may be called: pure.
//!
//! In: the campaign's times, the hours that must hold where the number lives, the
//! zones it may be in, a time. Out: whether it may be called, until when, or when
//! first. *Rule: of a number that may be in several zones the hours hold in all.*

use crate::base::clock::Moment;
use crate::base::day::{day_of, end_of_day, instant};
use crate::floor::calling::CallingTimes;
use crate::floor::hours::DAY_MINUTES;
use crate::floor::stretch::{Stretch, both, merged};
use chrono::NaiveTime;
use chrono_tz::Tz;

const DAY_MS: i64 = 24 * 3_600_000;
/// How far ahead a time is looked for that suits the campaign and the number. After
/// so long it is looked for again.
const DAYS_AHEAD: i64 = 8;

/// The hours of a day in which somebody may be called, by their own clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalledHours {
    /// From this minute of the day.
    pub from: u16,
    /// Until before this minute; [`DAY_MINUTES`] is the end of the day.
    pub to: u16,
}

/// Whether somebody may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Callable {
    /// Whenever the campaign dials: they live by the centre's clock, or nobody knows
    /// by which.
    Always,
    /// Now, until before this instant.
    Until(Moment),
    /// Not now. The first instant at which both the campaign dials and they may be
    /// called; a day ahead when there is none within a week.
    From(Moment),
}

/// Whether a number that may be in these zones may be called.
pub fn callable(times: &CallingTimes, hours: CalledHours, zones: &[Tz], now: Moment) -> Callable {
    if zones.iter().all(|zone| *zone == times.schedule.zone) {
        return Callable::Always;
    }
    let range = Stretch { from: now, to: now + DAYS_AHEAD * DAY_MS };
    let mut legal = vec![range];
    for zone in zones {
        legal = both(&legal, &merged(days(hours, *zone, range)));
    }
    match legal.first() {
        Some(first) if first.from == now => Callable::Until(first.to),
        _ => {
            let first = both(&legal, &times.open(range)).first().map(|spell| spell.from);
            Callable::From(first.unwrap_or(now + DAY_MS))
        }
    }
}

/// These hours of each day of a range.
fn days(hours: CalledHours, zone: Tz, range: Stretch) -> Vec<Stretch> {
    let at = |day, minute: u16| match minute {
        DAY_MINUTES.. => end_of_day(day, zone),
        minute => {
            instant(day, NaiveTime::from_hms_opt(u32::from(minute / 60), u32::from(minute % 60), 0)?, zone)
        }
    };
    let last = day_of(range.to, zone);
    let days = day_of(range.from, zone).iter_days().take_while(|day| *day <= last);
    days.filter_map(|day| Stretch { from: at(day, hours.from)?, to: at(day, hours.to)? }.within(range))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaigns::times::model::TimesForm;
    use crate::campaigns::times::rules::calling_times;
    use chrono::DateTime;
    use chrono_tz::America::{Denver, Los_Angeles, New_York};
    use chrono_tz::Asia::{Hong_Kong, Shanghai};
    use chrono_tz::Europe::London;

    const LEGAL: CalledHours = CalledHours { from: 8 * 60, to: 21 * 60 };

    fn at(text: &str) -> Moment {
        Moment::from(DateTime::parse_from_rfc3339(text).expect("an instant").to_utc())
    }

    fn ask(zones: &[Tz], now: &str) -> Callable {
        // 08:30 to 20:30 in Shanghai.
        let times = calling_times(&TimesForm::default(), Vec::new(), Shanghai).expect("times");
        callable(&times, LEGAL, zones, at(now))
    }

    #[test]
    fn who_lives_by_the_centres_clock_is_called_whenever_the_campaign_dials() {
        assert_eq!(ask(&[Shanghai], "2026-11-23T23:00:00+08:00"), Callable::Always);
        assert_eq!(ask(&[], "2026-11-23T23:00:00+08:00"), Callable::Always, "nobody knows where");
    }

    #[test]
    fn hours_hold_where_the_number_lives_to_the_millisecond() {
        // Eight in London, in winter, is four in the afternoon in Shanghai.
        let opens = Callable::From(at("2026-11-23T16:00:00+08:00"));
        assert_eq!(ask(&[London], "2026-11-23T15:59:59.999+08:00"), opens);
        let until = Callable::Until(at("2026-11-23T21:00:00Z"));
        assert_eq!(ask(&[London], "2026-11-23T16:00:00+08:00"), until);
        assert_eq!(ask(&[London], "2026-11-23T20:59:59.999Z"), until);
        // At nine in the evening there it is early in the morning here: both hold again
        // at eight there the next day.
        let next = Callable::From(at("2026-11-24T08:00:00Z"));
        assert_eq!(ask(&[London], "2026-11-23T21:00:00Z"), next);
        // In summer an hour earlier.
        assert_eq!(ask(&[London], "2026-07-01T06:00:00Z"), Callable::From(at("2026-07-01T07:00:00Z")));
    }

    #[test]
    fn both_clocks_must_allow_it() {
        // 08:30 in Shanghai is 19:30 in New York, in winter: an hour and a half is left.
        assert_eq!(
            ask(&[New_York], "2026-11-23T00:30:00Z"),
            Callable::Until(at("2026-11-23T02:00:00Z")),
            "nine in the evening in New York"
        );
        assert_eq!(ask(&[New_York], "2026-11-23T02:00:00Z"), Callable::From(at("2026-11-24T00:30:00Z")));
    }

    #[test]
    fn the_change_of_the_clocks_there_counts() {
        // On 8 March 2026 New York goes an hour forward: 20:30 instead of 19:30 at 08:30
        // in Shanghai.
        assert_eq!(ask(&[New_York], "2026-03-07T00:30:00Z"), Callable::Until(at("2026-03-07T02:00:00Z")));
        assert_eq!(ask(&[New_York], "2026-03-09T00:30:00Z"), Callable::Until(at("2026-03-09T01:00:00Z")));
        assert_eq!(ask(&[New_York], "2026-11-01T00:30:00Z"), Callable::Until(at("2026-11-01T01:00:00Z")));
        assert_eq!(ask(&[New_York], "2026-11-02T00:30:00Z"), Callable::Until(at("2026-11-02T02:00:00Z")));
    }

    #[test]
    fn of_several_zones_all_must_allow_it() {
        let zones = [Denver, Los_Angeles];
        // Eight in Denver is seven in Los Angeles; nine in the evening comes first in Denver.
        assert_eq!(ask(&zones, "2026-11-23T15:30:00Z"), Callable::From(at("2026-11-24T00:30:00Z")));
        assert_eq!(ask(&zones, "2026-11-23T16:00:00Z"), Callable::Until(at("2026-11-24T04:00:00Z")));
        // Hong Kong beside Los Angeles: an hour in the morning there, the evening here.
        let apart = [Hong_Kong, New_York];
        assert_eq!(ask(&apart, "2026-11-23T05:00:00Z"), Callable::From(at("2026-11-24T00:30:00Z")));
    }

    #[test]
    fn where_no_hour_suits_all_it_is_looked_for_again_after_a_day() {
        let (noon, hour) = ("2026-11-23T12:00:00+08:00", CalledHours { from: 8 * 60, to: 9 * 60 });
        let times = calling_times(&TimesForm::default(), Vec::new(), Shanghai).expect("times");
        let never = callable(&times, hour, &[New_York, London], at(noon));
        assert_eq!(never, Callable::From(at("2026-11-24T12:00:00+08:00")));
    }

    #[test]
    fn a_whole_day_there_is_no_limit_at_midnight() {
        let all = CalledHours { from: 0, to: DAY_MINUTES };
        let times = calling_times(&TimesForm::default(), Vec::new(), Shanghai).expect("times");
        let now = at("2026-11-23T12:00:00Z");
        assert_eq!(callable(&times, all, &[London], now), Callable::Until(now + DAYS_AHEAD * DAY_MS));
    }
}
