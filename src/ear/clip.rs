//! Reads recorded sounds: WAV in, 8 kHz mono out. Pure.
//!
//! In: the bytes of a WAV file of 16-bit samples at 8 or 16 kHz, one or two
//! channels. Out: samples as the ear takes them, or what is wrong with the file.

use std::io::Cursor;

/// Samples a second of everything here.
pub const RATE: u32 = 8_000;
/// The longest clip, in seconds: the longest announcements, said twice.
pub const SECONDS_MAX: u32 = 60;
/// The bytes of such a file at its largest, with room for its header.
pub const BYTES_MAX: usize = 64 * 1_024 + 2 * 2 * 16_000 * SECONDS_MAX as usize;

/// Why a file cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WavRefused {
    /// Not a WAV file, or one that breaks off.
    #[error("this is not a WAV file of linear samples, or it is damaged")]
    NotWav,
    /// Another rate or width.
    #[error("the WAV file must have 16-bit samples at 8,000 or 16,000 a second in one or two channels")]
    OtherFormat,
    /// Too long.
    #[error("the clip must not be longer than {SECONDS_MAX} seconds")]
    TooLong,
}

/// The samples of a WAV file. Of two channels it is the louder one, because a
/// recording of a call has the other party in the other.
pub fn read_wav(bytes: &[u8]) -> Result<Vec<i16>, WavRefused> {
    let mut reader = hound::WavReader::new(Cursor::new(bytes)).map_err(|_| WavRefused::NotWav)?;
    let spec = reader.spec();
    let is_known = spec.sample_format == hound::SampleFormat::Int
        && spec.bits_per_sample == 16
        && matches!(spec.sample_rate, 8_000 | 16_000)
        && matches!(spec.channels, 1 | 2);
    if !is_known {
        return Err(WavRefused::OtherFormat);
    }
    if reader.duration() > spec.sample_rate * SECONDS_MAX {
        return Err(WavRefused::TooLong);
    }
    let samples: Vec<i16> = reader.samples().collect::<Result<_, _>>().map_err(|_| WavRefused::NotWav)?;
    let channels = usize::from(spec.channels);
    let channel = |n: usize| -> Vec<i16> { samples.iter().skip(n).step_by(channels).copied().collect() };
    let loud = (0..channels).map(channel).max_by_key(|samples| energy(samples)).unwrap_or_default();
    Ok(if spec.sample_rate == 16_000 { halve(&loud) } else { loud })
}

/// A WAV file of these samples, 8 kHz, one channel.
pub fn write_wav(samples: &[i16]) -> Result<Vec<u8>, hound::Error> {
    let sample_format = hound::SampleFormat::Int;
    let spec = hound::WavSpec { channels: 1, sample_rate: RATE, bits_per_sample: 16, sample_format };
    let mut bytes = Cursor::new(Vec::with_capacity(64 + samples.len() * 2));
    let mut writer = hound::WavWriter::new(&mut bytes, spec)?;
    samples.iter().try_for_each(|sample| writer.write_sample(*sample))?;
    writer.finalize()?;
    Ok(bytes.into_inner())
}

fn energy(samples: &[i16]) -> u64 {
    samples.iter().map(|x| u64::from(x.unsigned_abs()).pow(2)).sum()
}

/// Half the rate: a low pass at 3.6 kHz (a windowed sinc), every second sample.
fn halve(samples: &[i16]) -> Vec<i16> {
    const HALF: i64 = 24;
    let taps: Vec<f32> = (-HALF..=HALF)
        .map(|n| {
            let x = std::f64::consts::PI * n as f64 * 0.45;
            let sinc = if n == 0 { 1.0 } else { x.sin() / x };
            let window = 0.5 + 0.5 * (std::f64::consts::PI * n as f64 / (HALF + 1) as f64).cos();
            (0.45 * sinc * window) as f32
        })
        .collect();
    let at = |n: i64| usize::try_from(n).ok().and_then(|n| samples.get(n)).map_or(0.0, |x| f32::from(*x));
    let filtered = |centre: i64| (-HALF..).zip(&taps).map(|(n, tap)| at(centre + n) * tap).sum::<f32>();
    let centres = (0..samples.len() as i64).step_by(2);
    centres.map(|n| filtered(n).round().clamp(-32_768.0, 32_767.0) as i16).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ear::trial::signal::{samples, sine_at};

    fn wav(spec: hound::WavSpec, data: &[i16]) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let mut writer = hound::WavWriter::new(&mut bytes, spec).expect("a writer");
        data.iter().for_each(|x| writer.write_sample(*x).expect("memory"));
        writer.finalize().expect("memory");
        bytes.into_inner()
    }

    fn spec(channels: u16, sample_rate: u32, bits_per_sample: u16) -> hound::WavSpec {
        hound::WavSpec { channels, sample_rate, bits_per_sample, sample_format: hound::SampleFormat::Int }
    }

    #[test]
    fn what_is_written_is_read() {
        let tone = samples(&sine_at(8_000.0, &[450.0], -10.0, 500));
        assert_eq!(read_wav(&write_wav(&tone).expect("memory")), Ok(tone.clone()));
        assert_eq!(read_wav(&wav(spec(1, 8_000, 16), &tone)), Ok(tone));
    }

    #[test]
    fn the_louder_channel_is_taken() {
        let quiet_and_loud: Vec<i16> = (0..800).flat_map(|n| [n % 3, 1_000 + n]).collect();
        let loud: Vec<i16> = (0..800).map(|n| 1_000 + n).collect();
        assert_eq!(read_wav(&wav(spec(2, 8_000, 16), &quiet_and_loud)), Ok(loud));
    }

    #[test]
    fn sixteen_kilohertz_become_eight_without_an_echo_of_the_upper_half() {
        let level = |hertz: f64| {
            let tone = samples(&sine_at(16_000.0, &[hertz], -10.0, 500));
            let read = read_wav(&wav(spec(1, 16_000, 16), &tone)).expect("readable");
            assert_eq!(read.len(), 4_000);
            energy(&read[100..3_900]) as f64 / 3_800.0
        };
        assert!((level(450.0) / level(3_000.0) - 1.0).abs() < 0.1);
        assert!(level(5_500.0) < level(450.0) / 1_000.0);
    }

    #[test]
    fn what_is_not_taken_says_why() {
        assert_eq!(read_wav(b"ID3\x04 an MP3"), Err(WavRefused::NotWav));
        assert_eq!(read_wav(&wav(spec(1, 44_100, 16), &[0; 100])), Err(WavRefused::OtherFormat));
        assert_eq!(read_wav(&wav(spec(3, 8_000, 16), &[0; 99])), Err(WavRefused::OtherFormat));
        let long = vec![0; 8_000 * 61];
        assert_eq!(read_wav(&wav(spec(1, 8_000, 16), &long)), Err(WavRefused::TooLong));
        let mut cut = wav(spec(1, 8_000, 16), &[1; 100]);
        cut.truncate(101);
        assert_eq!(read_wav(&cut), Err(WavRefused::NotWav));
    }
}
