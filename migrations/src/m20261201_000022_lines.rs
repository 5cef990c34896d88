//! Limits of gateways and campaigns on calls, how campaigns that share agents and
//! gateways stand beside each other, and pools of caller IDs.

use crate::parts::*;
use sea_orm_migration::prelude::*;

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
        for table in [caller_id_pools(), caller_id_numbers()] {
            manager.create_table(table).await?;
        }
        let unique =
            "CREATE UNIQUE INDEX caller_id_numbers_pool_number ON caller_id_numbers (pool_id, number)";
        run(manager, &[unique]).await?;
        let pool = big_integer_null("caller_id_pool_id");
        manager.alter_table(Table::alter().table("campaigns").add_column(pool).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let pool = Table::alter().table("campaigns").drop_column("caller_id_pool_id").to_owned();
        manager.alter_table(pool).await?;
        drop_tables(manager, &["caller_id_numbers", "caller_id_pools"]).await?;
        for (table, column, _) in COLUMNS.into_iter().rev() {
            manager.alter_table(Table::alter().table(table).drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}

fn caller_id_pools() -> TableCreateStatement {
    Table::create()
        .table("caller_id_pools")
        .col(id("id"))
        .col(text_uniq("name"))
        .col(big_integer("created_by"))
        .col(at("created_at"))
        .col(at("updated_at"))
        .foreign_key(&mut refers("caller_id_pools", "created_by", "users"))
        .to_owned()
}

fn caller_id_numbers() -> TableCreateStatement {
    Table::create()
        .table("caller_id_numbers")
        .col(id("id"))
        .col(big_integer("pool_id"))
        .col(text("number"))
        .col(json("regions"))
        .col(boolean("enabled").default(true))
        .col(integer("hour_max").default(0))
        .col(integer("day_max").default(0))
        .foreign_key(&mut refers("caller_id_numbers", "pool_id", "caller_id_pools"))
        .to_owned()
}
