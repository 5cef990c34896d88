//! Answered and dropped calls of the last hour, to the minute.
//!
//! The store keeps a campaign's counts by the hour, which is fine enough for the
//! window of its cap. Whether drops come in a burst is seen here; in memory only,
//! because after a restart an hour is soon over.

use crate::base::clock::Moment;
use crate::floor::input::WindowCounts;
use std::collections::VecDeque;

const MINUTE_MS: i64 = 60_000;
const MINUTES: i64 = 60;

/// The counts of the last hour.
#[derive(Debug, Clone, Default)]
pub struct LastHour {
    /// By minute since 1970, the oldest first; minutes without a call are left out.
    minutes: VecDeque<(i64, WindowCounts)>,
    sum: WindowCounts,
}

impl LastHour {
    /// Counts calls of this instant, which is never before that of a call before.
    pub fn count(&mut self, now: Moment, calls: WindowCounts) {
        self.forget(now);
        self.sum = self.sum + calls;
        let minute = now.0.div_euclid(MINUTE_MS);
        match self.minutes.back_mut() {
            Some((last, counts)) if *last >= minute => *counts = *counts + calls,
            _ => self.minutes.push_back((minute, calls)),
        }
    }

    /// Lets go of what is more than an hour old.
    pub fn forget(&mut self, now: Moment) {
        let minute = now.0.div_euclid(MINUTE_MS);
        while let Some((oldest, counts)) = self.minutes.front()
            && *oldest <= minute - MINUTES
        {
            self.sum.answered -= counts.answered;
            self.sum.dropped -= counts.dropped;
            self.minutes.pop_front();
        }
    }

    /// The calls of the last hour, as last counted or forgotten.
    pub fn counts(&self) -> WindowCounts {
        self.sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(answered: u32) -> WindowCounts {
        WindowCounts { answered, dropped: 0 }
    }

    #[test]
    fn a_call_counts_for_an_hour_to_the_minute() {
        let mut last = LastHour::default();
        let begin = Moment(1_800_000_000_000);
        last.count(begin, answered(1));
        last.count(begin + 59_000, WindowCounts { answered: 2, dropped: 1 });
        last.count(begin + 30 * MINUTE_MS, answered(4));
        assert_eq!(last.counts(), WindowCounts { answered: 7, dropped: 1 });
        last.forget(begin + 60 * MINUTE_MS - 1);
        assert_eq!(last.counts(), WindowCounts { answered: 7, dropped: 1 });
        last.forget(begin + 60 * MINUTE_MS);
        assert_eq!(last.counts(), answered(4));
        last.count(begin + 90 * MINUTE_MS, answered(8));
        assert_eq!(last.counts(), answered(8));
        last.forget(begin + 1_000 * MINUTE_MS);
        assert_eq!(last.counts(), answered(0));
    }
}
