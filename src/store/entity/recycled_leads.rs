//! Written by campaigns.

use sea_orm::entity::prelude::*;

/// A lead that was put back, and what it was before.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "recycled_leads")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub recycle_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub lead_id: i64,
    pub attempts: i32,
    pub last_result: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
