//! What is remembered of a sound: pairs of its loudest points. Pure.
//!
//! In: [`Frame`]s. Out: [`Mark`]s, each a key made of two spectral peaks and
//! the time between them, and the frame in which it begins. The way of
//! A. Wang, "An industrial-strength audio search algorithm" (2003): peaks
//! outlast noise, gain, a narrow band and a codec, and a pair of them says where
//! in a recording one is, wherever listening began.

use super::spectrum::{BINS, Frame};
use std::collections::VecDeque;

/// A peak is the loudest point so many frames and bins around.
const FRAMES_AROUND: usize = 3;
const BINS_AROUND: usize = 5;
/// And one of the loudest so many frames around.
const CROWD_FRAMES: usize = 6;
const CROWD: usize = 6;
/// Frames until a peak is sure.
const DELAY: usize = FRAMES_AROUND + CROWD_FRAMES;
/// A peak makes pairs with so many of those after it.
const PAIRS: usize = 7;
/// Not with those nearer or farther than this, in frames or bins.
const FRAMES_APART: std::ops::RangeInclusive<u32> = 2..=36;
const BINS_APART_MAX: i32 = 63;
/// Bins quieter than this (dB of the frame's own scale) are digital silence.
const SILENT_DB: f32 = -40.0;

/// A pair of peaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// First bin, bins to the second, frames to the second, in one number.
    pub key: u32,
    /// The frame of the first peak, counted from the beginning.
    pub frame: u32,
}

#[derive(Debug, Clone, Copy)]
struct Peak {
    frame: u32,
    bin: u8,
    db: f32,
}

/// Finds them as the sound goes on.
#[derive(Debug, Default)]
pub struct Landmarks {
    /// The last frames, for the neighbourhood of the one in their middle.
    frames: VecDeque<Frame>,
    /// How many frames have come.
    seen: u32,
    /// Local maxima that are not yet, or were not long ago, compared with their
    /// crowd.
    crowd: VecDeque<Peak>,
    /// Peaks that still make pairs.
    anchors: VecDeque<Peak>,
}

impl Landmarks {
    /// The next frame; the pairs that are complete with it.
    pub fn take(&mut self, frame: Frame) -> Vec<Mark> {
        self.frames.push_back(frame);
        self.seen += 1;
        if self.frames.len() > 2 * FRAMES_AROUND + 1 {
            self.frames.pop_front();
        }
        if self.frames.len() == 2 * FRAMES_AROUND + 1 {
            self.find_maxima();
        }
        self.pair_up()
    }

    /// Silence until every pair is out.
    pub fn finish(&mut self) -> Vec<Mark> {
        let silent = || Frame { db: Box::new([SILENT_DB - 60.0; BINS]), power: 0.0, is_tone: true };
        (0..=DELAY).flat_map(|_| self.take(silent())).collect()
    }

    fn find_maxima(&mut self) {
        let Some(middle) = self.frames.get(FRAMES_AROUND).filter(|frame| !frame.is_tone) else { return };
        // The number of the frame in the middle.
        let frame = self.seen - 1 - FRAMES_AROUND as u32;
        let mut bin = 1;
        while bin + 1 < BINS {
            let db = middle.db[bin];
            let around = bin.saturating_sub(BINS_AROUND)..(bin + BINS_AROUND + 1).min(BINS);
            let is_peak = db > SILENT_DB
                && db > middle.db[bin - 1]
                && db > middle.db[bin + 1]
                && self.frames.iter().all(|f| f.db[around.clone()].iter().all(|other| *other <= db));
            if is_peak {
                self.crowd.push_back(Peak { frame, bin: u8::try_from(bin).unwrap_or(u8::MAX), db });
                bin += BINS_AROUND;
            }
            bin += 1;
        }
    }

    /// The frame whose crowd is complete now: its loudest become peaks.
    fn pair_up(&mut self) -> Vec<Mark> {
        let Some(due) = self.seen.checked_sub(1 + DELAY as u32) else { return Vec::new() };
        let crowd_frames = CROWD_FRAMES as u32;
        while self.crowd.front().is_some_and(|peak| peak.frame + crowd_frames < due) {
            self.crowd.pop_front();
        }
        let loud = |peak: &&Peak| {
            let louder =
                self.crowd.iter().filter(|other| other.frame <= due + crowd_frames && other.db > peak.db);
            peak.frame == due && louder.count() < CROWD
        };
        let peaks: Vec<Peak> = self.crowd.iter().filter(loud).copied().collect();
        while self.anchors.front().is_some_and(|a| a.frame + FRAMES_APART.end() < due) {
            self.anchors.pop_front();
        }
        let mut marks = Vec::new();
        for peak in peaks {
            let near = |a: &&Peak| {
                FRAMES_APART.contains(&(peak.frame - a.frame))
                    && (i32::from(peak.bin) - i32::from(a.bin)).abs() <= BINS_APART_MAX
            };
            marks.extend(self.anchors.iter().rev().filter(near).take(PAIRS).map(|a| mark(a, &peak)));
            self.anchors.push_back(peak);
        }
        marks
    }
}

fn mark(first: &Peak, second: &Peak) -> Mark {
    let apart = i32::from(second.bin) - i32::from(first.bin) + BINS_APART_MAX;
    let frames = second.frame - first.frame;
    let key = (u32::from(first.bin) << 13) | (u32::try_from(apart).unwrap_or(0) << 6) | frames;
    Mark { key, frame: first.frame }
}
