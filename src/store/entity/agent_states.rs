//! Written by people.

use sea_orm::entity::prelude::*;

/// One span of an agent's shift; spans tile the shift.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agent_states")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub agent_id: i64,
    /// `AgentStateKind`; never `logged_out`.
    pub kind: String,
    pub reason: Option<String>,
    pub call_id: Option<Uuid>,
    pub started_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
