//! The do-not-call list by scope (the whole system, a department, a campaign), with
//! where each entry comes from; what it held back; and what customers said of being
//! called. Numbers that were listed before are listed for the whole system.

use crate::parts::*;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [entries(), blocks(), consents()] {
            manager.create_table(table).await?;
        }
        run(manager, UP).await?;
        drop_tables(manager, &["do_not_call"]).await?;
        let append_only = match manager.get_database_backend() {
            DbBackend::Postgres => APPEND_ONLY_POSTGRES,
            _ => APPEND_ONLY_SQLITE,
        };
        run(manager, append_only).await?;
        change_builtin_roles(manager, |role, held| {
            let Some(held) = held.as_object_mut() else { return };
            for (permission, scope) in granted(role) {
                held.entry(*permission).or_insert((*scope).into());
            }
        })
        .await
    }

    /// Entries of a department or a campaign, what was held back and what was said
    /// have no place in the schema before: they go.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        change_builtin_roles(manager, |_, held| {
            if let Some(held) = held.as_object_mut() {
                for permission in [READ, WRITE, SYSTEM] {
                    held.remove(permission);
                }
            }
        })
        .await?;
        manager.create_table(before()).await?;
        run(manager, &[BACK, LEADS_BACK]).await?;
        drop_tables(manager, &["consents", "do_not_call_blocks", "do_not_call_entries"]).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            run(manager, &["DROP FUNCTION consents_are_append_only()"]).await?;
        }
        Ok(())
    }
}

/// A number that is not dialled, for whom, and why.
fn entries() -> TableCreateStatement {
    Table::create()
        .table("do_not_call_entries")
        .col(id("id"))
        .col(text("e164"))
        // system, department or campaign.
        .col(text("scope"))
        .col(big_integer_null("department_id"))
        .col(big_integer_null("campaign_id"))
        .col(text("source"))
        .col(text("reason"))
        .col(text_null("note"))
        .col(uuid_null("call_id"))
        .col(big_integer_null("created_by"))
        .col(at("created_at"))
        .col(at_null("expires_at"))
        // When it ceased to count: taken out by somebody, or expired.
        .col(at_null("removed_at"))
        .col(big_integer_null("removed_by"))
        // When the leads that it held back were given back, once it has ended.
        .col(at_null("leads_back_at"))
        .foreign_key(&mut refers("do_not_call_entries", "department_id", "departments"))
        .foreign_key(&mut refers("do_not_call_entries", "campaign_id", "campaigns"))
        .foreign_key(&mut refers("do_not_call_entries", "call_id", "calls"))
        .foreign_key(&mut refers("do_not_call_entries", "created_by", "users"))
        .foreign_key(&mut refers("do_not_call_entries", "removed_by", "users"))
        .to_owned()
}

/// What an entry held back.
fn blocks() -> TableCreateStatement {
    Table::create()
        .table("do_not_call_blocks")
        .col(id("id"))
        .col(big_integer("entry_id"))
        // lead, callback or transfer.
        .col(text("kind"))
        // What was to be dialled, and for whom: one row for each with an entry.
        .col(text("subject"))
        .col(text("e164"))
        .col(big_integer_null("lead_id"))
        .col(big_integer_null("customer_id"))
        .col(big_integer_null("campaign_id"))
        .col(big_integer_null("queue_id"))
        .col(big_integer_null("agent_id"))
        .col(uuid_null("call_id"))
        // Every number of the lead is barred for the campaign.
        .col(boolean("held").default(false))
        .col(integer("times").default(1))
        .col(at("first_at"))
        .col(at("last_at"))
        .col(at_null("lifted_at"))
        .foreign_key(&mut refers("do_not_call_blocks", "entry_id", "do_not_call_entries"))
        .foreign_key(&mut refers("do_not_call_blocks", "lead_id", "leads"))
        .foreign_key(&mut refers("do_not_call_blocks", "customer_id", "customers"))
        .foreign_key(&mut refers("do_not_call_blocks", "campaign_id", "campaigns"))
        .foreign_key(&mut refers("do_not_call_blocks", "queue_id", "queues"))
        .foreign_key(&mut refers("do_not_call_blocks", "agent_id", "users"))
        .to_owned()
}

/// What somebody said of being called on a number.
fn consents() -> TableCreateStatement {
    Table::create()
        .table("consents")
        .col(id("id"))
        .col(text("e164"))
        .col(big_integer_null("customer_id"))
        // given, refused or withdrawn.
        .col(text("kind"))
        .col(text("source"))
        .col(text_null("note"))
        .col(uuid_null("call_id"))
        .col(at("said_at"))
        .col(at("recorded_at"))
        .col(big_integer_null("recorded_by"))
        .foreign_key(&mut refers("consents", "customer_id", "customers"))
        .foreign_key(&mut refers("consents", "call_id", "calls"))
        .foreign_key(&mut refers("consents", "recorded_by", "users"))
        .to_owned()
}

/// The list as it was.
fn before() -> TableCreateStatement {
    Table::create()
        .table("do_not_call")
        .col(text("e164").primary_key())
        .col(text("reason"))
        .col(big_integer_null("created_by"))
        .col(at("created_at"))
        .foreign_key(&mut refers("do_not_call", "created_by", "users"))
        .to_owned()
}

const UP: &[&str] = &[
    // Only dispositions had put numbers on the list.
    "INSERT INTO do_not_call_entries (e164, scope, source, reason, created_by, created_at) \
     SELECT e164, 'system', 'disposition', reason, created_by, created_at FROM do_not_call",
    "CREATE UNIQUE INDEX do_not_call_entries_active ON do_not_call_entries \
     (e164, scope, COALESCE(department_id, 0), COALESCE(campaign_id, 0)) WHERE removed_at IS NULL",
    "CREATE INDEX do_not_call_entries_expiring ON do_not_call_entries (expires_at) \
     WHERE removed_at IS NULL AND expires_at IS NOT NULL",
    "CREATE INDEX do_not_call_entries_ended ON do_not_call_entries (removed_at) \
     WHERE removed_at IS NOT NULL AND leads_back_at IS NULL",
    "CREATE INDEX do_not_call_entries_call ON do_not_call_entries (call_id) WHERE call_id IS NOT NULL",
    "CREATE UNIQUE INDEX do_not_call_blocks_subject ON do_not_call_blocks (subject, entry_id)",
    "CREATE INDEX do_not_call_blocks_entry ON do_not_call_blocks (entry_id)",
    "CREATE INDEX do_not_call_blocks_lead ON do_not_call_blocks (lead_id, campaign_id)",
    "CREATE INDEX do_not_call_blocks_campaign ON do_not_call_blocks (campaign_id)",
    "CREATE INDEX do_not_call_blocks_customer ON do_not_call_blocks (customer_id)",
    "CREATE INDEX consents_e164 ON consents (e164)",
];

const BACK: &str = "INSERT INTO do_not_call (e164, reason, created_by, created_at) \
    SELECT e164, reason, created_by, created_at FROM do_not_call_entries \
    WHERE removed_at IS NULL AND scope = 'system'";

const LEADS_BACK: &str = "UPDATE leads SET last_result = NULL, \
    state = CASE WHEN last_attempt_at IS NULL THEN 'fresh' ELSE 'retry' END \
    WHERE state = 'done' AND last_result = 'do_not_call'";

const APPEND_ONLY_SQLITE: &[&str] = &[
    "CREATE TRIGGER consents_no_update BEFORE UPDATE ON consents \
     BEGIN SELECT RAISE(ABORT, 'consents are append-only'); END",
    "CREATE TRIGGER consents_no_delete BEFORE DELETE ON consents \
     BEGIN SELECT RAISE(ABORT, 'consents are append-only'); END",
];

const APPEND_ONLY_POSTGRES: &[&str] = &[
    "CREATE FUNCTION consents_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ \
     BEGIN RAISE EXCEPTION 'consents are append-only'; END $$",
    "CREATE TRIGGER consents_no_change BEFORE UPDATE OR DELETE ON consents \
     FOR EACH ROW EXECUTE FUNCTION consents_are_append_only()",
    "CREATE TRIGGER consents_no_truncate BEFORE TRUNCATE ON consents \
     FOR EACH STATEMENT EXECUTE FUNCTION consents_are_append_only()",
];

/// The names are those of `auth::Permission`.
const READ: &str = "do_not_call:read";
const WRITE: &str = "do_not_call:write";
const SYSTEM: &str = "do_not_call:system";

/// What the roles that a centre starts with may do with the list.
fn granted(role: &str) -> &'static [(&'static str, &'static str)] {
    match role {
        "administrator" => &[(READ, "all"), (WRITE, "all"), (SYSTEM, "all")],
        "manager" => &[(READ, "all"), (WRITE, "all")],
        "team_lead" => &[(READ, "team"), (WRITE, "team")],
        "qa_lead" | "qa" => &[(READ, "department")],
        _ => &[],
    }
}
