//! One channel of the simulated switch, as its events and its dump show it.

use crate::base::clock::Moment;
use crate::base::ids::LegId;
use crate::sim::apps::App;
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// Where a leg leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Over a trunk to a customer.
    Customer {
        /// The gateway's name.
        gateway: String,
        /// The called number.
        number: String,
    },
    /// To us: a customer calls.
    Centre {
        /// The gateway they come over.
        gateway: String,
        /// The number they call.
        called: String,
    },
    /// To a desk phone.
    Phone {
        /// Its extension.
        extension: String,
    },
}

impl Target {
    /// The number called.
    pub fn number(&self) -> &str {
        match self {
            Target::Customer { number, .. } => number,
            Target::Centre { called, .. } => called,
            Target::Phone { extension } => extension,
        }
    }
}

/// What was asked for when the leg was started; it never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The leg's UUID.
    pub leg: LegId,
    /// Whom it calls.
    pub target: Target,
    /// The channel's name, e.g. `sofia/external/13800138000`.
    pub channel_name: String,
    /// The number shown.
    pub caller_id: String,
    /// How long it may ring, in seconds.
    pub ring_seconds: u32,
    /// What runs on it once it is answered.
    pub apps: Vec<App>,
    /// The background job that waits for the answer.
    pub job: Option<Uuid>,
    /// The switch's running number of the session.
    pub session: u64,
    /// When it was started.
    pub created_at: Moment,
}

/// Where in its life a leg is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegState {
    /// Asked for; the call goes out.
    New,
    /// The far end rings.
    Ringing,
    /// Answered; its application has not begun.
    Answered,
    /// Parked.
    Parked {
        /// By the `park` application (true) or after a bridge (false).
        by_application: bool,
    },
    /// Listens to another leg.
    Eavesdropping {
        /// Which.
        target: LegId,
    },
    /// Hears music.
    Music,
    /// In the room of its application.
    InRoom,
    /// Waits in silence for so long as its application says.
    Sleeping,
    /// A bridge was ordered; it has left the place where it was.
    Joining,
    /// Hears another leg.
    Bridged {
        /// The first leg of the bridge, which speaks for both.
        a: LegId,
        /// The second.
        b: LegId,
    },
    /// A bridge was ordered, and the other leg was sent elsewhere before it
    /// stood: hears nothing, and looks bridged.
    Stranded,
    /// Hung up; the switch tidies up.
    Ending,
}

/// Why and by whom a leg was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// FreeSWITCH's cause.
    pub cause: &'static str,
    /// The SIP status with which the far end refused.
    pub sip_status: Option<u16>,
    /// The far end hung up or refused; otherwise the switch did.
    pub by_far_end: bool,
    /// When.
    pub at: Moment,
}

/// The leg last joined with this one; shown until the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherLeg {
    /// What is known of it.
    pub origin: Arc<Origin>,
    /// This leg was named first in the bridge.
    pub we_are_first: bool,
    /// How that bridge ended, when the other leg hung up.
    pub hangup_cause: Option<&'static str>,
}

/// A recording in progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// The file.
    pub path: String,
    /// Since when.
    pub since: Moment,
    /// When it fell silent (true) or sounded again, in order.
    pub masks: Vec<(Moment, bool)>,
}

impl Recording {
    /// Whether it is silent now.
    pub fn is_masked(&self) -> bool {
        self.masks.last().is_some_and(|(_, on)| *on)
    }

    /// The silent stretches until `end`, in milliseconds from the start.
    pub fn silences(&self, end: Moment) -> Vec<(i64, i64)> {
        let ends = self.masks.iter().skip(1).map(|(at, _)| *at).chain([end]);
        let stretches = self.masks.iter().zip(ends).filter(|((_, on), _)| *on);
        stretches.map(|((from, _), to)| (from.since_ms(self.since), to.since_ms(self.since))).collect()
    }
}

/// A channel.
#[derive(Debug, Clone)]
pub struct Leg {
    /// How it was started.
    pub origin: Arc<Origin>,
    /// Channel variables: those of the originate, and those set later.
    pub variables: Arc<BTreeMap<String, String>>,
    /// Where in its life it is.
    pub state: LegState,
    /// The leg it is, or was, joined with.
    pub other: Option<OtherLeg>,
    /// When it rang.
    pub progress_at: Option<Moment>,
    /// When it was answered.
    pub answered_at: Option<Moment>,
    /// When it was bridged last.
    pub bridged_at: Option<Moment>,
    /// How it ended.
    pub ending: Option<Ending>,
    /// On hold by `uuid_hold`.
    pub held: bool,
    /// The recording that runs.
    pub recording: Option<Recording>,
    /// What it sends is silenced (`uuid_audio`).
    pub muted: bool,
    /// How it takes part in what it listens to: the key last taken for that.
    pub ear: Option<char>,
    /// The sound laid over what it hears (`uuid_displace`), and since when.
    pub overlaid: Option<(String, Moment)>,
    /// The application that runs, with its argument.
    pub application: Option<App>,
    /// The application last executed by the leg itself; a bridge ordered from
    /// outside does not change it (`variable_current_application`).
    pub executed: Option<App>,
    /// The room it is, or was last, in (`variable_conference_name`).
    pub room: Option<String>,
}

impl Leg {
    /// A leg that was just asked for.
    pub fn new(origin: Origin, variables: BTreeMap<String, String>) -> Self {
        Self {
            origin: Arc::new(origin),
            variables: Arc::new(variables),
            state: LegState::New,
            other: None,
            progress_at: None,
            answered_at: None,
            bridged_at: None,
            ending: None,
            held: false,
            recording: None,
            muted: false,
            ear: None,
            overlaid: None,
            application: None,
            executed: None,
            room: None,
        }
    }

    /// Its UUID.
    pub fn id(&self) -> LegId {
        self.origin.leg
    }

    /// Whether commands can still reach it.
    pub fn is_up(&self) -> bool {
        self.state != LegState::Ending
    }

    /// A channel variable.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// Whether a channel variable says yes.
    pub fn is_true(&self, name: &str) -> bool {
        self.variable(name).is_some_and(|value| value == "true")
    }

    /// Whether a recording of it holds what it sends alone, on one channel.
    pub fn records_own_voice(&self) -> bool {
        self.is_true("RECORD_READ_ONLY")
    }

    /// Whether it whispers to the leg that it listens to while it is recorded.
    pub fn whisper_is_recorded(&self) -> bool {
        let whispers = matches!(self.state, LegState::Eavesdropping { .. }) && self.ear == Some('2');
        whispers && self.recording.is_some()
    }

    /// Whether it listens to another leg and was told to take no keys for it.
    pub fn ignores_keys(&self) -> bool {
        let refuses = self.variable("eavesdrop_enable_dtmf").is_some_and(|value| value == "false");
        refuses && matches!(self.state, LegState::Eavesdropping { .. })
    }

    /// The leg that a dump shows it bridged with.
    pub fn bond(&self) -> Option<LegId> {
        let stranded = (self.state == LegState::Stranded).then_some(self.other.as_ref());
        self.bridged_to().or_else(|| stranded.flatten().map(|other| other.origin.leg))
    }

    /// The leg it is bridged with now.
    pub fn bridged_to(&self) -> Option<LegId> {
        match self.state {
            LegState::Bridged { a, b } => Some(if a == self.id() { b } else { a }),
            _ => None,
        }
    }
}
