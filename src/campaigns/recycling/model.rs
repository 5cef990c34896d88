//! The words of putting leads back.

use crate::base::clock::Moment;
use crate::floor::effect::CallResult;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which leads are meant, by what came of their last attempt.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeadFilter {
    /// One of these results, or one of the dispositions.
    #[serde(default)]
    pub results: Vec<CallResult>,
    /// What the agent chose: ids of dispositions.
    #[serde(default)]
    pub dispositions: Vec<i64>,
    /// The last attempt was on this day or later.
    pub from_on: Option<NaiveDate>,
    /// The last attempt was on this day or before.
    pub to_on: Option<NaiveDate>,
}

/// The same as instants of the centre's days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    /// From then on.
    pub from: Option<Moment>,
    /// Before then.
    pub until: Option<Moment>,
}

/// Leads that wait to be dialled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OpenState {
    /// Never dialled.
    Fresh,
    /// To be dialled again.
    Retry,
}

impl OpenState {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Fresh, Self::Retry];

    /// The name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Retry => "retry",
        }
    }
}

/// How many leads of one last result would be put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfResult {
    /// The result.
    pub result: String,
    /// That would be put back.
    pub leads: i64,
    /// That would stay as they are: their attempts are used up.
    pub used_up: i64,
}
