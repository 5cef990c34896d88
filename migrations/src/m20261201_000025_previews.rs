//! Preview dialling: how a campaign shows its leads, and who looked at which lead and
//! how it ended.

use crate::parts::*;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let preview = json("preview").default("{}").take();
        manager.alter_table(Table::alter().table("campaigns").add_column(preview).to_owned()).await?;
        manager.create_table(previews()).await?;
        run(manager, INDEXES).await
    }

    /// Campaigns that preview cannot be read by a program before: one call for each
    /// free agent comes nearest.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["previews"]).await?;
        run(manager, DOWN).await?;
        manager.alter_table(Table::alter().table("campaigns").drop_column("preview").to_owned()).await
    }
}

fn previews() -> TableCreateStatement {
    Table::create()
        .table("previews")
        .col(big_integer("lead_id"))
        .col(at("offered_at"))
        .col(big_integer("campaign_id"))
        .col(big_integer("customer_id"))
        .col(big_integer("agent_id"))
        .col(at("ended_at"))
        .col(text("end"))
        .col(text_null("reason"))
        .col(text_null("note"))
        .col(at_null("rests_until"))
        .col(uuid_null("call_id"))
        .primary_key(&mut key("previews", &["lead_id", "offered_at"]))
        .foreign_key(&mut refers("previews", "lead_id", "leads"))
        .foreign_key(&mut refers("previews", "campaign_id", "campaigns"))
        .foreign_key(&mut refers("previews", "customer_id", "customers"))
        .foreign_key(&mut refers("previews", "agent_id", "users"))
        .to_owned()
}

const INDEXES: &[&str] = &["CREATE INDEX previews_customer ON previews (customer_id, offered_at)"];

const DOWN: &[&str] = &[
    "UPDATE campaigns SET mode = 'progressive' WHERE mode = 'preview'",
    "UPDATE agent_states SET kind = 'ready' WHERE kind = 'previewing'",
    "UPDATE leads SET rule = NULL WHERE rule = 'skipped'",
];
