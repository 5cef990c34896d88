//! Callers who wait are told their place, on every switch: over the music, which is
//! heard again after it, and an agent is connected in the middle of it. The simulated
//! switch has no sound; of a real one the caller's own telephone says what it hears.

use super::queues::{CALLED, CUSTOMER, Callers, Centre, SERVICE, STAYS, queue};
use super::rig::{PHONES, Phone, free_port};
use std::f64::consts::TAU;
use std::path::Path;
use trunkline::base::ids::AgentId;
use trunkline::floor::announce::Announcements;
use trunkline::floor::effect::{AgentStateKind, CallResult, Effect, SwitchCommand};
use trunkline::floor::input::{AgentCommand, Input};
use trunkline::floor::queue::QueueProfile;

const NUMBER: &str = "13800138038";
/// What the caller hears, in Hz: the place, the music (see the rig), a desk phone.
const PLACE: u64 = 600;
const MUSIC: u64 = 1_600;
const AGENT: u64 = 700;

impl Centre {
    /// The sound with which the switch is told to tell a caller their place.
    async fn told(&mut self) -> String {
        let told = |effect: &Effect| match effect {
            Effect::Switch(SwitchCommand::Announce { sound, .. }) => Some(sound.clone()),
            _ => None,
        };
        self.until("the place in line", told).await
    }

    fn announces(&mut self, folder: &Path) {
        let sounds = folder.to_string_lossy().into_owned();
        let announcements = Some(Announcements { every_ms: 15_000, sounds });
        let profile = queue(SERVICE, &[1], CALLED, 60_000);
        self.give(Input::queue(QueueProfile { announcements, ..profile }));
    }
}

pub(super) async fn callers_are_told_their_place(centre: &mut Centre, callers: &mut Callers, work: &Path) {
    let (short, long) = (work.join("place"), work.join("place-long"));
    for (folder, seconds) in [(&short, 2), (&long, 14)] {
        std::fs::create_dir(folder).unwrap();
        std::fs::write(folder.join("1.wav"), tone(PLACE, seconds)).unwrap();
    }
    centre.announces(&short);
    let mut telephone = match callers {
        Callers::Real { trunk_port, .. } => {
            let line = format!("{NUMBER}:{}:{CUSTOMER}", free_port());
            let mut telephone = Phone::start(*trunk_port, &["--line".into(), line]);
            telephone.order(&format!("{NUMBER} dial {CALLED}")).await;
            Some(telephone)
        }
        Callers::Simulated(_) => {
            callers.call(NUMBER, CALLED, STAYS);
            None
        }
    };
    let call = centre.arrived().await;
    assert_eq!(centre.told().await, short.join("1.wav").to_string_lossy());
    if let Some(telephone) = &mut telephone {
        telephone.hears(NUMBER, &[PLACE]).await;
        telephone.hears(NUMBER, &[MUSIC]).await;
    }

    centre.announces(&long);
    assert_eq!(centre.told().await, long.join("1.wav").to_string_lossy());
    if let Some(telephone) = &mut telephone {
        telephone.hears(NUMBER, &[PLACE]).await;
    }
    centre.ask(1, AgentCommand::Ready);
    assert_eq!(centre.connected(call).await, AgentId(1));
    if let Some(telephone) = &mut telephone {
        telephone.hears(NUMBER, &[AGENT]).await;
    }
    callers.hears(PHONES[0], &[CUSTOMER]).await;
    let taken_away =
        |effect: &Effect| matches!(effect, Effect::Switch(SwitchCommand::EndAnnouncement { .. }));
    assert_eq!(centre.told.iter().filter(|effect| taken_away(effect)).count(), 1);
    centre.ask(1, AgentCommand::HangUp);
    assert_eq!(centre.ended(call).await, CallResult::Answered);
    centre.is(1, AgentStateKind::WrapUp).await;
}

/// A file of 16 bits, 8000 Hz, one channel, that holds one tone.
fn tone(hertz: u64, seconds: u32) -> Vec<u8> {
    const RATE: u32 = 8_000;
    let bytes = RATE * seconds * 2;
    let mut file = Vec::new();
    file.extend(b"RIFF");
    file.extend((36 + bytes).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    // PCM, one channel.
    file.extend([1_u16.to_le_bytes(), 1_u16.to_le_bytes()].concat());
    file.extend([RATE.to_le_bytes(), (RATE * 2).to_le_bytes()].concat());
    file.extend(2_u16.to_le_bytes());
    file.extend(16_u16.to_le_bytes());
    file.extend(b"data");
    file.extend(bytes.to_le_bytes());
    for sample in 0..RATE * seconds {
        let level = (f64::from(sample) * TAU * hertz as f64 / f64::from(RATE)).sin() * 8_000.0;
        file.extend((level as i16).to_le_bytes());
    }
    file
}
