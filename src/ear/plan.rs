//! The tones of a country's network, as data.
//!
//! In: nothing. Out: for each country which frequencies sound together, and the
//! cadences that mean something. A country is a function that returns its
//! table; nothing else knows of countries. Sources: ITU-T E.180 supplement 2
//! (various tones used in national networks), GB/T 3380 for China, ETSI TR 101
//! 041-2 for the common European ones, ITU-T E.182 for their meaning.

/// What a cadence of tones tells the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ToneMeaning {
    /// The phone rings.
    Ring,
    /// The called party talks.
    Busy,
    /// No line is free.
    Congestion,
    /// The number cannot be had.
    NumberUnobtainable,
    /// An announcement of the network follows.
    SpecialInformation,
}

/// Frequencies that sound together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tone {
    /// In hertz, one or two.
    pub hertz: &'static [f64],
}

/// A stretch of a cadence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Index into [`TonePlan::tones`]; `None` is silence.
    pub tone: Option<usize>,
    /// How long, in milliseconds.
    pub ms: u32,
}

/// A pattern in time that means something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cadence {
    /// What it means.
    pub meaning: ToneMeaning,
    /// Its parts in order.
    pub parts: Vec<Part>,
    /// It goes round and can be met anywhere; otherwise it sounds once.
    pub repeats: bool,
    /// So many parts in a row, each of its length, make it certain.
    pub parts_heard_min: usize,
}

/// The tones of one country.
#[derive(Debug, Clone, PartialEq)]
pub struct TonePlan {
    /// ISO 3166 code, or "EU".
    pub country: &'static str,
    /// What sounds.
    pub tones: Vec<Tone>,
    /// What it means.
    pub cadences: Vec<Cadence>,
}

/// The three tones of E.180's special information tone.
const SPECIAL: [Tone; 3] = [Tone { hertz: &[950.0] }, Tone { hertz: &[1_400.0] }, Tone { hertz: &[1_800.0] }];

fn round(meaning: ToneMeaning, tone: usize, on_off_ms: &[u32], parts_heard_min: usize) -> Cadence {
    let part = |(n, ms): (usize, &u32)| Part { tone: (n % 2 == 0).then_some(tone), ms: *ms };
    Cadence {
        meaning,
        parts: on_off_ms.iter().enumerate().map(part).collect(),
        repeats: true,
        parts_heard_min,
    }
}

/// The three special tones, which stand at `first` and after, in a row.
fn special(first: usize, ms: u32) -> Cadence {
    let parts = (first..first + 3).map(|tone| Part { tone: Some(tone), ms }).collect();
    Cadence { meaning: ToneMeaning::SpecialInformation, parts, repeats: false, parts_heard_min: 3 }
}

impl TonePlan {
    /// Mainland China: one frequency, cadences of GB/T 3380.
    pub fn china() -> Self {
        use ToneMeaning::{Busy, Congestion, NumberUnobtainable, Ring};
        Self {
            country: "CN",
            tones: [&[Tone { hertz: &[450.0] }], SPECIAL.as_slice()].concat(),
            cadences: vec![
                round(Ring, 0, &[1_000, 4_000], 2),
                round(Busy, 0, &[350, 350], 4),
                round(Congestion, 0, &[700, 700], 3),
                round(NumberUnobtainable, 0, &[100, 100, 100, 100, 100, 100, 400, 400], 7),
                special(1, 330),
            ],
        }
    }

    /// North America: pairs of frequencies.
    pub fn north_america() -> Self {
        use ToneMeaning::{Busy, Congestion, Ring};
        let tones = [&[Tone { hertz: &[440.0, 480.0] }, Tone { hertz: &[480.0, 620.0] }], SPECIAL.as_slice()];
        Self {
            country: "US",
            tones: tones.concat(),
            cadences: vec![
                round(Ring, 0, &[2_000, 4_000], 2),
                round(Busy, 1, &[500, 500], 4),
                round(Congestion, 1, &[250, 250], 4),
                special(2, 330),
            ],
        }
    }

    /// The harmonised European tones, one frequency of 425 Hz.
    pub fn europe() -> Self {
        use ToneMeaning::{Busy, Congestion, Ring};
        Self {
            country: "EU",
            tones: [&[Tone { hertz: &[425.0] }], SPECIAL.as_slice()].concat(),
            cadences: vec![
                round(Ring, 0, &[1_000, 4_000], 2),
                round(Busy, 0, &[500, 500], 4),
                round(Congestion, 0, &[250, 250], 4),
                special(1, 330),
            ],
        }
    }

    /// All there are.
    pub fn all() -> [Self; 3] {
        [Self::china(), Self::north_america(), Self::europe()]
    }

    /// That of a country.
    pub fn of(country: &str) -> Option<Self> {
        Self::all().into_iter().find(|plan| plan.country == country)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cadence_names_tones_that_are_there_and_can_be_heard() {
        for plan in TonePlan::all() {
            assert_eq!(TonePlan::of(plan.country), Some(plan.clone()));
            for cadence in &plan.cadences {
                assert!(cadence.parts_heard_min >= 2, "{cadence:?}");
                assert!(cadence.repeats || cadence.parts_heard_min <= cadence.parts.len(), "{cadence:?}");
                assert!(cadence.parts.iter().all(|part| part.ms >= 60), "{cadence:?}");
                for part in &cadence.parts {
                    assert!(part.tone.is_none_or(|tone| tone < plan.tones.len()), "{cadence:?}");
                }
            }
        }
    }
}
