//! Random draws of the simulated world: all from one seeded source, so that a
//! seed is a whole day.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// A seeded source of random draws.
#[derive(Debug)]
pub struct Chance(StdRng);

impl Chance {
    /// A source that always draws the same for the same seed.
    pub fn new(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// True in `permille` of 1000 draws.
    pub fn permille(&mut self, permille: u32) -> bool {
        permille > 0 && self.0.random_range(0..1000) < permille
    }

    /// A whole number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        if high <= low { low } else { self.0.random_range(low..=high) }
    }

    /// An index below `len`; 0 when there is nothing to choose from.
    pub fn index(&mut self, len: usize) -> usize {
        if len < 2 { 0 } else { self.0.random_range(0..len) }
    }

    /// A log-normal duration in milliseconds: half of the draws lie below
    /// `median_ms`, and `spread` is the standard deviation of the logarithm.
    /// Telephone talk and ring times have this shape: many short, few long.
    pub fn log_normal_ms(&mut self, median_ms: i64, spread: f64) -> i64 {
        // Box and Muller; 1 - x keeps the logarithm's argument above zero.
        let (u, v): (f64, f64) = (self.0.random(), self.0.random());
        let normal = (-2.0 * (1.0 - u).ln()).sqrt() * (std::f64::consts::TAU * v).cos();
        // The cast saturates, and a day bounds what anybody would wait for.
        ((median_ms as f64 * (spread * normal).exp()) as i64).clamp(1, 24 * 3_600_000)
    }

    /// A random UUID (version 4), e.g. for a job or a switch process.
    pub fn uuid(&mut self) -> uuid::Uuid {
        uuid::Builder::from_random_bytes(self.0.random()).into_uuid()
    }

    /// A source of its own, so that one part's draws do not shift another's.
    pub fn fork(&mut self) -> Self {
        Self(StdRng::seed_from_u64(self.0.random()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same() {
        let (mut a, mut b, mut c) = (Chance::new(7), Chance::new(7), Chance::new(8));
        let draw = |chance: &mut Chance| (0..50).map(|_| chance.between(0, 1_000_000)).collect::<Vec<_>>();
        let (first, second, other) = (draw(&mut a), draw(&mut b), draw(&mut c));
        assert_eq!(first, second);
        assert_ne!(first, other);
    }

    #[test]
    fn log_normal_times_have_the_median_asked_for() {
        let mut chance = Chance::new(1);
        let mut draws: Vec<i64> = (0..4001).map(|_| chance.log_normal_ms(60_000, 0.8)).collect();
        draws.sort_unstable();
        assert!((55_000..65_000).contains(&draws[2000]), "median {}", draws[2000]);
        assert!(draws[4000] > 300_000, "a long tail: {}", draws[4000]);
    }

    #[test]
    fn shares_come_out_as_asked() {
        let mut chance = Chance::new(3);
        let hits = (0..10_000).filter(|_| chance.permille(250)).count();
        assert!((2_300..2_700).contains(&hits), "{hits}");
        assert!(!(0..1000).any(|_| chance.permille(0)));
        assert!((0..1000).all(|_| chance.permille(1000)));
    }
}
