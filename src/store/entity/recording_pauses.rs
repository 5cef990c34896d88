//! Written by recordings.

use sea_orm::entity::prelude::*;

/// A span in which a call's recording is silent by an agent's wish.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "recording_pauses")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub call_id: Uuid,
    /// Who wished it.
    pub agent_id: i64,
    pub started_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
