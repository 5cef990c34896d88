//! How long a state of an agent lasts: the rate at which it ends, by how long
//! it has lasted.
//!
//! In: lengths of spells that ended, and how long unfinished ones have lasted.
//! Out: the chance that a spell of some length ends within a time. Unfinished
//! spells count as time at risk: to leave them out would make long
//! conversations look rarer than they are.

use std::sync::LazyLock;

/// The bins: 2.5 s each up to half a minute, then growing.
const BINS: usize = 44;
const FINE_S: f64 = 2.5;
const FINE_BINS: usize = 12;
const GROWTH: f64 = 1.16;
/// How many ended spells the mean rate is worth in each bin.
const PRIOR_ENDS: f64 = 3.0;
/// Beyond so many ended spells the older ones count half.
const ENDS_MAX: f64 = 3_000.0;

/// Spells of one kind.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Spells {
    /// What is believed before the first spell: one end in so many seconds.
    mean_s: f64,
    ends: [f64; BINS],
    at_risk_s: [f64; BINS],
}

/// The rate of ends by elapsed time, per second.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rates([f64; BINS]);

impl Spells {
    pub fn new(mean_s: f64) -> Self {
        Self { mean_s, ends: [0.0; BINS], at_risk_s: [0.0; BINS] }
    }

    /// A spell of this length ended.
    pub fn ended(&mut self, ms: i64) {
        let seconds = ms.max(0) as f64 / 1_000.0;
        self.ends[bin(seconds)] += 1.0;
        expose(&mut self.at_risk_s, seconds);
        if self.ends.iter().sum::<f64>() > ENDS_MAX {
            for value in self.ends.iter_mut().chain(&mut self.at_risk_s) {
                *value /= 2.0;
            }
        }
    }

    /// The rates, given how long (in milliseconds) unfinished spells have
    /// lasted.
    pub fn rates(&self, unfinished: impl Iterator<Item = i64>) -> Rates {
        let mut at_risk_s = self.at_risk_s;
        unfinished.for_each(|ms| expose(&mut at_risk_s, ms.max(0) as f64 / 1_000.0));
        let ends = 1.0 + self.ends.iter().sum::<f64>();
        let rate = ends / (self.mean_s + at_risk_s.iter().sum::<f64>());
        let mut rates = [0.0; BINS];
        for (bin, value) in rates.iter_mut().enumerate() {
            *value = (self.ends[bin] + PRIOR_ENDS) / (at_risk_s[bin] + PRIOR_ENDS / rate);
        }
        Rates(rates)
    }

    /// How many bins of elapsed time there are.
    pub const BINS: usize = BINS;

    /// The bin of a spell that has lasted so long.
    pub fn bin(ms: i64) -> usize {
        bin(ms.max(0) as f64 / 1_000.0)
    }

    /// The middle of a bin, in seconds.
    pub fn middle_s(bin: usize) -> f64 {
        (EDGES_S[bin] + EDGES_S[bin + 1]) / 2.0
    }
}

impl Rates {
    /// The chance that a spell that has lasted `elapsed_s` ends within each
    /// whole number of seconds from 0 to `seconds`.
    pub fn ends_within(&self, elapsed_s: f64, seconds: usize) -> Vec<f64> {
        let edges = &*EDGES_S;
        let mut now = bin(elapsed_s);
        let mut goes_on = 1.0;
        let mut chances = Vec::with_capacity(seconds + 1);
        chances.push(0.0);
        // The same for each second within a bin: asked anew in the next one.
        let mut whole_second = (-self.0[now]).exp();
        for second in 1..=seconds {
            let until = elapsed_s + second as f64;
            if now + 1 == BINS || edges[now + 1] >= until {
                goes_on *= whole_second;
            } else {
                let mut at = until - 1.0;
                let mut hazard = 0.0;
                while now + 1 < BINS && edges[now + 1] < until {
                    hazard += (edges[now + 1] - at) * self.0[now];
                    at = edges[now + 1];
                    now += 1;
                }
                goes_on *= (-(hazard + (until - at) * self.0[now])).exp();
                whole_second = (-self.0[now]).exp();
            }
            chances.push(1.0 - goes_on);
        }
        chances
    }
}

/// Where the bins begin, in seconds, and where the last one is taken to end.
static EDGES_S: LazyLock<[f64; BINS + 1]> = LazyLock::new(|| {
    std::array::from_fn(|bin| {
        let fine = bin.min(FINE_BINS) as f64 * FINE_S;
        fine * GROWTH.powi(bin.saturating_sub(FINE_BINS) as i32)
    })
});

/// Which bin each half second begins in, up to where the last one begins: a
/// bin is asked for each agent at each decision, and no bin is that short.
static BIN_AT: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let begun = |seconds: f64| EDGES_S[..BINS].partition_point(|edge| *edge <= seconds);
    let halves = (2.0 * EDGES_S[BINS - 1]) as usize + 1;
    (0..=halves).map(|half| begun(half as f64 / 2.0).saturating_sub(1) as u8).collect()
});

fn bin(seconds: f64) -> usize {
    let half = (2.0 * seconds.max(0.0)) as usize;
    let bin = usize::from(BIN_AT[half.min(BIN_AT.len() - 1)]);
    bin + usize::from(bin + 1 < BINS && EDGES_S[bin + 1] <= seconds)
}

/// Adds the time that a spell of this length spent in each bin.
fn expose(at_risk_s: &mut [f64; BINS], seconds: f64) {
    let edges = &*EDGES_S;
    for (bin, at_risk) in at_risk_s.iter_mut().enumerate() {
        let (from, until) = (edges[bin], if bin + 1 < BINS { edges[bin + 1] } else { f64::INFINITY });
        if from >= seconds {
            return;
        }
        *at_risk += seconds.min(until) - from;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bin_is_the_last_that_has_begun() {
        for ms in (0..4_000_000_i64).step_by(73).chain([2_499, 2_500, 29_999, 30_000, i64::MAX / 2, -5]) {
            let seconds = ms.max(0) as f64 / 1_000.0;
            let begun = EDGES_S[..BINS].iter().rposition(|edge| *edge <= seconds);
            assert_eq!(Some(Spells::bin(ms)), begun, "{ms} ms");
        }
    }

    #[test]
    fn what_ends_within_a_time_follows_the_rates() {
        let mut spells = Spells::new(60.0);
        (0..200).for_each(|n| spells.ended(n * 977 % 90_000));
        let rates = spells.rates(std::iter::empty());
        for elapsed_s in [0.0, 1.25, 9.9, 10.0, 29.3, 34.0, 80.0, 5_000.0] {
            let found = rates.ends_within(elapsed_s, 28);
            let step_s = 0.001;
            let hazard = |seconds: usize| -> f64 {
                (0..seconds * 1_000)
                    .map(|n| step_s * rates.0[bin(elapsed_s + (n as f64 + 0.5) * step_s)])
                    .sum()
            };
            for seconds in [0, 1, 2, 9, 28] {
                let expected = 1.0 - (-hazard(seconds)).exp();
                let found = found[seconds];
                assert!((found - expected).abs() < 1e-4, "{elapsed_s} + {seconds}: {found} {expected}");
            }
        }
    }
}
