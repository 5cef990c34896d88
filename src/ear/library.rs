//! The reference clips: what announcements sound like, indexed by their marks.
//!
//! In: clips as samples, with what each means. Out: where in which clip a mark
//! occurs; how much one clip is like another. Pure; whoever reads the files is
//! elsewhere.

use super::landmark::{Landmarks, Mark};
use super::spectrum::{HOP, HOP_MS, Spectrum};
use foldhash::{HashMap, HashMapExt};

/// A clip is taken so many times, each a part of a frame later, so that a line's
/// frames find one that falls nearly as they do.
const SHIFTS: usize = 4;
/// A key that stands at more places than this tells nothing and is left out.
const PLACES_PER_KEY: usize = 400;
/// Clips of a library; each takes some hundred kilobytes.
pub const CLIPS: usize = 1_000;

/// What a known announcement says of the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// 空号: there is no such number.
    InvalidNumber,
    /// 停机: the line has been suspended.
    OutOfService,
    /// 关机: the phone is switched off.
    SwitchedOff,
    /// 不在服务区, 暂时无法接通: no network reaches the phone.
    Unreachable,
    /// 正在通话中: the called party talks.
    Busy,
    /// 来电提醒: nobody can take the call; a message will tell of it.
    CallReminder,
    /// 请不要挂机: the call goes on. It is no result, but known, so that it is not
    /// taken for an announcement that says the same words.
    GoesOn,
}

impl Meaning {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::InvalidNumber,
        Self::OutOfService,
        Self::SwitchedOff,
        Self::Unreachable,
        Self::Busy,
        Self::CallReminder,
        Self::GoesOn,
    ];

    /// Its word in files, the API and tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::InvalidNumber => "invalid_number",
            Self::OutOfService => "out_of_service",
            Self::SwitchedOff => "switched_off",
            Self::Unreachable => "unreachable",
            Self::Busy => "busy",
            Self::CallReminder => "call_reminder",
            Self::GoesOn => "goes_on",
        }
    }

    /// That of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|meaning| meaning.word() == word)
    }
}

/// A reference clip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clip {
    /// Whose network says it.
    pub carrier: String,
    /// What it says.
    pub meaning: Meaning,
    /// What people call it, unique in its carrier and meaning.
    pub name: String,
}

/// Where a key occurs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub clip: u16,
    pub frame: u32,
}

/// A clip as it is kept.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub clip: Clip,
    /// From its first mark to its last.
    pub span_frames: u32,
    /// Of one shift.
    marks: Vec<Mark>,
}

/// All clips.
#[derive(Debug, Clone, Default)]
pub struct Library {
    kept: Vec<Kept>,
    places: HashMap<u32, Vec<Place>>,
}

/// Why a clip cannot be a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClipRefused {
    /// Too little in it that could be recognised.
    #[error("there is too little speech in it: two seconds at least, louder than its noise")]
    TooLittle,
    /// The library is full.
    #[error("there are {CLIPS} clips already")]
    TooMany,
}

/// Marks that a clip has at least: those of two seconds of speech.
const MARKS_MIN: usize = 120;
/// And so long from its first to its last.
const SPAN_FRAMES_MIN: u32 = 80;

/// How much two clips have in common.
#[derive(Debug, Clone, PartialEq)]
pub struct Likeness {
    /// The clip that is in the library.
    pub clip: Clip,
    /// Which share of the marks of the shorter is in both at one distance, per
    /// mille.
    pub permille: u32,
}

impl Library {
    /// Adds a clip of samples at 8 kHz.
    pub fn add(&mut self, clip: Clip, samples: &[i16]) -> Result<(), ClipRefused> {
        let number = u16::try_from(self.kept.len()).ok().filter(|n| usize::from(*n) < CLIPS);
        let number = number.ok_or(ClipRefused::TooMany)?;
        let (marks, span_frames) = marks_of_clip(samples)?;
        for shift in 0..SHIFTS {
            let of_shift = marks_of(samples.get(shift * HOP / SHIFTS..).unwrap_or_default());
            for mark in of_shift {
                let places = self.places.entry(mark.key).or_default();
                if places.len() < PLACES_PER_KEY {
                    places.push(Place { clip: number, frame: mark.frame });
                }
            }
        }
        self.kept.push(Kept { clip, span_frames, marks });
        Ok(())
    }

    /// How many clips.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// None at all.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// The clips, in the order in which they came.
    pub fn clips(&self) -> impl Iterator<Item = &Clip> {
        self.kept.iter().map(|kept| &kept.clip)
    }

    /// The clips that sound like these samples, the most alike first. None that
    /// shares less than a twentieth.
    pub fn alike(&self, samples: &[i16]) -> Vec<Likeness> {
        let marks = marks_of(samples);
        // For each clip, for each distance in time: how many marks agree.
        let mut agree: HashMap<(u16, i64), u32> = HashMap::new();
        for mark in &marks {
            let mut last = None;
            for place in self.places(mark.key) {
                let at = (place.clip, i64::from(mark.frame) - i64::from(place.frame));
                // The shifts of one clip say the same thing several times.
                if last.replace(at) != Some(at) {
                    *agree.entry(at).or_default() += 1;
                }
            }
        }
        let mut best = vec![0; self.kept.len()];
        for ((clip, _), count) in agree {
            let best = &mut best[usize::from(clip)];
            *best = count.max(*best);
        }
        let mut alike: Vec<Likeness> = self
            .kept
            .iter()
            .zip(best)
            .map(|(kept, count)| {
                let of = kept.marks.len().min(marks.len()).max(1);
                let permille = u32::try_from(count as usize * 1_000 / of).unwrap_or(1_000).min(1_000);
                Likeness { clip: kept.clip.clone(), permille }
            })
            .filter(|likeness| likeness.permille >= 50)
            .collect();
        alike.sort_by_key(|likeness| std::cmp::Reverse(likeness.permille));
        alike
    }

    pub(super) fn places(&self, key: u32) -> &[Place] {
        self.places.get(&key).map_or(&[], Vec::as_slice)
    }

    pub(super) fn kept(&self, clip: u16) -> Option<&Kept> {
        self.kept.get(usize::from(clip))
    }
}

/// Can these samples be a reference? How many milliseconds of them speak.
pub fn check_clip(samples: &[i16]) -> Result<i64, ClipRefused> {
    marks_of_clip(samples).map(|(_, frames)| i64::from(frames) * HOP_MS)
}

fn marks_of_clip(samples: &[i16]) -> Result<(Vec<Mark>, u32), ClipRefused> {
    let marks = marks_of(samples);
    let first = marks.iter().map(|mark| mark.frame).min().unwrap_or(0);
    let last = marks.iter().map(|mark| mark.frame).max().unwrap_or(0);
    if marks.len() < MARKS_MIN || last - first < SPAN_FRAMES_MIN {
        return Err(ClipRefused::TooLittle);
    }
    Ok((marks, last - first))
}

fn marks_of(samples: &[i16]) -> Vec<Mark> {
    let samples: Vec<f32> = samples.iter().map(|x| super::linear(*x)).collect();
    let mut landmarks = Landmarks::default();
    let frames = Spectrum::default().take(&samples);
    let mut marks: Vec<Mark> = frames.into_iter().flat_map(|frame| landmarks.take(frame)).collect();
    marks.extend(landmarks.finish());
    marks
}
