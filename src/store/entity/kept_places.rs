//! Written by calls.

use sea_orm::entity::prelude::*;

/// A place in a queue that its caller kept to be called back.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "kept_places")]
pub struct Model {
    /// The caller's call.
    #[sea_orm(primary_key, auto_increment = false)]
    pub call_id: Uuid,
    pub queue_id: i64,
    /// As it is dialled.
    pub number: String,
    pub e164: String,
    pub customer_id: Option<i64>,
    /// Since when they have waited.
    pub since: DateTimeUtc,
    /// When they chose to be called back.
    pub kept_at: DateTimeUtc,
    /// How often they were called in vain.
    pub tries: i32,
    /// Not before this.
    pub next_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
    /// `KeptOutcome`, once it is over.
    pub outcome: Option<String>,
    /// The call by which they were reached, or with which they came again.
    pub ended_by_call: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}
