//! Days and times of day in the centre's time zone.
//!
//! In: what a calendar and a clock on the wall show. Out: instants.

use crate::base::clock::Moment;
use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveTime, TimeZone, Timelike};
use chrono_tz::Tz;

/// The day it is in the zone.
pub fn day_of(now: Moment, zone: Tz) -> NaiveDate {
    now.to_utc().with_timezone(&zone).date_naive()
}

/// The first instant of a day.
pub fn start_of_day(day: NaiveDate, zone: Tz) -> Option<Moment> {
    instant(day, NaiveTime::MIN, zone)
}

/// The first instant after a day.
pub fn end_of_day(day: NaiveDate, zone: Tz) -> Option<Moment> {
    start_of_day(day.succ_opt()?, zone)
}

/// Reads `HH:MM`, from 00:00 to 23:59.
pub fn time_of_day(text: &str) -> Option<NaiveTime> {
    let is_in_form =
        text.bytes().enumerate().all(|(at, b)| if at == 2 { b == b':' } else { b.is_ascii_digit() });
    NaiveTime::parse_from_str(text, "%H:%M").ok().filter(|_| is_in_form && text.len() == 5)
}

/// The instant at which a clock on the wall shows this time. A time that the
/// clocks skip in spring is taken as the first instant after the gap; of a time
/// that comes twice in autumn, the first is taken. `None` outside the years 1 to
/// 9999: not every database holds those.
pub fn instant(day: NaiveDate, time: NaiveTime, zone: Tz) -> Option<Moment> {
    if !(1..=9999).contains(&day.year()) {
        return None;
    }
    let local = day.and_time(time);
    let whole_minute = day.and_time(time.with_second(0)?.with_nanosecond(0)?);
    // No zone skips more than a day at once, and gaps end with a whole minute.
    let later = (1..=24 * 60).map(|minutes| whole_minute.checked_add_signed(Duration::minutes(minutes)));
    std::iter::once(Some(local))
        .chain(later)
        .find_map(|local| zone.from_local_datetime(&local?).earliest())
        .map(|at: DateTime<Tz>| Moment(at.timestamp_millis()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::{America::New_York, America::Sao_Paulo, Asia::Shanghai};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn text(at: Option<Moment>) -> String {
        at.unwrap().to_utc().format("%FT%H:%M").to_string()
    }

    #[test]
    fn a_time_of_day_has_two_digits_each() {
        let minutes = |text: &str| time_of_day(text).map(|time| time.hour() * 60 + time.minute());
        assert_eq!((minutes("00:00"), minutes("09:30"), minutes("23:59")), (Some(0), Some(570), Some(1_439)));
        for text in ["24:00", "09:60", "9:00", "09:0", " 9:00", "+9:00", "09:00 ", "09-00", "0900", ""] {
            assert_eq!(minutes(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_day_begins_and_ends_in_the_zone() {
        assert_eq!(text(start_of_day(day("2026-11-23"), Shanghai)), "2026-11-22T16:00");
        assert_eq!(text(end_of_day(day("2026-11-23"), Shanghai)), "2026-11-23T16:00");
        let late = start_of_day(day("2026-11-23"), Shanghai).unwrap() - 1;
        assert_eq!(day_of(late, Shanghai), day("2026-11-22"));
        // A day of 23 hours.
        let short = (start_of_day(day("2026-03-08"), New_York), end_of_day(day("2026-03-08"), New_York));
        assert_eq!(short.1.unwrap().since_ms(short.0.unwrap()), 23 * 3_600_000);
    }

    #[test]
    fn a_day_that_no_database_holds_has_no_instants() {
        assert!(start_of_day(day("0001-01-01"), Shanghai).is_some());
        for other in [NaiveDate::MIN, NaiveDate::MAX, day("-4713-01-01"), day("+10000-01-01")] {
            assert_eq!((start_of_day(other, Shanghai), end_of_day(other, Shanghai)), (None, None), "{other}");
        }
    }

    #[test]
    fn a_time_that_the_clocks_skip_is_the_first_after_the_gap() {
        for (minute, second) in [(0, 0), (10, 0), (30, 0), (50, 30)] {
            let skipped = NaiveTime::from_hms_opt(2, minute, second).unwrap();
            let at = instant(day("2026-03-08"), skipped, New_York);
            assert_eq!(text(at), "2026-03-08T07:00", "02:{minute}:{second}");
        }
        // Midnight itself was skipped there.
        assert_eq!(text(start_of_day(day("2018-11-04"), Sao_Paulo)), "2018-11-04T03:00");
    }
}
