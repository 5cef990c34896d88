//! Limits of gateways and campaigns on calls, and how campaigns that share
//! agents and gateways stand beside each other.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::integer;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// 0 is no limit.
const COLUMNS: [(&str, &str, i32); 5] = [
    ("gateways", "calls_max", 0),
    ("gateways", "calls_per_second", 0),
    ("campaigns", "calls_per_second", 0),
    ("campaigns", "priority", 0),
    ("campaigns", "share", 100),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column, default) in COLUMNS {
            let column = integer(column).default(default).take();
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column, _) in COLUMNS.into_iter().rev() {
            manager.alter_table(Table::alter().table(table).drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
