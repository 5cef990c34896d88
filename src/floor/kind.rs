//! The counted states of agents and the ends of transfers, as the ledger and the
//! API name them. Data only.

use serde::{Deserialize, Serialize};

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
    /// Looks at a lead, to dial or to skip it.
    Previewing,
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
    pub const ALL: [AgentStateKind; 9] = [
        AgentStateKind::LoggedOut,
        AgentStateKind::Ready,
        AgentStateKind::Previewing,
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
            AgentStateKind::Previewing => "previewing",
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

/// How a transfer came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TransferOutcome {
    /// The other has the customer.
    Completed,
    /// The sender took it back.
    Cancelled,
    /// The other was busy.
    Busy,
    /// The other refused.
    Rejected,
    /// The other did not answer.
    NoAnswer,
    /// The number does not exist, or the phone is not registered.
    Unreachable,
    /// The other hung up before the call was handed over.
    LeftEarly,
    /// The network, the trunk or the switch failed.
    Failed,
    /// The customer hung up first.
    CustomerLeft,
}

impl TransferOutcome {
    /// The name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            TransferOutcome::Completed => "completed",
            TransferOutcome::Cancelled => "cancelled",
            TransferOutcome::Busy => "busy",
            TransferOutcome::Rejected => "rejected",
            TransferOutcome::NoAnswer => "no_answer",
            TransferOutcome::Unreachable => "unreachable",
            TransferOutcome::LeftEarly => "left_early",
            TransferOutcome::Failed => "failed",
            TransferOutcome::CustomerLeft => "customer_left",
        }
    }
}
