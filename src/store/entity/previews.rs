//! Written by campaigns.

use sea_orm::entity::prelude::*;

/// An agent looked at a lead before it was to be dialled.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "previews")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub lead_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub offered_at: DateTimeUtc,
    pub campaign_id: i64,
    pub customer_id: i64,
    pub agent_id: i64,
    pub ended_at: DateTimeUtc,
    /// `PreviewEnd`.
    pub end: String,
    /// `SkipReason`, of a lead that was skipped.
    pub reason: Option<String>,
    pub note: Option<String>,
    /// Of a lead that was skipped: not again before.
    pub rests_until: Option<DateTimeUtc>,
    /// The attempt.
    pub call_id: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}
