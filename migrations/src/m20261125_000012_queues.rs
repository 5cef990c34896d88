//! Inbound queues: their settings, members and numbers, each call's time in
//! them, calls that were not dialled and so have no campaign, lead, or perhaps
//! customer, and the permissions to see and change queues.

use crate::parts::*;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Rebuilding a table of SQLite needs one, so that its children may point
    /// at nothing for a moment.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [queues(), queue_members(), queue_numbers()] {
            manager.create_table(table).await?;
        }
        match manager.get_database_backend() {
            DbBackend::Sqlite => rebuild_calls(manager, true).await?,
            _ => run(manager, CALLS_UP).await?,
        }
        manager.create_table(queue_visits()).await?;
        run(manager, INDEXES).await?;
        run(manager, &["ALTER TABLE call_transfers ADD COLUMN to_queue bigint NULL REFERENCES queues (id)"])
            .await?;
        change_builtin_roles(manager, |role, held| {
            let Some(held) = held.as_object_mut() else { return };
            for (permission, scope) in granted(role) {
                held.entry(*permission).or_insert((*scope).into());
            }
        })
        .await
    }

    /// Inbound calls have no place in the schema before: they go.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        change_builtin_roles(manager, |_, held| {
            let Some(held) = held.as_object_mut() else { return };
            for (permission, _) in granted("administrator") {
                held.remove(*permission);
            }
        })
        .await?;
        run(manager, &["ALTER TABLE call_transfers DROP COLUMN to_queue"]).await?;
        drop_tables(manager, &["queue_visits"]).await?;
        for table in CHILDREN {
            let gone = "SELECT id FROM calls WHERE direction = 'inbound'";
            run(manager, &[&format!("DELETE FROM {table} WHERE call_id IN ({gone})")]).await?;
        }
        run(manager, &["DELETE FROM calls WHERE direction = 'inbound'"]).await?;
        match manager.get_database_backend() {
            DbBackend::Sqlite => rebuild_calls(manager, false).await?,
            _ => run(manager, CALLS_DOWN).await?,
        }
        drop_tables(manager, &["queue_numbers", "queue_members", "queues"]).await
    }
}

fn queues() -> TableCreateStatement {
    Table::create()
        .table("queues")
        .col(id("id"))
        .col(text_uniq("name"))
        .col(boolean("enabled").default(true))
        .col(text("strategy").default("longest_idle"))
        .col(integer("priority").default(0))
        .col(boolean("inbound_first").default(true))
        .col(integer("own_agent_seconds").default(0))
        .col(integer("wait_seconds_max").default(120))
        // hang_up, queue, agent or outside; the column of that kind is set.
        .col(text("overflow").default("hang_up"))
        .col(big_integer_null("overflow_queue_id"))
        .col(big_integer_null("overflow_agent_id"))
        .col(text_null("overflow_number"))
        .col(integer("wrap_up_seconds").default(30))
        .col(integer("short_abandon_seconds").default(5))
        .col(integer("service_level_seconds").default(20))
        .col(big_integer("gateway_id"))
        .col(text("caller_id"))
        .col(text_null("music"))
        .col(text_null("message"))
        .col(big_integer("created_by"))
        .col(at("created_at"))
        .col(at("updated_at"))
        .foreign_key(&mut refers("queues", "overflow_queue_id", "queues"))
        .foreign_key(&mut refers("queues", "overflow_agent_id", "users"))
        .foreign_key(&mut refers("queues", "gateway_id", "gateways"))
        .foreign_key(&mut refers("queues", "created_by", "users"))
        .to_owned()
}

fn queue_members() -> TableCreateStatement {
    Table::create()
        .table("queue_members")
        .col(big_integer("queue_id"))
        .col(big_integer("user_id"))
        .col(integer("level").default(1))
        .col(integer("position").default(0))
        .primary_key(&mut key("queue_members", &["queue_id", "user_id"]))
        .foreign_key(&mut refers("queue_members", "queue_id", "queues"))
        .foreign_key(&mut refers("queue_members", "user_id", "users"))
        .to_owned()
}

/// A number leads to one queue.
fn queue_numbers() -> TableCreateStatement {
    Table::create()
        .table("queue_numbers")
        .col(text("e164").primary_key())
        .col(big_integer("queue_id"))
        .col(text("number"))
        .col(integer("position").default(0))
        .foreign_key(&mut refers("queue_numbers", "queue_id", "queues"))
        .to_owned()
}

fn queue_visits() -> TableCreateStatement {
    Table::create()
        .table("queue_visits")
        .col(id("id"))
        .col(uuid("call_id"))
        .col(big_integer("queue_id"))
        .col(at("entered_at"))
        .col(at_null("left_at"))
        .col(text_null("outcome"))
        .col(big_integer_null("agent_id"))
        .foreign_key(&mut refers("queue_visits", "call_id", "calls"))
        .foreign_key(&mut refers("queue_visits", "queue_id", "queues"))
        .foreign_key(&mut refers("queue_visits", "agent_id", "users"))
        .to_owned()
}

const INDEXES: &[&str] = &[
    "CREATE INDEX calls_queue_started ON calls (queue_id, started_at) WHERE queue_id IS NOT NULL",
    "CREATE INDEX queue_members_user ON queue_members (user_id)",
    "CREATE INDEX queue_numbers_queue ON queue_numbers (queue_id)",
    "CREATE UNIQUE INDEX queue_visits_call_entered ON queue_visits (call_id, queue_id, entered_at)",
    "CREATE INDEX queue_visits_queue_entered ON queue_visits (queue_id, entered_at)",
];

/// Tables whose rows belong to a call.
const CHILDREN: &[&str] = &[
    "call_forwards",
    "recording_pauses",
    "call_monitors",
    "call_notes",
    "call_transfers",
    "call_legs",
    "call_spans",
    "recordings",
];

const CALLS_UP: &[&str] = &[
    "ALTER TABLE calls ALTER COLUMN campaign_id DROP NOT NULL",
    "ALTER TABLE calls ALTER COLUMN lead_id DROP NOT NULL",
    "ALTER TABLE calls ALTER COLUMN customer_id DROP NOT NULL",
    "ALTER TABLE calls ALTER COLUMN mode DROP NOT NULL",
    "ALTER TABLE calls ADD COLUMN direction text NOT NULL DEFAULT 'outbound'",
    "ALTER TABLE calls ADD COLUMN queue_id bigint NULL",
    "ALTER TABLE calls ADD CONSTRAINT fk_calls_queue_id FOREIGN KEY (queue_id) REFERENCES queues (id)",
];

const CALLS_DOWN: &[&str] = &[
    "DROP INDEX calls_queue_started",
    "ALTER TABLE calls DROP COLUMN queue_id",
    "ALTER TABLE calls DROP COLUMN direction",
    "ALTER TABLE calls ALTER COLUMN mode SET NOT NULL",
    "ALTER TABLE calls ALTER COLUMN customer_id SET NOT NULL",
    "ALTER TABLE calls ALTER COLUMN lead_id SET NOT NULL",
    "ALTER TABLE calls ALTER COLUMN campaign_id SET NOT NULL",
];

/// The columns of calls before this change, in order.
const COLUMNS: &str = "id, leg, campaign_id, lead_id, customer_id, number, e164, caller_id, gateway, mode, \
    started_at, ringing_at, answered_at, dropped_at, connected_at, ended_at, agent_id, agent_leg, result, \
    hangup_cause, sip_status, ended_by, talk_ms, cdr_at, disposition_id, note, disposed_at, disposed_by, \
    hold_ms, handed_at, unrecorded_reason";

/// The indexes of calls before this change; they go with the table.
const CALLS_INDEXES: &[&str] = &[
    "CREATE INDEX calls_started ON calls (started_at)",
    "CREATE INDEX calls_agent_started ON calls (agent_id, started_at)",
    "CREATE INDEX calls_campaign_started ON calls (campaign_id, started_at)",
    "CREATE INDEX calls_customer ON calls (customer_id)",
    "CREATE UNIQUE INDEX calls_leg ON calls (leg)",
    "CREATE INDEX calls_open ON calls (started_at) WHERE ended_at IS NULL",
    "CREATE INDEX calls_campaign_figures ON calls (campaign_id, answered_at, connected_at, dropped_at)",
    "CREATE INDEX calls_handed ON calls (started_at) WHERE handed_at IS NOT NULL",
];

/// SQLite changes no column: the rows are put aside, the table is made anew, and
/// they are put back. Until then the tables that refer to it point at nothing,
/// which is asked about at the end of the transaction.
async fn rebuild_calls(manager: &SchemaManager<'_>, inbound: bool) -> Result<(), DbErr> {
    let aside = [
        "PRAGMA defer_foreign_keys = ON",
        "CREATE TABLE calls_aside AS SELECT * FROM calls",
        "DROP TABLE calls",
    ];
    run(manager, &aside).await?;
    manager.create_table(calls(inbound)).await?;
    let back = format!("INSERT INTO calls ({COLUMNS}) SELECT {COLUMNS} FROM calls_aside");
    run(manager, &[&back, "DROP TABLE calls_aside"]).await?;
    run(manager, CALLS_INDEXES).await
}

/// Calls as they are on SQLite, after this change or before it.
fn calls(inbound: bool) -> TableCreateStatement {
    let number = |name| if inbound { big_integer_null(name) } else { big_integer(name) };
    let mut table = Table::create();
    table
        .table("calls")
        .col(uuid("id").primary_key())
        .col(uuid("leg"))
        .col(number("campaign_id"))
        .col(number("lead_id"))
        .col(number("customer_id"))
        .col(text("number"))
        .col(text("e164"))
        .col(text("caller_id"))
        .col(text("gateway"))
        .col(if inbound { text_null("mode") } else { text("mode") })
        .col(at("started_at"))
        .col(at_null("ringing_at"))
        .col(at_null("answered_at"))
        .col(at_null("dropped_at"))
        .col(at_null("connected_at"))
        .col(at_null("ended_at"))
        .col(big_integer_null("agent_id"))
        .col(uuid_null("agent_leg"))
        .col(text_null("result"))
        .col(text_null("hangup_cause"))
        .col(integer_null("sip_status"))
        .col(text_null("ended_by"))
        .col(big_integer("talk_ms").default(0))
        .col(at_null("cdr_at"))
        .col(big_integer_null("disposition_id"))
        .col(text_null("note"))
        .col(at_null("disposed_at"))
        .col(big_integer_null("disposed_by"))
        .col(big_integer("hold_ms").default(0))
        .col(at_null("handed_at"))
        .col(text_null("unrecorded_reason"));
    if inbound {
        table
            .col(text("direction").default("outbound"))
            .col(big_integer_null("queue_id"))
            .foreign_key(&mut refers("calls", "queue_id", "queues"));
    }
    table
        .foreign_key(&mut refers("calls", "campaign_id", "campaigns"))
        .foreign_key(&mut refers("calls", "lead_id", "leads"))
        .foreign_key(&mut refers("calls", "customer_id", "customers"))
        .foreign_key(&mut refers("calls", "agent_id", "users"))
        .foreign_key(&mut refers("calls", "disposition_id", "dispositions"))
        .foreign_key(&mut refers("calls", "disposed_by", "users"))
        .to_owned()
}

/// What a role that a centre starts with may do now besides. The names are those
/// of `auth::Permission`.
fn granted(role: &str) -> &'static [(&'static str, &'static str)] {
    match role {
        "administrator" => &[("queue:read", "all"), ("queue:write", "all")],
        "manager" => &[("queue:read", "all"), ("queue:write", "all")],
        "team_lead" | "qa_lead" | "qa" => &[("queue:read", "all")],
        _ => &[],
    }
}
