//! Written by people.

use sea_orm::entity::prelude::*;

/// One node of the tree of departments.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "departments")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub parent_id: Option<i64>,
    pub name: String,
}

impl ActiveModelBehavior for ActiveModel {}
