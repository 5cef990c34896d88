//! Written by queues.

use sea_orm::entity::prelude::*;

/// An agent of a queue.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "queue_members")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub queue_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: i64,
    /// 1 is best, 9 least.
    pub level: i32,
    /// Place in the list.
    pub position: i32,
}

impl ActiveModelBehavior for ActiveModel {}
