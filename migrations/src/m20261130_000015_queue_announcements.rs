//! Callers who wait in a queue are told their place: how often, and with which
//! sounds.

use crate::parts::text_null;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::integer;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [integer("announce_every_seconds").default(0).take(), text_null("position_sounds")] {
            manager.alter_table(Table::alter().table("queues").add_column(column).to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["position_sounds", "announce_every_seconds"] {
            manager.alter_table(Table::alter().table("queues").drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
