//! Speech, music or silence: pure.
//!
//! In: [`Frame`]s. Out: what the last two seconds were, when that changes. Speech
//! is full of short gaps and its pitch never rests; the notes of music stand
//! still. Nothing is ended because of it: it tells people what was heard, and a
//! ring that was replaced by a song from a call that rings.

use super::spectrum::{BINS, Frame};
use std::collections::VecDeque;

/// What a stretch of sound is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SoundKind {
    /// Nothing.
    Silence,
    /// Somebody speaks.
    Speech,
    /// A song in place of the ring.
    Music,
}

/// Frames that are judged together: 2 s.
const WINDOW: usize = 125;
/// Judged every so many.
const EVERY: usize = 16;
/// A kind is told when it was judged so many times in a row.
const IN_A_ROW: u32 = 4;
/// Silence is below this (dBm0).
const SILENCE_DB: f32 = -46.0;
/// The loudest bins of a frame.
const LOUD_BINS: usize = 6;
/// A note stands so many frames: 128 ms.
const NOTE_FRAMES: usize = 8;
/// What speaks for music: notes that stand, per mille of the loud bins, less
/// gaps, per mille of the frames. Measured on made and spoken voices it is 100 at most, on made songs 250 at least.
const MUSIC_MIN: i64 = 150;

/// Tells them apart.
#[derive(Debug, Default)]
pub struct KindTracker {
    frames: VecDeque<Heard>,
    since_judged: usize,
    judged: Option<(SoundKind, u32)>,
    told: Option<SoundKind>,
}

#[derive(Debug)]
struct Heard {
    power: f32,
    loud: [usize; LOUD_BINS],
}

impl KindTracker {
    /// The next frame; the kind, when it has become another.
    pub fn take(&mut self, frame: &Frame) -> Option<SoundKind> {
        self.frames.push_back(Heard { power: frame.power, loud: loud_bins(&frame.db) });
        if self.frames.len() > WINDOW {
            self.frames.pop_front();
        }
        self.since_judged += 1;
        if self.frames.len() < WINDOW || self.since_judged < EVERY {
            return None;
        }
        self.since_judged = 0;
        let kind = self.judge();
        let times = match self.judged {
            Some((last, times)) if last == kind => times + 1,
            _ => 1,
        };
        self.judged = Some((kind, times));
        (times >= IN_A_ROW && self.told.replace(kind) != Some(kind)).then_some(kind)
    }

    /// A tone: what is heard after it is judged anew.
    pub fn forget(&mut self) {
        *self = Self { told: self.told, ..Self::default() };
    }

    fn judge(&self) -> SoundKind {
        let mean = self.frames.iter().map(|f| f.power).sum::<f32>() / self.frames.len() as f32;
        if super::tone::level_db(mean) < SILENCE_DB {
            return SoundKind::Silence;
        }
        if self.notes_permille() - self.gaps_permille() >= MUSIC_MIN {
            SoundKind::Music
        } else {
            SoundKind::Speech
        }
    }

    /// Frames that are much quieter than all together.
    pub(super) fn gaps_permille(&self) -> i64 {
        let mean = self.frames.iter().map(|f| f.power).sum::<f32>() / self.frames.len() as f32;
        let gaps = self.frames.iter().filter(|f| f.power < mean * 0.25).count();
        (gaps * 1_000 / self.frames.len()) as i64
    }

    /// Loud bins that are loud a moment later as well.
    pub(super) fn notes_permille(&self) -> i64 {
        let mean = self.frames.iter().map(|f| f.power).sum::<f32>() / self.frames.len() as f32;
        let (mut stand, mut all) = (0, 0);
        for (now, later) in self.frames.iter().zip(self.frames.iter().skip(NOTE_FRAMES)) {
            if now.power >= mean * 0.25 {
                all += LOUD_BINS;
                stand += now.loud.iter().filter(|bin| later.loud.contains(bin)).count();
            }
        }
        (stand * 1_000 / all.max(1)) as i64
    }
}

/// The bins of the loudest peaks.
fn loud_bins(db: &[f32; BINS]) -> [usize; LOUD_BINS] {
    let is_peak = |bin: &usize| db[*bin] >= db[bin - 1] && db[*bin] > db[bin + 1];
    let mut peaks: Vec<usize> = (1..BINS - 1).filter(is_peak).collect();
    peaks.sort_by(|a, b| db[*b].total_cmp(&db[*a]));
    // Bins that are not there stand for nothing: each is another one.
    std::array::from_fn(|n| peaks.get(n).copied().unwrap_or(usize::MAX))
}
