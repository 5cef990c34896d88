//! Is this block of samples one of the plan's tones? Pure.
//!
//! In: blocks of 20 ms and a [`TonePlan`]. Out: for each block the tone that
//! fills it, and its level. Goertzel's filter measures how much of a block lies
//! at one frequency; networks are off by up to 2 %, which at 1,800 Hz is more
//! than its width. So each frequency is a small band: the span of the sines and
//! cosines at both its edges, made orthogonal once. What a block has in that
//! span, over all that it has, is the share of the tone, whatever the level.

use super::plan::TonePlan;

/// Samples of a block: 20 ms, as a packet.
pub const BLOCK: usize = 160;
/// Samples a second.
const RATE: f64 = 8_000.0;
/// How far from its frequency the edges of a tone's band are, to either side.
const EDGE: f64 = 0.013;
/// This share of a block's energy makes it the tone: 5 dB above noise.
const SHARE_MIN: f32 = 0.74;
/// Each of two frequencies has at least this share of what both have.
const OF_PAIR_MIN: f32 = 0.12;
/// Below this (dBm0) nothing is a tone.
const LEVEL_MIN_DB: f32 = -42.0;

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Block {
    /// Index into [`TonePlan::tones`].
    pub tone: Option<usize>,
    /// Its level in dBm0.
    pub level_db: f32,
}

/// Looks at blocks.
#[derive(Debug, Clone)]
pub struct ToneFilter {
    /// For each tone, for each of its frequencies, its orthonormal basis.
    tones: Vec<Vec<Basis>>,
    /// Of all frequencies of a tone together.
    spans: Vec<Basis>,
}

type Basis = Vec<[f32; BLOCK]>;

impl ToneFilter {
    /// For the tones of a plan.
    pub fn new(plan: &TonePlan) -> Self {
        let band = |hertz: f64| vec![hertz * (1.0 - EDGE), hertz * (1.0 + EDGE)];
        let tones = plan.tones.iter().map(|t| t.hertz.iter().map(|f| basis(&band(*f))).collect()).collect();
        let spans =
            plan.tones.iter().map(|t| basis(&t.hertz.iter().flat_map(|f| band(*f)).collect::<Vec<_>>()));
        Self { tones, spans: spans.collect() }
    }

    /// What this block is.
    pub fn look(&self, block: &[f32; BLOCK]) -> Block {
        let energy: f32 = block.iter().map(|x| x * x).sum();
        let level_db = level_db(energy / BLOCK as f32);
        if level_db < LEVEL_MIN_DB {
            return Block { tone: None, level_db };
        }
        let shares = self.spans.iter().map(|span| within(span, block) / energy);
        let best = shares.enumerate().max_by(|a, b| a.1.total_cmp(&b.1));
        let tone = best.filter(|(tone, share)| *share >= SHARE_MIN && self.is_whole(*tone, block));
        Block { tone: tone.map(|(tone, _)| tone), level_db }
    }

    /// Does each of the tone's frequencies sound?
    fn is_whole(&self, tone: usize, block: &[f32; BLOCK]) -> bool {
        let Some(bands) = self.tones.get(tone).filter(|bands| bands.len() > 1) else { return true };
        let parts: Vec<f32> = bands.iter().map(|band| within(band, block)).collect();
        let all: f32 = parts.iter().sum();
        parts.iter().all(|part| *part >= all * OF_PAIR_MIN)
    }
}

/// The level of a sine at full scale in dBm0, as mu-law has it; A-law's is 0.03 dB
/// lower.
pub const FULL_SCALE_DB: f32 = 3.17;

/// The level of a mean square of samples between -1 and 1, in dBm0.
pub fn level_db(mean_square: f32) -> f32 {
    10.0 * (mean_square.max(1e-12) * 2.0).log10() + FULL_SCALE_DB
}

fn within(basis: &Basis, block: &[f32; BLOCK]) -> f32 {
    let along = |axis: &[f32; BLOCK]| axis.iter().zip(block).map(|(a, x)| a * x).sum::<f32>();
    basis.iter().map(|axis| along(axis).powi(2)).sum()
}

/// An orthonormal basis of the sines and cosines of these frequencies
/// (Gram-Schmidt, twice, because neighbours are nearly parallel).
fn basis(hertz: &[f64]) -> Basis {
    let mut axes: Vec<[f64; BLOCK]> = Vec::new();
    for f in hertz {
        for quarter in [0.0, std::f64::consts::FRAC_PI_2] {
            let mut wave: [f64; BLOCK] =
                std::array::from_fn(|n| (std::f64::consts::TAU * f * n as f64 / RATE + quarter).sin());
            for _ in 0..2 {
                for axis in &axes {
                    let along: f64 = axis.iter().zip(&wave).map(|(a, x)| a * x).sum();
                    wave.iter_mut().zip(axis).for_each(|(x, a)| *x -= along * a);
                }
            }
            let length = wave.iter().map(|x| x * x).sum::<f64>().sqrt();
            wave.iter_mut().for_each(|x| *x /= length);
            axes.push(wave);
        }
    }
    axes.iter().map(|axis| axis.map(|x| x as f32)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ear::trial::signal::{Noise, sine};

    fn block_of(samples: &[f32]) -> [f32; BLOCK] {
        samples[..BLOCK].try_into().expect("a block")
    }

    #[test]
    fn a_tone_is_known_within_two_per_cent_at_any_level() {
        let filter = ToneFilter::new(&TonePlan::china());
        for off in [-0.02, -0.01, 0.0, 0.01, 0.02] {
            for db in [-35.0, -20.0, -3.0] {
                for (tone, hertz) in [450.0, 950.0, 1_400.0, 1_800.0].into_iter().enumerate() {
                    let seen = filter.look(&block_of(&sine(&[hertz * (1.0 + off)], db, 20)));
                    assert_eq!(seen.tone, Some(tone), "{hertz} Hz {off} at {db} dBm0");
                    assert!((f64::from(seen.level_db) - db).abs() < 0.5, "{} for {db}", seen.level_db);
                }
            }
        }
    }

    #[test]
    fn a_neighbours_tone_is_none_of_ours() {
        let china = ToneFilter::new(&TonePlan::china());
        for hertz in [[350.0].as_slice(), &[520.0], &[1_000.0], &[480.0, 620.0], &[300.0, 450.0]] {
            assert_eq!(china.look(&block_of(&sine(hertz, -10.0, 20))).tone, None, "{hertz:?}");
        }
        let america = ToneFilter::new(&TonePlan::north_america());
        assert_eq!(america.look(&block_of(&sine(&[620.0], -10.0, 20))).tone, None, "half a pair");
        assert_eq!(america.look(&block_of(&sine(&[480.0, 620.0], -10.0, 20))).tone, Some(1));
    }

    #[test]
    fn noise_is_no_tone_and_hides_none_at_ten_decibels() {
        let filter = ToneFilter::new(&TonePlan::china());
        let mut noise = Noise::new(7);
        let (mut known, mut wrong) = (0, 0);
        for _ in 0..200 {
            let mut tone = sine(&[450.0], -20.0, 20);
            wrong += i32::from(filter.look(&block_of(&noise.white(-20.0, BLOCK))).tone.is_some());
            tone.iter_mut().zip(noise.white(-30.0, BLOCK)).for_each(|(x, n)| *x += n);
            known += i32::from(filter.look(&block_of(&tone)).tone == Some(0));
        }
        assert!(known >= 195 && wrong == 0, "{known} known, {wrong} wrong of 200");
    }
}
