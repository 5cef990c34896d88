//! Who did what to what. Nobody can edit or delete an entry: the database
//! refuses it.
//!
//! In: [`record`], within the transaction of the change itself, so that there
//! is never one without the other. Out: rows of `audit_log`.

mod store;

pub use store::record;

use crate::base::ids::UserId;

/// One entry.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// Who; `None` for the system itself.
    pub user: Option<UserId>,
    /// What was done: room and verb, e.g. `user.update`.
    pub action: &'a str,
    /// The kind of thing it was done to, e.g. `user`.
    pub thing: &'a str,
    /// Which one.
    pub thing_id: Option<String>,
    /// What else is worth knowing; never a password or another secret.
    pub detail: serde_json::Value,
}

impl<'a> Entry<'a> {
    /// An entry of what a user did to a thing.
    pub fn of(user: UserId, action: &'a str, thing: &'a str, thing_id: impl ToString) -> Self {
        let thing_id = Some(thing_id.to_string());
        Self { user: Some(user), action, thing, thing_id, detail: serde_json::json!({}) }
    }

    /// The same with details.
    pub fn with(mut self, detail: serde_json::Value) -> Self {
        self.detail = detail;
        self
    }
}
