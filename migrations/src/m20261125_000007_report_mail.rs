//! Reports that go out by e-mail: when and to whom, and what became of each.

use crate::parts::*;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("report_schedules")
                    .col(id("id"))
                    .col(text("name"))
                    .col(text("cron"))
                    .col(json("recipients"))
                    .col(text("language"))
                    .col(boolean("active"))
                    .col(big_integer("owner_id"))
                    .col(at("last_due_at"))
                    .col(at("created_at"))
                    .col(at("updated_at"))
                    .foreign_key(&mut refers("report_schedules", "owner_id", "users"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("report_runs")
                    .col(id("id"))
                    .col(big_integer("schedule_id"))
                    .col(at("due_at"))
                    .col(text("state"))
                    .col(integer("attempts"))
                    .col(at_null("next_attempt_at"))
                    .col(json("deliveries"))
                    .col(text_null("error"))
                    .col(big_integer_null("requested_by"))
                    .col(at_null("sent_at"))
                    .foreign_key(&mut refers("report_runs", "schedule_id", "report_schedules"))
                    .foreign_key(&mut refers("report_runs", "requested_by", "users"))
                    .to_owned(),
            )
            .await?;
        run(
            manager,
            &[
                "CREATE UNIQUE INDEX report_runs_due ON report_runs (schedule_id, due_at)",
                "CREATE INDEX report_runs_waiting ON report_runs (next_attempt_at) WHERE state = 'waiting'",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["report_runs", "report_schedules"]).await
    }
}
