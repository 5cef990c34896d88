//! What a queue offers to callers who would rather be called back: the words of
//! it, and what is right.
//!
//! In: settings as people give them. Out: columns of the queue, and what the floor
//! needs.

use crate::api::Check;
use crate::floor::kept::Callback;
use crate::store::entity::queues;

/// Whether and how callers may keep their place and be called back; not yet
/// checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallbackForm {
    /// Whether it is offered.
    pub offer: bool,
    /// After so long a wait; 0: at once.
    pub after_seconds: i32,
    /// The key by which a caller accepts.
    pub key: String,
    /// What invites them, a file of the switch.
    pub invitation: Option<String>,
    /// What they hear before they are hung up, a file of the switch.
    pub confirmation: Option<String>,
    /// How long after a call in vain the next one is made.
    pub retry_seconds: i32,
    /// How often a customer is called at most.
    pub tries_max: i32,
}

impl Default for CallbackForm {
    fn default() -> Self {
        let sound = Callback::default();
        Self {
            offer: sound.offered,
            after_seconds: (sound.after_ms / 1_000) as i32,
            key: sound.key.to_string(),
            invitation: sound.invitation,
            confirmation: sound.confirmation,
            retry_seconds: (sound.retry_ms / 1_000) as i32,
            tries_max: sound.tries_max.into(),
        }
    }
}

impl CallbackForm {
    /// The key, if it is one.
    pub fn key(&self) -> Option<char> {
        let mut keys = self.key.chars();
        keys.next().filter(|key| key.is_ascii_digit() && keys.next().is_none())
    }

    /// Notes what is wrong with it. `wait_seconds_max`: how long callers wait.
    pub fn check(&self, wait_seconds_max: i32, check: &mut Check) {
        check.range("callback_after_seconds", self.after_seconds, 0..=3_600, "seconds");
        if self.offer && self.after_seconds >= wait_seconds_max {
            check.fault("callback_after_seconds", "must be shorter than wait_seconds_max");
        }
        if self.key().is_none() {
            check.fault("callback_key", "must be one of the keys 0 to 9");
        }
        check.range("callback_retry_seconds", self.retry_seconds, 30..=3_600, "seconds");
        check.range("callback_tries_max", self.tries_max, 1..=10, "calls");
    }

    /// As the floor needs it; `None` when it was never checked.
    pub fn profile(&self) -> Option<Callback> {
        Some(Callback {
            offered: self.offer,
            after_ms: i64::from(self.after_seconds) * 1_000,
            key: self.key()?,
            invitation: self.invitation.clone(),
            confirmation: self.confirmation.clone(),
            retry_ms: i64::from(self.retry_seconds) * 1_000,
            tries_max: u8::try_from(self.tries_max).ok()?,
        })
    }
}

impl From<&queues::Model> for CallbackForm {
    fn from(row: &queues::Model) -> Self {
        Self {
            offer: row.callback_offer,
            after_seconds: row.callback_after_seconds,
            key: row.callback_key.clone(),
            invitation: row.callback_invitation.clone(),
            confirmation: row.callback_confirmation.clone(),
            retry_seconds: row.callback_retry_seconds,
            tries_max: row.callback_tries_max,
        }
    }
}
