//! Places in a queue that callers kept when they hung up to be called back.
//!
//! In: what a queue offers ([`Callback`]). Out: the place ([`Kept`]), how far it
//! has come ([`KeptPlace`]), and the facts of its life ([`KeptFact`]). Data and pure
//! questions; what happens to it is in `calling_back.rs`.

use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, CustomerId, LegId, QueueId};
use crate::base::phone::Dialable;
use crate::floor::fact::Fact;
use crate::floor::input::Origin;
use crate::floor::queue::{QueueOutcome, Visit};
use serde::{Deserialize, Serialize};

/// Whether, when and how a queue offers to call back instead of waiting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callback {
    /// Whether it does. Places that are kept already are served either way.
    pub offered: bool,
    /// After how long a wait, in milliseconds; 0: at once.
    pub after_ms: i64,
    /// The key by which a caller accepts: one of `0` to `9`.
    pub key: char,
    /// What invites them to press it, a file of the switch.
    pub invitation: Option<String>,
    /// What they hear when they have, before they are hung up, a file of the
    /// switch.
    pub confirmation: Option<String>,
    /// How long after a call in vain the next one is made, in milliseconds.
    pub retry_ms: i64,
    /// How often a customer is called at most.
    pub tries_max: u8,
}

impl Default for Callback {
    /// Not offered; the rest as a new queue has it.
    fn default() -> Self {
        Self {
            offered: false,
            after_ms: 60_000,
            key: '1',
            invitation: None,
            confirmation: None,
            retry_ms: 120_000,
            tries_max: 3,
        }
    }
}

/// A place in a queue as its caller left it. It is named by the call from which
/// it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The caller's call.
    pub call: CallId,
    /// Which queue.
    pub queue: QueueId,
    /// Their number, as it is dialled.
    pub number: Dialable,
    /// The same in E.164.
    pub e164: String,
    /// Who they are, if they are known.
    pub customer: Option<CustomerId>,
    /// Since when they have waited: their place in the line.
    pub since: Moment,
    /// When they chose to be called back.
    pub kept_at: Moment,
}

/// A place that waits for its turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptPlace {
    /// The place.
    pub kept: Kept,
    /// How often the customer was called.
    pub tries: u8,
    /// Not before this.
    pub next_at: Moment,
    /// The call back that is under way.
    pub attempt: Option<CallId>,
}

impl KeptPlace {
    /// A place that nothing was done for yet.
    pub fn new(kept: Kept) -> Self {
        let next_at = kept.kept_at;
        Self { kept, tries: 0, next_at, attempt: None }
    }

    /// Whether it waits for an agent, and not for its time or for an answer.
    pub fn is_due(&self, now: Moment) -> bool {
        self.attempt.is_none() && self.next_at <= now
    }
}

/// How a kept place ended.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum KeptOutcome {
    /// The customer was called back and talked with an agent.
    Reached,
    /// They called again first, and came in at their place.
    CalledAgain,
    /// They were not reached as often as the queue tries.
    CallbackFailed,
    /// A supervisor took it out.
    Removed,
    /// Their number came onto the do-not-call list.
    DoNotCall,
}

impl KeptOutcome {
    /// Every outcome.
    pub const ALL: [KeptOutcome; 5] = [
        KeptOutcome::Reached,
        KeptOutcome::CalledAgain,
        KeptOutcome::CallbackFailed,
        KeptOutcome::Removed,
        KeptOutcome::DoNotCall,
    ];

    /// The name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            KeptOutcome::Reached => "reached",
            KeptOutcome::CalledAgain => "called_again",
            KeptOutcome::CallbackFailed => "callback_failed",
            KeptOutcome::Removed => "removed",
            KeptOutcome::DoNotCall => "do_not_call",
        }
    }

    /// The outcome of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == name)
    }
}

/// What happens to a kept place, for the store.
#[derive(Debug, Clone, PartialEq)]
pub enum KeptFact {
    /// A caller chose to be called back.
    Kept(Kept),
    /// The customer is about to be called back: the ledger's entry of a new
    /// call. Committed before the originate is sent.
    CallingBack {
        /// The call back.
        call: CallId,
        /// The customer's leg.
        leg: LegId,
        /// The place.
        kept: Kept,
        /// The agent who is kept free for it.
        agent: AgentId,
        /// The number shown.
        caller_id: Dialable,
        /// The gateway.
        gateway: String,
        /// When.
        at: Moment,
    },
    /// It was in vain.
    InVain {
        /// The place.
        place: CallId,
        /// How often the customer was called by now.
        tries: u8,
        /// When they are called next.
        next_at: Moment,
        /// When.
        at: Moment,
    },
    /// The place is given up.
    Ended {
        /// The place.
        place: CallId,
        /// How.
        outcome: KeptOutcome,
        /// The call by which the customer was reached, or with which they came
        /// again.
        by: Option<CallId>,
        /// How often the customer was called.
        tries: u8,
        /// When.
        at: Moment,
    },
}

impl KeptFact {
    /// When.
    pub fn at(&self) -> Moment {
        match self {
            KeptFact::Kept(kept) => kept.kept_at,
            KeptFact::CallingBack { at, .. } | KeptFact::InVain { at, .. } | KeptFact::Ended { at, .. } => {
                *at
            }
        }
    }
}

impl Fact {
    /// The call of a record that must be committed before the call is dialled.
    pub fn before_dialling(&self) -> Option<CallId> {
        match self {
            Fact::AttemptStarted { call, .. } | Fact::Kept(KeptFact::CallingBack { call, .. }) => Some(*call),
            _ => None,
        }
    }
}

impl Origin {
    /// The number that was dialled, in E.164: no two live calls may share it.
    pub fn dialled_number(&self) -> Option<&str> {
        match self {
            Origin::Dialled { lead, .. } => Some(&lead.e164),
            Origin::Callback(kept) => Some(&kept.e164),
            Origin::Inbound { .. } => None,
        }
    }
}

impl Visit {
    /// The place of a customer who is called back: theirs since they called. Their
    /// time in the queue, as it is counted, ended when they chose it.
    pub fn of_kept(kept: &Kept) -> Self {
        let mut visit = Visit::new(kept.queue, kept.since, 0);
        visit.outcome = Some(QueueOutcome::CallbackKept);
        visit
    }
}

/// A kept place on the live floor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptLive {
    /// The caller's call, which names it.
    pub place: CallId,
    /// The customer, if they are known.
    pub customer: Option<CustomerId>,
    /// Their number.
    pub number: Dialable,
    /// Since when they have waited.
    pub since: Moment,
    /// When they chose to be called back.
    pub kept_at: Moment,
    /// How often they were called.
    pub tries: u8,
    /// When they are called next at the earliest.
    pub next_at: Moment,
    /// The call back that is under way.
    pub attempt: Option<CallId>,
}

impl From<&KeptPlace> for KeptLive {
    fn from(place: &KeptPlace) -> Self {
        Self {
            place: place.kept.call,
            customer: place.kept.customer,
            number: place.kept.number.clone(),
            since: place.kept.since,
            kept_at: place.kept.kept_at,
            tries: place.tries,
            next_at: place.next_at,
            attempt: place.attempt,
        }
    }
}
