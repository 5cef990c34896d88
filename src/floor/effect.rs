//! What the floor wants done: switch commands, facts for the store, messages
//! for the consoles, leads to fetch.
//!
//! The order in the list is the order in which they are to be carried out; see
//! the conductor for what may overtake what.

use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, CampaignId, CustomerId, LeadId, LegId};
use crate::base::phone::Dialable;
use crate::floor::input::{DialMode, HangUp};
use crate::floor::pacing::PacingReport;
use serde::{Deserialize, Serialize};

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
    /// The command in this input cannot be done.
    Refuse(Refusal),
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
    },
    /// Connect a customer with an agent.
    Bridge {
        /// The customer's leg.
        customer: LegId,
        /// The agent's leg.
        agent: LegId,
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
    /// Ask whether the leg still exists; no is answered as
    /// [`crate::floor::input::CommandName::Exists`] failed.
    Check {
        /// Which.
        leg: LegId,
    },
}

/// The causes with which we end legs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HangUpCause {
    /// The ordinary end.
    NormalClearing,
    /// We no longer want a call that has not been answered.
    OriginatorCancel,
}

/// What the system saw of a call.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum CallResult {
    /// The called party answered and was connected with an agent.
    Answered,
    /// It rang and nobody answered.
    NoAnswer,
    /// Busy.
    Busy,
    /// Rejected by the called party.
    Rejected,
    /// The number does not exist.
    InvalidNumber,
    /// The number exists and is out of service.
    OutOfService,
    /// The phone is switched off.
    SwitchedOff,
    /// The phone cannot be reached.
    Unreachable,
    /// A machine answered.
    Machine,
    /// A person answered and no agent was there within the limit.
    Dropped,
    /// A person answered and hung up before an agent, within the limit.
    AbandonedEarly,
    /// The network, the trunk or the switch failed.
    Failed,
    /// We took the call back before it was answered.
    Cancelled,
}

impl CallResult {
    /// Every result, in the order of reports.
    pub const ALL: [CallResult; 13] = [
        CallResult::Answered,
        CallResult::NoAnswer,
        CallResult::Busy,
        CallResult::Rejected,
        CallResult::InvalidNumber,
        CallResult::OutOfService,
        CallResult::SwitchedOff,
        CallResult::Unreachable,
        CallResult::Machine,
        CallResult::Dropped,
        CallResult::AbandonedEarly,
        CallResult::Failed,
        CallResult::Cancelled,
    ];

    /// The name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            CallResult::Answered => "answered",
            CallResult::NoAnswer => "no_answer",
            CallResult::Busy => "busy",
            CallResult::Rejected => "rejected",
            CallResult::InvalidNumber => "invalid_number",
            CallResult::OutOfService => "out_of_service",
            CallResult::SwitchedOff => "switched_off",
            CallResult::Unreachable => "unreachable",
            CallResult::Machine => "machine",
            CallResult::Dropped => "dropped",
            CallResult::AbandonedEarly => "abandoned_early",
            CallResult::Failed => "failed",
            CallResult::Cancelled => "cancelled",
        }
    }

    /// The result of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.as_str() == name)
    }
}

/// Who ended a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndedBy {
    /// The customer, or their network.
    Customer,
    /// The agent, on the phone or in the console.
    Agent,
    /// Trunkline: nobody was free, or the call was cancelled.
    System,
    /// The switch or the connection to it failed.
    Switch,
}

impl EndedBy {
    /// The name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            EndedBy::Customer => "customer",
            EndedBy::Agent => "agent",
            EndedBy::System => "system",
            EndedBy::Switch => "switch",
        }
    }
}

/// The states of an agent that are counted; every second of a shift is in
/// exactly one of them.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AgentStateKind {
    /// Not on shift.
    LoggedOut,
    /// Waits for a call.
    Ready,
    /// Reserved for a call, or the desk phone rings.
    Ringing,
    /// Talks with a customer.
    Talking,
    /// The customer hears music by the agent's wish.
    Hold,
    /// After-call work.
    WrapUp,
    /// Takes no calls, with a reason.
    Paused,
    /// Should take calls and cannot, with a reason.
    Unreachable,
}

impl AgentStateKind {
    /// Every kind, in the order of reports.
    pub const ALL: [AgentStateKind; 8] = [
        AgentStateKind::LoggedOut,
        AgentStateKind::Ready,
        AgentStateKind::Ringing,
        AgentStateKind::Talking,
        AgentStateKind::Hold,
        AgentStateKind::WrapUp,
        AgentStateKind::Paused,
        AgentStateKind::Unreachable,
    ];

    /// The name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            AgentStateKind::LoggedOut => "logged_out",
            AgentStateKind::Ready => "ready",
            AgentStateKind::Ringing => "ringing",
            AgentStateKind::Talking => "talking",
            AgentStateKind::Hold => "hold",
            AgentStateKind::WrapUp => "wrap_up",
            AgentStateKind::Paused => "paused",
            AgentStateKind::Unreachable => "unreachable",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str() == name)
    }
}

/// Something that happened, for the store. Written in this order, by one
/// writer; each only once.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// A call is about to be dialled. Committed before the originate is sent.
    AttemptStarted {
        /// The attempt.
        call: CallId,
        /// The customer's leg.
        leg: LegId,
        /// The campaign.
        campaign: CampaignId,
        /// The lead dialled.
        lead: LeadId,
        /// The customer.
        customer: CustomerId,
        /// The number dialled.
        number: Dialable,
        /// The same in E.164.
        e164: String,
        /// The number shown.
        caller_id: Dialable,
        /// The gateway.
        gateway: String,
        /// How the campaign dialled.
        mode: DialMode,
        /// When.
        at: Moment,
    },
    /// The far end rings.
    CallRinging {
        /// Which.
        call: CallId,
        /// When.
        at: Moment,
    },
    /// The customer answered.
    CallAnswered {
        /// Which.
        call: CallId,
        /// When.
        at: Moment,
    },
    /// No agent was there within the limit.
    CallDropped {
        /// Which.
        call: CallId,
        /// When the limit was passed.
        at: Moment,
    },
    /// Customer and agent hear each other.
    CallConnected {
        /// Which.
        call: CallId,
        /// Who took it.
        agent: AgentId,
        /// The agent's leg.
        agent_leg: LegId,
        /// When.
        at: Moment,
    },
    /// The recording runs.
    RecordingStarted {
        /// Of which call.
        call: CallId,
        /// The agent on the call.
        agent: AgentId,
        /// The file on the switch's disk.
        path: String,
        /// When.
        at: Moment,
    },
    /// The recording's file is closed.
    RecordingStopped {
        /// Of which call.
        call: CallId,
        /// The file on the switch's disk.
        path: String,
        /// When.
        at: Moment,
    },
    /// The call is over; the summary of its ledger entry.
    CallEnded {
        /// Which.
        call: CallId,
        /// The lead dialled.
        lead: LeadId,
        /// The campaign.
        campaign: CampaignId,
        /// The result.
        result: CallResult,
        /// What the switch said of the customer's leg.
        hang_up: HangUp,
        /// Who ended it.
        ended_by: EndedBy,
        /// Talk time in milliseconds: agent and customer connected, hold not
        /// included.
        talk_ms: i64,
        /// When.
        at: Moment,
    },
    /// An agent entered a state. The span before ends at the same instant, so
    /// that spans tile the shift.
    AgentState {
        /// Who.
        agent: AgentId,
        /// The state entered.
        kind: AgentStateKind,
        /// Reason of a pause or of being unreachable.
        reason: Option<String>,
        /// The call it belongs to.
        call: Option<CallId>,
        /// When.
        at: Moment,
    },
    /// An input that made no sense now. Kept for diagnosis, never silent.
    Ignored {
        /// What and why.
        why: String,
        /// When.
        at: Moment,
    },
}

/// A message for the consoles.
#[derive(Debug, Clone, PartialEq)]
pub enum Tell {
    /// An agent as they are now.
    Agent(AgentLive),
    /// An agent is no more.
    AgentGone(AgentId),
    /// A call as it is now.
    Call(CallLive),
    /// A call is over.
    CallGone(CallId),
    /// Show the customer to the agent; sent no later than the bridge command.
    ScreenPop {
        /// To whom.
        agent: AgentId,
        /// The call.
        call: CallId,
        /// The customer.
        customer: CustomerId,
        /// The campaign.
        campaign: CampaignId,
        /// The number dialled.
        number: Dialable,
    },
    /// A campaign as it is now.
    Campaign(CampaignLive),
    /// The switch can be used, or not.
    Switch {
        /// Whether it can.
        up: bool,
        /// In words.
        detail: String,
    },
}

/// An agent on the live floor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentLive {
    /// Who.
    pub agent: AgentId,
    /// In which state.
    pub kind: AgentStateKind,
    /// With which reason.
    pub reason: Option<String>,
    /// Since when.
    pub since: Moment,
    /// The call, also during after-call work.
    pub call: Option<CallId>,
    /// Whether the off-hook leg is up.
    pub phone_up: bool,
    /// What is asked for after the call in progress (pause or log-out).
    pub next: Option<AgentStateKind>,
    /// The end of after-call work, when it is timed.
    pub wrap_up_until: Option<Moment>,
    /// The commands that the floor would accept now.
    pub allowed: Vec<AgentAction>,
}

/// A command an agent may give now; the console shows just these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgentAction {
    /// Start the shift.
    LogIn,
    /// End the shift.
    LogOut,
    /// Take calls.
    Ready,
    /// Take no calls.
    Pause,
    /// Hang up the customer.
    HangUp,
    /// Save the disposition.
    Dispose,
}

/// A call on the live floor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallLive {
    /// Which.
    pub call: CallId,
    /// Where it is.
    pub state: CallStateKind,
    /// The campaign.
    pub campaign: CampaignId,
    /// The customer.
    pub customer: CustomerId,
    /// The number dialled.
    pub number: Dialable,
    /// The agent on it, or reserved for it.
    pub agent: Option<AgentId>,
    /// When dialled.
    pub started_at: Moment,
    /// When the customer answered.
    pub answered_at: Option<Moment>,
    /// When the agent was connected.
    pub connected_at: Option<Moment>,
}

/// The states of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallStateKind {
    /// Handed to the switch.
    Dialling,
    /// The far end rings.
    Ringing,
    /// The customer answered and waits for an agent.
    Waiting,
    /// An agent is reserved and being connected.
    Connecting,
    /// Agent and customer talk.
    Talking,
    /// Asked to end; the switch has not confirmed yet.
    Ending,
}

/// A campaign on the live floor.
#[derive(Debug, Clone, PartialEq)]
pub struct CampaignLive {
    /// Which.
    pub campaign: CampaignId,
    /// Whether it dials.
    pub running: bool,
    /// Calls dialled and not yet answered.
    pub in_flight: u32,
    /// Answered calls waiting for an agent.
    pub waiting: u32,
    /// Calls connected with an agent.
    pub talking: u32,
    /// Its agents that are ready.
    pub agents_ready: u32,
    /// Its agents that are on shift and not paused.
    pub agents_working: u32,
    /// Leads in the hopper.
    pub hopper: u32,
    /// Attempts since the floor started.
    pub attempts: u32,
    /// Answered and dropped in the window.
    pub answered: u32,
    /// Dropped in the window.
    pub dropped: u32,
    /// The last pacing decision.
    pub pacing: Option<PacingReport>,
}

/// Why a command cannot be done. The text is for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such agent on the floor.
    #[error("this user is not an agent: give the user an extension first")]
    NotAnAgent,
    /// The command does not fit the agent's state.
    #[error("not possible while {state}: {hint}")]
    WrongState {
        /// The state's name.
        state: &'static str,
        /// What would be right.
        hint: &'static str,
    },
    /// The call is not this agent's, or not any more.
    #[error("this call is not in your after-call work any more")]
    NotYourCall,
    /// The switch cannot be reached.
    #[error("the switch cannot be reached; you will be connected as soon as it is back")]
    SwitchDown,
}
