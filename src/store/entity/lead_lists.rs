//! Written by customers.

use sea_orm::entity::prelude::*;

/// A list of leads; made by an import.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lead_lists")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub name: String,
    pub import_id: Option<i64>,
    pub created_at: DateTimeUtc,
    pub created_by: i64,
}

impl ActiveModelBehavior for ActiveModel {}
