//! Is what plays one of the reference clips, and which? Pure.
//!
//! In: the [`Mark`]s of a line as they come, and the [`Library`]. Out: a
//! [`Match`] as soon as it is certain. A mark that the line shares with a clip is
//! a hit at one distance in time; chance strews hits over all distances, and the
//! clip that really plays piles them up at one. Four things make it certain:
//!
//! - so many hits at one distance, and such a share of all that was heard
//! - they reach over so long a time, because announcements begin alike ("the
//!   subscriber you have dialled ...") and one that is not in the library may
//!   begin like one that is
//! - they go on until now as densely as before, and without long gaps
//! - no clip of another meaning explains them: for two thirds of a second the
//!   winner goes on where the other has stopped, and never the other way round

use super::landmark::Mark;
use super::library::{Clip, Library, Meaning};
use super::spectrum::HOP_MS;
use foldhash::{HashMap, HashMapExt};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// Hits are remembered for 8 s.
const WINDOW_FRAMES: u32 = 500;
/// Judged every so many frames: 128 ms.
const EVERY_FRAMES: u32 = 8;
/// Hits at one distance.
pub(super) const HITS_MIN: usize = 16;
/// Of all marks of the line in that time, per mille.
pub(super) const SHARE_PERMILLE_MIN: u32 = 45;
/// From the first hit to the last: 2.4 s, or this share of a clip that is short.
pub(super) const SPAN_FRAMES_MIN: u32 = 150;
const SPAN_OF_CLIP_PERMILLE: u32 = 800;
/// The time between is cut into pieces of 0.32 s; in this share of them are hits.
const PIECE_FRAMES: u32 = 20;
const PIECES_PERMILLE_MIN: u32 = 700;
/// It still plays: of the marks that begin in these frames before now, when most
/// of their pairs are out, so many are there and such a share of the usual share
/// are hits.
const RECENT_FRAMES: std::ops::Range<u32> = 28..70;
const RECENT_MARKS_MIN: usize = 10;
const RECENT_PERMILLE_MIN: u32 = 600;
/// A piece belongs to one of two clips that has so many hits in it, and so many
/// for each of the other.
const OWN_HITS_MIN: usize = 3;
const OWN_FOR_EACH_OTHER: usize = 3;
/// So many pieces belong to the winner alone, and for each of the other's so
/// many.
const OWN_PIECES_MIN: usize = 3;
const OWN_PIECES_FOR_EACH_OTHER: usize = 4;
/// Clips that are looked at closely in one judgement.
const CLOSE_LOOKS: usize = 12;

/// A clip that plays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// Which.
    pub clip: Clip,
    /// Marks of the line that stand in the clip at one distance in time.
    pub hits: usize,
    /// Their share of all marks of the line in that time, per mille.
    pub share_permille: u32,
    /// From the first hit to the last, in milliseconds.
    pub span_ms: i64,
    /// Where in the clip the last hit is, in milliseconds.
    pub at_ms: i64,
    /// The most hits of a clip of another meaning.
    pub hits_of_next: usize,
}

#[derive(Debug, Clone, Copy)]
struct Hit {
    clip: u16,
    /// Frame of the line less frame of the clip.
    distance: i32,
    /// Which mark of the line.
    mark: u32,
    frame: u32,
}

/// Compares a line with the library.
#[derive(Debug)]
pub struct Matcher {
    library: Arc<Library>,
    hits: VecDeque<Hit>,
    counts: HashMap<(u16, i32), u32>,
    /// The frame of every mark of the line.
    marks: VecDeque<u32>,
    marks_seen: u32,
    judged_at: u32,
}

/// A clip at the distance at which it has most hits.
struct Candidate {
    clip: u16,
    meaning: Meaning,
    distance: i32,
    /// That of each mark that hits, in order.
    frames: Vec<u32>,
}

impl Matcher {
    /// With these clips.
    pub fn new(library: Arc<Library>) -> Self {
        Self {
            library,
            hits: VecDeque::new(),
            counts: HashMap::new(),
            marks: VecDeque::new(),
            marks_seen: 0,
            judged_at: 0,
        }
    }

    /// What came up to frame `now` of the line; what is certain with it.
    pub fn take(&mut self, now: u32, marks: &[Mark]) -> Option<Match> {
        for mark in marks {
            self.look_up(*mark);
        }
        self.forget(now.saturating_sub(WINDOW_FRAMES));
        if now < self.judged_at + EVERY_FRAMES {
            return None;
        }
        self.judged_at = now;
        self.judge(now)
    }

    fn look_up(&mut self, mark: Mark) {
        let number = self.marks_seen;
        self.marks_seen += 1;
        self.marks.push_back(mark.frame);
        let mut last = None;
        for place in self.library.places(mark.key) {
            let distance = frame(mark.frame) - frame(place.frame);
            // The shifts of one clip say the same thing several times.
            if last.replace((place.clip, distance)) != Some((place.clip, distance)) {
                *self.counts.entry((place.clip, distance)).or_default() += 1;
                self.hits.push_back(Hit { clip: place.clip, distance, mark: number, frame: mark.frame });
            }
        }
    }

    /// Marks come nearly in the order of their frames, which is enough here.
    fn forget(&mut self, before: u32) {
        while let Some(hit) = self.hits.front().filter(|hit| hit.frame < before) {
            if let Some(count) = self.counts.get_mut(&(hit.clip, hit.distance)) {
                *count -= 1;
                if *count == 0 {
                    self.counts.remove(&(hit.clip, hit.distance));
                }
            }
            self.hits.pop_front();
        }
        while self.marks.front().is_some_and(|frame| *frame < before) {
            self.marks.pop_front();
        }
    }

    fn judge(&self, now: u32) -> Option<Match> {
        let candidates = self.candidates();
        let winner = candidates.first()?;
        let kept = self.library.kept(winner.clip)?;
        let (first, last) = (*winner.frames.first()?, *winner.frames.last()?);
        let span = last - first;
        let span_min = SPAN_FRAMES_MIN.min(kept.span_frames * SPAN_OF_CLIP_PERMILLE / 1_000);
        let heard = self.marks.iter().filter(|frame| (first..=last).contains(*frame)).count();
        let share_permille = permille(winner.frames.len(), heard);
        let pieces: BTreeSet<u32> = winner.frames.iter().map(|f| (f - first) / PIECE_FRAMES).collect();
        let is_certain = winner.frames.len() >= HITS_MIN
            && share_permille >= SHARE_PERMILLE_MIN
            && span >= span_min
            && permille(pieces.len(), (span / PIECE_FRAMES + 1) as usize) >= PIECES_PERMILLE_MIN
            && self.goes_on(winner, now, share_permille)
            && candidates.iter().filter(|c| c.meaning != winner.meaning).all(|c| winner.beats(c));
        let next = candidates.iter().find(|c| c.meaning != winner.meaning);
        is_certain.then(|| Match {
            clip: kept.clip.clone(),
            hits: winner.frames.len(),
            share_permille,
            span_ms: i64::from(span) * HOP_MS,
            at_ms: i64::from(frame(last) - winner.distance) * HOP_MS,
            hits_of_next: next.map_or(0, |c| c.frames.len()),
        })
    }

    /// Does it play as densely as before?
    fn goes_on(&self, winner: &Candidate, now: u32, share_permille: u32) -> bool {
        let recent = now.saturating_sub(RECENT_FRAMES.end)..now.saturating_sub(RECENT_FRAMES.start);
        let of = |frames: &mut dyn Iterator<Item = &u32>| frames.filter(|f| recent.contains(f)).count();
        let heard = of(&mut self.marks.iter());
        let hits = of(&mut winner.frames.iter());
        heard >= RECENT_MARKS_MIN && permille(hits, heard) >= share_permille * RECENT_PERMILLE_MIN / 1_000
    }

    /// The clips with most hits at one distance, the best first.
    fn candidates(&self) -> Vec<Candidate> {
        let mut best: HashMap<u16, (u32, i32)> = HashMap::new();
        for ((clip, distance), count) in &self.counts {
            if *count >= 3 {
                let around = |d: i32| self.counts.get(&(*clip, distance + d)).copied().unwrap_or(0);
                let sum = count + around(-1) + around(1);
                let entry = best.entry(*clip).or_insert((0, *distance));
                *entry = (*entry).max((sum, *distance));
            }
        }
        let mut order: Vec<(u32, i32, u16)> = best.into_iter().map(|(c, (n, d))| (n, d, c)).collect();
        order.sort_unstable_by(|a, b| b.cmp(a));
        order.truncate(CLOSE_LOOKS);
        let mut candidates: Vec<Candidate> =
            order.into_iter().filter_map(|(_, distance, clip)| self.candidate(clip, distance)).collect();
        candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.frames.len()));
        candidates
    }

    fn candidate(&self, clip: u16, distance: i32) -> Option<Candidate> {
        let near = |hit: &&Hit| hit.clip == clip && (hit.distance - distance).abs() <= 1;
        // A mark may hit at two distances that are taken together.
        let marks: BTreeMap<u32, u32> =
            self.hits.iter().filter(near).map(|hit| (hit.mark, hit.frame)).collect();
        let mut frames: Vec<u32> = marks.into_values().collect();
        frames.sort_unstable();
        let meaning = self.library.kept(clip)?.clip.meaning;
        Some(Candidate { clip, meaning, distance, frames })
    }
}

impl Candidate {
    /// Do the pieces that only one of both explains speak for this one?
    /// Announcements that begin alike share their hits until they part.
    fn beats(&self, other: &Self) -> bool {
        let (mine, theirs) = (self.pieces(), other.pieces());
        let own = |a: &BTreeMap<u32, usize>, b: &BTreeMap<u32, usize>| {
            let is_own = |(piece, hits): &(&u32, &usize)| {
                let of_other = b.get(*piece).copied().unwrap_or(0);
                **hits >= OWN_HITS_MIN.max(of_other * OWN_FOR_EACH_OTHER)
            };
            a.iter().filter(is_own).count()
        };
        let (own_mine, own_theirs) = (own(&mine, &theirs), own(&theirs, &mine));
        own_mine >= OWN_PIECES_MIN.max(own_theirs * OWN_PIECES_FOR_EACH_OTHER)
    }

    /// How many hits in each piece of time.
    fn pieces(&self) -> BTreeMap<u32, usize> {
        let mut pieces = BTreeMap::new();
        self.frames.iter().for_each(|frame| *pieces.entry(frame / PIECE_FRAMES).or_default() += 1);
        pieces
    }
}

fn permille(part: usize, of: usize) -> u32 {
    u32::try_from(part * 1_000 / of.max(1)).unwrap_or(u32::MAX)
}

fn frame(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
