//! What happened on the floor, for the store: the words of the ledger.
//!
//! Written in the order in which the floor says it, by one writer, each once.

use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, CampaignId, CustomerId, LeadId, LegId, QueueId};
use crate::base::phone::Dialable;
use crate::floor::forward::ForwardReason;
use crate::floor::input::{DialMode, HangUp, MonitorMode, Party};
use crate::floor::kept::KeptFact;
use crate::floor::kind::{AgentStateKind, TransferOutcome};
use crate::floor::preview::PreviewFact;
use crate::floor::queue::QueueOutcome;
use serde::{Deserialize, Serialize};

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
    /// Inbound: the caller hung up before an agent.
    Abandoned,
    /// Inbound: no agent in time, connected with a number outside instead.
    Overflowed,
    /// Inbound: no agent in time, or no queue to go to, and hung up by us.
    TurnedAway,
    /// Inbound: outside the queue's hours, and nobody spoke with them.
    OutOfHours,
    /// Inbound: the caller chose to be called back and kept their place.
    CallbackKept,
    /// Inbound: no agent, and a message was left.
    Voicemail,
}

impl CallResult {
    /// Every result, in the order of reports.
    pub const ALL: [CallResult; 19] = [
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
        CallResult::Abandoned,
        CallResult::Overflowed,
        CallResult::TurnedAway,
        CallResult::OutOfHours,
        CallResult::CallbackKept,
        CallResult::Voicemail,
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
            CallResult::Abandoned => "abandoned",
            CallResult::Overflowed => "overflowed",
            CallResult::TurnedAway => "turned_away",
            CallResult::OutOfHours => "out_of_hours",
            CallResult::CallbackKept => "callback_kept",
            CallResult::Voicemail => "voicemail",
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
    /// A supervisor.
    Supervisor,
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
            EndedBy::Supervisor => "supervisor",
            EndedBy::System => "system",
            EndedBy::Switch => "switch",
        }
    }
}

/// What the customer experiences; the spans of a call tile it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum SpanKind {
    /// Being dialled, not ringing yet.
    Dialling,
    /// It rings.
    Ringing,
    /// Answered, and nobody there yet.
    Waiting,
    /// In a queue, with music.
    Queued,
    /// Talks with an agent.
    Talking,
    /// Hears music by the agent's wish.
    Held,
    /// Hears music while the agent asks a third, or the third is rung.
    Consulting,
    /// Talks with the agent and a third.
    Conference,
    /// Talks with an outside party; no agent is on the call any more.
    Outside,
    /// Hears a greeting and leaves a message.
    Voicemail,
}

impl SpanKind {
    /// The name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            SpanKind::Dialling => "dialling",
            SpanKind::Ringing => "ringing",
            SpanKind::Waiting => "waiting",
            SpanKind::Queued => "queued",
            SpanKind::Talking => "talking",
            SpanKind::Held => "held",
            SpanKind::Consulting => "consulting",
            SpanKind::Conference => "conference",
            SpanKind::Outside => "outside",
            SpanKind::Voicemail => "voicemail",
        }
    }
}

/// Why a conversation, or its beginning, is not recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotRecorded {
    /// The recordings' disk has too little room.
    DiskFull,
    /// The switch would not record.
    SwitchRefused,
}

impl NotRecorded {
    /// The name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            NotRecorded::DiskFull => "disk_full",
            NotRecorded::SwitchRefused => "switch_refused",
        }
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
    /// A customer calls: the ledger's entry begins.
    CallArrived {
        /// The call.
        call: CallId,
        /// Their leg.
        leg: LegId,
        /// Their number; `None` when they withhold it.
        number: Option<Dialable>,
        /// The number they called.
        called: Dialable,
        /// The trunk, where the switch knows it.
        gateway: Option<String>,
        /// When.
        at: Moment,
    },
    /// What the store knows of a caller.
    CallerKnown {
        /// Whose call.
        call: CallId,
        /// Their number in E.164, when it is one.
        e164: Option<String>,
        /// Who they are.
        customer: Option<CustomerId>,
        /// When.
        at: Moment,
    },
    /// A call entered a queue.
    QueueEntered {
        /// Which call.
        call: CallId,
        /// Which queue.
        queue: QueueId,
        /// When.
        at: Moment,
    },
    /// Its time in the queue ended.
    QueueLeft {
        /// Which call.
        call: CallId,
        /// Which queue.
        queue: QueueId,
        /// How.
        outcome: QueueOutcome,
        /// Who answered.
        agent: Option<AgentId>,
        /// When.
        at: Moment,
    },
    /// A place that a caller kept.
    Kept(KeptFact),
    /// An agent has looked at a lead before it was to be dialled.
    Previewed(Box<PreviewFact>),
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
    /// The call is another agent's, or nobody's of the centre (an outside
    /// party's) from here on.
    CallHanded {
        /// Which.
        call: CallId,
        /// Who has it now.
        agent: Option<AgentId>,
        /// The leg the customer talks with.
        leg: LegId,
        /// When.
        at: Moment,
    },
    /// What the customer experiences from here on, until the next span or the
    /// call's end: spans tile the call.
    CallSpan {
        /// Which.
        call: CallId,
        /// What.
        kind: SpanKind,
        /// The agent who is responsible.
        agent: Option<AgentId>,
        /// Since when.
        at: Moment,
    },
    /// A leg beside the customer's joined the call's story.
    CallLeg {
        /// Which call.
        call: CallId,
        /// Which leg.
        leg: LegId,
        /// Whose: an agent's, or none for an outside party's.
        agent: Option<AgentId>,
        /// The number rung.
        number: Dialable,
        /// When.
        at: Moment,
    },
    /// Such a leg is over.
    CallLegEnded {
        /// Which call.
        call: CallId,
        /// Which leg.
        leg: LegId,
        /// Why.
        hang_up: HangUp,
        /// When.
        at: Moment,
    },
    /// An agent began to hand the call on.
    TransferStarted {
        /// Which call.
        call: CallId,
        /// Who.
        from: AgentId,
        /// To whom.
        to: Party,
        /// Whether they are asked first.
        attended: bool,
        /// For the other's screen.
        note: Option<String>,
        /// When.
        at: Moment,
    },
    /// A call to an agent personally went on to another, by the agent's wish.
    CallForwarded {
        /// Which call.
        call: CallId,
        /// Whose wish.
        by: AgentId,
        /// Why.
        reason: ForwardReason,
        /// To whom.
        to: Party,
        /// When.
        at: Moment,
    },
    /// How the last transfer of the call came out.
    TransferEnded {
        /// Which call.
        call: CallId,
        /// How.
        outcome: TransferOutcome,
        /// When.
        at: Moment,
    },
    /// The recording is silent from here on (true), or sounds again.
    RecordingMasked {
        /// Of which call.
        call: CallId,
        /// Silent.
        on: bool,
        /// By whom.
        agent: AgentId,
        /// When.
        at: Moment,
    },
    /// A supervisor began to take part, changed how, or ceased (`None`).
    Monitored {
        /// Which call.
        call: CallId,
        /// Who.
        supervisor: AgentId,
        /// How from here on.
        mode: Option<MonitorMode>,
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
    /// What a supervisor says to both sides is recorded apart from the call.
    VoiceStarted {
        /// In which call.
        call: CallId,
        /// The agent on the call.
        agent: AgentId,
        /// Who speaks.
        supervisor: AgentId,
        /// The file on the switch's disk, whose name tells call and supervisor.
        path: String,
        /// When.
        at: Moment,
    },
    /// Such a file is closed.
    VoiceStopped {
        /// The file on the switch's disk.
        path: String,
        /// When.
        at: Moment,
    },
    /// What a caller says for a queue is recorded from here on, until the call's
    /// end.
    MessageStarted {
        /// Of which call.
        call: CallId,
        /// For which queue.
        queue: QueueId,
        /// The file on the switch's disk.
        path: String,
        /// When.
        at: Moment,
    },
    /// A conversation begins without a recording.
    NotRecorded {
        /// Which call.
        call: CallId,
        /// Why.
        why: NotRecorded,
        /// When.
        at: Moment,
    },
    /// The call is over; the summary of its ledger entry.
    CallEnded {
        /// Which.
        call: CallId,
        /// The lead dialled, and for which campaign; `None`: the customer called.
        dialled: Option<(CampaignId, LeadId)>,
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
