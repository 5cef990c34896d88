//! What a schedule is, and what becomes of one of its runs.

use crate::base::clock::Moment;
use crate::reports::xlsx::Language;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a person chooses of a schedule, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleForm {
    /// A name for people.
    pub name: String,
    /// Five fields, as [`crate::base::cron::Cron`] reads them.
    pub cron: String,
    /// Addresses.
    pub recipients: Vec<String>,
    /// Of subject, text and workbook.
    pub language: Language,
    /// Whether it is ever due.
    pub active: bool,
}

/// Where a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReportRunState)]
pub enum RunState {
    /// Not everybody has it yet; it is tried, or tried again.
    Waiting,
    /// Every recipient's server has it.
    Sent,
    /// Given up; some recipients may have it.
    Failed,
    /// Its schedule was changed or switched off before everybody had it.
    Cancelled,
}

impl RunState {
    /// Every state there is.
    pub const ALL: [RunState; 4] = [RunState::Waiting, RunState::Sent, RunState::Failed, RunState::Cancelled];

    /// The name in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            RunState::Waiting => "waiting",
            RunState::Sent => "sent",
            RunState::Failed => "failed",
            RunState::Cancelled => "cancelled",
        }
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// What became of one recipient's letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReportDelivery)]
pub struct Delivery {
    /// The recipient.
    pub address: String,
    /// Where it is.
    pub state: DeliveryState,
    /// What the mail server said last.
    pub error: Option<String>,
}

/// Where a letter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReportDeliveryState)]
pub enum DeliveryState {
    /// Not sent yet.
    Waiting,
    /// The mail server has it.
    Sent,
    /// The mail server does not take it for this recipient.
    Refused,
    /// Tried as often as is sensible.
    Failed,
}

impl Delivery {
    /// One that has not been tried.
    pub fn to(address: String) -> Self {
        Self { address, state: DeliveryState::Waiting, error: None }
    }
}

/// A run whose turn it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingRun {
    /// The run.
    pub id: i64,
    /// Its schedule.
    pub schedule_id: i64,
    /// The schedule's name.
    pub name: String,
    /// The schedule's language.
    pub language: Language,
    /// The schedule's owner.
    pub owner_id: i64,
    /// The owner's name.
    pub owner_name: String,
    /// When it was due.
    pub due_at: Moment,
    /// Attempts begun so far.
    pub attempts: i32,
    /// Everybody who is to have it.
    pub deliveries: Vec<Delivery>,
}

/// What an attempt leaves behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Where the run is now.
    pub state: RunState,
    /// When to try again.
    pub next_attempt_at: Option<Moment>,
    /// Everybody who is to have it.
    pub deliveries: Vec<Delivery>,
    /// Why not everybody has it.
    pub error: Option<String>,
}
