//! Written by calls.

use sea_orm::entity::prelude::*;

/// The switch's own account of a leg, as it was posted.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "switch_cdrs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub leg: Uuid,
    #[sea_orm(column_type = "JsonBinary")]
    pub body: Json,
    pub received_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
