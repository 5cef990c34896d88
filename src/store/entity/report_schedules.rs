//! Written by reports.

use sea_orm::entity::prelude::*;

/// When the agents report goes out by e-mail, and to whom.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "report_schedules")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub name: String,
    /// Five fields: minute hour day month weekday, in the centre's time zone.
    pub cron: String,
    /// Addresses.
    #[sea_orm(column_type = "JsonBinary")]
    pub recipients: Json,
    /// `zh` or `en`.
    pub language: String,
    pub active: bool,
    /// Whose scope bounds what the report holds.
    pub owner_id: i64,
    /// Runs due up to here have been made.
    pub last_due_at: DateTimeUtc,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
