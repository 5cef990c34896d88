//! Written by recordings.

use sea_orm::entity::prelude::*;

/// A recording of a call, or of what a supervisor said in it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "recordings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub call_id: Uuid,
    /// Whose call it was when it began.
    pub agent_id: i64,
    /// The supervisor whose voice alone it holds; none: it holds the call.
    pub speaker_id: Option<i64>,
    /// On the switch's disk.
    pub path: String,
    pub started_at: DateTimeUtc,
    pub stopped_at: Option<DateTimeUtc>,
    pub bytes: Option<i64>,
    pub sha256: Option<String>,
    pub duration_ms: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
