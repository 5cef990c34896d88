//! Callback instead of waiting: what a queue offers, the places that callers keep,
//! and the calls by which they are called back.

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
        run(manager, COLUMNS_UP).await?;
        // Of the type that ids have on this database.
        let column = uuid_null("callback_of");
        manager.alter_table(Table::alter().table("calls").add_column(column).to_owned()).await?;
        manager.create_table(kept_places()).await?;
        run(manager, INDEXES).await?;
        change_builtin_roles(manager, |role, held| {
            let Some(held) = held.as_object_mut() else { return };
            if MAY_REMOVE.contains(&role) {
                held.entry(REMOVE).or_insert("all".into());
            }
        })
        .await
    }

    /// Calls back have no place in the schema before: they go. Callers who chose one
    /// were hung up.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        change_builtin_roles(manager, |_, held| {
            if let Some(held) = held.as_object_mut() {
                held.remove(REMOVE);
            }
        })
        .await?;
        drop_tables(manager, &["kept_places"]).await?;
        for table in CHILDREN {
            let gone = "SELECT id FROM calls WHERE callback_of IS NOT NULL";
            run(manager, &[&format!("DELETE FROM {table} WHERE call_id IN ({gone})")]).await?;
        }
        run(manager, COLUMNS_DOWN).await
    }
}

/// Take a place out of its queue (`auth::Permission`), and who may from the start.
const REMOVE: &str = "queue:remove_place";
const MAY_REMOVE: &[&str] = &["administrator", "manager", "team_lead"];

const COLUMNS_UP: &[&str] = &[
    "ALTER TABLE queues ADD COLUMN callback_offer boolean NOT NULL DEFAULT FALSE",
    "ALTER TABLE queues ADD COLUMN callback_after_seconds integer NOT NULL DEFAULT 60",
    "ALTER TABLE queues ADD COLUMN callback_key text NOT NULL DEFAULT '1'",
    "ALTER TABLE queues ADD COLUMN callback_invitation text NULL",
    "ALTER TABLE queues ADD COLUMN callback_confirmation text NULL",
    "ALTER TABLE queues ADD COLUMN callback_retry_seconds integer NOT NULL DEFAULT 120",
    "ALTER TABLE queues ADD COLUMN callback_tries_max integer NOT NULL DEFAULT 3",
];

const COLUMNS_DOWN: &[&str] = &[
    "DELETE FROM calls WHERE callback_of IS NOT NULL",
    "UPDATE calls SET result = 'turned_away' WHERE result = 'callback_kept'",
    "UPDATE queue_visits SET outcome = 'turned_away' WHERE outcome = 'callback_kept'",
    "DROP INDEX calls_callback_of",
    "ALTER TABLE calls DROP COLUMN callback_of",
    "ALTER TABLE queues DROP COLUMN callback_tries_max",
    "ALTER TABLE queues DROP COLUMN callback_retry_seconds",
    "ALTER TABLE queues DROP COLUMN callback_confirmation",
    "ALTER TABLE queues DROP COLUMN callback_invitation",
    "ALTER TABLE queues DROP COLUMN callback_key",
    "ALTER TABLE queues DROP COLUMN callback_after_seconds",
    "ALTER TABLE queues DROP COLUMN callback_offer",
];

const INDEXES: &[&str] = &[
    "CREATE INDEX calls_callback_of ON calls (callback_of) WHERE callback_of IS NOT NULL",
    "CREATE INDEX kept_places_open ON kept_places (queue_id, since) WHERE ended_at IS NULL",
];

/// A place is named by the call from which it was kept.
fn kept_places() -> TableCreateStatement {
    Table::create()
        .table("kept_places")
        .col(uuid("call_id").primary_key())
        .col(big_integer("queue_id"))
        .col(text("number"))
        .col(text("e164"))
        .col(big_integer_null("customer_id"))
        .col(at("since"))
        .col(at("kept_at"))
        .col(integer("tries").default(0))
        .col(at("next_at"))
        .col(at_null("ended_at"))
        .col(text_null("outcome"))
        // The call by which they were reached, or with which they came again.
        .col(uuid_null("ended_by_call"))
        .foreign_key(&mut refers("kept_places", "call_id", "calls"))
        .foreign_key(&mut refers("kept_places", "queue_id", "queues"))
        .foreign_key(&mut refers("kept_places", "customer_id", "customers"))
        .to_owned()
}

/// Tables whose rows belong to a call.
const CHILDREN: &[&str] = &[
    "queue_visits",
    "call_forwards",
    "recording_pauses",
    "call_monitors",
    "call_notes",
    "call_transfers",
    "call_legs",
    "call_spans",
    "recordings",
];
