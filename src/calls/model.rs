//! What the ledger is asked, and what it answers.

use crate::auth::UserFilter;
use crate::base::clock::Moment;
use crate::base::ids::{CallId, CampaignId, CustomerId, QueueId};
use crate::floor::effect::CallResult;
use crate::store::entity::{
    call_forwards, call_legs, call_monitors, call_notes, call_spans, call_transfers, calls, dispositions,
    kept_places, queue_visits, recording_pauses, recordings,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

/// Which calls are wanted; what is `None` does not matter.
#[derive(Debug, Clone)]
pub struct CallFilter {
    /// Started at or after.
    pub from: Option<Moment>,
    /// Started before.
    pub to: Option<Moment>,
    /// This agent has, or had, the call.
    pub agent_id: Option<i64>,
    /// Dialled for this campaign.
    pub campaign_id: Option<CampaignId>,
    /// Through this queue, the last it was in.
    pub queue_id: Option<QueueId>,
    /// `outbound` or `inbound`.
    pub direction: Option<&'static str>,
    /// With this customer.
    pub customer_id: Option<CustomerId>,
    /// With this result.
    pub result: Option<CallResult>,
    /// Part of the number dialled, or of the customer's name.
    pub text: Option<String>,
    /// Of these agents only; all includes those that reached no agent.
    pub visible: UserFilter,
}

impl CallFilter {
    /// Every call that may be seen.
    pub fn of(visible: UserFilter) -> Self {
        Self {
            from: None,
            to: None,
            agent_id: None,
            campaign_id: None,
            queue_id: None,
            direction: None,
            customer_id: None,
            result: None,
            text: None,
            visible,
        }
    }
}

/// The place in a list, newest first, after which a page begins.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct CallCursor {
    /// When the last call of the page before started.
    pub started_at: Moment,
    /// Its id.
    pub id: Uuid,
}

/// A call with the names that belong to it.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerEntry {
    /// The row.
    pub call: calls::Model,
    /// The campaign's name.
    pub campaign_name: Option<String>,
    /// The name of the queue it was in last.
    pub queue_name: Option<String>,
    /// The customer's name.
    pub customer_name: Option<String>,
    /// The agent's name.
    pub agent_name: Option<String>,
    /// What the agent chose.
    pub disposition: Option<dispositions::Model>,
    /// Its recording.
    pub recording_id: Option<Uuid>,
}

/// What happened in a call beside its summary, with the names that belong to
/// it.
#[derive(Debug, Clone, PartialEq)]
pub struct Story {
    /// What the customer experienced, from dialling to the end.
    pub spans: Vec<call_spans::Model>,
    /// The legs beside the customer's.
    pub legs: Vec<call_legs::Model>,
    /// Attempts to hand the call on.
    pub transfers: Vec<call_transfers::Model>,
    /// Where it went by agents' forwardings.
    pub forwards: Vec<call_forwards::Model>,
    /// Its time in queues.
    pub visits: Vec<queue_visits::Model>,
    /// The place that was kept from it, and the calls back for it, in order.
    pub kept: Option<(kept_places::Model, Vec<Uuid>)>,
    /// What those said who handed it on.
    pub notes: Vec<call_notes::Model>,
    /// Supervisors who took part.
    pub monitors: Vec<call_monitors::Model>,
    /// Recordings of what supervisors said who barged.
    pub voices: Vec<recordings::Model>,
    /// When the first recording of the call itself began.
    pub recorded_at: Option<Moment>,
    /// Where the recording is silent.
    pub pauses: Vec<recording_pauses::Model>,
    /// The names of everybody in it, by id.
    pub names: HashMap<i64, String>,
    /// The names of the queues in it, by id.
    pub queues: HashMap<i64, String>,
    /// The dispositions of the notes, by id.
    pub dispositions: HashMap<i64, dispositions::Model>,
}

/// What an agent says of a call when it is over.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DispositionRequest {
    /// One of the active dispositions.
    pub disposition_id: i64,
    /// Free text.
    #[serde(default)]
    pub note: Option<String>,
}

/// Why an agent takes no calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PauseReason {
    /// The name in the database and the API.
    pub key: &'static str,
    /// In Chinese.
    pub label_zh: &'static str,
    /// In English.
    pub label_en: &'static str,
}

/// The reasons an agent chooses from. The floor has some of its own beside
/// them, such as having just logged in.
pub const PAUSE_REASONS: [PauseReason; 6] = [
    PauseReason { key: "break", label_zh: "小休", label_en: "Break" },
    PauseReason { key: "meal", label_zh: "用餐", label_en: "Meal" },
    PauseReason { key: "meeting", label_zh: "会议", label_en: "Meeting" },
    PauseReason { key: "training", label_zh: "培训", label_en: "Training" },
    PauseReason { key: "paperwork", label_zh: "案头工作", label_en: "Paperwork" },
    PauseReason { key: "other", label_zh: "其他", label_en: "Other" },
];

/// What is wrong with the reason of a pause, in words; `None`: nothing.
pub fn pause_reason_fault(reason: &str) -> Option<String> {
    let known: Vec<&str> = PAUSE_REASONS.iter().map(|reason| reason.key).collect();
    (!known.contains(&reason)).then(|| format!("must be one of: {}", known.join(", ")))
}

/// Why a disposition cannot be saved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DispositionRefused {
    /// No such call, or not this agent's.
    #[error("there is no such call of yours")]
    NotYourCall,
    /// Nobody spoke with anybody.
    #[error("the call never reached you, so there is nothing to say about it")]
    NotConnected,
    /// No such disposition, or not offered any more.
    #[error("this disposition does not exist or is not used any more")]
    NoSuchDisposition,
    /// Too much text.
    #[error("the note is longer than {} characters", crate::base::limits::TEXT_CHARS)]
    NoteTooLong,
}

/// A disposition that was saved.
#[derive(Debug, Clone, PartialEq)]
pub struct Disposed {
    /// Of which call.
    pub call: CallId,
    /// What it was before, when it was changed.
    pub before: Option<i64>,
    /// The number that will not be dialled again, when the disposition says so.
    pub never_again: Option<String>,
}

/// What the switch's record of a leg did to the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CdrMerge {
    /// The leg is not a customer's leg of ours: most are agents' legs.
    NotACall,
    /// The call has its end in the ledger; the record is noted.
    Closed,
    /// The call has no end in the ledger yet: its `CallEnded` is on its way, or
    /// was lost in a crash and the floor will write it when it looks.
    StillOpen,
}
