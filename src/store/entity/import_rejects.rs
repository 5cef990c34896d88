//! Written by customers.

use sea_orm::entity::prelude::*;

/// A row that was not imported, and why.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_rejects")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub import_id: i64,
    /// As numbered in the spreadsheet.
    pub row: i32,
    pub column_name: Option<String>,
    pub reason: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub cells: Json,
}

impl ActiveModelBehavior for ActiveModel {}
