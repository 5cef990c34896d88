//! Tones, noise and music that are made, as samples between -1 and 1.

use crate::ear::plan::Cadence;
use crate::ear::plan::TonePlan;
use crate::ear::tone::FULL_SCALE_DB;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

/// Samples a second.
pub const RATE: f64 = 8_000.0;

/// The amplitude of a sine at this level (dBm0).
pub fn amplitude(level_db: f64) -> f64 {
    10.0_f64.powf((level_db - f64::from(FULL_SCALE_DB)) / 20.0)
}

/// Sines that sound together, at this level (dBm0) in all.
pub fn sine(hertz: &[f64], level_db: f64, ms: u32) -> Vec<f32> {
    sine_at(RATE, hertz, level_db, ms)
}

/// The same at another rate.
pub fn sine_at(rate: f64, hertz: &[f64], level_db: f64, ms: u32) -> Vec<f32> {
    let of_each = amplitude(level_db) / (hertz.len() as f64).sqrt();
    let at =
        |n: u32| hertz.iter().map(|f| (std::f64::consts::TAU * f * f64::from(n) / rate).sin()).sum::<f64>();
    (0..(rate * f64::from(ms) / 1_000.0) as u32).map(|n| (at(n) * of_each) as f32).collect()
}

/// Silence.
pub fn silence(ms: u32) -> Vec<f32> {
    vec![0.0; ms as usize * 8]
}

/// So many parts of a cadence of a plan, its frequencies off by `off` (0.02: 2 %).
pub fn cadence(plan: &TonePlan, cadence: &Cadence, parts: usize, level_db: f64, off: f64) -> Vec<f32> {
    let sound = |part: &crate::ear::plan::Part| match part.tone.and_then(|tone| plan.tones.get(tone)) {
        None => silence(part.ms),
        Some(tone) => {
            let hertz: Vec<f64> = tone.hertz.iter().map(|f| f * (1.0 + off)).collect();
            sine(&hertz, level_db, part.ms)
        }
    };
    cadence.parts.iter().cycle().take(parts).flat_map(sound).collect()
}

/// 16-bit samples.
pub fn samples(sound: &[f32]) -> Vec<i16> {
    sound.iter().map(|x| (x * 32_768.0).round().clamp(-32_768.0, 32_767.0) as i16).collect()
}

/// Random sound, the same for the same seed.
#[derive(Debug)]
pub struct Noise {
    random: Xoshiro256PlusPlus,
}

impl Noise {
    /// Of a seed.
    pub fn new(seed: u64) -> Self {
        Self { random: Xoshiro256PlusPlus::seed_from_u64(seed) }
    }

    /// A number between `from` and `to`.
    pub fn between(&mut self, from: f64, to: f64) -> f64 {
        self.random.random_range(from..to)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.random.random_range(0..end)
    }

    /// White noise at this level (dBm0).
    pub fn white(&mut self, level_db: f64, samples: usize) -> Vec<f32> {
        // The sum of three even numbers is near enough to a bell.
        let scale = amplitude(level_db) / std::f64::consts::SQRT_2;
        (0..samples)
            .map(|_| {
                let sum: f64 = (0..3).map(|_| self.between(-1.0, 1.0)).sum();
                (sum * scale) as f32
            })
            .collect()
    }
}

/// A song in place of a ring: chords and a tune over them, notes with overtones
/// that fade.
pub fn music(seed: u64, ms: u32) -> Vec<f32> {
    let mut random = Noise::new(seed);
    let mut sound = vec![0.0; ms as usize * 8];
    let beat = random.between(2_000.0, 4_500.0) as usize;
    let root = random.between(130.0, 260.0);
    let scale = [0, 2, 4, 7, 9, 12, 14, 16];
    let mut at = 0;
    while at < sound.len() {
        for voice in 0..3 {
            let octave = if voice == 0 { 2.0 } else { 1.0 };
            let step = scale[random.below(scale.len())];
            let hertz = root * octave * 2.0_f64.powf(f64::from(step) / 12.0);
            let beats = if voice == 0 { 1 } else { 2 };
            add_note(&mut sound, at, beat * beats, hertz, random.between(0.05, 0.12));
        }
        at += beat;
    }
    sound
}

fn add_note(sound: &mut [f32], at: usize, length: usize, hertz: f64, loud: f64) {
    for (n, x) in sound.iter_mut().skip(at).take(length).enumerate() {
        let t = n as f64 / RATE;
        let fade = (-t * 2.5).exp() * (t * 200.0).min(1.0);
        let overtones =
            (1..5).map(|k| (std::f64::consts::TAU * hertz * f64::from(k) * t).sin() / f64::from(k * k));
        *x += (overtones.sum::<f64>() * fade * loud) as f32;
    }
}
