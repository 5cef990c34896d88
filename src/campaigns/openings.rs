//! When a campaign may dial, on days to come.
//!
//! In: its calling hours and the centre's zone. Out: the first moment at which it
//! may dial, asked by what puts a lead off until another time of the day or another
//! day.

use crate::base::clock::Moment;
use crate::base::day::{day_of, end_of_day, start_of_day};
use crate::campaigns::model::CallingHours;
use crate::campaigns::rules;
use crate::store::entity::campaigns;
use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;

/// Days that are looked at for an opening; a campaign that is closed for longer
/// looks again when a lead is due.
const DAYS_AHEAD: usize = 62;

/// 23:59.
const END_OF_DAY: NaiveTime = match NaiveTime::from_hms_opt(23, 59, 0) {
    Some(time) => time,
    None => NaiveTime::MIN,
};
const EVERY_DAY: u8 = 127;

/// When a campaign may dial.
#[derive(Debug, Clone, Copy)]
pub struct Openings {
    hours: CallingHours,
    /// The centre's zone.
    pub zone: Tz,
}

impl Openings {
    /// Those of these hours.
    pub fn new(hours: CallingHours, zone: Tz) -> Self {
        Self { hours, zone }
    }

    /// Those of a campaign. One whose hours cannot be read dials nobody; what became of
    /// its leads is written all the same, as if it were open all day.
    pub fn of(campaign: &campaigns::Model, zone: Tz) -> Self {
        let hours = rules::hours_of(&campaign.hours_from, &campaign.hours_to, campaign.weekdays);
        let all_day = CallingHours { from: NaiveTime::MIN, to: END_OF_DAY, weekdays: EVERY_DAY };
        if hours.is_none() {
            tracing::warn!(campaign = campaign.id, "the campaign's hours cannot be read");
        }
        Self::new(hours.unwrap_or(all_day), zone)
    }

    /// The spans of a day in which it may dial, in order: from, and until but not
    /// including.
    pub fn on(&self, day: NaiveDate) -> Vec<(Moment, Moment)> {
        let start = start_of_day(day, self.zone);
        start.and_then(|start| rules::calling_hours(self.hours, start, self.zone)).into_iter().collect()
    }

    /// The first moment, not before `from`, at which it may dial; `from` itself when
    /// there is none in the next weeks.
    pub fn next(&self, from: Moment) -> Moment {
        let days = day_of(from, self.zone).iter_days().take(DAYS_AHEAD);
        let spans = days.flat_map(|day| self.on(day));
        spans.filter(|(_, until)| from < *until).map(|(open, _)| open.max(from)).next().unwrap_or(from)
    }

    /// The first moment, not before `from`, that lies in one of the spans which
    /// `wanted` gives for a day and in which it may dial.
    pub fn next_within(
        &self,
        from: Moment,
        wanted: impl Fn(NaiveDate) -> Vec<(Moment, Moment)>,
    ) -> Option<Moment> {
        // A span of the day before may last beyond midnight.
        let first = day_of(from, self.zone).pred_opt()?;
        let days: Vec<NaiveDate> = first.iter_days().take(DAYS_AHEAD).collect();
        let open: Vec<(Moment, Moment)> = days.iter().flat_map(|day| self.on(*day)).collect();
        let both = |(begin, end): (Moment, Moment)| {
            let open = open.iter().filter(move |(opens, closes)| *opens < end && begin < *closes);
            let starts = open.map(move |(opens, closes)| (begin.max(*opens).max(from), end.min(*closes)));
            starts.filter(|(start, end)| start < end).map(|(start, _)| start).min()
        };
        days.iter().flat_map(|day| wanted(*day)).filter_map(both).min()
    }

    /// When it may dial on the day after the one of `at`, or on the first after that.
    pub fn next_day(&self, at: Moment) -> Moment {
        self.next(end_of_day(day_of(at, self.zone), self.zone).unwrap_or(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaigns::rules::hours_of;
    use chrono::DateTime;
    use chrono_tz::{America::New_York, Asia::Shanghai};

    fn at(text: &str) -> Moment {
        Moment::from(DateTime::parse_from_rfc3339(text).unwrap().to_utc())
    }

    fn local(at: Moment, zone: Tz) -> String {
        at.to_utc().with_timezone(&zone).format("%a %FT%H:%M").to_string()
    }

    #[test]
    fn the_next_opening_is_now_later_today_or_on_the_next_day_that_is_allowed() {
        // Monday to Friday.
        let openings = Openings::new(hours_of("08:30", "20:30", 31).unwrap(), Shanghai);
        let next = |text: &str| local(openings.next(at(text)), Shanghai);
        assert_eq!(next("2026-11-23T10:00:00+08:00"), "Mon 2026-11-23T10:00");
        assert_eq!(next("2026-11-23T00:00:00+08:00"), "Mon 2026-11-23T08:30");
        assert_eq!(next("2026-11-23T20:30:00+08:00"), "Tue 2026-11-24T08:30");
        assert_eq!(next("2026-11-27T20:30:00+08:00"), "Mon 2026-11-30T08:30");
        assert_eq!(
            local(openings.next_day(at("2026-11-22T23:59:59+08:00")), Shanghai),
            "Mon 2026-11-23T08:30"
        );
        assert_eq!(
            local(openings.next_day(at("2026-11-23T00:00:00+08:00")), Shanghai),
            "Tue 2026-11-24T08:30"
        );
    }

    #[test]
    fn an_opening_keeps_its_time_on_the_wall_when_the_clocks_change() {
        let openings = Openings::new(hours_of("08:30", "20:30", 127).unwrap(), New_York);
        let spring = openings.next_day(at("2026-03-07T12:00:00-05:00"));
        assert_eq!(spring, at("2026-03-08T08:30:00-04:00"));
        let autumn = openings.next_day(at("2026-10-31T12:00:00-04:00"));
        assert_eq!(autumn, at("2026-11-01T08:30:00-05:00"));
    }
}
