//! The pure decisions of logging in.

use crate::base::clock::Moment;

/// Failed log-ins in a row after which an account is locked.
pub const FAILURES_BEFORE_LOCK: i32 = 5;
/// How long it stays locked, in milliseconds.
pub const LOCK_MS: i64 = 15 * 60 * 1000;

/// What a failed log-in does to an account.
#[derive(Debug, PartialEq, Eq)]
pub struct AfterFailure {
    /// Failures in a row from now on.
    pub failures: i32,
    /// Until when the account is locked, when this failure locks it.
    pub locked_until: Option<Moment>,
}

/// Counts a failure; the last one before the lock starts a new count.
pub fn after_failure(failures_before: i32, now: Moment) -> AfterFailure {
    let failures = failures_before.saturating_add(1);
    if failures >= FAILURES_BEFORE_LOCK {
        AfterFailure { failures: 0, locked_until: Some(now + LOCK_MS) }
    } else {
        AfterFailure { failures, locked_until: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fifth_failure_locks_for_a_quarter_of_an_hour() {
        let now = Moment(1_000);
        assert_eq!(after_failure(3, now), AfterFailure { failures: 4, locked_until: None });
        let locked = after_failure(4, now);
        assert_eq!(locked, AfterFailure { failures: 0, locked_until: Some(Moment(901_000)) });
    }
}
