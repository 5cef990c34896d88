//! From blocks that are tones or not to what their rhythm means: pure.
//!
//! In: a [`Block`] every 20 ms. Out: the [`ToneMeaning`] whose cadence was just
//! heard for long enough. Listening may begin anywhere in a cadence; a lost
//! packet or a click within a tone does not break it.

use super::plan::{Cadence, Part, ToneMeaning, TonePlan};
use super::tone::Block;
use std::collections::VecDeque;

/// Milliseconds of a block.
const BLOCK_MS: u32 = 20;
/// So many blocks of another kind end a stretch; fewer are a lost packet.
const BLOCKS_TO_CHANGE: usize = 3;
/// How far a part may be from its length: per mille, and at least so many
/// milliseconds, because edges fall into blocks.
const OFF_PERMILLE: u32 = 150;
const OFF_MS_MIN: u32 = 50;
/// A part that goes on counts as heard after so long, however long it is.
const LONG_ENOUGH_MS: u32 = 1_200;
/// So far below the tone (dB) is silence between tones.
const QUIET_BELOW_DB: f32 = 8.0;
/// What is silence before any tone (dBm0).
const QUIET_DB: f32 = -45.0;
/// Stretches kept: more than any cadence's certainty takes.
const STRETCHES: usize = 12;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sound {
    Tone(usize),
    Quiet,
    Other,
}

#[derive(Debug, Clone, Copy)]
struct Stretch {
    sound: Sound,
    ms: u32,
    /// Its beginning was heard.
    whole: bool,
}

/// Follows the rhythm.
#[derive(Debug, Clone)]
pub struct CadenceTracker {
    cadences: Vec<Cadence>,
    past: VecDeque<Stretch>,
    current: Option<Stretch>,
    /// The last blocks, which do not belong to the current stretch yet.
    pending: Vec<Sound>,
    tone_db: Option<f32>,
}

impl CadenceTracker {
    /// For the cadences of a plan.
    pub fn new(plan: &TonePlan) -> Self {
        Self {
            cadences: plan.cadences.clone(),
            past: VecDeque::new(),
            current: None,
            pending: Vec::new(),
            tone_db: None,
        }
    }

    /// The next block; what is certain with it.
    pub fn take(&mut self, block: Block) -> Option<ToneMeaning> {
        let sound = self.sound(block);
        let Some(current) = &mut self.current else {
            self.current = Some(Stretch { sound, ms: BLOCK_MS, whole: false });
            return None;
        };
        self.pending.push(sound);
        if sound == current.sound {
            current.ms += BLOCK_MS * ms(self.pending.len());
            self.pending.clear();
        } else if self.pending.len() >= BLOCKS_TO_CHANGE {
            self.past.push_back(*current);
            *current = Stretch { sound, ms: BLOCK_MS * ms(self.pending.len()), whole: true };
            self.pending.clear();
            if self.past.len() > STRETCHES {
                self.past.pop_front();
            }
        } else {
            return None;
        }
        self.cadences.iter().find(|cadence| self.is_heard(cadence)).map(|cadence| cadence.meaning)
    }

    /// Is a tone of the plan sounding now?
    pub fn in_tone(&self) -> bool {
        matches!(self.current, Some(Stretch { sound: Sound::Tone(_), .. }))
    }

    fn sound(&mut self, block: Block) -> Sound {
        if let Some(tone) = block.tone {
            let db = self.tone_db.get_or_insert(block.level_db);
            *db += (block.level_db - *db) * 0.2;
            return Sound::Tone(tone);
        }
        let quiet_db = self.tone_db.map_or(QUIET_DB, |db| (db - QUIET_BELOW_DB).max(QUIET_DB));
        if block.level_db < quiet_db { Sound::Quiet } else { Sound::Other }
    }

    fn is_heard(&self, cadence: &Cadence) -> bool {
        let Some(current) = &self.current else { return false };
        let parts = &cadence.parts;
        let last = |at: usize| cadence.repeats || at == parts.len() - 1;
        (0..parts.len()).filter(|at| last(*at) && goes_on(current, parts[*at])).any(|at| {
            // Backwards from the part before the one that sounds now.
            let before = (0..at).rev().chain((0..parts.len()).rev().cycle().take_while(|_| cadence.repeats));
            let mut matched = self.past.iter().rev().zip(before);
            let heard = matched.by_ref().take_while(|(past, part)| is_part(past, parts[*part])).count();
            // Of a tone that goes on nobody knows how long it will be.
            let is_settled = parts[at].tone.is_none() || !cadence.repeats;
            let counted = usize::from(is_settled && is_long(current, parts[at]));
            heard + counted >= cadence.parts_heard_min
        })
    }
}

fn ms(blocks: usize) -> u32 {
    u32::try_from(blocks).unwrap_or(u32::MAX / BLOCK_MS)
}

fn sounds_like(stretch: &Stretch, part: Part) -> bool {
    stretch.sound == part.tone.map_or(Sound::Quiet, Sound::Tone)
}

fn slack_ms(part: Part) -> u32 {
    (part.ms * OFF_PERMILLE / 1_000).max(OFF_MS_MIN)
}

/// A stretch that is over.
fn is_part(stretch: &Stretch, part: Part) -> bool {
    stretch.whole && sounds_like(stretch, part) && stretch.ms.abs_diff(part.ms) <= slack_ms(part)
}

/// One that may go on.
fn goes_on(stretch: &Stretch, part: Part) -> bool {
    stretch.whole && sounds_like(stretch, part) && stretch.ms <= part.ms + slack_ms(part)
}

fn is_long(stretch: &Stretch, part: Part) -> bool {
    stretch.ms >= (part.ms - slack_ms(part).min(part.ms)).min(LONG_ENOUGH_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stretches in milliseconds: a tone's index, or silence.
    fn heard(plan: &TonePlan, stretches: &[(Option<usize>, u32)]) -> Vec<(u32, ToneMeaning)> {
        let mut tracker = CadenceTracker::new(plan);
        let (mut now_ms, mut told) = (0, Vec::<(u32, ToneMeaning)>::new());
        for (tone, ms) in stretches {
            for _ in 0..ms / BLOCK_MS {
                now_ms += BLOCK_MS;
                let level_db = if tone.is_some() { -15.0 } else { -60.0 };
                let meaning = tracker.take(Block { tone: *tone, level_db });
                if let Some(meaning) = meaning.filter(|m| told.last().is_none_or(|(_, last)| last != m)) {
                    told.push((now_ms, meaning));
                }
            }
        }
        told
    }

    fn rounds(on_ms: u32, off_ms: u32, n: usize) -> Vec<(Option<usize>, u32)> {
        [(None, 200)].into_iter().chain([(Some(0), on_ms), (None, off_ms)].repeat(n)).collect()
    }

    #[test]
    fn each_cadence_of_china_has_its_meaning_and_its_time() {
        let plan = TonePlan::china();
        assert_eq!(heard(&plan, &rounds(1_000, 4_000, 2)), [(2_400, ToneMeaning::Ring)]);
        let busy = heard(&plan, &rounds(360, 340, 5));
        assert_eq!(busy.iter().map(|(_, m)| *m).collect::<Vec<_>>(), [ToneMeaning::Busy]);
        assert!(busy[0].0 <= 1_700, "{busy:?}");
        let congestion = heard(&plan, &rounds(700, 700, 4));
        assert_eq!(congestion.iter().map(|(_, m)| *m).collect::<Vec<_>>(), [ToneMeaning::Congestion]);
        assert!(congestion[0].0 <= 2_400, "{congestion:?}");
    }

    #[test]
    fn a_ring_is_known_wherever_listening_begins() {
        let plan = TonePlan::china();
        for begun_ms in (0..5_000).step_by(140) {
            let mut ring = vec![(Some(0), 1_000), (None, 4_000), (Some(0), 1_000), (None, 4_000)];
            let mut skip = begun_ms;
            for part in &mut ring {
                let cut = part.1.min(skip);
                part.1 -= cut;
                skip -= cut;
            }
            let told = heard(&plan, &ring);
            assert_eq!(told.iter().map(|(_, m)| *m).collect::<Vec<_>>(), [ToneMeaning::Ring], "{begun_ms}");
        }
    }

    #[test]
    fn a_lost_packet_does_not_break_a_tone() {
        let plan = TonePlan::china();
        let ring = [(None, 200), (Some(0), 400), (None, 40), (Some(0), 560), (None, 4_000)];
        assert_eq!(heard(&plan, &ring), [(2_400, ToneMeaning::Ring)]);
    }

    #[test]
    fn other_rhythms_mean_nothing() {
        let plan = TonePlan::china();
        for (on_ms, off_ms) in [(180, 180), (500, 500), (2_000, 1_000), (1_400, 4_000), (9_000, 200)] {
            assert_eq!(heard(&plan, &rounds(on_ms, off_ms, 4)), [], "{on_ms}/{off_ms}");
        }
        assert_eq!(heard(&plan, &[(None, 20_000)]), []);
    }

    #[test]
    fn the_special_tones_count_in_their_order_only() {
        let plan = TonePlan::china();
        let special = [(None, 100), (Some(1), 340), (Some(2), 320), (Some(3), 340), (None, 1_000)];
        let told = heard(&plan, &special);
        assert_eq!(told.iter().map(|(_, m)| *m).collect::<Vec<_>>(), [ToneMeaning::SpecialInformation]);
        let turned = [(None, 100), (Some(3), 340), (Some(2), 320), (Some(1), 340), (None, 1_000)];
        assert_eq!(heard(&plan, &turned), []);
    }

    #[test]
    fn an_unobtainable_number_has_its_own_rhythm() {
        let plan = TonePlan::china();
        let one = [(Some(0), 100), (None, 100)].repeat(3).into_iter().chain([(Some(0), 400), (None, 400)]);
        let told = heard(&plan, &one.collect::<Vec<_>>().repeat(3));
        assert_eq!(told.iter().map(|(_, m)| *m).collect::<Vec<_>>(), [ToneMeaning::NumberUnobtainable]);
    }
}
