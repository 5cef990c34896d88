//! Recordings of simulated calls: real WAV files, so that everything that
//! reads recordings has something to read.
//!
//! A file is made when the recording starts, folders included, as the real
//! switch does, and filled when it stops: 8 kHz, 16 bit, left a 400 Hz tone for
//! the customer, right 700 Hz for the agent, and silence where it was masked. Of
//! a leg whose own voice alone is recorded, one channel: 400 Hz for a customer who
//! leaves a message, 1300 Hz for a supervisor.

use crate::sim::leg::{Leg, Target};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

const RATE: u32 = 8_000;
/// Of one channel.
const SAMPLE_BYTES: u32 = 2;
/// Longer recordings are cut off: two hours.
const LONGEST_MS: i64 = 2 * 3_600_000;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sides {
    /// A leg and what it is sent, apart.
    Both,
    /// What a customer's leg sends.
    Customer,
    /// What a supervisor's leg sends.
    Supervisor,
}

impl Sides {
    /// What the recording of a leg holds.
    pub fn of(leg: &Leg) -> Self {
        match (leg.records_own_voice(), &leg.origin.target) {
            (false, _) => Sides::Both,
            (true, Target::Phone { .. }) => Sides::Supervisor,
            (true, Target::Customer { .. } | Target::Centre { .. }) => Sides::Customer,
        }
    }

    /// The tone of each channel, in Hz.
    fn tones(self) -> &'static [f64] {
        match self {
            Sides::Both => &[400.0, 700.0],
            Sides::Customer => &[400.0],
            Sides::Supervisor => &[1_300.0],
        }
    }

    fn channels(self) -> u32 {
        self.tones().len() as u32
    }

    fn frame_bytes(self) -> u32 {
        self.channels() * SAMPLE_BYTES
    }
}

/// Makes the file, empty but for its header.
pub fn start(path: &str, sides: Sides) -> io::Result<()> {
    if let Some(folder) = Path::new(path).parent() {
        std::fs::create_dir_all(folder)?;
    }
    File::create(path)?.write_all(&header(0, sides))
}

/// Fills the file with so many milliseconds of the tones, silent from and
/// to the milliseconds in `masked`.
pub fn finish(path: &str, sides: Sides, ms: i64, masked: &[(i64, i64)]) -> io::Result<()> {
    let (frames, frame_bytes) = (frames_in(ms), sides.frame_bytes());
    let mut out = BufWriter::with_capacity(256 * 1024, File::create(path)?);
    out.write_all(&header(frames * frame_bytes, sides))?;
    // The tones have whole periods in a second: one second is all of them.
    let second = second_of_tones(sides);
    let silence = vec![0; second.len()];
    let byte_at = |ms: i64| frames_in(ms).min(frames) * frame_bytes;
    let mut at = 0;
    for (from, to) in masked.iter().map(|(from, to)| (byte_at(*from), byte_at(*to))) {
        write_between(&mut out, &second, at, from)?;
        write_between(&mut out, &silence, from.max(at), to)?;
        at = to.max(at);
    }
    write_between(&mut out, &second, at, frames * frame_bytes)?;
    out.flush()
}

fn frames_in(ms: i64) -> u32 {
    u32::try_from(ms.clamp(0, LONGEST_MS) * i64::from(RATE) / 1000).unwrap_or(0)
}

/// The bytes from one place of the sound to another; `second` is one second of
/// it, and then it repeats.
fn write_between(out: &mut impl Write, second: &[u8], mut from: u32, to: u32) -> io::Result<()> {
    while from < to {
        let begin = from as usize % second.len();
        let end = (begin + (to - from) as usize).min(second.len());
        out.write_all(&second[begin..end])?;
        from += (end - begin) as u32;
    }
    Ok(())
}

fn second_of_tones(sides: Sides) -> Vec<u8> {
    let sample = |frame: u32, hertz: f64| {
        let angle = std::f64::consts::TAU * hertz * f64::from(frame) / f64::from(RATE);
        (angle.sin() * 8_000.0) as i16
    };
    let frames = (0..RATE).flat_map(|frame| sides.tones().iter().map(move |hertz| sample(frame, *hertz)));
    frames.flat_map(i16::to_le_bytes).collect()
}

/// The 44 bytes before the samples.
fn header(data_bytes: u32, sides: Sides) -> Vec<u8> {
    let mut header = Vec::with_capacity(44);
    header.extend(b"RIFF");
    header.extend((36 + data_bytes).to_le_bytes());
    header.extend(b"WAVEfmt ");
    header.extend(16u32.to_le_bytes());
    header.extend(1u16.to_le_bytes());
    header.extend((sides.channels() as u16).to_le_bytes());
    header.extend(RATE.to_le_bytes());
    header.extend((RATE * sides.frame_bytes()).to_le_bytes());
    header.extend((sides.frame_bytes() as u16).to_le_bytes());
    header.extend(16u16.to_le_bytes());
    header.extend(b"data");
    header.extend(data_bytes.to_le_bytes());
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_is_a_stereo_file_of_the_right_length() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("2026/11/x.wav");
        let path = path.to_str().expect("text");
        start(path, Sides::Both).expect("started, with its folders");
        assert_eq!(std::fs::metadata(path).expect("a file").len(), 44);
        finish(path, Sides::Both, 2_500, &[(2_200, 2_400)]).expect("filled");
        let bytes = std::fs::read(path).expect("a file");
        assert_eq!(bytes.len(), 44 + 2_500 * 32);
        assert_eq!(&bytes[..4], b"RIFF");
        assert_eq!(bytes[22], 2, "two channels");
        let loud =
            |from_ms: usize, to_ms: usize| bytes[44 + from_ms * 32..44 + to_ms * 32].iter().any(|b| *b != 0);
        assert_eq!((loud(2_000, 2_200), loud(2_200, 2_400), loud(2_400, 2_500)), (true, false, true));
        // Zero crossings upwards: 400 and 700 a second, left and right.
        let samples: Vec<i16> =
            bytes[44..].chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]])).collect();
        let crossings = |side: usize| {
            let tone: Vec<i16> = samples.iter().skip(side).step_by(2).copied().take(8_000).collect();
            tone.windows(2).filter(|pair| pair[0] < 0 && pair[1] >= 0).count()
        };
        assert!((398..=401).contains(&crossings(0)), "{}", crossings(0));
        assert!((698..=701).contains(&crossings(1)), "{}", crossings(1));
    }

    #[test]
    fn a_voice_alone_is_a_file_of_one_channel() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("v.wav");
        let path = path.to_str().expect("text");
        for (sides, hertz) in [(Sides::Customer, 400), (Sides::Supervisor, 1_300)] {
            finish(path, sides, 1_000, &[]).expect("filled");
            let bytes = std::fs::read(path).expect("a file");
            assert_eq!((bytes[22], bytes[32], bytes.len()), (1, 2, 44 + 1_000 * 16));
            let samples: Vec<i16> =
                bytes[44..].chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]])).collect();
            let crossings = samples.windows(2).filter(|pair| pair[0] < 0 && pair[1] >= 0).count();
            assert!((hertz - 2..=hertz + 1).contains(&crossings), "{crossings}");
        }
    }
}
