//! When a campaign dials again: pure.
//!
//! In: its times, an instant. Out: the first instant from there on at which it dials,
//! asked by what puts a lead off until another time of the day or another day.

use crate::base::clock::Moment;
use crate::base::day::day_of;
use crate::floor::calling::CallingTimes;
use crate::floor::stretch::{Stretch, both, merged};
use chrono::NaiveDate;

const DAY_MS: i64 = 24 * 3_600_000;
/// How far ahead a time is looked for that suits the campaign and somebody's wish.
const DAYS_AHEAD: i64 = 64;
/// How much of that at once, in days.
const DAYS_AT_ONCE: i64 = 4;

/// The first instant, not before `from`, at which it dials; `from` itself when there
/// is none within a year: a lead that is due then is looked at again.
pub fn next_opening(times: &CallingTimes, from: Moment) -> Moment {
    if times.open_at(from) { from } else { times.next_change(from).unwrap_or(from) }
}

/// The first instant, not before `from`, at which it dials and that lies in one of the
/// stretches which `wanted` gives for a day, those that begin on it; `None`: not within
/// weeks.
pub fn first_within(
    times: &CallingTimes,
    from: Moment,
    wanted: impl Fn(NaiveDate) -> Vec<Stretch>,
) -> Option<Moment> {
    let zone = times.schedule.zone;
    (0..DAYS_AHEAD).step_by(DAYS_AT_ONCE as usize).find_map(|begin| {
        let begin = from + begin * DAY_MS;
        let range = Stretch { from: begin, to: begin + DAYS_AT_ONCE * DAY_MS };
        let (before, last) = (day_of(range.from, zone).pred_opt()?, day_of(range.to, zone));
        // What begins on the day before may last beyond midnight.
        let days = before.iter_days().take_while(|day| *day <= last);
        let wanted = merged(days.flat_map(&wanted).filter_map(|spell| spell.within(range)).collect());
        both(&wanted, &times.open(range)).first().map(|spell| spell.from)
    })
}

#[cfg(test)]
pub(in crate::campaigns) mod tests {
    use super::*;
    use crate::base::day::instant;
    use crate::calendars::model::WeekdayName;
    use crate::campaigns::times::model::TimesForm;
    use crate::campaigns::times::rules::calling_times;
    use crate::floor::hours::{Like, SpecialDays};
    use chrono::{DateTime, NaiveTime};
    use chrono_tz::{America::New_York, Asia::Shanghai, Tz};

    /// 08:30 to 20:30, every day.
    pub(in crate::campaigns) fn daytime(zone: Tz) -> CallingTimes {
        calling_times(&TimesForm::default(), Vec::new(), zone).expect("times")
    }

    fn on_working_days() -> CallingTimes {
        let mut form = TimesForm::default();
        form.windows[0].days = WeekdayName::ALL[..5].to_vec();
        calling_times(&form, Vec::new(), Shanghai).expect("times")
    }

    fn at(text: &str) -> Moment {
        Moment::from(DateTime::parse_from_rfc3339(text).expect("an instant").to_utc())
    }

    fn local(at: Moment, zone: Tz) -> String {
        at.to_utc().with_timezone(&zone).format("%a %FT%H:%M").to_string()
    }

    fn next(times: &CallingTimes, from: &str) -> String {
        local(next_opening(times, at(from)), times.schedule.zone)
    }

    /// The first opening between these times of a day; past midnight, when the end is
    /// not later than the begin.
    fn within(times: &CallingTimes, from: &str, (begin, end): (&str, &str)) -> Option<String> {
        let zone = times.schedule.zone;
        let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").expect("a time");
        let wanted = |day: NaiveDate| {
            let last = if time(begin) < time(end) { day } else { day.succ_opt().expect("a day") };
            let ends = instant(day, time(begin), zone).zip(instant(last, time(end), zone));
            ends.map(|(from, to)| Stretch { from, to }).into_iter().collect()
        };
        first_within(times, at(from), wanted).map(|at| local(at, zone))
    }

    #[test]
    fn the_next_opening_is_now_later_today_or_on_the_next_day_that_is_allowed() {
        let times = on_working_days();
        assert_eq!(next(&times, "2026-11-23T10:00:00+08:00"), "Mon 2026-11-23T10:00");
        assert_eq!(next(&times, "2026-11-23T00:00:00+08:00"), "Mon 2026-11-23T08:30");
        assert_eq!(next(&times, "2026-11-23T20:30:00+08:00"), "Tue 2026-11-24T08:30");
        assert_eq!(next(&times, "2026-11-27T20:30:00+08:00"), "Mon 2026-11-30T08:30");
    }

    #[test]
    fn an_opening_keeps_its_time_on_the_wall_when_the_clocks_change() {
        let times = daytime(New_York);
        let opens = |from: &str| next_opening(&times, at(from));
        assert_eq!(opens("2026-03-08T00:00:00-05:00"), at("2026-03-08T08:30:00-04:00"));
        assert_eq!(opens("2026-11-01T00:00:00-04:00"), at("2026-11-01T08:30:00-05:00"));
    }

    #[test]
    fn holidays_are_passed_over_and_a_campaign_that_is_over_keeps_the_instant() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 10, day).expect("a day");
        let holidays = SpecialDays { from: day(1), to: day(8), like: Like::Closed };
        let times = daytime(Shanghai);
        let mut closed = times.clone();
        closed.schedule.special = vec![holidays];
        assert_eq!(next(&closed, "2026-09-30T20:30:00+08:00"), "Fri 2026-10-09T08:30");
        let over = CallingTimes { ends_at: Some(at("2026-10-01T00:00:00+08:00")), ..times };
        assert_eq!(next(&over, "2026-10-01T01:00:00+08:00"), "Thu 2026-10-01T01:00");
    }

    #[test]
    fn a_wish_is_met_where_the_campaign_dials() {
        let times = on_working_days();
        let evening = ("18:00", "22:00");
        assert_eq!(
            within(&times, "2026-11-23T10:00:00+08:00", evening).as_deref(),
            Some("Mon 2026-11-23T18:00")
        );
        assert_eq!(
            within(&times, "2026-11-23T19:00:00+08:00", evening).as_deref(),
            Some("Mon 2026-11-23T19:00")
        );
        assert_eq!(
            within(&times, "2026-11-27T20:30:00+08:00", evening).as_deref(),
            Some("Mon 2026-11-30T18:00")
        );
        // A night that began the day before.
        assert_eq!(
            within(&times, "2026-11-24T00:00:00+08:00", ("22:00", "09:00")).as_deref(),
            Some("Tue 2026-11-24T08:30")
        );
        assert_eq!(
            within(&times, "2026-11-23T10:00:00+08:00", ("21:00", "23:00")),
            None,
            "it never dials then"
        );
    }
}
