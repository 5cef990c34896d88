//! What a line does to a sound: noise, gain, codecs, loss. The same seed does the
//! same.

use super::signal::{Noise, amplitude, samples};
use crate::ear::g711;
use crate::ear::tone::FULL_SCALE_DB;

/// Samples of a packet: 20 ms.
const PACKET: usize = 160;

/// How the sound was coded on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// G.711.
    ALaw,
    /// G.711.
    MuLaw,
    /// A narrow line: 400 to 2,800 Hz, then G.711.
    Narrow,
}

/// One line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// Decibels.
    pub gain_db: f64,
    /// Speech over noise, in decibels; `None` is no noise.
    pub snr_db: Option<f64>,
    /// The codec.
    pub codec: Codec,
    /// Packets lost, per mille; each is replaced by silence.
    pub loss_permille: u32,
}

impl Line {
    /// A line that only codes.
    pub const CLEAR: Self = Self { gain_db: 0.0, snr_db: None, codec: Codec::ALaw, loss_permille: 0 };
    /// The lines of the trials, from clear to bad.
    pub const ALL: [(&'static str, Self); 8] = [
        ("clear", Self::CLEAR),
        ("mu-law, +12 dB", Self { gain_db: 12.0, codec: Codec::MuLaw, ..Self::CLEAR }),
        ("-12 dB", Self { gain_db: -12.0, ..Self::CLEAR }),
        ("noise 20 dB", Self { snr_db: Some(20.0), ..Self::CLEAR }),
        ("noise 10 dB", Self { snr_db: Some(10.0), codec: Codec::MuLaw, ..Self::CLEAR }),
        ("narrow, 20 dB", Self { snr_db: Some(20.0), codec: Codec::Narrow, ..Self::CLEAR }),
        ("loss 3 %", Self { loss_permille: 30, ..Self::CLEAR }),
        (
            "-12 dB, 15 dB, loss 2 %",
            Self { gain_db: -12.0, snr_db: Some(15.0), codec: Codec::ALaw, loss_permille: 20 },
        ),
    ];

    /// What comes out of it.
    pub fn carry(&self, sound: &[f32], seed: u64) -> Vec<i16> {
        let mut random = Noise::new(seed ^ 0x000D_A3A6);
        let power = loud_power(sound);
        let mut out: Vec<f32> = match self.codec {
            Codec::Narrow => band_pass(sound),
            Codec::ALaw | Codec::MuLaw => sound.to_vec(),
        };
        if let Some(snr_db) = self.snr_db {
            let level_db = 10.0 * (power * 2.0).max(1e-12).log10() + f64::from(FULL_SCALE_DB) - snr_db;
            let noise = random.white(level_db, out.len());
            out.iter_mut().zip(noise).for_each(|(x, n)| *x += n);
        }
        let gain = amplitude(self.gain_db + f64::from(FULL_SCALE_DB)) as f32;
        out.iter_mut().for_each(|x| *x *= gain);
        let coded = samples(&out).into_iter().map(|x| match self.codec {
            Codec::MuLaw => g711::from_mu_law(g711::to_mu_law(x)),
            Codec::ALaw | Codec::Narrow => g711::from_a_law(g711::to_a_law(x)),
        });
        let mut coded: Vec<i16> = coded.collect();
        for packet in coded.chunks_mut(PACKET) {
            if random.below(1_000) < self.loss_permille as usize {
                packet.fill(0);
            }
        }
        coded
    }
}

/// Mean square of the parts that are not pauses.
fn loud_power(sound: &[f32]) -> f64 {
    let of = |packet: &[f32]| packet.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / packet.len() as f64;
    let powers: Vec<f64> = sound.chunks(PACKET).map(of).collect();
    let most = powers.iter().copied().fold(0.0, f64::max);
    let loud: Vec<f64> = powers.into_iter().filter(|power| *power > most / 100.0).collect();
    loud.iter().sum::<f64>() / loud.len().max(1) as f64
}

/// 400 to 2,800 Hz: two second-order sections of each kind.
fn band_pass(sound: &[f32]) -> Vec<f32> {
    let mut out = sound.to_vec();
    for (hertz, is_high_pass) in [(400.0, true), (400.0, true), (2_800.0, false), (2_800.0, false)] {
        let w = std::f64::consts::TAU * hertz / super::signal::RATE;
        let (alpha, cos) = (w.sin() / std::f64::consts::SQRT_2, w.cos());
        let b1 = if is_high_pass { -(1.0 + cos) } else { 1.0 - cos };
        let (b0, a0) = (b1.abs() / 2.0, 1.0 + alpha);
        let (mut x1, mut x2, mut y1, mut y2) = (0.0, 0.0, 0.0, 0.0);
        for x in &mut out {
            let x0 = f64::from(*x);
            let y0 = (b0 * x0 + b1 * x1 + b0 * x2 + 2.0 * cos * y1 - (1.0 - alpha) * y2) / a0;
            (x2, x1, y2, y1) = (x1, x0, y1, y0);
            *x = y0 as f32;
        }
    }
    out
}
