//! Written by customers.

use sea_orm::entity::prelude::*;

/// An uploaded spreadsheet and how far its import is.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "imports")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub file_name: String,
    /// `uploaded`, `running`, `done`, `failed` or `cancelled`.
    pub state: String,
    /// The header row.
    #[sea_orm(column_type = "JsonBinary")]
    pub columns: Json,
    /// The first rows.
    #[sea_orm(column_type = "JsonBinary")]
    pub sample: Json,
    /// Which column is what.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub mapping: Option<Json>,
    pub list_id: Option<i64>,
    pub rows_total: Option<i32>,
    pub rows_done: i32,
    pub rows_imported: i32,
    pub rows_merged: i32,
    pub rows_rejected: i32,
    pub error: Option<String>,
    /// Where the upload lies.
    pub path: String,
    pub created_by: i64,
    pub created_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
