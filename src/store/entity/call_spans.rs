//! Written by calls.

use sea_orm::entity::prelude::*;

/// One span of what the customer experienced; spans tile the call.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "call_spans")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub call_id: Uuid,
    /// `SpanKind`.
    pub kind: String,
    /// Who is responsible.
    pub agent_id: Option<i64>,
    pub started_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
