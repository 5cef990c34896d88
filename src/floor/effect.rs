//! What the floor wants done: switch commands, facts for the store, messages
//! for the consoles, leads to fetch, answers to requests.
//!
//! The order in the list is the order in which they are to be carried out; see
//! the conductor for what may overtake what.

use crate::base::ids::{AgentId, CallId, CampaignId, LeadId, LegId};
use crate::base::phone::Dialable;
use crate::floor::input::{CommandName, Keys, MonitorMode, Ticket};
use crate::floor::make::Make;
use crate::floor::refusal::Refusal;

pub use crate::floor::fact::{CallResult, EndedBy, Fact, NotRecorded, SpanKind};
pub use crate::floor::kind::{AgentStateKind, TransferOutcome};
pub use crate::floor::tell::{
    AgentAction, AgentLive, CallLive, CallStateKind, CampaignLive, MonitorLive, Notice, QueueLive, Tell,
    ThirdLive,
};

/// One thing to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Tell the switch.
    Switch(SwitchCommand),
    /// Write this down.
    Record(Fact),
    /// Tell the consoles.
    Tell(Tell),
    /// Fetch leads for a hopper.
    WantLeads {
        /// Whose.
        campaign: CampaignId,
        /// How many.
        count: usize,
    },
    /// Give leads back that will not be dialled now (the campaign paused).
    ReturnLeads {
        /// Whose hopper they were in.
        campaign: CampaignId,
        /// The leads.
        leads: Vec<LeadId>,
    },
    /// Ask the store who calls; comes back as `Input::Caller`.
    WantCaller {
        /// Whose call.
        call: CallId,
        /// Their number, as the carrier names it.
        number: Dialable,
    },
    /// The answer to a request: done, as the switch's events say, or why not.
    /// Every ticket is answered once.
    Answer {
        /// Which request.
        ticket: Ticket,
        /// Why it was not done.
        refusal: Option<Refusal>,
    },
}

/// A command for the switch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SwitchCommand {
    /// Call a customer over a gateway; park the leg when it answers. Sent only
    /// after the attempt is stored.
    DialCustomer {
        /// The attempt.
        call: CallId,
        /// The leg's UUID.
        leg: LegId,
        /// The gateway's name.
        gateway: String,
        /// Whom to call.
        number: Dialable,
        /// The number shown.
        caller_id: Dialable,
        /// How long to let it ring, in seconds.
        ring_seconds: u32,
    },
    /// Ring an agent's desk phone; park the leg when it answers.
    RingAgent {
        /// Whose phone.
        agent: AgentId,
        /// The leg's UUID.
        leg: LegId,
        /// The phone's extension.
        extension: Dialable,
        /// The number shown on the phone's display.
        caller_id: Dialable,
        /// Off-hook: the leg stays up between calls.
        nailed: bool,
        /// On-hook: the call it is rung for.
        call: Option<CallId>,
        /// How long to let it ring, in seconds.
        ring_seconds: u32,
        /// What kind of phone it is.
        make: Make,
    },
    /// Connect two legs.
    Bridge {
        /// The customer's leg; among agents, the one who asked.
        first: LegId,
        /// The other.
        second: LegId,
        /// Which of the two is parked when the other hangs up; else it ends with
        /// it, unless it is a leg that outlives its calls.
        stays: Option<LegId>,
    },
    /// Call an outside party for a call in progress; park the leg when it
    /// answers.
    DialThird {
        /// The call.
        call: CallId,
        /// The leg's UUID.
        leg: LegId,
        /// The gateway's name.
        gateway: String,
        /// Whom to call.
        number: Dialable,
        /// The number shown.
        caller_id: Dialable,
        /// How long to let it ring, in seconds.
        ring_seconds: u32,
    },
    /// Play music to a leg, out of the bridge or room it is in. The partner
    /// left behind is parked, not hung up.
    PlayMusic {
        /// Which.
        leg: LegId,
        /// Its partner, if it has one.
        partner: Option<LegId>,
    },
    /// Park a leg, out of the bridge or room it is in; its partner is parked too.
    Park {
        /// Which.
        leg: LegId,
        /// Its partner, if it has one.
        partner: Option<LegId>,
    },
    /// Have legs talk in the call's own room.
    JoinRoom {
        /// The call, which names the room.
        call: CallId,
        /// Which; none of them is hung up when the room ends.
        legs: Vec<LegId>,
    },
    /// Silence what a leg sends, or let it through again.
    Mute {
        /// Which.
        leg: LegId,
        /// Silence.
        on: bool,
    },
    /// Send keys to the far end of a leg.
    SendKeys {
        /// Which.
        leg: LegId,
        /// The keys.
        keys: Keys,
    },
    /// Silence in a recording that goes on, or sound again.
    MaskRecording {
        /// The leg recorded.
        leg: LegId,
        /// The file, as the switch named it.
        path: String,
        /// Silence.
        on: bool,
    },
    /// Ask a ringing desk phone to answer (SIP event package `talk`).
    AnswerPhone {
        /// Its leg.
        leg: LegId,
    },
    /// Ring a supervisor's phone and let them hear an agent's leg.
    Monitor {
        /// Who.
        supervisor: AgentId,
        /// The leg's UUID.
        leg: LegId,
        /// The supervisor's extension.
        extension: Dialable,
        /// The agent's leg to listen to.
        target: LegId,
        /// How to begin.
        mode: MonitorMode,
        /// Whether keys pressed on the phone change how they listen.
        phone_keys: bool,
        /// How long to let it ring, in seconds.
        ring_seconds: u32,
        /// What kind of phone it is.
        make: Make,
    },
    /// A supervisor's leg is an agent's from here on: they take this call over.
    LabelAgent {
        /// The leg.
        leg: LegId,
        /// Whose phone it is.
        agent: AgentId,
        /// The call.
        call: CallId,
    },
    /// Change how a supervisor listens.
    SetMonitorMode {
        /// The supervisor's leg.
        leg: LegId,
        /// How.
        mode: MonitorMode,
    },
    /// Let a supervisor hear another agent's leg, without ringing again.
    MoveMonitor {
        /// The supervisor's leg.
        leg: LegId,
        /// The agent's leg to listen to now.
        target: LegId,
        /// How.
        mode: MonitorMode,
    },
    /// Answer a customer who calls, and make the leg ours: from then on it
    /// carries the call's id.
    AnswerCaller {
        /// Their leg.
        leg: LegId,
        /// The call.
        call: CallId,
    },
    /// Play music to a caller who waits.
    Entertain {
        /// Which leg.
        leg: LegId,
        /// A file or stream of the switch; `None`: the switch's own music.
        music: Option<String>,
    },
    /// Invite a caller who waits to press a key: the message, then music during
    /// which keys are told.
    OfferKey {
        /// Which leg.
        leg: LegId,
        /// The invitation, a file of the switch.
        message: Option<String>,
        /// A file or stream of the switch; `None`: the switch's own music.
        music: Option<String>,
        /// The key.
        key: char,
    },
    /// Lay a sound over what a caller hears, who stays where they are.
    Announce {
        /// Which leg.
        leg: LegId,
        /// A file of the switch.
        sound: String,
    },
    /// Take it away again, if it still sounds.
    EndAnnouncement {
        /// Which leg.
        leg: LegId,
        /// The file.
        sound: String,
    },
    /// Play a message to a caller and hang up after it.
    TurnAway {
        /// Which leg.
        leg: LegId,
        /// A file of the switch.
        message: String,
    },
    /// Play a greeting and a beep to a caller, record what they say, and hang up
    /// when they have or their time is over.
    TakeMessage {
        /// Which leg.
        leg: LegId,
        /// The call, which names the file.
        call: CallId,
        /// A file of the switch.
        greeting: Option<String>,
        /// How long they may speak, in seconds.
        seconds_max: u32,
    },
    /// End a leg.
    HangUp {
        /// Which.
        leg: LegId,
        /// With this cause.
        cause: HangUpCause,
    },
    /// Record both sides of a leg, apart in stereo.
    StartRecording {
        /// The customer's leg.
        leg: LegId,
        /// The call, which names the file.
        call: CallId,
    },
    /// Record what a supervisor says, and nothing of what they hear, into a file
    /// of its own.
    RecordVoice {
        /// The supervisor's leg.
        leg: LegId,
        /// The call, which names the file.
        call: CallId,
        /// Who, which names it too.
        supervisor: AgentId,
    },
    /// Close whatever file a leg is recorded into.
    StopRecording {
        /// Which leg.
        leg: LegId,
    },
    /// Ask whether the leg still exists; no is answered as
    /// [`crate::floor::input::CommandName::Exists`] failed.
    Check {
        /// Which.
        leg: LegId,
    },
}

impl SwitchCommand {
    /// Which leg a command is about (a bridge: the first), and its name.
    pub fn subject(&self) -> (LegId, CommandName) {
        match self {
            SwitchCommand::DialCustomer { leg, .. }
            | SwitchCommand::RingAgent { leg, .. }
            | SwitchCommand::DialThird { leg, .. }
            | SwitchCommand::Monitor { leg, .. } => (*leg, CommandName::Originate),
            SwitchCommand::Bridge { first, .. } => (*first, CommandName::Bridge),
            SwitchCommand::PlayMusic { leg, .. }
            | SwitchCommand::Park { leg, .. }
            | SwitchCommand::Entertain { leg, .. }
            | SwitchCommand::OfferKey { leg, .. }
            | SwitchCommand::TurnAway { leg, .. }
            | SwitchCommand::TakeMessage { leg, .. } => (*leg, CommandName::Move),
            SwitchCommand::AnswerCaller { leg, .. } => (*leg, CommandName::Answer),
            SwitchCommand::Announce { leg, .. } | SwitchCommand::EndAnnouncement { leg, .. } => {
                (*leg, CommandName::Announce)
            }
            // A room of nobody is never asked for; the call's id stands in for a leg.
            SwitchCommand::JoinRoom { call, legs } => {
                (legs.first().copied().unwrap_or(LegId(call.0)), CommandName::Move)
            }
            SwitchCommand::Mute { leg, .. } => (*leg, CommandName::Mute),
            SwitchCommand::SendKeys { leg, .. } => (*leg, CommandName::SendKeys),
            SwitchCommand::MaskRecording { leg, .. } => (*leg, CommandName::Mask),
            SwitchCommand::AnswerPhone { leg } => (*leg, CommandName::Answer),
            SwitchCommand::SetMonitorMode { leg, .. }
            | SwitchCommand::MoveMonitor { leg, .. }
            | SwitchCommand::LabelAgent { leg, .. } => (*leg, CommandName::Monitor),
            SwitchCommand::HangUp { leg, .. } => (*leg, CommandName::HangUp),
            SwitchCommand::StartRecording { leg, .. } | SwitchCommand::RecordVoice { leg, .. } => {
                (*leg, CommandName::Record)
            }
            SwitchCommand::StopRecording { leg } => (*leg, CommandName::StopRecording),
            SwitchCommand::Check { leg } => (*leg, CommandName::Exists),
        }
    }
}

/// The causes with which we end legs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HangUpCause {
    /// The ordinary end.
    NormalClearing,
    /// We no longer want a call that has not been answered.
    OriginatorCancel,
    /// The number called leads nowhere.
    NoRoute,
}

impl HangUpCause {
    /// What the switch calls it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NormalClearing => "NORMAL_CLEARING",
            Self::OriginatorCancel => "ORIGINATOR_CANCEL",
            Self::NoRoute => "UNALLOCATED_NUMBER",
        }
    }
}
