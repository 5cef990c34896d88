//! Written by customers.

use sea_orm::entity::prelude::*;

/// A number of a customer.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customer_phones")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub customer_id: i64,
    /// Unique among live numbers.
    pub e164: String,
    /// The digits as they are dialled.
    pub dial: String,
    /// Order of dialling, from 0.
    pub position: i32,
    /// False while the customer is deleted.
    pub live: bool,
}

impl ActiveModelBehavior for ActiveModel {}
