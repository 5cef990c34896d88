//! How well the ear does on recorded sounds.
//!
//! In: folders of clips: the references, the same announcements as other lines
//! bring them, what is none of them. Out: [`Trial`], to be printed.

use super::files::{Recorded, clips_in, library, samples, wav_files};
use crate::ear::trial::damage::Line;
use crate::ear::trial::measure::{Sample, Table, ToneRow, measure, measure_tones};
use crate::ear::{Hearing, Library, Meaning, ToneMeaning, TonePlan};
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// Plays of each cadence of a plan.
const TONE_PLAYS: u64 = 100;

/// What came out.
#[derive(Debug)]
pub struct Trial {
    /// References and other recordings of them, over every line.
    pub known: Table,
    /// What is none, over every line.
    pub other: Table,
    /// Each meaning's announcements, while the library has none of that meaning.
    pub left_out: Table,
    /// The tones of each country.
    pub tones: Vec<(&'static str, BTreeMap<ToneMeaning, ToneRow>)>,
}

/// Plays everything over every line, `times` times, with this seed. In `folder`:
/// `reference/CARRIER/MEANING`, `known/LINE/CARRIER/MEANING`, `other/GROUP`.
pub fn run(folder: &Path, times: u64, seed: u64) -> anyhow::Result<Trial> {
    let references = clips_in(&folder.join("reference"))?;
    let hearing = hearing(library(&references)?);
    let mut known = samples_of(&references, "", true);
    for line in folders_in(&folder.join("known"))? {
        known.extend(samples_of(&clips_in(&folder.join("known").join(&line))?, &format!(" ({line})"), true));
    }
    let mut other = Vec::new();
    for group in folders_in(&folder.join("other"))? {
        for file in wav_files(&folder.join("other").join(&group))? {
            other.push(Sample { group: group.clone(), meaning: None, sound: sound(&samples(&file)?) });
        }
    }
    Ok(Trial {
        known: measure(&hearing, &known, &Line::ALL, times, seed),
        other: measure(&hearing, &other, &Line::ALL, times, seed + 1),
        left_out: leave_out(&references, times, seed + 2)?,
        tones: TonePlan::all().map(|plan| (plan.country, measure_tones(&plan, TONE_PLAYS, seed))).into(),
    })
}

/// An ear for China with these clips.
pub fn hearing(library: Library) -> Hearing {
    Hearing::new(TonePlan::china(), Arc::new(library))
}

fn leave_out(references: &[Recorded], times: u64, seed: u64) -> anyhow::Result<Table> {
    let mut table = Table::default();
    for meaning in Meaning::ALL {
        let (out, rest): (Vec<_>, Vec<_>) =
            references.iter().cloned().partition(|r| r.clip.meaning == meaning);
        let samples = samples_of(&out, " left out", false);
        table.add(measure(&hearing(library(&rest)?), &samples, &Line::ALL[..1], times, seed));
    }
    Ok(table)
}

fn samples_of(clips: &[Recorded], suffix: &str, is_known: bool) -> Vec<Sample> {
    let sample = |recorded: &Recorded| Sample {
        group: format!("{}{suffix}", recorded.clip.meaning.word()),
        meaning: is_known.then_some(recorded.clip.meaning),
        sound: sound(&recorded.samples),
    };
    clips.iter().map(sample).collect()
}

fn sound(samples: &[i16]) -> Vec<f32> {
    samples.iter().map(|x| f32::from(*x) / 32_768.0).collect()
}

/// The names of the folders in a folder, sorted.
fn folders_in(folder: &Path) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    if folder.is_dir() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
    }
    names.sort();
    Ok(names)
}

impl fmt::Display for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all =
            Table { known: self.known.known.clone(), other: self.other.other.clone(), ..Table::default() };
        writeln!(f, "Known announcements\n{}\n", self.known)?;
        writeln!(f, "What is none of them (wrong: taken for one)\n{}\n", self.other)?;
        writeln!(f, "Announcements that the library lacks, among its others\n{}\n", self.left_out)?;
        writeln!(
            f,
            "{:<36} {:>6} {:>6} {:>6}   {:>6} {:>6}",
            "Tones", "plays", "right", "wrong", "50% ms", "95% ms"
        )?;
        for (country, rows) in &self.tones {
            for (meaning, row) in rows {
                let ms = |percent| row.within_ms(percent).map_or("-".to_owned(), |ms| ms.to_string());
                let name = format!("{country} {meaning:?}");
                writeln!(
                    f,
                    "{name:<36} {:>6} {:>6} {:>6}   {:>6} {:>6}",
                    row.plays,
                    row.right,
                    row.wrong,
                    ms(50),
                    ms(95)
                )?;
            }
        }
        let percent = |permille: u32| f64::from(permille) / 10.0;
        write!(
            f,
            "precision {:.1} % of all that was taken for a known announcement, recall {:.1} %",
            percent(all.precision_permille()),
            percent(all.recall_permille())
        )
    }
}
