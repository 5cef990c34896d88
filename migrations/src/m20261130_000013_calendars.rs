//! Calendars of opening hours and holidays, and which one a queue follows, with
//! what becomes of who calls outside its hours.

use crate::parts::*;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(calendars()).await?;
        run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, DOWN).await?;
        drop_tables(manager, &["calendars"]).await
    }
}

fn calendars() -> TableCreateStatement {
    Table::create()
        .table("calendars")
        .col(id("id"))
        .col(text_uniq("name"))
        // Opening periods by weekday.
        .col(json("week"))
        // Days that differ from their weekday, each with its periods.
        .col(json("holidays"))
        .col(big_integer("created_by"))
        .col(at("created_at"))
        .col(at("updated_at"))
        .foreign_key(&mut refers("calendars", "created_by", "users"))
        .to_owned()
}

const UP: &[&str] = &[
    "ALTER TABLE queues ADD COLUMN calendar_id bigint NULL REFERENCES calendars (id)",
    // As the overflow: hang_up, queue, agent or outside.
    "ALTER TABLE queues ADD COLUMN closed text NOT NULL DEFAULT 'hang_up'",
    "ALTER TABLE queues ADD COLUMN closed_queue_id bigint NULL REFERENCES queues (id)",
    "ALTER TABLE queues ADD COLUMN closed_agent_id bigint NULL REFERENCES users (id)",
    "ALTER TABLE queues ADD COLUMN closed_number text NULL",
    "ALTER TABLE queues ADD COLUMN closed_message text NULL",
];

const DOWN: &[&str] = &[
    "UPDATE queue_visits SET outcome = 'turned_away' WHERE outcome = 'out_of_hours'",
    "UPDATE calls SET result = 'turned_away' WHERE result = 'out_of_hours'",
    "ALTER TABLE queues DROP COLUMN closed_message",
    "ALTER TABLE queues DROP COLUMN closed_number",
    "ALTER TABLE queues DROP COLUMN closed_agent_id",
    "ALTER TABLE queues DROP COLUMN closed_queue_id",
    "ALTER TABLE queues DROP COLUMN closed",
    "ALTER TABLE queues DROP COLUMN calendar_id",
];
