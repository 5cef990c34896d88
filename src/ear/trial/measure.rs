//! Plays sounds over damaged lines to the ear and counts how often it is right.
//!
//! In: a [`Hearing`], the sounds with what they are, the lines, a seed. Out: a
//! [`Table`] by what was played and by line.

use super::damage::{Codec, Line};
use super::signal::{Noise, cadence, silence, sine};
use crate::ear::{Heard, Hearing, Meaning, SoundKind, ToneMeaning, TonePlan, Verdict};
use std::collections::BTreeMap;
use std::fmt;

/// How long a line is listened to.
const LISTEN_MS: usize = 25_000;
/// Pause before an announcement begins again.
const AGAIN_MS: u32 = 800;

/// A sound that may play on a line.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Under what it is counted.
    pub group: String,
    /// The announcement it is; `None` must not be recognised as any.
    pub meaning: Option<Meaning>,
    /// 8 kHz, between -1 and 1.
    pub sound: Vec<f32>,
}

/// What became of one play.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What was recognised, and how long after it began to play.
    pub heard: Option<(Meaning, i64)>,
    /// Everything that was told.
    pub verdicts: Vec<Verdict>,
}

/// Counts of one group or one line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Plays.
    pub plays: u32,
    /// Recognised for what it was; of what is no known announcement: not taken
    /// for one.
    pub right: u32,
    /// Taken for another.
    pub wrong: u32,
    /// A known announcement that was not recognised.
    pub missed: u32,
    /// Milliseconds of the announcement until each that was recognised.
    pub decided_ms: Vec<i64>,
}

/// All counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// By what was played.
    pub groups: BTreeMap<String, Row>,
    /// By line, known announcements alone.
    pub lines: BTreeMap<String, Row>,
    /// Known announcements.
    pub known: Row,
    /// Everything else.
    pub other: Row,
}

impl Table {
    /// The counts of another, together with these.
    pub fn add(&mut self, other: Self) {
        for (name, row) in other.groups {
            self.groups.entry(name).or_default().add(row);
        }
        for (name, row) in other.lines {
            self.lines.entry(name).or_default().add(row);
        }
        self.known.add(other.known);
        self.other.add(other.other);
    }

    /// Of all that was taken for an announcement, which share was it, per mille.
    pub fn precision_permille(&self) -> u32 {
        let wrong = self.known.wrong + self.other.wrong;
        permille(self.known.right, self.known.right + wrong)
    }

    /// Of all announcements, which share was recognised, per mille.
    pub fn recall_permille(&self) -> u32 {
        permille(self.known.right, self.known.plays)
    }
}

impl Row {
    fn add(&mut self, other: Self) {
        self.plays += other.plays;
        self.right += other.right;
        self.wrong += other.wrong;
        self.missed += other.missed;
        self.decided_ms.extend(other.decided_ms);
    }

    fn count(&mut self, sample: &Sample, outcome: &Outcome) {
        self.plays += 1;
        match (sample.meaning, outcome.heard) {
            (None, None) => self.right += 1,
            (Some(meaning), Some((heard, ms))) if meaning == heard => {
                self.right += 1;
                self.decided_ms.push(ms);
            }
            (_, Some(_)) => self.wrong += 1,
            (Some(_), None) => self.missed += 1,
        }
    }

    /// The time within which so many of a hundred were recognised.
    pub fn within_ms(&self, percent: usize) -> Option<i64> {
        within_ms(&self.decided_ms, percent)
    }
}

fn within_ms(ms: &[i64], percent: usize) -> Option<i64> {
    let mut ms = ms.to_vec();
    ms.sort_unstable();
    ms.get((ms.len() * percent).div_ceil(100).max(1) - 1).copied()
}

/// Plays each sample over each line, `times` times with other beginnings.
pub fn measure(
    hearing: &Hearing,
    samples: &[Sample],
    lines: &[(&str, Line)],
    times: u64,
    seed: u64,
) -> Table {
    let mut table = Table::default();
    let mut number = seed.wrapping_mul(1_000_003);
    for sample in samples {
        for (name, line) in lines {
            for _ in 0..times {
                number = number.wrapping_add(1);
                let outcome = play(hearing, sample, line, number);
                table.groups.entry(sample.group.clone()).or_default().count(sample, &outcome);
                if sample.meaning.is_some() {
                    table.lines.entry((*name).to_owned()).or_default().count(sample, &outcome);
                    table.known.count(sample, &outcome);
                } else {
                    table.other.count(sample, &outcome);
                }
            }
        }
    }
    table
}

/// One play: perhaps rings first, then the sound from anywhere in it, again and
/// again.
pub fn play(hearing: &Hearing, sample: &Sample, line: &Line, seed: u64) -> Outcome {
    let mut random = Noise::new(seed);
    let mut sound = silence(random.below(400) as u32);
    for _ in 0..random.below(3) {
        sound.extend(sine(&[450.0 * random.between(0.99, 1.01)], -18.0, 1_000));
        sound.extend(silence(1_000 + random.below(3_000) as u32));
    }
    let begins_ms = (sound.len() / 8) as i64;
    let begun = if random.below(2) == 0 { 0 } else { random.below(sample.sound.len().max(1)) };
    sound.extend(&sample.sound[begun..]);
    while sound.len() < LISTEN_MS * 8 {
        sound.extend(silence(AGAIN_MS));
        sound.extend(&sample.sound);
    }
    sound.truncate(LISTEN_MS * 8);
    let mut ear = hearing.ear();
    let verdicts: Vec<Verdict> = line.carry(&sound, seed).chunks(160).flat_map(|p| ear.listen(p)).collect();
    let heard = verdicts.iter().find_map(|verdict| match &verdict.heard {
        Heard::Announcement(found) => Some((found.clip.meaning, verdict.at_ms - begins_ms)),
        Heard::Tone(_) | Heard::Kind(_) => None,
    });
    Outcome { heard, verdicts }
}

/// How the tones of a plan are heard.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ToneRow {
    /// Plays.
    pub plays: u32,
    /// The first that was told was right.
    pub right: u32,
    /// Something else was told, at whatever time.
    pub wrong: u32,
    /// Milliseconds from the beginning until each that was right.
    pub decided_ms: Vec<i64>,
}

impl ToneRow {
    /// The time within which so many of a hundred were known.
    pub fn within_ms(&self, percent: usize) -> Option<i64> {
        within_ms(&self.decided_ms, percent)
    }
}

/// Plays every cadence of a plan, `times` times, at levels from -35 to -3 dBm0,
/// frequencies off by up to 2 %, lengths by up to a tenth, with noise 10 dB below.
pub fn measure_tones(plan: &TonePlan, times: u64, seed: u64) -> BTreeMap<ToneMeaning, ToneRow> {
    let hearing = Hearing::new(plan.clone(), std::sync::Arc::default());
    let mut rows = BTreeMap::<ToneMeaning, ToneRow>::new();
    for (n, one) in plan.cadences.iter().enumerate() {
        for time in 0..times {
            let number = seed.wrapping_mul(7_919) + n as u64 * 1_000 + time;
            let mut random = Noise::new(number);
            let mut longer = one.clone();
            let scale = random.between(0.92, 1.08);
            longer.parts.iter_mut().for_each(|part| part.ms = (f64::from(part.ms) * scale) as u32);
            let parts = if one.repeats { one.parts.len() * 4 } else { one.parts.len() };
            let level_db = random.between(-35.0, -3.0);
            let mut sound = silence(100 + random.below(600) as u32);
            sound.extend(cadence(plan, &longer, parts, level_db, random.between(-0.02, 0.02)));
            if !one.repeats {
                sound.extend(silence(1_000));
            }
            let begun = if one.repeats { random.below(sound.len() / 3) } else { 0 };
            let snr_db = random.between(12.0, 40.0);
            let noise = random.white(level_db - snr_db, sound.len());
            sound.iter_mut().zip(noise).for_each(|(x, n)| *x += n);
            let line = Line { codec: Codec::ALaw, ..Line::CLEAR };
            let mut ear = hearing.ear();
            let verdicts: Vec<Verdict> =
                line.carry(&sound[begun..], number).chunks(160).flat_map(|p| ear.listen(p)).collect();
            let tones = verdicts.iter().filter_map(|verdict| match verdict.heard {
                Heard::Tone(meaning) => Some((meaning, verdict.at_ms)),
                Heard::Announcement(_) | Heard::Kind(_) => None,
            });
            let tones: Vec<_> = tones.collect();
            let row = rows.entry(one.meaning).or_default();
            row.plays += 1;
            row.wrong += u32::from(tones.iter().any(|(meaning, _)| *meaning != one.meaning));
            if let Some((_, ms)) = tones.first().filter(|(meaning, _)| *meaning == one.meaning) {
                row.right += 1;
                row.decided_ms.push(*ms);
            }
        }
    }
    rows
}

/// What kind of sound each sample is taken for, most of the time.
pub fn kinds(hearing: &Hearing, sound: &[f32], line: &Line, seed: u64) -> Vec<SoundKind> {
    let mut ear = hearing.ear();
    let told = line.carry(sound, seed).chunks(160).flat_map(|p| ear.listen(p)).collect::<Vec<_>>();
    told.into_iter()
        .filter_map(|verdict| match verdict.heard {
            Heard::Kind(kind) => Some(kind),
            Heard::Tone(_) | Heard::Announcement(_) => None,
        })
        .collect()
}

fn permille(part: u32, of: u32) -> u32 {
    (part * 1_000).checked_div(of).unwrap_or(1_000)
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = |f: &mut fmt::Formatter<'_>, name: &str, row: &Row| {
            let ms = |percent| row.within_ms(percent).map_or("-".to_owned(), |ms| format!("{ms}"));
            writeln!(
                f,
                "{name:<36} {:>6} {:>6} {:>6} {:>6}   {:>6} {:>6}",
                row.plays,
                row.right,
                row.wrong,
                row.missed,
                ms(50),
                ms(95)
            )
        };
        writeln!(
            f,
            "{:<36} {:>6} {:>6} {:>6} {:>6}   {:>6} {:>6}",
            "", "plays", "right", "wrong", "missed", "50% ms", "95% ms"
        )?;
        self.groups.iter().try_for_each(|(name, of)| row(f, name, of))?;
        if self.known.plays == 0 {
            return row(f, "all", &self.other);
        }
        writeln!(f, "by line")?;
        self.lines.iter().try_for_each(|(name, of)| row(f, name, of))?;
        row(f, "all", &self.known)
    }
}
