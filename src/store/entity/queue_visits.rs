//! Written by calls.

use sea_orm::entity::prelude::*;

/// A call's time in a queue.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "queue_visits")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub call_id: Uuid,
    pub queue_id: i64,
    pub entered_at: DateTimeUtc,
    pub left_at: Option<DateTimeUtc>,
    /// `QueueOutcome`, once it is over.
    pub outcome: Option<String>,
    /// Who answered.
    pub agent_id: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
