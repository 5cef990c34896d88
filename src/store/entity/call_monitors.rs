//! Written by calls.

use sea_orm::entity::prelude::*;

/// A span in which a supervisor took part in a call in one way.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "call_monitors")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub call_id: Uuid,
    pub supervisor_id: i64,
    /// `MonitorMode`.
    pub mode: String,
    pub started_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
