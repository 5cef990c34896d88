//! Hears what a network plays before a call is answered: pure.
//!
//! In: the audio of one leg, 8 kHz, 16 bits, in pieces of any length; a
//! country's [`TonePlan`] and the [`Library`] of known announcements. Out:
//! [`Verdict`]s, each when it has become certain. In China a number that is
//! dead, switched off or busy is told to the caller by a voice, and the switch
//! never hears of it; whoever listens can let go of the line at once. No I/O, no
//! clock: time is counted in samples.
//!
//! - `g711` decodes; `clip` reads WAV files
//! - `plan`, `tone`, `cadence`: ring, busy and the other tones
//! - `spectrum`, `landmark`, `library`, `matcher`: known announcements
//! - `kind`: speech, music, silence
//! - `trial`: sounds that are made, damage that lines do, and how often the ear
//!   is right about them

pub mod cadence;
pub mod clip;
pub mod g711;
pub mod kind;
pub mod landmark;
pub mod library;
pub mod matcher;
pub mod plan;
pub mod spectrum;
pub mod tone;
pub mod trial;

#[cfg(test)]
mod tests;

use cadence::CadenceTracker;
use kind::{KindTracker, SoundKind};
use landmark::Landmarks;
pub use library::{Clip, ClipRefused, Library, Meaning};
pub use matcher::Match;
use matcher::Matcher;
pub use plan::{ToneMeaning, TonePlan};
use spectrum::Spectrum;
use std::sync::Arc;
use tone::{BLOCK, ToneFilter};

/// Samples of a millisecond.
const SAMPLES_PER_MS: u64 = 8;

/// What was heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A tone of the network.
    Tone(ToneMeaning),
    /// A known announcement.
    Announcement(Match),
    /// Speech, music or silence.
    Kind(SoundKind),
}

/// Something that has become certain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// When, in milliseconds of audio since listening began.
    pub at_ms: i64,
    /// What.
    pub heard: Heard,
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.2} s ", self.at_ms as f64 / 1_000.0)?;
        match &self.heard {
            Heard::Tone(meaning) => write!(f, "tone {meaning:?}"),
            Heard::Kind(kind) => write!(f, "{kind:?}"),
            Heard::Announcement(found) => write!(
                f,
                "announcement {} ({}/{}): {} marks agree over {:.2} s, {:.1} % of those heard; the next meaning {}",
                found.clip.meaning.word(),
                found.clip.carrier,
                found.clip.name,
                found.hits,
                found.span_ms as f64 / 1_000.0,
                f64::from(found.share_permille) / 10.0,
                found.hits_of_next
            ),
        }
    }
}

/// Listens to one leg.
#[derive(Debug)]
pub struct Ear {
    filter: Arc<ToneFilter>,
    cadences: CadenceTracker,
    spectrum: Spectrum,
    landmarks: Landmarks,
    matcher: Matcher,
    kinds: KindTracker,
    /// Samples of a block that is not complete.
    rest: Vec<f32>,
    samples: u64,
    frames: u32,
    tone: Option<ToneMeaning>,
    announcement: Option<Clip>,
}

/// What ears share: made once, for any number of legs.
#[derive(Debug, Clone)]
pub struct Hearing {
    plan: Arc<TonePlan>,
    filter: Arc<ToneFilter>,
    library: Arc<Library>,
}

impl Hearing {
    /// For a country's tones and the announcements known.
    pub fn new(plan: TonePlan, library: Arc<Library>) -> Self {
        Self { filter: Arc::new(ToneFilter::new(&plan)), plan: Arc::new(plan), library }
    }

    /// An ear for one leg.
    pub fn ear(&self) -> Ear {
        Ear {
            filter: self.filter.clone(),
            cadences: CadenceTracker::new(&self.plan),
            spectrum: Spectrum::default(),
            landmarks: Landmarks::default(),
            matcher: Matcher::new(self.library.clone()),
            kinds: KindTracker::default(),
            rest: Vec::with_capacity(BLOCK),
            samples: 0,
            frames: 0,
            tone: None,
            announcement: None,
        }
    }
}

impl Ear {
    /// The next samples; what is certain with them. The same is told once, and
    /// again only after something else of its sort.
    pub fn listen(&mut self, samples: &[i16]) -> Vec<Verdict> {
        let mut verdicts = Vec::new();
        for sample in samples {
            self.rest.push(linear(*sample));
            self.samples += 1;
            if self.rest.len() == BLOCK {
                self.take_block(&mut verdicts);
                self.rest.clear();
            }
        }
        verdicts
    }

    /// Milliseconds of audio so far.
    pub fn heard_ms(&self) -> i64 {
        i64::try_from(self.samples / SAMPLES_PER_MS).unwrap_or(i64::MAX)
    }

    fn take_block(&mut self, verdicts: &mut Vec<Verdict>) {
        let at_ms = self.heard_ms();
        let mut tell = |heard| verdicts.push(Verdict { at_ms, heard });
        if let Ok(block) = self.rest.as_slice().try_into() {
            let meaning = self.cadences.take(self.filter.look(block));
            if let Some(meaning) = meaning.filter(|meaning| self.tone.replace(*meaning) != Some(*meaning)) {
                tell(Heard::Tone(meaning));
            }
        }
        for frame in self.spectrum.take(&self.rest) {
            if self.cadences.in_tone() {
                self.kinds.forget();
            } else if let Some(kind) = self.kinds.take(&frame) {
                tell(Heard::Kind(kind));
            }
            let marks = self.landmarks.take(frame);
            self.frames += 1;
            if let Some(found) = self.matcher.take(self.frames, &marks)
                && self.announcement.replace(found.clip.clone()).as_ref() != Some(&found.clip)
            {
                tell(Heard::Announcement(found));
            }
        }
    }
}

/// A sample as a number between -1 and 1.
fn linear(sample: i16) -> f32 {
    f32::from(sample) / 32_768.0
}
