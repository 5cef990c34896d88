//! What hangs on a leg's audio or is sent along with it: recordings, silence,
//! keys, hold.
//!
//! In: orders for a leg ([`World::command`]). Out: their events, at once.

use crate::base::clock::Moment;
use crate::base::ids::LegId;
use crate::sim::event::EventKind;
use crate::sim::leg::{Leg, LegState, Recording, Target};
use crate::sim::steps::Step;
use crate::sim::world::{Reply, World};

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
