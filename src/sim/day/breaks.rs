//! A day with a break in its middle third, in which no campaign may dial: one because
//! its windows leave it out, the other because an expression takes it out. When it is
//! the auditor is told by plain arithmetic, not by the calendar that is tried.

use super::DayOptions;
use super::queued::OPENS_MINUTE;
use crate::base::clock::Moment;
use crate::base::cron::Cron;
use crate::floor::calling::{CallingTimes, CronWindow};
use crate::floor::hours::{DAY_MINUTES, Period, Schedule};
use crate::floor::stretch::Stretch;
use crate::sim::OPENS;
use chrono_tz::Asia::Shanghai;

/// In which nothing may be dialled.
pub(super) fn times_without_calls(options: &DayOptions) -> Option<Stretch> {
    let third = i64::from(options.minutes / 3) * 60_000;
    options.breaks.then_some(Stretch { from: OPENS + third, to: OPENS + 2 * third })
}

/// The times of a campaign.
pub(super) fn times(options: &DayOptions, campaign: i64, closes: Moment) -> CallingTimes {
    let always = CallingTimes::between(OPENS, closes);
    if !options.breaks {
        return always;
    }
    let third = u16::try_from(options.minutes / 3).unwrap_or(0);
    let (stops, goes_on) = (OPENS_MINUTE + third, OPENS_MINUTE + 2 * third);
    if campaign == 1 {
        // The windows of the morning overlap, and those of the afternoon touch.
        let open = [(0, stops), (OPENS_MINUTE, stops), (goes_on, goes_on + 1), (goes_on + 1, DAY_MINUTES)];
        let open = open.map(|(from, to)| Period { from, to });
        let week = std::array::from_fn(|_| open.to_vec());
        return CallingTimes { schedule: Schedule { zone: Shanghai, week, special: Vec::new() }, ..always };
    }
    let expression = format!("{} {} * * *", stops % 60, stops / 60);
    let schedule = Schedule { zone: Shanghai, ..always.schedule };
    let cron = Cron::parse(&expression).map(|cron| CronWindow { cron, minutes: third, excludes: true });
    CallingTimes { schedule, cron: cron.into_iter().collect(), ..always }
}
