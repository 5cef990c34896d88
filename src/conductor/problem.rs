//! Commands that were not carried out, as the API answers them: each kind of
//! refusal has a code of its own, which the console translates, and the floor's
//! words.

use super::CommandError;
use crate::api::ApiError;
use crate::floor::effect::Refusal;
use axum::http::StatusCode;

impl From<CommandError> for ApiError {
    fn from(error: CommandError) -> ApiError {
        match error {
            CommandError::Refused(refusal) => ApiError::conflict(code(&refusal), refusal.to_string()),
            CommandError::Busy => ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "busy", error.to_string()),
        }
    }
}

fn code(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::NotAnAgent => "not_an_agent",
        Refusal::WrongState { .. } => "wrong_state",
        Refusal::CallEnded => "call_ended",
        Refusal::StillBusy => "still_busy",
        Refusal::NotConfirmed { .. } => "not_confirmed",
        Refusal::SwitchRefused { .. } => "switch_refused",
        Refusal::Target { .. } => "target_refused",
        Refusal::NotYourCall => "not_your_call",
        Refusal::SwitchDown => "switch_down",
    }
}
