//! Written by calls.

use sea_orm::entity::prelude::*;

/// A leg's part in a call, beside the customer's own leg.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "call_legs")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub call_id: Uuid,
    pub leg: Uuid,
    /// Whose; none: an outside party's.
    pub agent_id: Option<i64>,
    /// The number rung.
    pub number: Option<String>,
    /// When it joined the call's story.
    pub started_at: DateTimeUtc,
    /// When it left it; an off-hook phone's leg lives on.
    pub ended_at: Option<DateTimeUtc>,
    /// Why the leg ended, when that ended its part.
    pub hangup_cause: Option<String>,
    pub sip_status: Option<i32>,
}

impl ActiveModelBehavior for ActiveModel {}
