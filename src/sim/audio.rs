//! What hangs on a leg's audio or is sent along with it: recordings, silence,
//! keys, hold.
//!
//! In: orders for a leg ([`World::command`]). Out: their events, at once.

use crate::base::clock::Moment;
use crate::base::ids::LegId;
use crate::sim::apps::App;
use crate::sim::event::EventKind;
use crate::sim::leg::{Leg, LegState, Recording, Target};
use crate::sim::steps::Step;
use crate::sim::world::{Reply, World};

/// How long a sound lasts: the simulated switch has none.
const SOUND_MS: i64 = 3_000;

impl World {
    pub(super) fn hold(&mut self, now: Moment, leg: LegId, on: bool) -> Reply {
        // A real switch says +OK whatever the UUID.
        let Some(entry) = self.entries.get_mut(&leg).filter(|e| e.leg.is_up() && e.leg.held != on) else {
            return Reply::Ok;
        };
        entry.leg.held = on;
        let partner = entry.leg.bridged_to();
        self.emit(now, leg, if on { EventKind::Hold } else { EventKind::Unhold });
        if let (true, Some(partner)) = (on, partner) {
            self.plan(now + 200, partner, Step::HoldMusic);
        }
        Reply::Ok
    }

    pub(super) fn record(&mut self, now: Moment, leg: LegId, path: String) -> Reply {
        let Some(entry) = self.entries.get_mut(&leg).filter(|e| e.leg.is_up()) else {
            return Reply::NoSuchLeg;
        };
        if let Some(recording) = &entry.leg.recording {
            // Asked for twice, it goes on.
            return if recording.path == path { Reply::Ok } else { Reply::Failed };
        }
        entry.leg.recording = Some(Recording { path: path.clone(), since: now, masks: Vec::new() });
        self.emit(now, leg, EventKind::RecordStart { path: path.clone() });
        self.emit(now, leg, EventKind::MediaBugStart { function: "session_record", target: path });
        Reply::Ok
    }

    pub(super) fn stop_recording(&mut self, at: Moment, leg: LegId) -> bool {
        let Some(recording) = self.entries.get_mut(&leg).and_then(|e| e.leg.recording.take()) else {
            return false;
        };
        let (ms, masked) = (at.since_ms(recording.since), recording.silences(at));
        let path = recording.path;
        self.emit(at, leg, EventKind::RecordStop { path: path.clone(), ms, masked });
        self.emit(at, leg, EventKind::MediaBugStop { function: "session_record", target: path });
        true
    }

    /// Silence in the running recording of that name, or sound again.
    pub(super) fn mask(&mut self, now: Moment, leg: LegId, path: &str, on: bool) -> Reply {
        let Some(entry) = self.entries.get_mut(&leg).filter(|e| e.leg.is_up()) else {
            return Reply::NoSuchLeg;
        };
        let Some(recording) = entry.leg.recording.as_mut().filter(|r| r.path == path) else {
            return Reply::Failed;
        };
        if recording.is_masked() != on {
            recording.masks.push((now, on));
        }
        Reply::Ok
    }

    /// Silences what a leg sends, or lets it through; asked for again, nothing
    /// happens.
    pub(super) fn mute(&mut self, at: Moment, leg: LegId, on: bool) -> Reply {
        let Some(entry) = self.entries.get_mut(&leg) else { return Reply::NoSuchLeg };
        // A leg that ends loses its silence too.
        if on && !entry.leg.is_up() {
            return Reply::NoSuchLeg;
        }
        if std::mem::replace(&mut entry.leg.muted, on) != on {
            let (function, target) = ("audio", "mute".to_owned());
            let bug = if on {
                EventKind::MediaBugStart { function, target }
            } else {
                EventKind::MediaBugStop { function, target }
            };
            self.emit(at, leg, bug);
        }
        if self.is_up(leg) { Reply::Ok } else { Reply::NoSuchLeg }
    }

    /// Lays a sound over what a leg hears, or takes it away. Over a leg that hears
    /// nothing it waits for the first that it hears.
    pub(super) fn displace(&mut self, now: Moment, leg: LegId, file: String, on: bool) -> Reply {
        let Some(entry) = self.entries.get_mut(&leg).filter(|entry| entry.leg.is_up()) else {
            return Reply::NoSuchLeg;
        };
        let this = entry.leg.overlaid.as_ref().is_some_and(|(laid, _)| *laid == file);
        if on == this || entry.leg.answered_at.is_none() {
            return Reply::Failed;
        }
        if !on {
            self.end_overlay(now, leg);
            return Reply::Ok;
        }
        entry.leg.overlaid = Some((file.clone(), now));
        let hears = !matches!(entry.leg.state, LegState::Parked { .. } | LegState::Stranded);
        self.emit(now, leg, EventKind::MediaBugStart { function: "displace", target: file });
        if hears {
            self.plan(now + SOUND_MS, leg, Step::SoundOver { since: now });
        }
        Reply::Ok
    }

    /// The sound laid over a leg is heard no more.
    pub(super) fn end_overlay(&mut self, at: Moment, leg: LegId) {
        if let Some((target, _)) = self.entries.get_mut(&leg).and_then(|entry| entry.leg.overlaid.take()) {
            self.emit(at, leg, EventKind::MediaBugStop { function: "displace", target });
        }
    }

    /// Keys come in with the media clock.
    pub(super) fn take_keys(&mut self, now: Moment, leg: LegId, keys: &str) -> Reply {
        if !self.is_up(leg) {
            return Reply::NoSuchLeg;
        }
        // An ear without keys leaves them lying.
        if self.leg(leg).is_some_and(Leg::ignores_keys) {
            return Reply::Ok;
        }
        for (n, digit) in (1..).zip(keys.chars()) {
            self.plan(now + 20 * n, leg, Step::Dtmf { digit });
        }
        Reply::Ok
    }

    /// A key comes in. Where only music is played it is left lying, and nobody
    /// hears of it; who is asked for it goes on to what comes after; a leg that
    /// listens changes how it takes part.
    pub(super) fn take_key(&mut self, at: Moment, leg: LegId, digit: char) {
        if let Some(entry) = self.entries.get_mut(&leg)
            && matches!(entry.leg.state, LegState::Eavesdropping { .. })
            && "0123".contains(digit)
        {
            entry.leg.ear = Some(digit);
        }
        let Some(found) = self.leg(leg) else { return };
        let app = found.application.clone().filter(|_| found.state == LegState::Music);
        match app {
            Some(app) if app.name == ASKS => {
                self.emit(at, leg, EventKind::Dtmf { digit });
                let wanted = app.data.split(' ').nth(8).is_some_and(|key| key.starts_with(digit));
                let rest = self.entries.get_mut(&leg).filter(|_| wanted).map(|e| std::mem::take(&mut e.rest));
                let Some(rest) = rest else {
                    // Asked again from the beginning.
                    let file = music_of(&app).to_owned();
                    self.emit(at, leg, EventKind::PlaybackStop { file: file.clone() });
                    return self.emit(at, leg, EventKind::PlaybackStart { file });
                };
                self.stop_music(at, leg, &app);
                self.run_apps(at, leg, &rest);
            }
            Some(_) => {}
            None => self.emit(at, leg, EventKind::Dtmf { digit }),
        }
    }

    /// Music until a key is pressed (`play_and_get_digits`).
    pub(super) fn ask_for_key(&mut self, at: Moment, leg: LegId, app: &App, rest: &[App]) {
        if let Some(entry) = self.entries.get_mut(&leg) {
            entry.rest = rest.to_vec();
        }
        self.play_music(at, leg, app, music_of(app));
    }

    /// A ringing desk phone picks up; a customer's does not listen.
    pub(super) fn ask_to_answer(&mut self, now: Moment, leg: LegId) -> Reply {
        let Some(found) = self.leg(leg) else { return Reply::NoSuchLeg };
        let is_phone = |leg: &Leg| matches!(leg.origin.target, Target::Phone { .. });
        if found.state == LegState::Ringing && is_phone(found) {
            self.plan(now + 60, leg, Step::Answer);
        }
        Reply::Ok
    }
}

/// The application that plays music and takes keys.
const ASKS: &str = "play_and_get_digits";

/// What an application of music plays.
pub(super) fn music_of(app: &App) -> &str {
    if app.name == ASKS { app.data.split(' ').nth(5).unwrap_or_default() } else { &app.data }
}
