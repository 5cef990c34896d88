//! The cap on dropped calls has a window and may be shared by campaigns; who is
//! dropped hears a message; a campaign may dial a fixed number of calls for each
//! free agent.

use crate::parts::text_null;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::integer;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            integer("cap_window_hours").default(24).take(),
            text_null("cap_group"),
            text_null("drop_message"),
            integer("ratio_permille").default(1_500).take(),
        ];
        for column in columns {
            manager.alter_table(Table::alter().table("campaigns").add_column(column).to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["ratio_permille", "drop_message", "cap_group", "cap_window_hours"] {
            manager.alter_table(Table::alter().table("campaigns").drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
