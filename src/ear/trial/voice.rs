//! A voice that is made: vowels between consonants, with a melody. It is not
//! understood by anybody, but has what an ear goes by: pitch that moves,
//! formants, noise, gaps.

use super::signal::{Noise, RATE, amplitude};

/// First three formants of vowels, in hertz.
const VOWELS: [[f64; 3]; 8] = [
    [730.0, 1_090.0, 2_440.0],
    [270.0, 2_290.0, 3_010.0],
    [300.0, 870.0, 2_240.0],
    [530.0, 1_840.0, 2_480.0],
    [570.0, 840.0, 2_410.0],
    [660.0, 1_720.0, 2_410.0],
    [440.0, 1_020.0, 2_240.0],
    [490.0, 1_350.0, 1_690.0],
];
/// Half of the width of each formant, in hertz.
const WIDTHS: [f64; 3] = [45.0, 60.0, 90.0];
/// Samples of a piece with one setting of the formants: 5 ms.
const PIECE: usize = 40;

/// One who speaks.
#[derive(Debug, Clone, Copy)]
pub struct Voice {
    /// Pitch in hertz.
    pub pitch: f64,
    /// Length of the throat: formants are multiplied by it.
    pub throat: f64,
    /// Milliseconds of a syllable.
    pub syllable_ms: f64,
    /// No two speak the same words with the same melody.
    pub manner: u64,
}

impl Voice {
    /// One of many.
    pub fn of_seed(seed: u64) -> Self {
        let mut random = Noise::new(seed ^ 0x5EED_0F0A);
        Self {
            pitch: random.between(95.0, 260.0),
            throat: random.between(0.88, 1.18),
            syllable_ms: random.between(150.0, 240.0),
            manner: seed,
        }
    }

    /// Says syllables, each a number whose remainders choose consonant, vowel and
    /// tone; 0 is a pause. At -15 dBm0 or so.
    pub fn say(&self, words: &[u32]) -> Vec<f32> {
        let mut throat = Throat::default();
        let mut sound = Vec::new();
        for (n, syllable) in words.iter().enumerate() {
            // By place and syllable, so that a text that begins like another sounds
            // like it.
            let mut random =
                Noise::new(self.manner.wrapping_mul(31) + (n as u64) * 1_009 + u64::from(*syllable));
            match syllable {
                0 => throat.pause(&mut sound, (self.syllable_ms * 2.0) as usize * 8),
                _ => {
                    let begins = sound.len();
                    self.say_one(*syllable, &mut random, &mut throat, &mut sound);
                    brighten(&mut sound[begins..]);
                    // Whoever speaks makes all vowels about as loud.
                    level(&mut sound[begins..], -15.0);
                }
            }
        }
        level(&mut sound, -15.0);
        sound
    }

    fn say_one(&self, syllable: u32, random: &mut Noise, throat: &mut Throat, sound: &mut Vec<f32>) {
        let length = (self.syllable_ms * random.between(0.8, 1.2)) as usize * 8;
        let consonant = [0.0, 0.15, 0.25, 0.35][(syllable % 4) as usize];
        let noisy = (length as f64 * consonant) as usize;
        let from = VOWELS[(syllable / 4 % 8) as usize];
        let to = VOWELS[(syllable / 32 % 8) as usize];
        let melody = [(1.15, 1.15), (0.95, 1.25), (0.9, 0.85), (1.3, 0.85)][(syllable / 256 % 4) as usize];
        let hiss = random.between(0.3, 0.6);
        for piece in 0..length / PIECE {
            let part = (piece * PIECE) as f64 / length as f64;
            let formants = std::array::from_fn(|n| (from[n] + (to[n] - from[n]) * part) * self.throat);
            let pitch = self.pitch * (melody.0 + (melody.1 - melody.0) * part) * random.between(0.998, 1.002);
            let loud = (part * 8.0).min(1.0).min((1.0 - part) * 6.0);
            if piece * PIECE < noisy {
                throat.hiss(sound, &formants, loud * hiss, random);
            } else {
                throat.sing(sound, &formants, pitch, loud);
            }
        }
    }
}

/// Three resonances fall off faster than a mouth does.
fn brighten(sound: &mut [f32]) {
    let mut before = 0.0;
    for x in sound {
        let now = *x;
        *x -= 0.9 * before;
        before = now;
    }
}

/// Syllables of a text, different for each seed, with pauses.
pub fn words(seed: u64, n: usize) -> Vec<u32> {
    let mut random = Noise::new(seed ^ 0x000D_1C70);
    let syllable = |_| if random.below(9) == 0 { 0 } else { 1 + random.below(1_022) as u32 };
    (0..n).map(syllable).collect()
}

#[derive(Debug, Default)]
struct Throat {
    phase: f64,
    rest_of_pulse: f64,
    past: [[f64; 2]; 3],
}

impl Throat {
    fn pause(&mut self, sound: &mut Vec<f32>, samples: usize) {
        self.past = Default::default();
        sound.extend(std::iter::repeat_n(0.0, samples));
    }

    fn sing(&mut self, sound: &mut Vec<f32>, formants: &[f64; 3], pitch: f64, loud: f64) {
        for _ in 0..PIECE {
            let step = pitch / RATE;
            self.phase += step;
            // A pulse falls between two samples; on whole ones the pitch would shake.
            let mut flow = std::mem::take(&mut self.rest_of_pulse) - 0.05;
            if self.phase >= 1.0 {
                self.phase -= 1.0;
                let early = (self.phase / step).min(1.0);
                flow += early * 8.0;
                self.rest_of_pulse = (1.0 - early) * 8.0;
            }
            sound.push((self.shape(formants, flow) * loud) as f32);
        }
    }

    fn hiss(&mut self, sound: &mut Vec<f32>, formants: &[f64; 3], loud: f64, random: &mut Noise) {
        let high = [formants[1], formants[2], 3_300.0];
        for _ in 0..PIECE {
            let air = random.between(-1.0, 1.0);
            sound.push((self.shape(&high, air) * loud) as f32);
        }
    }

    /// Through the three resonances, one after the other.
    fn shape(&mut self, formants: &[f64; 3], flow: f64) -> f64 {
        formants.iter().zip(WIDTHS).zip(&mut self.past).fold(flow, |x, ((hertz, width), past)| {
            let radius = (-std::f64::consts::PI * 2.0 * width / RATE).exp();
            let b = 2.0 * radius * (std::f64::consts::TAU * hertz.min(3_700.0) / RATE).cos();
            let c = -radius * radius;
            let y = (1.0 - b - c) * x + b * past[0] + c * past[1];
            *past = [y, past[0]];
            y
        })
    }
}

/// Brings a sound to this level (dBm0), pauses counted.
pub fn level(sound: &mut [f32], level_db: f64) {
    let power = sound.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / sound.len().max(1) as f64;
    let gain = amplitude(level_db) / std::f64::consts::SQRT_2 / power.sqrt().max(1e-9);
    sound.iter_mut().for_each(|x| *x = (f64::from(*x) * gain).clamp(-0.999, 0.999) as f32);
}
