//! What a hang-up cause and a SIP status say of a call nobody answered.

use super::effect::CallResult;
use super::input::HangUp;

/// The result of a call that was not answered.
pub fn call_result(hang_up: &HangUp) -> CallResult {
    match hang_up.cause.as_str() {
        "USER_BUSY" => CallResult::Busy,
        "CALL_REJECTED" => CallResult::Rejected,
        "UNALLOCATED_NUMBER" => CallResult::InvalidNumber,
        "NO_ANSWER" | "NO_USER_RESPONSE" => CallResult::NoAnswer,
        "ORIGINATOR_CANCEL" => CallResult::Cancelled,
        _ => CallResult::Failed,
    }
}
