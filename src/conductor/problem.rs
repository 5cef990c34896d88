//! Commands that were not carried out, as the API answers them: each kind of
//! refusal has a code of its own, which the console translates, and the floor's
//! words.

use super::CommandError;
use crate::api::ApiError;
use axum::http::StatusCode;

impl From<CommandError> for ApiError {
    fn from(error: CommandError) -> ApiError {
        match error {
            CommandError::Refused(refusal) => ApiError::conflict(refusal.code(), refusal.to_string()),
            CommandError::Busy => ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "busy", error.to_string()),
        }
    }
}
