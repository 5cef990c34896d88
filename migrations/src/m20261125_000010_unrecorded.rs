//! Why a conversation has no recording, or not from its beginning.

use crate::parts::text_null;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = text_null("unrecorded_reason");
        manager.alter_table(Table::alter().table("calls").add_column(column).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("calls").drop_column("unrecorded_reason").to_owned()).await
    }
}
