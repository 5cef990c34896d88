//! Written by calls.

use sea_orm::entity::prelude::*;

/// An attempt of an agent to hand a call on.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "call_transfers")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub call_id: Uuid,
    pub from_agent: i64,
    /// The colleague, or
    pub to_agent: Option<i64>,
    /// the number outside.
    pub to_number: Option<String>,
    pub to_queue: Option<i64>,
    /// Whether the other was asked first.
    pub attended: bool,
    /// For the other's screen.
    pub note: Option<String>,
    pub started_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
    /// `TransferOutcome`, once it is over.
    pub outcome: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
