//! What can happen to the floor: switch events, people's commands, leads from
//! the store, changes of campaigns and agents, time passing.
//!
//! Produced by the conductor (and, in simulations, by the simulator); consumed
//! by [`crate::floor::Floor::apply`].

use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, CallerIdPoolId, CampaignId, CustomerId, LeadId, LegId, QueueId};
use crate::base::phone::Dialable;
use crate::floor::caller_ids::{CallerIdsProfile, Place};
use crate::floor::calling::CallingTimes;
use crate::floor::fact::SpanKind;
use crate::floor::forward::Forwarding;
use crate::floor::kept::{Kept, KeptPlace};
use crate::floor::phone::PhoneNews;
use crate::floor::preview::PreviewRules;
use crate::floor::queue::{Arrival, Known, QueueOutcome, QueueProfile};
use crate::floor::trunks::{GatewayProfile, Standing};
use serde::{Deserialize, Serialize};

pub use crate::floor::command::{AgentCommand, Keys, MonitorMode, Party, SupervisorCommand, Ticket};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// Time passed: timers that came due fire, and campaigns are paced.
    Tick,
    /// The switch said something about a leg.
    Switch(LegEvent),
    /// The connection to the switch is gone. Calls may go on without us.
    SwitchDown {
        /// For people: why.
        reason: String,
    },
    /// The connection stands (again) and this is every channel the switch has.
    SwitchUp {
        /// Changes when the switch process was restarted.
        core: String,
        /// All channels, ours and others'.
        channels: Vec<ChannelSnapshot>,
    },
    /// A command was refused at once or ran into its deadline.
    CommandFailed {
        /// The leg it was for.
        leg: LegId,
        /// Which command.
        command: CommandName,
        /// The switch's words, or ours for a deadline.
        reason: String,
    },
    /// A command that no event proves was accepted by the switch.
    CommandDone {
        /// The leg it was for.
        leg: LegId,
        /// Which command.
        command: CommandName,
    },
    /// An agent (or somebody who may act for them) asked for something.
    Agent {
        /// Whom it concerns.
        agent: AgentId,
        /// What is asked.
        command: AgentCommand,
        /// Comes back with the answer.
        ticket: Ticket,
    },
    /// A supervisor asked for something, within their scope.
    Supervisor {
        /// Who asks, with their own desk phone.
        supervisor: AgentId,
        /// What is asked.
        command: SupervisorCommand,
        /// Comes back with the answer.
        ticket: Ticket,
    },
    /// An agent exists or changed: name, phone, campaigns are by campaign.
    AgentProfile(AgentProfile),
    /// The switch said something of desk phones.
    Phone(PhoneNews),
    /// An agent was deactivated: their call goes on, then they are logged out.
    AgentRemoved(AgentId),
    /// A campaign exists or changed.
    Campaign(CampaignProfile),
    /// An inbound queue exists or changed.
    Queue(Box<QueueProfile>),
    /// Every gateway, as they are now.
    Gateways(Vec<GatewayProfile>),
    /// Every pool of caller IDs, as they are now.
    CallerIds(Box<CallerIdsProfile>),
    /// What the store knows of a caller.
    Caller {
        /// Their call.
        call: CallId,
        /// Who they are.
        known: Known,
    },
    /// Leads for a hopper, in the order in which they are to be dialled.
    Leads {
        /// Whose hopper.
        campaign: CampaignId,
        /// The leads; fewer than wanted, or none, when the list is used up.
        leads: Vec<Lead>,
    },
    /// A new attempt could not be stored, so it was not dialled.
    AttemptNotStored {
        /// Which.
        call: CallId,
    },
    /// The store lags behind (true) or has caught up (false): no new attempts
    /// while it lags.
    StoreLagging(bool),
    /// How the recordings' disk is.
    RecordingSpace(RecordingSpace),
    /// After a restart: what the store knew of an agent's state.
    RestoreAgent {
        /// Who.
        agent: AgentId,
        /// The state in the open span.
        state: StoredState,
        /// Since when.
        since: Moment,
    },
    /// After a restart: a call that has no end in the ledger yet. Sent before
    /// the first `SwitchUp`, which decides whether it still lives.
    RestoreCall(StoredCall),
    /// After a restart: a place that a caller kept. Sent before the calls.
    RestoreKept(KeptPlace),
    /// The numbers of these kept places came onto the do-not-call list.
    KeptBarred(Vec<CallId>),
}

impl Input {
    /// A queue exists or changed.
    pub fn queue(profile: QueueProfile) -> Self {
        Input::Queue(Box::new(profile))
    }
}

/// Room on the recordings' disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordingSpace {
    /// Whether new recordings may be started.
    pub enough: bool,
    /// What is free, in MiB.
    pub free_mib: u64,
    /// What must be free, in MiB.
    pub min_mib: u64,
}

/// What an event says about one leg, in the words of the floor.
#[derive(Debug, Clone, PartialEq)]
pub struct LegEvent {
    /// Which leg.
    pub leg: LegId,
    /// What happened to it.
    pub what: LegChange,
}

/// The life of a leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LegChange {
    /// The switch made the channel (CHANNEL_CREATE).
    Created,
    /// A customer calls: the leg rings at our side, parked and not answered.
    Arrived(Arrival),
    /// The far end rings (180), or sends early media (183).
    Ringing {
        /// Sound before the answer: ring-back tone or a carrier's announcement.
        early_media: bool,
    },
    /// The far end answered.
    Answered,
    /// The leg is parked: nobody is connected to it.
    Parked,
    /// Two legs hear each other.
    Bridged {
        /// The other leg.
        other: LegId,
    },
    /// They no longer do.
    Unbridged {
        /// The other leg.
        other: LegId,
    },
    /// The leg is played music, or anything else of the switch's own.
    MusicStarted,
    /// The leg is in the room in which three talk.
    JoinedRoom,
    /// What the leg sends is silenced (true), or let through again.
    Muted(bool),
    /// Somebody began (true) or ceased to listen to this leg.
    Overheard(bool),
    /// The switch took a key for this leg, from its phone or from us.
    Key(char),
    /// A recording runs.
    RecordingStarted {
        /// Its file on the switch's disk.
        path: String,
    },
    /// A recording is closed.
    RecordingStopped {
        /// Its file on the switch's disk.
        path: String,
    },
    /// The leg is over.
    HungUp(HangUp),
}

/// Why a leg ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HangUp {
    /// FreeSWITCH's hang-up cause, e.g. `USER_BUSY`.
    pub cause: String,
    /// The SIP status the far end gave, where there was one.
    pub sip_status: Option<u16>,
    /// Whether the far end ended it (true) or the switch did (false), where
    /// the switch says so.
    #[serde(default)]
    pub by_far_end: Option<bool>,
}

impl HangUp {
    /// An end with a cause and nothing else known.
    pub fn cause(cause: &str) -> Self {
        Self { cause: cause.to_owned(), ..Self::default() }
    }
}

/// A channel as found on the switch after (re)connecting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelSnapshot {
    /// Its UUID.
    pub leg: LegId,
    /// Our variables on it; `None` for a channel that is not ours.
    pub label: Option<LegLabel>,
    /// Whether the far end has answered.
    pub answered: bool,
    /// The leg it is bridged to.
    pub bridged_to: Option<LegId>,
    /// Whether it is played music.
    pub on_music: bool,
    /// The call in whose room it is.
    pub in_room: Option<CallId>,
    /// Whether it was asked for a message.
    pub leaves_message: bool,
    /// The customer's call that it is, if it came in over a trunk.
    pub arrival: Option<Arrival>,
}

impl ChannelSnapshot {
    /// A channel that is in no room and hears no music.
    pub fn new(leg: LegId, label: Option<LegLabel>, answered: bool, bridged_to: Option<LegId>) -> Self {
        let (on_music, in_room, leaves_message, arrival) = (false, None, false, None);
        Self { leg, label, answered, bridged_to, on_music, in_room, leaves_message, arrival }
    }
}

/// What Trunkline writes on every leg it starts, as channel variables, so that
/// no leg is a stranger after a restart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LegLabel {
    /// The called customer.
    Customer {
        /// The attempt.
        call: CallId,
    },
    /// An agent's desk phone.
    Agent {
        /// Whose.
        agent: AgentId,
        /// Off-hook: the leg stays up between calls.
        nailed: bool,
        /// For an on-hook agent: the call it was rung for.
        call: Option<CallId>,
    },
    /// The outside party that a call is handed to.
    Third {
        /// The call.
        call: CallId,
        /// Its number.
        number: Dialable,
    },
    /// A supervisor's desk phone, listening.
    Monitor {
        /// Whose phone.
        supervisor: AgentId,
    },
}

/// Whether the desk phone's leg stays up between calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PhoneMode {
    /// Rung once when the agent becomes ready; the leg stays up.
    OffHook,
    /// Rung for every call.
    OnHook,
}

/// What the floor must know of an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentProfile {
    /// Who.
    pub agent: AgentId,
    /// The desk phone's number.
    pub extension: Dialable,
    /// How the desk phone is used.
    pub phone_mode: PhoneMode,
    /// Whether the desk phone can be asked to answer; `None`: by its make.
    pub remote_answer: Option<bool>,
    /// After so many rings in vain, one after the other, the agent is paused;
    /// 0: never.
    pub missed_rings_max: u32,
    /// Where personal calls go.
    pub forwarding: Forwarding,
}

impl AgentProfile {
    /// An agent with the settings that a centre starts with.
    pub fn new(agent: AgentId, extension: Dialable, phone_mode: PhoneMode) -> Self {
        Self {
            agent,
            extension,
            phone_mode,
            remote_answer: None,
            missed_rings_max: MISSED_RINGS_MAX,
            forwarding: Forwarding::default(),
        }
    }
}

/// After so many rings in vain an agent is paused, unless set otherwise.
pub const MISSED_RINGS_MAX: u32 = 3;

/// How a campaign dials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DialMode {
    /// As many calls as keep agents talking, under the cap on dropped calls.
    Predictive,
    /// One call per free agent.
    Progressive,
    /// A fixed number of calls per free agent, under the cap on dropped calls.
    Ratio,
    /// An agent sees each lead first, then dials or skips it.
    Preview,
}

impl DialMode {
    /// Every mode.
    pub const ALL: [Self; 4] = [Self::Predictive, Self::Progressive, Self::Ratio, Self::Preview];

    /// The name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Predictive => "predictive",
            Self::Progressive => "progressive",
            Self::Ratio => "ratio",
            Self::Preview => "preview",
        }
    }

    /// The mode of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == name)
    }
}

/// What the floor must know of a campaign.
#[derive(Debug, Clone, PartialEq)]
pub struct CampaignProfile {
    /// Which.
    pub campaign: CampaignId,
    /// Whether it dials now. Calls in progress go on either way.
    pub running: bool,
    /// How it dials.
    pub mode: DialMode,
    /// With [`DialMode::Ratio`]: calls under way for each free agent, per mille;
    /// less than 1000 counts as 1000.
    pub ratio_permille: u32,
    /// With [`DialMode::Preview`]: how leads are shown.
    pub preview: PreviewRules,
    /// Who takes its calls.
    pub agents: Vec<AgentId>,
    /// The trunk: the name of a gateway.
    pub gateway: String,
    /// The number shown to customers; never empty on the wire.
    pub caller_id: Dialable,
    /// The pool from which each customer's is chosen instead.
    pub caller_id_pool: Option<CallerIdPoolId>,
    /// How long to let it ring, in seconds (15 at least).
    pub ring_seconds: u32,
    /// Length of after-call work in seconds; 0: until the disposition is saved.
    pub wrap_up_seconds: u32,
    /// Cap on dropped calls, per mille of calls answered.
    pub drop_cap_permille: u32,
    /// Over how many hours the cap holds; over each day besides.
    pub cap_window_hours: u32,
    /// Campaigns of one group count as one for the cap.
    pub cap_group: Option<String>,
    /// Seconds after which an answered call without an agent counts as
    /// dropped, in milliseconds.
    pub drop_after_ms: i64,
    /// How long a customer is kept waiting for an agent at all, in
    /// milliseconds.
    pub wait_ms_max: i64,
    /// What a customer hears who has waited so long, a file of the switch, before
    /// they are hung up.
    pub drop_message: Option<String>,
    /// The most calls in progress at once.
    pub lines_max: u32,
    /// When it may dial.
    pub times: CallingTimes,
    /// How it stands beside other campaigns.
    pub standing: Standing,
    /// Answered and dropped calls of the last [`CAP_WINDOW_HOURS_MAX`] by the
    /// hour they began in, from the ledger, so that the cap survives a restart.
    /// Used when the floor first meets the campaign.
    pub counted: Vec<(Moment, WindowCounts)>,
}

/// The longest window of the cap on dropped calls: 30 days.
pub const CAP_WINDOW_HOURS_MAX: u32 = 30 * 24;

/// What counts against the cap on dropped calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowCounts {
    /// Calls answered.
    pub answered: u32,
    /// Of these, dropped.
    pub dropped: u32,
}

impl std::ops::Add for WindowCounts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { answered: self.answered + other.answered, dropped: self.dropped + other.dropped }
    }
}

/// A lead, ready to be dialled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lead {
    /// The lead.
    pub lead: LeadId,
    /// The customer.
    pub customer: CustomerId,
    /// The number to dial this time.
    pub number: Dialable,
    /// The same in E.164; no two live attempts may share it.
    pub e164: String,
    /// Until before when it may be dialled, by the clock where the number lives;
    /// `None`: whenever its campaign dials.
    pub until: Option<Moment>,
    /// Where the number is at home, where that is known.
    pub place: Option<Place>,
}

/// How a call came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Dialled by us.
    Dialled {
        /// For which campaign.
        campaign: CampaignId,
        /// The lead.
        lead: Lead,
    },
    /// Dialled by us, because they called and kept their place.
    Callback(Kept),
    /// The customer called.
    Inbound {
        /// As the switch told of it.
        arrival: Arrival,
        /// What the store knows of them, once it has said so.
        known: Option<Known>,
    },
}

/// The commands whose failure the floor wants to hear of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CommandName {
    /// Starting a leg.
    Originate,
    /// Connecting two legs.
    Bridge,
    /// Ending a leg.
    HangUp,
    /// Starting a recording.
    Record,
    /// Closing the file of a recording.
    StopRecording,
    /// Asking whether a leg exists: it does not.
    Exists,
    /// Playing music to a leg, parking it, or moving it to a room.
    Move,
    /// Silencing what a leg sends.
    Mute,
    /// Sending keys.
    SendKeys,
    /// Silence in a recording.
    Mask,
    /// Having a desk phone answer.
    Answer,
    /// Changing how, or to whom, a supervisor listens.
    Monitor,
    /// Laying a sound over what a caller hears, or taking it away.
    Announce,
}

/// A state found in an open span of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredState {
    /// Took calls, or was on one.
    Working,
    /// Did not.
    Paused {
        /// Why.
        reason: String,
    },
    /// In after-call work.
    WrapUp {
        /// For which call.
        call: CallId,
    },
}

/// A call without an end in the ledger, as the store has it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredCall {
    /// Which.
    pub call: CallId,
    /// The customer's leg.
    pub leg: LegId,
    /// The gateway it goes over, where that is known.
    pub gateway: Option<String>,
    /// The number shown, of a call that we dialled.
    pub caller_id: Option<Dialable>,
    /// How it came about.
    pub origin: Origin,
    /// Its last queue, since when, and how its time there ended.
    pub queue: Option<(QueueId, Moment, Option<QueueOutcome>)>,
    /// When the originate was decided, or the caller came.
    pub started_at: Moment,
    /// When the customer answered.
    pub answered_at: Option<Moment>,
    /// When the agent was connected, and which.
    pub connected: Option<(AgentId, Moment)>,
    /// Whether it counts as dropped already.
    pub dropped: bool,
    /// Time that agents and customer talked in the spans that are over, in
    /// milliseconds.
    pub talked_ms: i64,
    /// The span that is still open: what, who is responsible, since when.
    pub span: (SpanKind, Option<AgentId>, Moment),
    /// Whether the customer was handed to an outside party.
    pub outside: bool,
    /// The running recording's file, and whether it is silent now.
    pub recording: Option<(String, bool)>,
}
