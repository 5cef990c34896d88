//! The words of caps on attempts.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The centre's caps on attempts at one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AttemptCaps {
    /// Attempts on one day of the centre.
    #[schema(minimum = 1, maximum = 100)]
    pub per_day: i32,
    /// Attempts in all, within the last `days`.
    #[schema(minimum = 1, maximum = 1000)]
    pub in_all: i32,
    /// Over how many days of the centre they are counted, this one among them.
    #[schema(minimum = 1, maximum = 3650)]
    pub days: i32,
    /// Minutes between the beginnings of two attempts.
    #[schema(minimum = 0, maximum = 1440)]
    pub spacing_minutes: i32,
}

impl Default for AttemptCaps {
    fn default() -> Self {
        Self { per_day: 3, in_all: 10, days: 30, spacing_minutes: 5 }
    }
}

/// A campaign's own caps; where there is none, or a looser one, the centre's holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CampaignCaps {
    /// Attempts at one number on one day of the centre.
    #[schema(minimum = 1, maximum = 100)]
    pub per_day: Option<i32>,
    /// Attempts at one number in all, within the centre's number of days.
    #[schema(minimum = 1, maximum = 1000)]
    pub in_all: Option<i32>,
    /// Minutes between the beginnings of two attempts at one number.
    #[schema(minimum = 0, maximum = 1440)]
    pub spacing_minutes: Option<i32>,
}

impl CampaignCaps {
    /// As stored.
    pub fn from_stored(stored: &serde_json::Value) -> Self {
        let or_none = |error: serde_json::Error| {
            tracing::warn!(%error, "a campaign's caps cannot be read: the centre's hold");
            Self::default()
        };
        serde_json::from_value(stored.clone()).unwrap_or_else(or_none)
    }
}

impl AttemptCaps {
    /// With a campaign's own, where those are stricter.
    pub fn with(self, own: CampaignCaps) -> Self {
        Self {
            per_day: own.per_day.unwrap_or(self.per_day).min(self.per_day),
            in_all: own.in_all.unwrap_or(self.in_all).min(self.in_all),
            days: self.days,
            spacing_minutes: own.spacing_minutes.unwrap_or(0).max(self.spacing_minutes),
        }
    }
}
