//! When conversations are recorded, and why one is not.
//!
//! In: conversations that begin or are taken up, how the recordings' disk is,
//! refusals of the switch. Out: commands to record, and facts that say why there
//! is no recording.

use super::call::{Call, CallState};
use super::effect::{Fact, NotRecorded, SwitchCommand, Tell};
use super::input::{CommandName, RecordingSpace};
use super::{Floor, LegOwner, NO_SUCH_CHANNEL};
use crate::base::clock::Moment;
use crate::base::ids::{CallId, LegId};

impl Floor {
    /// Has a conversation recorded, unless it is already or there is no room.
    pub(super) fn record_call(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get(&id).filter(|call| call.recording.is_none()) else { return };
        let leg = call.leg;
        if self.recordings_stopped {
            self.record(Fact::NotRecorded { call: id, why: NotRecorded::DiskFull, at: now });
        } else {
            self.send(SwitchCommand::StartRecording { leg, call: id });
        }
    }

    /// Joins customer and agent, and has it recorded in the same breath: were the
    /// event of the bridge lost, the conversation would be on no tape.
    pub(super) fn bridge_recorded(&mut self, now: Moment, id: CallId, customer: LegId, agent: LegId) {
        self.send(SwitchCommand::Bridge { first: customer, second: agent, stays: None });
        self.end_announcement(now, id);
        let asked = self.calls.get_mut(&id).map(|call| std::mem::replace(&mut call.record_asked, true));
        if asked == Some(false) {
            self.record_call(now, id);
        }
    }

    /// Customer and agent hear each other: `first` if for the first time. The
    /// recording that began before that is theirs from here on.
    pub(super) fn note_recording(&mut self, now: Moment, id: CallId, first: bool) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let asked = std::mem::replace(&mut call.record_asked, true);
        match (call.recording.clone(), call.connected) {
            (Some(path), Some((agent, _))) if first => {
                self.record(Fact::RecordingStarted { call: id, agent, path, at: now });
            }
            (Some(_), _) => {}
            (None, _) if asked => {}
            (None, _) => self.record_call(now, id),
        }
    }

    /// Has a conversation recorded that was taken up, if it is one.
    pub(super) fn record_conversation(&mut self, now: Moment, id: CallId) {
        let talks = |call: &&Call| {
            let together = matches!(call.state, CallState::Talking { .. } | CallState::Arranged { .. });
            call.connected.is_some() && together
        };
        if self.calls.get(&id).filter(talks).is_some() {
            self.record_call(now, id);
        }
    }

    /// A full disk stops new recordings, not calls. When there is room again,
    /// conversations that go on without one are recorded from here on.
    pub(super) fn on_recording_space(&mut self, now: Moment, space: RecordingSpace) {
        let begins = self.recordings_stopped && space.enough;
        self.recordings_stopped = !space.enough;
        self.tell(Tell::RecordingSpace(space));
        if begins {
            let calls: Vec<CallId> = self.calls.keys().copied().collect();
            for call in calls {
                self.record_conversation(now, call);
            }
            self.begin_voices();
        }
    }

    /// The switch did not start to record, or to stop. Without a connection the next list
    /// of channels decides; a call that is over needs no recording.
    pub(super) fn on_recording_failed(
        &mut self,
        now: Moment,
        leg: LegId,
        owner: LegOwner,
        command: CommandName,
        reason: &str,
    ) {
        self.ignore(now, format!("recording of leg {leg} failed ({command:?}): {reason}"));
        if let LegOwner::Monitor(supervisor) = owner {
            self.on_voice_failed(supervisor, command, reason);
        }
        if let LegOwner::Customer(call) = owner
            && self.switch_up
            && !reason.contains(NO_SUCH_CHANNEL)
        {
            self.record(Fact::NotRecorded { call, why: NotRecorded::SwitchRefused, at: now });
        }
    }
}
