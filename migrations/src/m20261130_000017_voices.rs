//! What a supervisor says when they barge is recorded apart from the call: whose
//! voice a recording holds. And the calls in which an agent had a part, found by
//! the agent.

use crate::parts::run;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, UP).await
    }

    /// Recordings of voices would be taken for those of their calls: they go,
    /// and their files stay.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, DOWN).await
    }
}

const UP: &[&str] = &[
    "ALTER TABLE recordings ADD COLUMN speaker_id bigint NULL REFERENCES users (id)",
    "CREATE INDEX call_legs_agent ON call_legs (agent_id, call_id) WHERE agent_id IS NOT NULL",
];

const DOWN: &[&str] = &[
    "DROP INDEX call_legs_agent",
    "DELETE FROM recordings WHERE speaker_id IS NOT NULL",
    "ALTER TABLE recordings DROP COLUMN speaker_id",
];
