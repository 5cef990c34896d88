//! Voicemail: what callers hear before they leave a message and how long it may be,
//! the messages, who has handled them, and the permission to hear them.

use crate::parts::*;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(voicemails()).await?;
        run(manager, UP).await?;
        change_builtin_roles(manager, |role, held| {
            let Some(held) = held.as_object_mut() else { return };
            if let Some(scope) = granted(role) {
                held.entry(PERMISSION).or_insert(scope.into());
            }
        })
        .await
    }

    /// Messages have no place in the schema before: they go, their files stay.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        change_builtin_roles(manager, |_, held| {
            if let Some(held) = held.as_object_mut() {
                held.remove(PERMISSION);
            }
        })
        .await?;
        run(manager, DOWN).await?;
        drop_tables(manager, &["voicemails"]).await
    }
}

/// A message that a caller left.
fn voicemails() -> TableCreateStatement {
    Table::create()
        .table("voicemails")
        .col(id("id"))
        .col(uuid("call_id"))
        .col(big_integer("queue_id"))
        // On the switch's disk.
        .col(text_uniq("path"))
        // recording, new, handled, or dropped: too short, and about to be deleted.
        .col(text("state"))
        .col(at("started_at"))
        .col(at_null("ended_at"))
        .col(big_integer_null("bytes"))
        .col(text_null("sha256"))
        .col(big_integer_null("duration_ms"))
        .col(at_null("handled_at"))
        .col(big_integer_null("handled_by"))
        .foreign_key(&mut refers("voicemails", "call_id", "calls"))
        .foreign_key(&mut refers("voicemails", "queue_id", "queues"))
        .foreign_key(&mut refers("voicemails", "handled_by", "users"))
        .to_owned()
}

const UP: &[&str] = &[
    "CREATE INDEX voicemails_call ON voicemails (call_id)",
    "CREATE INDEX voicemails_queue_state ON voicemails (queue_id, state)",
    "CREATE INDEX voicemails_unmeasured ON voicemails (ended_at) WHERE bytes IS NULL",
    // A file of the switch.
    "ALTER TABLE queues ADD COLUMN voicemail_greeting text NULL",
    "ALTER TABLE queues ADD COLUMN voicemail_seconds_max integer NOT NULL DEFAULT 120",
];

const DOWN: &[&str] = &[
    "UPDATE calls SET result = 'turned_away' WHERE result = 'voicemail'",
    "UPDATE call_spans SET kind = 'queued' WHERE kind = 'voicemail'",
    "UPDATE queues SET overflow = 'hang_up' WHERE overflow = 'voicemail'",
    "UPDATE queues SET closed = 'hang_up' WHERE closed = 'voicemail'",
    "ALTER TABLE queues DROP COLUMN voicemail_seconds_max",
    "ALTER TABLE queues DROP COLUMN voicemail_greeting",
];

/// The name is that of `auth::Permission`.
const PERMISSION: &str = "voicemail:listen";

/// Whose queues' messages a role that a centre starts with may hear.
fn granted(role: &str) -> Option<&'static str> {
    match role {
        "administrator" | "manager" | "qa_lead" | "qa" => Some("all"),
        "team_lead" => Some("team"),
        "agent" => Some("own"),
        _ => None,
    }
}
