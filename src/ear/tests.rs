//! The ear as a whole, on sounds that are made: what it must recognise, and what
//! it must never take for an announcement.

use super::trial::damage::Line;
use super::trial::measure::{Sample, Table, kinds, measure, measure_tones};
use super::trial::signal::{music, samples, silence, sine};
use super::trial::voice::{Voice, words};
use super::*;

/// The text of an announcement: those of a carrier begin alike.
fn text(carrier: u64, meaning: u64) -> Vec<u32> {
    let mut text = words(carrier * 100, 7);
    text.extend(words(carrier * 100 + 1 + meaning, 12));
    text
}

fn announcement(carrier: u64, meaning: u64) -> Vec<f32> {
    Voice::of_seed(carrier).say(&text(carrier, meaning))
}

fn clip(carrier: u64, meaning: Meaning) -> Clip {
    Clip { carrier: format!("carrier {carrier}"), meaning, name: "one".to_owned() }
}

/// Three carriers, each with an announcement of each meaning but those in
/// `without`.
fn hearing(without: &[Meaning]) -> Hearing {
    let mut library = Library::default();
    for carrier in 1..=3 {
        for (n, meaning) in Meaning::ALL.into_iter().enumerate().filter(|(_, m)| !without.contains(m)) {
            let sound = samples(&announcement(carrier, n as u64));
            library.add(clip(carrier, meaning), &sound).expect("a good clip");
        }
    }
    Hearing::new(TonePlan::china(), Arc::new(library))
}

fn known(meaning: Option<Meaning>, n: usize) -> impl Iterator<Item = Sample> {
    (1..=3).map(move |carrier| Sample {
        group: Meaning::ALL[n].word().to_owned(),
        meaning,
        sound: announcement(carrier, n as u64),
    })
}

#[track_caller]
fn is_precise(table: &Table) {
    assert_eq!((table.known.wrong, table.other.wrong), (0, 0), "\n{table}");
}

#[test]
fn announcements_are_recognised_over_every_line_and_soon() {
    let all: Vec<Sample> =
        Meaning::ALL.into_iter().enumerate().flat_map(|(n, meaning)| known(Some(meaning), n)).collect();
    let lines = [1, 2, 4, 5, 7].map(|n| Line::ALL[n]);
    let table = measure(&hearing(&[]), &all, &lines, 1, 1);
    is_precise(&table);
    assert!(table.recall_permille() >= 970, "\n{table}");
    // Half of them begin in the middle, so that their end and a pause come first.
    assert!(table.known.within_ms(50).is_some_and(|ms| ms <= 3_600), "\n{table}");
}

#[test]
fn nothing_else_is_taken_for_an_announcement() {
    let mut other: Vec<Sample> = (0..20)
        .map(|n| Sample {
            group: "speech".into(),
            meaning: None,
            // Some speak with the voice of a carrier.
            sound: Voice::of_seed(n % 8).say(&words(5_000 + n, 90)),
        })
        .collect();
    other.extend((0..6).map(|n| Sample { group: "music".into(), meaning: None, sound: music(n, 20_000) }));
    let ring: Vec<f32> = [sine(&[450.0], -15.0, 1_000), silence(4_000)].concat();
    other.push(Sample { group: "ring".into(), meaning: None, sound: ring });
    let table = measure(&hearing(&[]), &other, &[Line::ALL[0], Line::ALL[4]], 1, 2);
    is_precise(&table);
}

#[test]
fn an_unknown_announcement_that_begins_like_a_known_one_is_not_taken_for_it() {
    for without in Meaning::ALL {
        let n = Meaning::ALL.iter().position(|m| *m == without).expect("one of all");
        let left_out: Vec<Sample> = known(None, n).collect();
        let table = measure(&hearing(&[without]), &left_out, &[Line::ALL[0], Line::ALL[3]], 2, 3);
        is_precise(&table);
    }
}

#[test]
fn one_sound_under_two_meanings_is_never_certain() {
    let mut library = Library::default();
    let sound = samples(&announcement(1, 0));
    library.add(clip(1, Meaning::SwitchedOff), &sound).expect("a good clip");
    assert!(library.alike(&sound)[0].permille > 800, "{:?}", library.alike(&sound));
    library.add(clip(2, Meaning::OutOfService), &sound).expect("a good clip");
    let ear = Hearing::new(TonePlan::china(), Arc::new(library));
    let table = measure(&ear, &known(None, 0).take(1).collect::<Vec<_>>(), &Line::ALL, 1, 4);
    is_precise(&table);
}

#[test]
fn the_pieces_in_which_samples_come_change_nothing() {
    let hearing = hearing(&[]);
    let line = Line::ALL[3]
        .1
        .carry(&[silence(300), announcement(2, 3), silence(500), announcement(2, 3)].concat(), 5);
    let told = |pieces: &[usize]| {
        let (mut ear, mut at, mut told) = (hearing.ear(), 0, Vec::new());
        for piece in pieces.iter().cycle() {
            let end = (at + piece).min(line.len());
            told.extend(ear.listen(&line[at..end]));
            at = end;
            if at == line.len() {
                break;
            }
        }
        told
    };
    let whole = told(&[line.len()]);
    assert!(whole.iter().any(|v| matches!(&v.heard, Heard::Announcement(_))), "{whole:?}");
    assert_eq!(told(&[1]), whole);
    assert_eq!(told(&[160]), whole);
    assert_eq!(told(&[7, 1_000, 333]), whole);
}

#[test]
fn every_tone_of_every_plan_is_told_from_the_others() {
    for plan in TonePlan::all() {
        for (meaning, row) in measure_tones(&plan, 24, 6) {
            assert_eq!(row.wrong, 0, "{} {meaning:?} {row:?}", plan.country);
            assert!(row.right >= 22, "{} {meaning:?} {row:?}", plan.country);
        }
    }
}

#[test]
fn voices_and_music_are_no_tones() {
    let hearing = hearing(&[]);
    for n in 0..12 {
        for sound in [Voice::of_seed(n).say(&words(7_000 + n, 60)), music(n, 15_000)] {
            let mut ear = hearing.ear();
            let told = ear.listen(&Line::CLEAR.carry(&sound, n));
            assert!(!told.iter().any(|v| matches!(v.heard, Heard::Tone(_))), "{told:?}");
        }
    }
}

#[test]
fn speech_music_and_silence_are_told_apart() {
    let hearing = hearing(&[]);
    let mut right = 0;
    for n in 0..12 {
        let line = Line::ALL[n as usize % 5].1;
        let speech = kinds(&hearing, &Voice::of_seed(n).say(&words(n, 40)), &line, n);
        let song = kinds(&hearing, &music(n, 8_000), &line, n);
        right += u32::from(speech == [SoundKind::Speech]) + u32::from(song == [SoundKind::Music]);
    }
    assert!(right >= 22, "{right} of 24");
    assert_eq!(kinds(&hearing, &silence(6_000), &Line::CLEAR, 1), [SoundKind::Silence]);
}

#[test]
fn what_says_too_little_is_no_reference() {
    let mut library = Library::default();
    for sound in [silence(3_000), sine(&[450.0], -10.0, 3_000), announcement(1, 1)[..8_000].to_vec()] {
        let added = library.add(clip(1, Meaning::Busy), &samples(&sound));
        assert_eq!(added, Err(ClipRefused::TooLittle));
    }
    assert!(library.is_empty());
}
