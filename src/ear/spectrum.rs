//! The spectrum of a sound, sixty-two times a second: pure.
//!
//! In: samples in pieces of any length. Out: [`Frame`]s of 64 ms, one every 16.

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};
use std::sync::Arc;

/// Samples of a frame: 64 ms, so that the harmonics of a voice stand apart.
pub const FRAME: usize = 512;
/// Samples from one frame to the next: 16 ms.
pub const HOP: usize = 128;
/// Milliseconds from one frame to the next.
pub const HOP_MS: i64 = 16;
/// The bins that are looked at: 250 to 3,400 Hz, what every line carries.
pub const LOW_BIN: usize = 16;
/// How many bins, each 15.6 Hz wide.
pub const BINS: usize = 202;

/// A piece of sound as its frequencies.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The level of each bin in decibels, rising by 6 dB an octave so that a
    /// voice's upper formants count as well.
    pub db: Box<[f32; BINS]>,
    /// Mean square of the samples.
    pub power: f32,
    /// Nearly all of it is in one or two frequencies: a tone.
    pub is_tone: bool,
}

/// Makes frames of samples.
pub struct Spectrum {
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    lift_db: Vec<f32>,
    waiting: Vec<f32>,
    input: Vec<f32>,
    output: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
}

impl std::fmt::Debug for Spectrum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Spectrum").field("waiting", &self.waiting.len()).finish_non_exhaustive()
    }
}

impl Default for Spectrum {
    fn default() -> Self {
        let fft = RealFftPlanner::new().plan_fft_forward(FRAME);
        let hann = |n: usize| 0.5 - 0.5 * (std::f64::consts::TAU * n as f64 / FRAME as f64).cos();
        Self {
            window: (0..FRAME).map(|n| hann(n) as f32).collect(),
            lift_db: (0..BINS).map(|n| 20.0 * ((LOW_BIN + n) as f32 / LOW_BIN as f32).log10()).collect(),
            waiting: Vec::with_capacity(FRAME * 2),
            input: fft.make_input_vec(),
            output: fft.make_output_vec(),
            scratch: fft.make_scratch_vec(),
            fft,
        }
    }
}

impl Spectrum {
    /// The next samples, between -1 and 1; the frames that are complete with them.
    pub fn take(&mut self, samples: &[f32]) -> Vec<Frame> {
        self.waiting.extend_from_slice(samples);
        let mut frames = Vec::new();
        let mut at = 0;
        while at + FRAME <= self.waiting.len() {
            frames.push(self.frame(at));
            at += HOP;
        }
        self.waiting.drain(..at);
        frames
    }

    fn frame(&mut self, at: usize) -> Frame {
        let samples = &self.waiting[at..at + FRAME];
        let power = samples.iter().map(|x| x * x).sum::<f32>() / FRAME as f32;
        for ((to, x), w) in self.input.iter_mut().zip(samples).zip(&self.window) {
            *to = x * w;
        }
        // Fails only for buffers of another length than it made itself.
        if self.fft.process_with_scratch(&mut self.input, &mut self.output, &mut self.scratch).is_err() {
            self.output.fill(Complex::default());
        }
        let powers: Vec<f32> = self.output[LOW_BIN..LOW_BIN + BINS].iter().map(Complex::norm_sqr).collect();
        let mut db = Box::new([0.0; BINS]);
        for ((to, power), lift) in db.iter_mut().zip(&powers).zip(&self.lift_db) {
            *to = 10.0 * (power + 1e-9).log10() + lift;
        }
        Frame { db, power, is_tone: is_tone(powers) }
    }
}

/// Is nearly all power within two bins of one or two frequencies?
fn is_tone(mut powers: Vec<f32>) -> bool {
    let all: f32 = powers.iter().sum();
    let mut of_peaks = 0.0;
    for _ in 0..2 {
        let peak = powers.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |(n, _)| n);
        let around = peak.saturating_sub(2)..(peak + 3).min(powers.len());
        of_peaks += powers[around.clone()].iter().sum::<f32>();
        powers[around].fill(0.0);
    }
    of_peaks > all * 0.9
}
