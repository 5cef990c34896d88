//! What agents and supervisors can ask for, and whom it can concern. Data only;
//! the floor decides.
//!
//! In: requests of people. Out: [`AgentCommand`]s and [`SupervisorCommand`]s,
//! each with the [`Ticket`] under which it is answered.

use crate::base::ids::{AgentId, CallId, LeadId, QueueId};
use crate::base::phone::Dialable;
use crate::floor::preview::SkipReason;
use serde::{Deserialize, Serialize};

/// Names one request, so that its answer, which may come later, finds whoever
/// asked. [`Ticket::NOBODY`] when nobody waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

impl Ticket {
    /// Nobody waits.
    pub const NOBODY: Ticket = Ticket(0);
}

/// Whom a call can be handed to, or who can be asked first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Party {
    /// A colleague, on their desk phone.
    Agent(AgentId),
    /// A number outside, over the trunk of the campaign or queue.
    Outside(Dialable),
    /// Whoever is next in a queue.
    Queue(QueueId),
}

/// Keys of a telephone: `0`-`9`, `*`, `#`, `A`-`D`, 1 to 32 of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys(String);

impl Keys {
    /// The keys, or `None` when a character is no key, or there are too many.
    pub fn new(text: &str) -> Option<Self> {
        let key = |c: char| c.is_ascii_digit() || "*#ABCD".contains(c);
        ((1..=32).contains(&text.len()) && text.chars().all(key)).then(|| Self(text.to_owned()))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a supervisor can ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SupervisorCommand {
    /// Listen to an agent's call, from the supervisor's own phone; when the
    /// supervisor is on it already: change how.
    Monitor {
        /// Whose call.
        agent: AgentId,
        /// How.
        mode: MonitorMode,
        /// How the supervisor may take part at all, whether asked for here or
        /// with the keys of their phone.
        may: Vec<MonitorMode>,
    },
    /// Stop listening.
    StopMonitoring,
    /// Take the agent's place in the call that is being listened to.
    TakeOver,
    /// Hang up an agent's call.
    HangUp {
        /// Whose.
        agent: AgentId,
    },
    /// Take a kept place out of its queue.
    RemoveKept {
        /// The call from which it was kept.
        place: CallId,
    },
    /// Set an agent's state, as the agent could.
    SetState {
        /// Whose.
        agent: AgentId,
        /// Ready, pause or log out.
        command: AgentCommand,
    },
}

/// How a supervisor takes part in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MonitorMode {
    /// Hears both; nobody hears the supervisor.
    Listen,
    /// The agent alone hears the supervisor.
    Whisper,
    /// All three talk.
    Barge,
}

impl MonitorMode {
    /// The key with which the switch's eavesdropping changes to this mode when
    /// it listens to the agent's leg (proved with three phones' tones: with 2
    /// the agent alone hears the supervisor, with 3 both do).
    pub fn key(self) -> char {
        match self {
            MonitorMode::Listen => '0',
            MonitorMode::Whisper => '2',
            MonitorMode::Barge => '3',
        }
    }

    /// The name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            MonitorMode::Listen => "listen",
            MonitorMode::Whisper => "whisper",
            MonitorMode::Barge => "barge",
        }
    }
}

/// What an agent can ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgentCommand {
    /// Start the shift: paused with reason `logged_in` until ready.
    LogIn,
    /// End the shift, after the call in progress.
    LogOut,
    /// Take calls.
    Ready,
    /// Take no calls, after the call in progress.
    Pause {
        /// Why, from the list of reasons.
        reason: String,
    },
    /// Hang up the customer.
    HangUp,
    /// Have the ringing desk phone answer, where it can.
    Answer,
    /// Put the customer on music.
    Hold,
    /// Talk with the customer again.
    Resume,
    /// Nobody hears the agent (true), or they are heard again.
    Mute(bool),
    /// Send keys to the customer's side.
    SendKeys(Keys),
    /// Silence in the recording (true), or sound again.
    PauseRecording(bool),
    /// Hand the call over; the agent leaves as soon as the other answers.
    Transfer {
        /// To whom.
        to: Party,
        /// For the other's screen.
        note: Option<String>,
    },
    /// Ask the other first while the customer hears music.
    Consult {
        /// Whom.
        to: Party,
        /// For the other's screen.
        note: Option<String>,
    },
    /// Talk with the one who hears music; the other hears music.
    Swap,
    /// Connect the customer with the other and leave.
    CompleteTransfer,
    /// Let the other go and talk with the customer again.
    CancelTransfer,
    /// All three talk.
    Conference,
    /// Dial the lead that the agent looks at.
    Dial {
        /// Which; one that is gone from the screen is not dialled by mistake.
        lead: LeadId,
    },
    /// Do not dial it.
    Skip {
        /// Which.
        lead: LeadId,
        /// Why.
        reason: SkipReason,
        /// More of it.
        note: Option<String>,
    },
    /// The disposition of the last call is saved: after-call work is over.
    Disposed {
        /// Which call.
        call: CallId,
    },
}
