//! The words of voicemail.

use crate::store::entity::{calls, voicemails};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What has become of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VoicemailState {
    /// The caller still speaks.
    Recording,
    /// Nobody has handled it.
    New,
    /// Somebody has.
    Handled,
    /// Too short to be one: it is deleted when its file has been.
    Dropped,
}

impl VoicemailState {
    /// Every state.
    pub const ALL: [VoicemailState; 4] =
        [VoicemailState::Recording, VoicemailState::New, VoicemailState::Handled, VoicemailState::Dropped];

    /// The name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            VoicemailState::Recording => "recording",
            VoicemailState::New => "new",
            VoicemailState::Handled => "handled",
            VoicemailState::Dropped => "dropped",
        }
    }
}

/// A message with what belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct VoicemailEntry {
    /// The row.
    pub voicemail: voicemails::Model,
    /// The caller's call.
    pub call: Option<calls::Model>,
    /// The queue's name.
    pub queue_name: Option<String>,
    /// The customer's name.
    pub customer_name: Option<String>,
    /// Who has handled it.
    pub handled_by_name: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_database_and_api_are_the_same() {
        for state in VoicemailState::ALL {
            assert_eq!(serde_json::to_value(state).expect("a name"), state.as_str());
        }
    }
}
