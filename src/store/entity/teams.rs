//! Written by people.

use sea_orm::entity::prelude::*;

/// A team of agents within a department.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "teams")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub department_id: i64,
    pub name: String,
    /// After how many rings in vain an agent is paused; none: as in the centre.
    pub missed_rings_max: Option<i32>,
}

impl ActiveModelBehavior for ActiveModel {}
