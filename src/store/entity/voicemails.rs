//! Written by recordings.

use sea_orm::entity::prelude::*;

/// A message that a caller left.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "voicemails")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub call_id: Uuid,
    pub queue_id: i64,
    /// On the switch's disk.
    #[sea_orm(unique)]
    pub path: String,
    /// `VoicemailState`.
    pub state: String,
    pub started_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
    pub bytes: Option<i64>,
    pub sha256: Option<String>,
    pub duration_ms: Option<i64>,
    pub handled_at: Option<DateTimeUtc>,
    pub handled_by: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
