//! What the system saw of a call, from what the switch said of its end.
//!
//! In: the hang-up cause and the SIP status of the customer's leg, and how far
//! the call came. Out: a [`CallResult`], and who ended it. The tables below are
//! the only place where causes and statuses get a meaning.
//!
//! The switch derives the cause from the SIP status unless the carrier sent a
//! Q.850 reason of its own, which then says more than the status. So a firm
//! cause decides first, then the status, then a vague cause.

use crate::base::clock::Moment;
use crate::floor::call::{Call, CallState};
use crate::floor::effect::{CallResult, EndedBy, SpanKind};
use crate::floor::input::HangUp;
use crate::floor::queue::QueueOutcome;

/// Causes that mean one thing, whatever status came with them.
const FIRM_CAUSES: &[(&str, CallResult)] = &[
    ("USER_BUSY", CallResult::Busy),
    ("NO_ANSWER", CallResult::NoAnswer),
    ("PROGRESS_TIMEOUT", CallResult::NoAnswer),
    ("ALLOTTED_TIMEOUT", CallResult::NoAnswer),
    ("UNALLOCATED_NUMBER", CallResult::InvalidNumber),
    ("INVALID_NUMBER_FORMAT", CallResult::InvalidNumber),
    ("NO_USER_RESPONSE", CallResult::Unreachable),
    ("SUBSCRIBER_ABSENT", CallResult::Unreachable),
    ("USER_NOT_REGISTERED", CallResult::Unreachable),
    ("NUMBER_CHANGED", CallResult::OutOfService),
    ("DESTINATION_OUT_OF_ORDER", CallResult::OutOfService),
    ("ORIGINATOR_CANCEL", CallResult::Cancelled),
    ("LOSE_RACE", CallResult::Cancelled),
];

/// SIP statuses of a leg that was never answered. 401, 402, 403 and 407 are
/// the trunk refusing us (the switch calls them CALL_REJECTED), not the called
/// party.
const STATUSES: &[(u16, CallResult)] = &[
    (486, CallResult::Busy),
    (600, CallResult::Busy),
    (603, CallResult::Rejected),
    (607, CallResult::Rejected),
    (608, CallResult::Rejected),
    (404, CallResult::InvalidNumber),
    (484, CallResult::InvalidNumber),
    (485, CallResult::InvalidNumber),
    (604, CallResult::InvalidNumber),
    (480, CallResult::Unreachable),
    (410, CallResult::OutOfService),
    (502, CallResult::OutOfService),
    (408, CallResult::NoAnswer),
    (487, CallResult::Cancelled),
    (401, CallResult::Failed),
    (402, CallResult::Failed),
    (403, CallResult::Failed),
    (407, CallResult::Failed),
    (503, CallResult::Failed),
];

/// Causes that count only when no status says more. What is in none of the
/// tables is a failure of the network, the trunk or the switch:
/// NORMAL_TEMPORARY_FAILURE, NETWORK_OUT_OF_ORDER, GATEWAY_DOWN, …
const VAGUE_CAUSES: &[(&str, CallResult)] =
    &[("CALL_REJECTED", CallResult::Rejected), ("NORMAL_CLEARING", CallResult::Cancelled)];

/// Causes of an ordinary end by the person on the phone.
const ORDINARY_ENDS: &[&str] = &["NORMAL_CLEARING", "NORMAL_UNSPECIFIED"];
/// A caller hung up before we answered.
const GIVEN_UP: &str = "ORIGINATOR_CANCEL";

/// The result of a call that has ended.
///
/// `answered`: the customer's leg was answered. `connected`: an agent talked
/// with the customer. `dropped`: the call counts as dropped (no agent within
/// the limit), even when an agent came later and `connected` holds as well: it
/// is then [`CallResult::Answered`], and the drop is counted by its own mark.
pub fn call_result(hang_up: &HangUp, answered: bool, connected: bool, dropped: bool) -> CallResult {
    if connected {
        return CallResult::Answered;
    }
    if !answered {
        return unanswered(hang_up);
    }
    if dropped {
        CallResult::Dropped
    } else if ORDINARY_ENDS.contains(&hang_up.cause.as_str()) {
        CallResult::AbandonedEarly
    } else {
        CallResult::Failed
    }
}

/// The result of a call that came in.
pub(super) fn inbound_result(hang_up: &HangUp, call: &Call, now: Moment) -> CallResult {
    let outcome = call.queued.as_ref().and_then(|visit| visit.outcome);
    let sent_on = matches!(outcome, Some(QueueOutcome::Overflowed | QueueOutcome::OutOfHours));
    let by_system = call.ended_by == Some(EndedBy::System);
    let ordinary = ORDINARY_ENDS.contains(&hang_up.cause.as_str()) || hang_up.cause == GIVEN_UP;
    if call.connected.is_some() {
        CallResult::Answered
    } else if call.left_message(now) {
        CallResult::Voicemail
    } else if sent_on && call.span == SpanKind::Outside {
        CallResult::Overflowed
    } else if outcome == Some(QueueOutcome::CallbackKept) {
        CallResult::CallbackKept
    } else if outcome == Some(QueueOutcome::OutOfHours) && (by_system || ordinary) {
        CallResult::OutOfHours
    } else if by_system {
        CallResult::TurnedAway
    } else if ordinary {
        CallResult::Abandoned
    } else {
        CallResult::Failed
    }
}

/// The result of a leg that was never answered.
fn unanswered(hang_up: &HangUp) -> CallResult {
    let by_cause = |table: &[(&str, CallResult)]| {
        table.iter().find(|(cause, _)| *cause == hang_up.cause).map(|(_, result)| *result)
    };
    let by_status = || {
        let status = hang_up.sip_status?;
        STATUSES.iter().find(|(s, _)| *s == status).map(|(_, result)| *result)
    };
    by_cause(FIRM_CAUSES).or_else(by_status).or_else(|| by_cause(VAGUE_CAUSES)).unwrap_or(CallResult::Failed)
}

/// Who ended a call whose customer's leg is over though nobody here asked for it.
pub(super) fn ended_by(state: CallState, hang_up: &HangUp) -> EndedBy {
    let by_switch = hang_up.by_far_end == Some(false);
    match state {
        // The switch ends a message that is as long as it may be.
        CallState::Message { .. } if by_switch => EndedBy::System,
        // It ends the customer's leg with their agent's, and may say so before it
        // says that the agent's is over.
        CallState::Talking { .. } if by_switch && hang_up.cause == "NORMAL_CLEARING" => EndedBy::Agent,
        _ => EndedBy::Customer,
    }
}

/// Who ended a call that nobody answered.
pub(super) fn unanswered_end(result: CallResult) -> EndedBy {
    match result {
        CallResult::Busy | CallResult::Rejected => EndedBy::Customer,
        CallResult::NoAnswer | CallResult::Cancelled => EndedBy::System,
        _ => EndedBy::Switch,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cause: &str, sip_status: Option<u16>, expect: CallResult) {
        let hang_up = HangUp { sip_status, ..HangUp::cause(cause) };
        assert_eq!(call_result(&hang_up, false, false, false), expect, "{hang_up:?}");
    }

    #[test]
    fn the_causes_that_the_switch_makes_of_sip_statuses() {
        check("USER_BUSY", Some(486), CallResult::Busy);
        check("CALL_REJECTED", Some(603), CallResult::Rejected);
        check("UNALLOCATED_NUMBER", Some(404), CallResult::InvalidNumber);
        check("INVALID_NUMBER_FORMAT", Some(484), CallResult::InvalidNumber);
        check("NO_ROUTE_DESTINATION", Some(604), CallResult::InvalidNumber);
        check("NO_USER_RESPONSE", Some(480), CallResult::Unreachable);
        check("NUMBER_CHANGED", Some(410), CallResult::OutOfService);
        check("NETWORK_OUT_OF_ORDER", Some(502), CallResult::OutOfService);
        check("NORMAL_TEMPORARY_FAILURE", Some(503), CallResult::Failed);
        check("NORMAL_TEMPORARY_FAILURE", Some(500), CallResult::Failed);
        check("RECOVERY_ON_TIMER_EXPIRE", Some(408), CallResult::NoAnswer);
    }

    #[test]
    fn causes_without_a_status() {
        check("NO_ANSWER", None, CallResult::NoAnswer);
        check("ORIGINATOR_CANCEL", None, CallResult::Cancelled);
        check("SUBSCRIBER_ABSENT", None, CallResult::Unreachable);
        check("CALL_REJECTED", None, CallResult::Rejected);
        check("GATEWAY_DOWN", None, CallResult::Failed);
        check("INVALID_GATEWAY", None, CallResult::Failed);
        check("", None, CallResult::Failed);
    }

    #[test]
    fn a_refusal_by_the_trunk_is_not_one_by_the_customer() {
        check("CALL_REJECTED", Some(403), CallResult::Failed);
        check("CALL_REJECTED", Some(407), CallResult::Failed);
    }

    #[test]
    fn a_carriers_own_reason_says_more_than_its_status() {
        check("USER_BUSY", Some(480), CallResult::Busy);
        check("UNALLOCATED_NUMBER", Some(503), CallResult::InvalidNumber);
        // And one that says nothing leaves the word to the status.
        check("NORMAL_CLEARING", Some(480), CallResult::Unreachable);
        check("NORMAL_UNSPECIFIED", Some(486), CallResult::Busy);
    }

    #[test]
    fn an_answered_call_is_judged_by_how_far_it_came() {
        let normal = HangUp::cause("NORMAL_CLEARING");
        assert_eq!(call_result(&normal, true, true, false), CallResult::Answered);
        assert_eq!(call_result(&normal, true, true, true), CallResult::Answered);
        assert_eq!(call_result(&normal, true, false, true), CallResult::Dropped);
        assert_eq!(call_result(&normal, true, false, false), CallResult::AbandonedEarly);
        let broken = HangUp::cause("MEDIA_TIMEOUT");
        assert_eq!(call_result(&broken, true, false, false), CallResult::Failed);
        assert_eq!(call_result(&broken, true, true, false), CallResult::Answered);
    }

    #[test]
    fn no_cause_or_status_stands_twice() {
        let mut causes: Vec<_> = FIRM_CAUSES.iter().chain(VAGUE_CAUSES).map(|(c, _)| c).collect();
        let mut statuses: Vec<_> = STATUSES.iter().map(|(s, _)| s).collect();
        let (n, m) = (causes.len(), statuses.len());
        causes.sort_unstable();
        causes.dedup();
        statuses.sort_unstable();
        statuses.dedup();
        assert_eq!((causes.len(), statuses.len()), (n, m));
    }
}
