//! Callers who wait are told their place in the queue.
//!
//! In: time, and where the caller's leg is. Out: a sound laid over the music, taken
//! away when it is not to be heard any more. The leg stays where it is meanwhile
//! (`uuid_displace`, tried on FreeSWITCH 1.10.12: the music goes on underneath and is
//! heard again when the sound is over), so that an agent is connected in the middle of
//! an announcement as at any other time. A sound laid over a leg that hears nothing
//! would wait for the first that it does hear, so callers without music are told nothing.

use super::Floor;
use super::call::{Call, CallState};
use super::effect::SwitchCommand;
use super::plan::Place;
use super::queue::{QueueOutcome, Visit};
use super::queueing::queue_since;
use crate::base::clock::Moment;
use crate::base::ids::{CallId, LegId, QueueId};

/// The shortest time between two announcements, in seconds; none lasts longer.
pub const ANNOUNCE_EVERY_SECONDS_MIN: i32 = 15;
/// Places with a sound of their own; for those behind there is one sound.
const PLACES: usize = 20;

/// How callers are told their place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcements {
    /// How long after one the next follows, in milliseconds. The first follows as
    /// soon as the music plays.
    pub every_ms: i64,
    /// A folder of the switch with `1.wav` to `20.wav` and `more.wav`.
    pub sounds: String,
}

impl Announcements {
    /// The sound for this place; the first in line has place 1.
    pub fn sound(&self, place: usize) -> String {
        let folder = self.sounds.trim_end_matches('/');
        if place <= PLACES { format!("{folder}/{place}.wav") } else { format!("{folder}/more.wav") }
    }
}

impl Floor {
    /// Who waits in a queue, in the order in which it serves them: those for whom a
    /// phone rings or an agent is being connected have not left it yet.
    pub(super) fn line(&self, queue: QueueId) -> Vec<CallId> {
        let mut line: Vec<(Moment, CallId)> = self
            .calls
            .values()
            .filter_map(|call| Some((call, call.queued.as_ref().filter(|visit| visit.queue == queue)?)))
            .filter(|(call, visit)| in_line(call, visit))
            .map(|(call, visit)| (queue_since(call, visit), call.id))
            .collect();
        line.sort_unstable();
        line.into_iter().map(|(_, call)| call).collect()
    }

    /// When a caller who waits is to be told their place; `None`: not now.
    pub(super) fn announce_due(&self, call: &Call, visit: &Visit) -> Option<Moment> {
        let announcements = self.queues.get(&visit.queue)?.profile.announcements.as_ref()?;
        let hears = call.state == CallState::Waiting && self.place(call.leg) == Place::Music;
        if !hears || Self::held_back(call) || !in_line(call, visit) {
            return None;
        }
        Some(visit.told_at.map_or(visit.since, |at| at + announcements.every_ms))
    }

    /// Tells a caller their place, if it is time.
    pub(super) fn tell_place(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get(&id) else { return };
        let (leg, Some(visit)) = (call.leg, &call.queued) else { return };
        if self.announce_due(call, visit).is_none_or(|at| at > now) {
            return;
        }
        let Some(place) = self.line(visit.queue).iter().position(|other| *other == id) else { return };
        let queue = self.queues.get(&visit.queue);
        let announcements = queue.and_then(|queue| queue.profile.announcements.as_ref());
        let Some(sound) = announcements.map(|announcements| announcements.sound(place + 1)) else { return };
        if let Some(visit) = self.visit_mut(id) {
            visit.told_at = Some(now);
            visit.hears = Some(sound.clone());
        }
        self.send(SwitchCommand::Announce { leg, sound });
    }

    /// The caller is connected or goes elsewhere: what they were being told is not
    /// heard over it.
    pub(super) fn end_announcement(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let (leg, Some(visit)) = (call.leg, call.queued.as_mut()) else { return };
        let Some(sound) = visit.hears.take() else { return };
        let over = i64::from(ANNOUNCE_EVERY_SECONDS_MIN) * 1_000;
        if visit.told_at.is_some_and(|at| now.since_ms(at) < over) {
            self.send(SwitchCommand::EndAnnouncement { leg, sound });
        }
    }

    /// The switch could not play it; the next may do. One that was over already
    /// could not be ended.
    pub(super) fn not_announced(&mut self, now: Moment, leg: LegId, reason: &str) {
        let waits = |call: &&Call| call.leg == leg && call.state == CallState::Waiting;
        if let Some(call) = self.calls.values().find(waits).map(|call| call.id) {
            self.ignore(now, format!("call {call}: the caller was not told their place: {reason}"));
        }
    }
}

/// Whether a caller waits for whoever is next in the queue.
fn in_line(call: &Call, visit: &Visit) -> bool {
    let waits = matches!(call.state, CallState::Waiting | CallState::Connecting { .. });
    // One whom an agent had and left is in line again.
    let back = visit.outcome == Some(QueueOutcome::Answered);
    waits && visit.only.is_none() && (visit.outcome.is_none() || back)
}
