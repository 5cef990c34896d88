//! What the simulated switch says: the events of an Event Socket, with the leg
//! as it was at that instant.

use crate::base::clock::Moment;
use crate::base::ids::LegId;
use crate::sim::leg::Leg;
use crate::sim::phone::SimPhone;
use uuid::Uuid;

/// One event.
#[derive(Debug, Clone)]
pub struct WorldEvent {
    /// When it happened.
    pub at: Moment,
    /// What happened.
    pub kind: EventKind,
    /// The leg as it was then; `None` for the result of a job and the
    /// registrations of phones.
    pub leg: Option<Box<Leg>>,
}

/// The kinds of events, in FreeSWITCH's terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventKind {
    /// CHANNEL_OUTGOING
    Outgoing,
    /// CHANNEL_CREATE
    Create,
    /// CHANNEL_ORIGINATE
    Originate,
    /// CHANNEL_PROGRESS
    Progress,
    /// CHANNEL_ANSWER
    Answer,
    /// CHANNEL_EXECUTE
    Execute {
        /// The application.
        application: String,
        /// Its argument.
        data: String,
    },
    /// CHANNEL_EXECUTE_COMPLETE
    ExecuteComplete {
        /// The application.
        application: String,
        /// Its argument.
        data: String,
    },
    /// CHANNEL_PARK
    Park,
    /// CHANNEL_UNPARK
    Unpark,
    /// CHANNEL_BRIDGE, of the first leg alone
    Bridge {
        /// The first leg of the bridge: this one.
        a: LegId,
        /// The second.
        b: LegId,
    },
    /// CHANNEL_UNBRIDGE, of the first leg alone
    Unbridge {
        /// The first leg of the bridge: this one.
        a: LegId,
        /// The second.
        b: LegId,
    },
    /// CUSTOM sofia::register: a desk phone.
    Registered(SimPhone),
    /// CUSTOM sofia::unregister
    Unregistered(SimPhone),
    /// CUSTOM sofia::expire
    Expired(SimPhone),
    /// CHANNEL_HOLD
    Hold,
    /// CHANNEL_UNHOLD
    Unhold,
    /// DTMF
    Dtmf {
        /// The digit.
        digit: char,
    },
    /// PLAYBACK_START: music, or another sound of the switch's own.
    PlaybackStart {
        /// What is played.
        file: String,
    },
    /// PLAYBACK_STOP
    PlaybackStop {
        /// What was played.
        file: String,
    },
    /// CUSTOM conference::maintenance, add-member: the leg is in a room.
    JoinedRoom {
        /// The room's name.
        room: String,
    },
    /// CUSTOM conference::maintenance, del-member: it has left the room.
    LeftRoom {
        /// The room's name.
        room: String,
    },
    /// RECORD_START
    RecordStart {
        /// The file.
        path: String,
    },
    /// RECORD_STOP
    RecordStop {
        /// The file.
        path: String,
        /// How much was recorded, in milliseconds.
        ms: i64,
        /// Where it is silent because it was masked: from and to, in
        /// milliseconds from its start.
        masked: Vec<(i64, i64)>,
    },
    /// MEDIA_BUG_START
    MediaBugStart {
        /// What hangs on the audio: `session_record`, `eavesdrop`, or `audio`
        /// (silence).
        function: &'static str,
        /// The file it fills, the leg whose audio it is, or `mute`.
        target: String,
    },
    /// MEDIA_BUG_STOP
    MediaBugStop {
        /// What hung on it.
        function: &'static str,
        /// As above.
        target: String,
    },
    /// CHANNEL_HANGUP
    Hangup,
    /// CHANNEL_HANGUP_COMPLETE
    HangupComplete,
    /// CHANNEL_DESTROY
    Destroy,
    /// BACKGROUND_JOB: the result of an originate.
    Job {
        /// Which.
        job: Uuid,
        /// The leg asked for; there may never have been one.
        leg: LegId,
        /// The cause of the failure; `None`: it answered.
        failure: Option<&'static str>,
    },
}

impl EventKind {
    /// The name on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            EventKind::Outgoing => "CHANNEL_OUTGOING",
            EventKind::Create => "CHANNEL_CREATE",
            EventKind::Originate => "CHANNEL_ORIGINATE",
            EventKind::Progress => "CHANNEL_PROGRESS",
            EventKind::Answer => "CHANNEL_ANSWER",
            EventKind::Execute { .. } => "CHANNEL_EXECUTE",
            EventKind::ExecuteComplete { .. } => "CHANNEL_EXECUTE_COMPLETE",
            EventKind::Park => "CHANNEL_PARK",
            EventKind::Unpark => "CHANNEL_UNPARK",
            EventKind::Bridge { .. } => "CHANNEL_BRIDGE",
            EventKind::Unbridge { .. } => "CHANNEL_UNBRIDGE",
            EventKind::Hold => "CHANNEL_HOLD",
            EventKind::Unhold => "CHANNEL_UNHOLD",
            EventKind::Dtmf { .. } => "DTMF",
            EventKind::PlaybackStart { .. } => "PLAYBACK_START",
            EventKind::PlaybackStop { .. } => "PLAYBACK_STOP",
            EventKind::Registered(_) | EventKind::Unregistered(_) | EventKind::Expired(_) => "CUSTOM",
            EventKind::JoinedRoom { .. } | EventKind::LeftRoom { .. } => "CUSTOM",
            EventKind::RecordStart { .. } => "RECORD_START",
            EventKind::RecordStop { .. } => "RECORD_STOP",
            EventKind::MediaBugStart { .. } => "MEDIA_BUG_START",
            EventKind::MediaBugStop { .. } => "MEDIA_BUG_STOP",
            EventKind::Hangup => "CHANNEL_HANGUP",
            EventKind::HangupComplete => "CHANNEL_HANGUP_COMPLETE",
            EventKind::Destroy => "CHANNEL_DESTROY",
            EventKind::Job { .. } => "BACKGROUND_JOB",
        }
    }
    /// The subclass of a custom event.
    pub fn subclass(&self) -> Option<&'static str> {
        match self {
            EventKind::Registered(_) => Some("sofia::register"),
            EventKind::Unregistered(_) => Some("sofia::unregister"),
            EventKind::Expired(_) => Some("sofia::expire"),
            EventKind::JoinedRoom { .. } | EventKind::LeftRoom { .. } => Some("conference::maintenance"),
            _ => None,
        }
    }
}
