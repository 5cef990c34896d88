//! The times of stored campaigns, with the days of the calendars they follow.

use super::called::{Callable, CalledHours, callable};
use super::http::special_days;
use super::model::TimesForm;
use super::rules::{called_hours, calling_times};
use crate::base::clock::Moment;
use crate::calendars;
use crate::campaigns::zones::zones_of;
use crate::floor::calling::CallingTimes;
use crate::store::entity::campaigns;
use chrono_tz::Tz;
use sea_orm::{ConnectionTrait, DbErr};

/// When a campaign dials, and whom.
#[derive(Debug)]
pub(in crate::campaigns) struct LoadedTimes {
    /// By the centre's clock.
    pub calling: CallingTimes,
    /// By the clock of those in other zones, if that counts.
    pub called: Option<CalledHours>,
}

impl LoadedTimes {
    /// Whether a number may be called, and until or from when.
    pub fn callable(&self, e164: &str, now: Moment) -> Callable {
        let hours = self.called;
        hours.map_or(Callable::Always, |hours| callable(&self.calling, hours, zones_of(e164), now))
    }

    /// Until before when a number that may be called now may be; `None`: as long as
    /// the campaign dials.
    pub fn until(&self, e164: &str, now: Moment) -> Option<Moment> {
        match self.callable(e164, now) {
            Callable::Until(until) => Some(until),
            Callable::Always | Callable::From(_) => None,
        }
    }
}

/// The times of a campaign; `None` when they cannot be read.
pub(in crate::campaigns) async fn load_times(
    db: &impl ConnectionTrait,
    row: &campaigns::Model,
    zone: Tz,
) -> Result<Option<LoadedTimes>, DbErr> {
    let calendars = calendars::store::load(db, row.calendar_id).await?;
    let Some(form) = TimesForm::of_stored(row.times.clone(), row.calendar_id) else { return Ok(None) };
    let calling = special_days(&form, &calendars).and_then(|special| calling_times(&form, special, zone));
    let called = form.called.as_ref().map(called_hours);
    Ok(match (calling, called) {
        (Some(calling), None) => Some(LoadedTimes { calling, called: None }),
        (Some(calling), Some(Some(called))) => Some(LoadedTimes { calling, called: Some(called) }),
        (None, _) | (_, Some(None)) => None,
    })
}

/// When a campaign dials, for what is written about its leads. One whose times cannot
/// be read dials nobody; what became of its leads is written all the same, as if it
/// dialled at every hour.
pub(in crate::campaigns) async fn times_or_always(
    db: &impl ConnectionTrait,
    row: &campaigns::Model,
    zone: Tz,
) -> Result<CallingTimes, DbErr> {
    let loaded = load_times(db, row, zone).await?;
    if loaded.is_none() {
        tracing::warn!(campaign = row.id, "the campaign's times cannot be read");
    }
    Ok(loaded.map_or_else(|| CallingTimes::always(zone), |loaded| loaded.calling))
}
