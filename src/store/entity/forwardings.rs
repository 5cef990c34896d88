//! Written by people.

use sea_orm::entity::prelude::*;

/// Where a user's personal calls go, for one reason.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "forwardings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: i64,
    /// `ForwardReason`
    #[sea_orm(primary_key, auto_increment = false)]
    pub reason: String,
    /// A colleague, or
    pub to_agent: Option<i64>,
    /// a number outside, as dialled.
    pub to_number: Option<String>,
    /// Of ringing in vain.
    pub seconds: Option<i32>,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
