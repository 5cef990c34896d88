//! One type per kind of id, so that a lead's id cannot be passed for a
//! customer's. Rows made by the store carry an `i64`; calls and legs carry a
//! UUID chosen by the floor before anything is dialled.

use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

macro_rules! row_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = i64)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

macro_rules! uuid_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = Uuid)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(s).map(Self)
            }
        }
    )+};
}

row_id! {
    /// A user who answers calls; the same number as the user's id.
    AgentId,
    /// Anybody who signs in to the console.
    UserId,
    /// A campaign (project).
    CampaignId,
    /// An inbound queue.
    QueueId,
    /// A list of leads.
    ListId,
    /// A pool of caller IDs.
    CallerIdPoolId,
    /// One customer on one list.
    LeadId,
    /// A customer.
    CustomerId,
    /// A team of agents.
    TeamId,
    /// A department, a node of the tree of departments.
    DepartmentId,
    /// A role: a set of permissions, each with a scope.
    RoleId,
}

uuid_id! {
    /// One attempt or conversation in the ledger.
    CallId,
    /// One channel on the switch; equal to its `origination_uuid`.
    LegId,
}

/// Makes the ids of calls and legs from a start value and a counter, so that
/// the floor needs no random source and a replay makes the same ids. The start
/// value must differ between runs of the server (the conductor draws it).
#[derive(Debug, Clone)]
pub struct IdMint {
    run: u64,
    next: u64,
}

impl IdMint {
    /// A mint for one run of the floor.
    pub fn new(run: u64) -> Self {
        Self { run, next: 0 }
    }

    /// The next id of this run, in the form of a UUID version 8 (RFC 9562,
    /// section 5.8: contents defined by the maker).
    pub fn mint(&mut self) -> Uuid {
        self.next += 1;
        let bits = (u128::from(self.run) << 64) | u128::from(self.next);
        uuid::Builder::from_custom_bytes(bits.to_be_bytes()).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ_within_and_between_runs() {
        let (mut a, mut b) = (IdMint::new(1), IdMint::new(2));
        let ids = [a.mint(), a.mint(), b.mint(), b.mint()];
        let distinct: std::collections::HashSet<_> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len());
        assert_eq!(ids[0].get_version_num(), 8);
    }
}
