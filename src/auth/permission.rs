//! What a role may do, and how far.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Whose things a permission covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// One's own.
    Own,
    /// Those of one's team.
    Team,
    /// Those of one's department and all below it.
    Department,
    /// Everybody's.
    All,
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $text:literal),+ $(,)?) => {
        /// One thing that may be done, named `thing:action`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        pub enum Permission {
            $($(#[$doc])* #[serde(rename = $text)] $name,)+
        }

        impl Permission {
            /// Every permission there is.
            pub const ALL: &'static [Permission] = &[$(Permission::$name,)+];

            /// The name in roles and in the API.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Permission::$name => $text,)+
                }
            }
        }
    };
}

permissions! {
    /// See users, roles, teams and departments.
    UserRead = "user:read",
    /// Create and change users.
    UserWrite = "user:write",
    /// See customers and their history.
    CustomerRead = "customer:read",
    /// Change customers.
    CustomerWrite = "customer:write",
    /// Import customers and leads.
    CustomerImport = "customer:import",
    /// See the do-not-call list: the system's, and that of departments and
    /// campaigns in scope.
    DoNotCallRead = "do_not_call:read",
    /// Put numbers on the list of a department or a campaign in scope, and take
    /// them off.
    DoNotCallWrite = "do_not_call:write",
    /// The same for the list of the whole system.
    DoNotCallSystem = "do_not_call:system",
    /// See campaigns and lists.
    CampaignRead = "campaign:read",
    /// Create and change campaigns.
    CampaignWrite = "campaign:write",
    /// Start and pause campaigns.
    CampaignRun = "campaign:run",
    /// See inbound queues.
    QueueRead = "queue:read",
    /// Create and change inbound queues.
    QueueWrite = "queue:write",
    /// Take a place that a caller keeps out of its queue.
    QueueRemovePlace = "queue:remove_place",
    /// See calls in the ledger.
    CallRead = "call:read",
    /// Listen to calls in progress, and see who listened.
    CallListen = "call:listen",
    /// Speak to the agent alone during a call.
    CallWhisper = "call:whisper",
    /// Join a call, heard by both.
    CallBarge = "call:barge",
    /// Take an agent's place in a call.
    CallTakeOver = "call:take_over",
    /// Hang up an agent's call.
    CallHangUp = "call:hang_up",
    /// Set an agent's state.
    AgentSetState = "agent:set_state",
    /// See and set where others' personal calls are forwarded.
    AgentForward = "agent:forward",
    /// Hear recordings.
    RecordingListen = "recording:listen",
    /// Hear the messages that callers left with queues, and mark them as handled.
    VoicemailListen = "voicemail:listen",
    /// See reports.
    ReportRead = "report:read",
    /// Download reports.
    ReportExport = "report:export",
    /// Watch the live floor.
    LiveRead = "live:read",
    /// Work as an agent.
    DeskUse = "desk:use",
    /// See trunks.
    GatewayRead = "gateway:read",
    /// Create and change trunks.
    GatewayWrite = "gateway:write",
    /// See the audit log.
    AuditRead = "audit:read",
}

impl Permission {
    /// The permission of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|p| p.as_str() == name)
    }
}

/// What a role holds: each permission with its scope.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Permissions(BTreeMap<Permission, Scope>);

impl Permissions {
    /// Reads a role's permissions as stored. A name or scope that this version
    /// does not know is not held, and logged: never more than was meant.
    pub fn from_stored(stored: &serde_json::Value) -> Self {
        let mut held = BTreeMap::new();
        for (name, scope) in stored.as_object().into_iter().flatten() {
            let known = Permission::from_name(name).zip(Scope::deserialize(scope).ok());
            match known {
                Some((permission, scope)) => {
                    held.insert(permission, scope);
                }
                None => tracing::warn!(permission = %name, %scope, "a role names an unknown permission"),
            }
        }
        Self(held)
    }

    /// How far a permission reaches; `None`: not held.
    pub fn scope(&self, permission: Permission) -> Option<Scope> {
        self.0.get(&permission).copied()
    }

    /// Whether every permission of `other` is held at least as far, so that
    /// nobody can hand out more than they have.
    pub fn cover(&self, other: &Permissions) -> bool {
        other.0.iter().all(|(permission, scope)| self.scope(*permission).is_some_and(|own| own >= *scope))
    }

    /// By name, for the API.
    pub fn by_name(&self) -> BTreeMap<String, Scope> {
        self.0.iter().map(|(permission, scope)| (permission.as_str().to_owned(), *scope)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn unknown_names_and_scopes_are_not_held() {
        let held = Permissions::from_stored(&json!({
            "customer:read": "team", "customer:fly": "all", "call:read": "everything", "user:read": 7,
        }));
        assert_eq!(held.by_name(), BTreeMap::from([("customer:read".to_owned(), Scope::Team)]));
        assert_eq!(Permissions::from_stored(&json!("all")), Permissions::default());
    }

    #[test]
    fn nobody_covers_more_than_they_hold() {
        let lead = Permissions::from_stored(&json!({"user:read": "team", "desk:use": "own"}));
        let agent = Permissions::from_stored(&json!({"desk:use": "own"}));
        let wider = Permissions::from_stored(&json!({"user:read": "all"}));
        assert!(lead.cover(&agent) && !agent.cover(&lead) && !lead.cover(&wider));
    }

    #[test]
    fn names_and_json_agree() {
        for permission in Permission::ALL {
            assert_eq!(Permission::from_name(permission.as_str()), Some(*permission));
            assert_eq!(serde_json::to_value(permission).expect("json"), permission.as_str());
        }
    }
}
