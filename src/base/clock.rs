//! The only reader of the clock. Everything else is told the time.
//!
//! A [`Moment`] is UTC in whole milliseconds and never runs backwards within a
//! process, so that it serves both as a timestamp for the store and for
//! measuring durations in the floor.

use chrono::{DateTime, TimeZone, Utc};
use serde::{Deserialize, Serialize};
use std::ops::{Add, Sub};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

/// An hour, in milliseconds.
pub const HOUR_MS: i64 = 3_600_000;

/// A point in time: milliseconds since 1970-01-01 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(pub i64);

impl Moment {
    /// Milliseconds from `earlier` to `self`; 0 when `earlier` is later.
    pub fn since_ms(self, earlier: Moment) -> i64 {
        self.0.saturating_sub(earlier.0).max(0)
    }

    /// The hour it lies in, counted since 1970: what is counted by the hour is kept
    /// under it.
    pub fn hour(self) -> i64 {
        self.0.div_euclid(HOUR_MS)
    }

    /// The same instant for the store and the API.
    pub fn to_utc(self) -> DateTime<Utc> {
        Utc.timestamp_millis_opt(self.0).single().unwrap_or_default()
    }
}

impl From<DateTime<Utc>> for Moment {
    fn from(at: DateTime<Utc>) -> Self {
        Moment(at.timestamp_millis())
    }
}

impl Add<i64> for Moment {
    type Output = Moment;
    /// Adds milliseconds.
    fn add(self, ms: i64) -> Moment {
        Moment(self.0.saturating_add(ms))
    }
}

impl Sub<i64> for Moment {
    type Output = Moment;
    /// Takes milliseconds away.
    fn sub(self, ms: i64) -> Moment {
        Moment(self.0.saturating_sub(ms))
    }
}

/// Reads the clock. A step back of the system clock is ridden out by standing
/// still until the clock has caught up.
pub fn now() -> Moment {
    static LATEST: AtomicI64 = AtomicI64::new(i64::MIN);
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    let read = Utc::now().timestamp_millis();
    let before = LATEST.fetch_max(read, Ordering::Relaxed);
    Moment(before.max(read))
}

/// A duration being measured, finer than a [`Moment`] can: for meters, never for
/// decisions.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts to measure.
    pub fn start() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
        Self(Instant::now())
    }

    /// The time since it was started.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_survives_the_way_to_the_store_and_back() {
        let at = Moment(1_795_419_968_730);
        assert_eq!(Moment::from(at.to_utc()), at);
        assert_eq!((at + 5).since_ms(at), 5);
        assert_eq!(at.since_ms(at + 5), 0);
        // What comes from outside may be any number.
        assert_eq!(Moment(i64::MAX).since_ms(Moment(i64::MIN)), i64::MAX);
        assert_eq!(Moment(i64::MIN).since_ms(Moment(i64::MAX)), 0);
    }

    #[test]
    fn the_clock_never_runs_backwards() {
        let first = now();
        assert!(now() >= first);
    }
}
