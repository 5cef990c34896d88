//! Written by calls.

use sea_orm::entity::prelude::*;

/// A call to an agent personally that went on to another by the agent's wish.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "call_forwards")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub call_id: Uuid,
    /// Whose wish.
    pub agent_id: i64,
    /// `ForwardReason`
    pub reason: String,
    /// The colleague, or
    pub to_agent: Option<i64>,
    /// the number outside.
    pub to_number: Option<String>,
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
