//! Written by calls.

use sea_orm::entity::prelude::*;

/// What an agent said of a call that they handed on.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "call_notes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub call_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub agent_id: i64,
    pub disposition_id: i64,
    pub note: Option<String>,
    pub saved_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
