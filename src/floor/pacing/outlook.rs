//! How many agents will be free when a call is answered: the distribution of
//! agents free minus calls answered, at each horizon ahead.
//!
//! In: chances of agents and calls, all taken as independent. Out: the risk
//! that no agent is left. Small floors are computed exactly, agents and calls
//! as two sums of coin tosses; big ones as a normal distribution corrected for
//! its skew.

use super::Group;
use crate::floor::estimate::{Chances, HORIZONS};

/// Up to so many agents, and so many calls, the sums are computed exactly.
const EXACT: u32 = 30;

/// The distribution, ready for more calls to be added.
#[derive(Debug)]
pub(super) struct Outlook {
    /// Customers who wait already.
    waiting: u32,
    sums: Sums,
}

#[derive(Debug)]
enum Sums {
    Exact(Vec<Exact>),
    Normal(Box<Moments>),
}

/// One horizon of a small floor.
#[derive(Debug)]
struct Exact {
    /// The chance of at most so many free agents.
    free_at_most: Vec<f64>,
    /// The chance of so many answers.
    answers: Vec<f64>,
}

/// A big floor: mean, variance and third central moment at each horizon, apart,
/// so that all horizons are summed at once.
#[derive(Debug, Clone, Copy, Default)]
struct Moments {
    mean: Chances,
    variance: Chances,
    third: Chances,
}

impl Outlook {
    /// In: customers who wait already, agents who are free, agents who may be,
    /// calls in flight.
    pub fn new(waiting: u32, ready: Group, busy: &[Group], calls: &[Group]) -> Self {
        let size = |groups: &[Group]| groups.iter().map(|group| group.count).sum::<u32>();
        let sums = if ready.count + size(busy) <= EXACT && size(calls) <= EXACT {
            Sums::Exact((0..HORIZONS).map(|h| Exact::new(h, ready, busy, calls)).collect())
        } else {
            let mut moments = Moments::default();
            moments.add(1.0, ready.count, &ready.chances);
            busy.iter().for_each(|group| moments.add(1.0, group.count, &group.chances));
            calls.iter().for_each(|group| moments.add(-1.0, group.count, &group.chances));
            Sums::Normal(Box::new(moments))
        };
        Self { waiting, sums }
    }

    /// One more call.
    pub fn add(&mut self, call: &Chances) {
        match &mut self.sums {
            Sums::Exact(horizons) => {
                for (exact, chance) in horizons.iter_mut().zip(call) {
                    toss(&mut exact.answers, *chance);
                }
            }
            Sums::Normal(moments) => moments.add(-1.0, 1, call),
        }
    }

    /// The risk that an answer at each horizon finds no agent, and that so many
    /// others have found none already. A shortage later on is counted for an
    /// answer before it as well: that answer would have taken the agent.
    pub fn short_by(&self, others: u32) -> Chances {
        let mut risks: Chances = match &self.sums {
            Sums::Exact(horizons) => {
                std::array::from_fn(|h| horizons[h].short_by(u64::from(self.waiting), u64::from(others)))
            }
            Sums::Normal(moments) => {
                let most = f64::from(self.waiting) - f64::from(others);
                std::array::from_fn(|h| moments.at_most(h, most))
            }
        };
        for h in (0..HORIZONS - 1).rev() {
            risks[h] = risks[h].max(risks[h + 1]);
        }
        risks
    }
}

impl Exact {
    fn new(h: usize, ready: Group, busy: &[Group], calls: &[Group]) -> Self {
        let mut free = distribution(h, std::iter::once(&ready).chain(busy));
        let mut sum = 0.0;
        for chance in &mut free {
            sum += *chance;
            *chance = sum;
        }
        Self { free_at_most: free, answers: distribution(h, calls.iter()) }
    }

    /// The chance of free - waiting - answers <= -others.
    fn short_by(&self, waiting: u64, others: u64) -> f64 {
        let at_most = |free: u64| *self.free_at_most.get(free as usize).unwrap_or(&1.0);
        (0u64..)
            .zip(&self.answers)
            .map(|(answers, chance)| {
                let free = (answers + waiting).checked_sub(others);
                free.map_or(0.0, |free| chance * at_most(free))
            })
            .sum()
    }
}

impl Moments {
    fn add(&mut self, sign: f64, count: u32, chances: &Chances) {
        let count = f64::from(count);
        for (h, chance) in chances.iter().enumerate() {
            let variance = count * chance * (1.0 - chance);
            self.mean[h] += sign * count * chance;
            self.variance[h] += variance;
            self.third[h] += sign * variance * (1.0 - 2.0 * chance);
        }
    }

    /// The chance of a whole number of at most `most`, by Edgeworth's first
    /// correction of the normal distribution.
    fn at_most(&self, h: usize, most: f64) -> f64 {
        let sd = (self.variance[h] + 1e-4).sqrt();
        let z = (most + 0.5 - self.mean[h]) / sd;
        let skew = self.third[h] / (sd * sd * sd);
        let density = (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt();
        (normal(z) - density * skew / 6.0 * (z * z - 1.0)).clamp(0.0, 1.0)
    }
}

fn distribution<'a>(h: usize, groups: impl Iterator<Item = &'a Group>) -> Vec<f64> {
    let mut chances = Vec::with_capacity(2 * EXACT as usize);
    chances.push(1.0);
    for group in groups {
        for _ in 0..group.count {
            toss(&mut chances, group.chances[h]);
        }
    }
    chances
}

/// Adds one coin toss to the distribution of a sum.
fn toss(sum: &mut Vec<f64>, chance: f64) {
    sum.push(0.0);
    for k in (1..sum.len()).rev() {
        sum[k] = sum[k] * (1.0 - chance) + sum[k - 1] * chance;
    }
    sum[0] *= 1.0 - chance;
}

/// The standard normal distribution function, to 1e-7 relative (the Chebyshev
/// fit of erfc in Numerical Recipes, 6.2).
fn normal(z: f64) -> f64 {
    const FIT: [f64; 10] = [
        -1.265_512_23,
        1.000_023_68,
        0.374_091_96,
        0.096_784_18,
        -0.186_288_06,
        0.278_868_07,
        -1.135_203_98,
        1.488_515_87,
        -0.822_152_23,
        0.170_872_77,
    ];
    let x = z.abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + x / 2.0);
    let fit = FIT.iter().rev().fold(0.0, |sum, c| sum * t + c);
    let tail = t * (-x * x + fit).exp() / 2.0;
    if z > 0.0 { 1.0 - tail } else { tail }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(count: u32, chance: f64) -> Group {
        Group { count, chances: [chance; HORIZONS] }
    }

    /// By going through every combination of coin tosses.
    fn by_definition(waiting: u32, tosses: &[(f64, i64)], others: u32) -> f64 {
        let mut risk = 0.0;
        for outcome in 0..1_u32 << tosses.len() {
            let (mut chance, mut left) = (1.0, -i64::from(waiting));
            for (n, (p, worth)) in tosses.iter().enumerate() {
                let happens = outcome >> n & 1 == 1;
                chance *= if happens { *p } else { 1.0 - p };
                left += if happens { *worth } else { 0 };
            }
            if left <= -i64::from(others) {
                risk += chance;
            }
        }
        risk
    }

    #[test]
    fn the_risk_is_that_of_the_definition() {
        let tosses = [(0.9, 1), (0.9, 1), (0.3, 1), (0.5, 1), (0.4, -1), (0.4, -1), (0.2, -1), (0.25, -1)];
        for waiting in [0, 1, 3] {
            let mut outlook = Outlook::new(
                waiting,
                group(2, 0.9),
                &[group(1, 0.3), group(1, 0.5)],
                &[group(2, 0.4), group(1, 0.2)],
            );
            outlook.add(&[0.25; HORIZONS]);
            for others in 0..5 {
                let expected = by_definition(waiting, &tosses, others);
                let found = outlook.short_by(others)[0];
                assert!((found - expected).abs() < 1e-9, "{waiting} {others}: {found} {expected}");
            }
        }
    }

    #[test]
    fn big_floors_are_computed_nearly_as_exactly() {
        let (ready, busy) = (group(4, 0.95), [group(20, 0.15), group(6, 0.4)]);
        let calls = [group(12, 0.25), group(10, 0.1)];
        let exact = Exact::new(0, ready, &busy, &calls);
        let mut moments = Moments::default();
        for (sign, group) in
            [(1.0, &ready), (1.0, &busy[0]), (1.0, &busy[1]), (-1.0, &calls[0]), (-1.0, &calls[1])]
        {
            moments.add(sign, group.count, &group.chances);
        }
        for others in 0..4 {
            let (exact, normal) = (exact.short_by(0, others), moments.at_most(0, -(others as f64)));
            assert!((exact - normal).abs() < 0.003, "{others}: {exact} {normal}");
        }
    }

    #[test]
    fn a_shortage_later_on_counts_for_earlier_answers() {
        let mut chances = [0.0; HORIZONS];
        chances[HORIZONS - 1] = 1.0;
        let outlook = Outlook::new(0, group(1, 1.0), &[], &[Group { count: 1, chances }]);
        assert!(outlook.short_by(0).iter().all(|risk| (*risk - 1.0).abs() < 1e-12));
    }

    #[test]
    fn the_normal_distribution_is_the_one_in_the_tables() {
        for (z, p) in [(0.0, 0.5), (1.0, 0.841_344_746), (-1.959_964, 0.025), (-3.0, 0.001_349_898)] {
            assert!((normal(z) - p).abs() < 1e-7, "{z}: {}", normal(z));
        }
    }
}
