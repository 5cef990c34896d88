//! The words of queues.

use crate::base::phone::{Dialable, PhoneNumber};
use crate::floor::queue::Strategy;
use crate::queues::callback::CallbackForm;
use crate::store::entity::{calendars, queues};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a caller goes who has waited as long as the queue allows, or who called
/// outside its hours.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum OverflowForm {
    /// Hears the message, if there is one, and is hung up.
    #[default]
    HangUp,
    /// To the end of another queue.
    Queue {
        /// Which.
        queue_id: i64,
    },
    /// Waits for this agent alone, once more as long; then the call ends.
    Agent {
        /// Who.
        agent_id: i64,
    },
    /// Is connected with a number outside.
    Outside {
        /// The number, as it is dialled.
        number: String,
    },
    /// Hears the queue's greeting and leaves a message.
    Voicemail,
}

/// How a queue takes messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VoicemailForm {
    /// What callers hear before the beep, a file of the switch; empty: only the
    /// beep.
    #[serde(default)]
    pub greeting: Option<String>,
    /// How long a message may be.
    #[schema(minimum = 10, maximum = 600)]
    #[serde(default = "message_seconds")]
    pub seconds_max: i32,
}

impl Default for VoicemailForm {
    fn default() -> Self {
        Self { greeting: None, seconds_max: message_seconds() }
    }
}

fn message_seconds() -> i32 {
    120
}

/// When a queue is open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum HoursForm {
    /// At any time.
    #[default]
    Always,
    /// As a calendar says.
    Calendar {
        /// Which.
        calendar_id: i64,
        /// Where who calls at other times goes; they are hung up unless said
        /// otherwise.
        #[serde(default)]
        closed: OverflowForm,
        /// What they hear who are hung up then, a file of the switch.
        #[serde(default)]
        message: Option<String>,
    },
}

/// An agent of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberForm {
    /// Who.
    pub user_id: i64,
    /// How good they are at it, for the strategy `skills`: 1 is best, 9 least.
    #[schema(minimum = 1, maximum = 9)]
    #[serde(default = "best")]
    pub level: i32,
}

fn best() -> i32 {
    1
}

/// The settings of a queue as people give them: not yet checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueForm {
    /// One line, unique.
    pub name: String,
    /// Whether callers are let in.
    pub enabled: bool,
    /// Who is next.
    pub strategy: Strategy,
    /// Callers of a queue with a higher priority are served first.
    pub priority: i32,
    /// While somebody waits, a free agent comes here before a call is dialled.
    pub inbound_first: bool,
    /// For how long the customer's own agent alone is waited for; 0: not at all.
    pub own_agent_seconds: i32,
    /// How long a caller waits at most.
    pub wait_seconds_max: i32,
    /// What happens then.
    pub overflow: OverflowForm,
    /// Length of after-call work; 0: until the disposition is saved.
    pub wrap_up_seconds: i32,
    /// A caller who leaves sooner is a short abandon.
    pub short_abandon_seconds: i32,
    /// A caller answered within this is within the service level.
    pub service_level_seconds: i32,
    /// The trunk for calls that leave the centre from here.
    pub gateway_id: i64,
    /// The number shown on them.
    pub caller_id: String,
    /// What callers hear, a file or stream of the switch.
    pub music: Option<String>,
    /// What they hear who are turned away, a file of the switch.
    pub message: Option<String>,
    /// When it is open.
    pub hours: HoursForm,
    /// Whether callers may keep their place and be called back.
    pub callback: CallbackForm,
    /// How often callers are told their place; 0: not at all.
    pub announce_every_seconds: i32,
    /// The sounds that tell them, a folder of the switch.
    pub position_sounds: Option<String>,
    /// How messages are taken.
    pub voicemail: VoicemailForm,
    /// Its agents, in order.
    pub members: Vec<MemberForm>,
    /// The numbers that lead here.
    pub numbers: Vec<String>,
}

impl QueueForm {
    /// The settings a new queue starts with, apart from what must be given.
    pub fn new(name: String, gateway_id: i64, caller_id: String) -> Self {
        Self {
            name,
            enabled: true,
            strategy: Strategy::LongestIdle,
            priority: 0,
            inbound_first: true,
            own_agent_seconds: 0,
            wait_seconds_max: 120,
            overflow: OverflowForm::HangUp,
            wrap_up_seconds: 30,
            short_abandon_seconds: 5,
            service_level_seconds: 20,
            gateway_id,
            caller_id,
            music: None,
            message: None,
            hours: HoursForm::Always,
            callback: CallbackForm::default(),
            announce_every_seconds: 0,
            position_sounds: None,
            voicemail: VoicemailForm::default(),
            members: Vec::new(),
            numbers: Vec::new(),
        }
    }
}

/// A queue with what belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueEntry {
    /// The row.
    pub queue: queues::Model,
    /// The gateway's name.
    pub gateway_name: String,
    /// The calendar it follows.
    pub calendar: Option<calendars::Model>,
    /// Its agents, in order.
    pub members: Vec<MemberForm>,
    /// The numbers that lead here, as they were written, in order.
    pub numbers: Vec<String>,
}

/// A number of ours that customers call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnNumber {
    /// Unique: E.164, or the digits of a number that has none (`95588`).
    pub key: String,
    /// Every form in which a carrier may name it.
    pub forms: Vec<Dialable>,
}

impl OwnNumber {
    /// Reads it as people write it in the home country; `None` when it is no
    /// number.
    pub fn parse(text: &str, home: &str) -> Option<Self> {
        let plain: String = text.chars().filter(|c| !" -()".contains(*c)).collect();
        let mut texts = vec![plain.clone()];
        let key = match PhoneNumber::parse(text, home) {
            Ok(number) => {
                let digits = number.e164.trim_start_matches('+').to_owned();
                texts.extend([number.dial.to_string(), number.e164.clone(), format!("00{digits}"), digits]);
                number.e164
            }
            // A short number of the network.
            Err(_) if (3..=15).contains(&plain.len()) => plain,
            Err(_) => return None,
        };
        texts.sort_unstable();
        texts.dedup();
        let forms: Result<Vec<Dialable>, _> = texts.iter().map(|text| Dialable::new(text)).collect();
        forms.ok().map(|forms| Self { key, forms })
    }
}

/// Why settings that are right in themselves cannot be stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueueRefused {
    /// Another queue has it.
    #[error("another queue has this name")]
    NameTaken,
    /// Another queue has it.
    #[error("the number {0} leads to another queue already")]
    NumberTaken(String),
    /// There is none.
    #[error("there is no such gateway")]
    NoSuchGateway,
    /// There is none; in this field.
    #[error("there is no such queue")]
    NoSuchQueue(&'static str),
    /// There is none.
    #[error("there is no such calendar")]
    NoSuchCalendar,
    /// Deactivated, or without a desk phone, or nobody.
    #[error("user {0} is not an agent: an agent is active and has an extension")]
    NotAnAgent(i64),
    /// The agent of this field is none.
    #[error("this user is not an agent: an agent is active and has an extension")]
    WayNotAnAgent(&'static str),
}

impl QueueRefused {
    /// The field at fault.
    pub fn field(&self) -> &'static str {
        match self {
            Self::NameTaken => "name",
            Self::NumberTaken(_) => "numbers",
            Self::NoSuchGateway => "gateway_id",
            Self::NoSuchQueue(field) | Self::WayNotAnAgent(field) => field,
            Self::NoSuchCalendar => "hours",
            Self::NotAnAgent(_) => "members",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_known_in_every_form_a_carrier_may_use() {
        let number = OwnNumber::parse("021-6234 5678", "CN").expect("a number");
        assert_eq!(number.key, "+862162345678");
        let forms: Vec<&str> = number.forms.iter().map(Dialable::as_str).collect();
        for form in ["02162345678", "+862162345678", "862162345678", "00862162345678"] {
            assert!(forms.contains(&form), "{form} in {forms:?}");
        }
        assert_eq!(OwnNumber::parse("+86 21 62345678", "CN").expect("a number").key, number.key);
        let short = OwnNumber::parse("95588", "CN").expect("a number");
        assert!(short.forms.iter().any(|form| form.as_str() == "95588"), "{short:?}");
        for odd in ["", "12", "021{1}", "021\n1", "call us"] {
            assert_eq!(OwnNumber::parse(odd, "CN"), None, "{odd:?}");
        }
    }
}
