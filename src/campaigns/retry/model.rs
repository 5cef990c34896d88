//! The words of retry rules.

use crate::floor::effect::CallResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which of a customer's numbers is dialled next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NextNumber {
    /// The one that was dialled.
    Same,
    /// The customer's next one; the only one again.
    Next,
}

/// What follows one result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResultRule {
    /// The result.
    pub result: CallResult,
    /// How long after the attempt the lead may be dialled again, in minutes.
    #[schema(minimum = 0, maximum = 43200)]
    pub minutes: u32,
    /// How often this result is followed by another attempt; 0: never.
    #[schema(minimum = 0, maximum = 20)]
    pub times: u32,
    /// On which number.
    pub number: NextNumber,
    /// Only in a part of the day in which the lead was not tried yet.
    pub other_part: bool,
}

/// A part of the day, in the centre's zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DayPart {
    /// `morning`, `afternoon` and `evening` are shown in the reader's language, other
    /// names as they are.
    pub name: String,
    /// `HH:MM`.
    pub from: String,
    /// `HH:MM`; when it is not later than `from`, on the day after.
    pub to: String,
}

/// When a campaign's leads are dialled again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RetryRules {
    /// One for each result of [`RETRIED`]; what is left out has its usual rule.
    pub results: Vec<ResultRule>,
    /// The parts of the day.
    pub day_parts: Vec<DayPart>,
}

/// The results after which a lead may be dialled again, in the order of reports.
/// A customer who was dropped rests by law, not by a rule; what we took back
/// ourselves was no attempt.
pub const RETRIED: [CallResult; 10] = [
    CallResult::NoAnswer,
    CallResult::Busy,
    CallResult::Rejected,
    CallResult::InvalidNumber,
    CallResult::OutOfService,
    CallResult::SwitchedOff,
    CallResult::Unreachable,
    CallResult::Machine,
    CallResult::AbandonedEarly,
    CallResult::Failed,
];

/// Whether nobody will ever answer on a number with this result.
pub fn is_dead(result: CallResult) -> bool {
    matches!(result, CallResult::InvalidNumber | CallResult::OutOfService)
}

impl ResultRule {
    /// What follows a result unless somebody says otherwise.
    pub fn usual(result: CallResult) -> Self {
        use NextNumber::{Next, Same};
        let (minutes, times, number, other_part) = match result {
            // Not at home in the morning is at home in the evening.
            CallResult::NoAnswer => (120, 3, Next, true),
            CallResult::Busy => (10, 3, Same, false),
            // Who rejects a call twice means it.
            CallResult::Rejected => (24 * 60, 1, Same, true),
            CallResult::SwitchedOff => (24 * 60, 2, Next, false),
            CallResult::Unreachable => (60, 3, Next, false),
            CallResult::Machine => (240, 2, Same, true),
            CallResult::AbandonedEarly => (60, 2, Same, false),
            CallResult::Failed => (15, 5, Same, false),
            CallResult::InvalidNumber | CallResult::OutOfService => (0, 20, Next, false),
            // No result that is followed by another attempt.
            CallResult::Answered
            | CallResult::Dropped
            | CallResult::Cancelled
            | CallResult::Abandoned
            | CallResult::Overflowed
            | CallResult::TurnedAway
            | CallResult::OutOfHours
            | CallResult::CallbackKept
            | CallResult::Voicemail => (60, 0, Same, false),
        };
        Self { result, minutes, times, number, other_part }
    }
}

impl Default for RetryRules {
    fn default() -> Self {
        let part = |name: &str, from: &str, to: &str| DayPart {
            name: name.to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
        };
        Self {
            results: RETRIED.map(ResultRule::usual).to_vec(),
            day_parts: vec![
                part("morning", "08:00", "12:00"),
                part("afternoon", "12:00", "18:00"),
                part("evening", "18:00", "22:00"),
            ],
        }
    }
}

impl RetryRules {
    /// Every result after the same delay on the customer's next number, as often as
    /// the lead has attempts.
    pub fn every(minutes: u32) -> Self {
        let rule = |result| ResultRule {
            result,
            minutes: if is_dead(result) { 0 } else { minutes },
            times: 20,
            number: NextNumber::Next,
            other_part: false,
        };
        Self { results: RETRIED.map(rule).to_vec(), ..Self::default() }
    }

    /// What follows a result.
    pub fn of(&self, result: CallResult) -> ResultRule {
        let own = self.results.iter().find(|rule| rule.result == result).cloned();
        own.unwrap_or_else(|| ResultRule::usual(result))
    }

    /// The same with a rule for each result, in order.
    pub fn complete(self) -> Self {
        Self { results: RETRIED.map(|result| self.of(result)).to_vec(), ..self }
    }

    /// As stored. What this version cannot read has the usual rules, and is logged.
    pub fn from_stored(stored: &serde_json::Value) -> Self {
        let read = serde_json::from_value::<Self>(stored.clone());
        let or_usual = |error: serde_json::Error| {
            tracing::warn!(%error, "retry rules cannot be read: the usual ones hold");
            Self::default()
        };
        read.unwrap_or_else(or_usual).complete()
    }
}

/// Which rule sets when a lead is dialled next, or has ended it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeadRule {
    /// The delay of its last result.
    Delay,
    /// Another part of the day.
    OtherPart,
    /// The number is dead: the next one, at once.
    NextNumber,
    /// They were dropped and are left in peace.
    RestAfterDrop,
    /// We took the call back before it was answered.
    TakenBack,
    /// It was put back to be dialled again.
    Recycled,
    /// An agent who saw it skipped it.
    Skipped,
    /// Attempts at the number on one day.
    CapDay,
    /// Attempts at the number in all.
    CapInAll,
    /// The time between two attempts at the number.
    Spacing,
    /// The number is in a call now.
    OnTheLine,
    /// It is no hour to call at where the number lives.
    CalledHours,
    /// Ended: somebody answered and spoke with an agent.
    Reached,
    /// Ended: the attempts at the lead are used up.
    AttemptsUsedUp,
    /// Ended: its last result is not followed by another attempt, or not any more.
    TimesUsedUp,
    /// Ended: every number is dead.
    NoNumberLeft,
}

impl LeadRule {
    /// The caps on attempts.
    pub const CAPS: [Self; 3] = [Self::CapDay, Self::CapInAll, Self::Spacing];

    /// Every rule.
    pub const ALL: [Self; 16] = [
        Self::Delay,
        Self::OtherPart,
        Self::NextNumber,
        Self::RestAfterDrop,
        Self::TakenBack,
        Self::Recycled,
        Self::Skipped,
        Self::CapDay,
        Self::CapInAll,
        Self::Spacing,
        Self::OnTheLine,
        Self::CalledHours,
        Self::Reached,
        Self::AttemptsUsedUp,
        Self::TimesUsedUp,
        Self::NoNumberLeft,
    ];

    /// The name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delay => "delay",
            Self::OtherPart => "other_part",
            Self::NextNumber => "next_number",
            Self::RestAfterDrop => "rest_after_drop",
            Self::TakenBack => "taken_back",
            Self::Recycled => "recycled",
            Self::Skipped => "skipped",
            Self::CapDay => "cap_day",
            Self::CapInAll => "cap_in_all",
            Self::Spacing => "spacing",
            Self::OnTheLine => "on_the_line",
            Self::CalledHours => "called_hours",
            Self::Reached => "reached",
            Self::AttemptsUsedUp => "attempts_used_up",
            Self::TimesUsedUp => "times_used_up",
            Self::NoNumberLeft => "no_number_left",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_json_agree() {
        for rule in LeadRule::ALL {
            assert_eq!(serde_json::to_value(rule).unwrap(), rule.as_str());
        }
    }

    #[test]
    fn what_is_stored_is_read_and_what_is_left_out_is_usual() {
        let rules = RetryRules::every(7);
        assert_eq!(RetryRules::from_stored(&serde_json::to_value(&rules).unwrap()), rules);
        for stored in [serde_json::json!({}), serde_json::json!("odd"), serde_json::json!({ "results": [] })]
        {
            assert_eq!(RetryRules::from_stored(&stored), RetryRules::default(), "{stored}");
        }
    }
}
