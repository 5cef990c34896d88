//! Written by audit.

use sea_orm::entity::prelude::*;

/// Who did what to what; append-only.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_log")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub at: DateTimeUtc,
    pub user_id: Option<i64>,
    /// A verb with its room, e.g. `user.update`.
    pub action: String,
    pub thing: String,
    pub thing_id: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub detail: Json,
}

impl ActiveModelBehavior for ActiveModel {}
