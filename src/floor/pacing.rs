//! How many calls to launch now: a pure function over what was observed.

use serde::{Deserialize, Serialize};

/// Why no more calls were launched than were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BindingLimit {
    /// The campaign is paused.
    Paused,
    /// Outside the calling hours.
    OutsideHours,
    /// The switch cannot be used.
    SwitchDown,
    /// The store lags behind; nothing is dialled that cannot be recorded.
    StoreLagging,
    /// No agent of the campaign is on shift and not paused.
    NoAgents,
    /// Every agent expected to be free has a call under way.
    Agents,
    /// More calls would break the cap on dropped calls.
    DropCap,
    /// The campaign's lines are all in use.
    Lines,
    /// The hopper is empty.
    NoLeads,
}

/// One decision, with its reasons; shown to supervisors.
#[must_use = "a report that nobody reads explains nothing"]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PacingReport {
    /// Calls launched.
    pub dial: u32,
    /// What held it back.
    pub limit: BindingLimit,
    /// The estimated share of attempts that are answered, 0 to 1.
    pub answer_rate: f64,
    /// Agents expected to be free when a call launched now is answered.
    pub agents_expected: f64,
    /// Calls in flight, not yet answered.
    pub in_flight: u32,
    /// Calls in flight per agent that the decision aims at.
    pub dial_level: f64,
    /// Dropped calls in the window, per mille of answered calls.
    pub drop_permille: f64,
}
