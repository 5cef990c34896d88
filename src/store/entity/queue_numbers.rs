//! Written by queues.

use sea_orm::entity::prelude::*;

/// A number that leads to a queue.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "queue_numbers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub e164: String,
    pub queue_id: i64,
    /// As it was written.
    pub number: String,
    /// Place in the list.
    pub position: i32,
}

impl ActiveModelBehavior for ActiveModel {}
