//! The story of a call beside its summary: what the customer experienced, the
//! legs, the hand-overs, who listened, where the recording is silent; and the
//! permissions to control others' calls.

use crate::parts::*;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{JsonValue, Statement};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [big_integer("hold_ms").default(0).to_owned(), at_null("handed_at")] {
            manager.alter_table(Table::alter().table("calls").add_column(column).to_owned()).await?;
        }
        let tables =
            [call_spans(), call_legs(), call_transfers(), call_notes(), call_monitors(), recording_pauses()];
        for table in tables {
            manager.create_table(table).await?;
        }
        run(manager, INDEXES).await?;
        run(manager, SPANS_OF_OLD_CALLS).await?;
        change_roles(manager, |role, held| {
            let Some(held) = held.as_object_mut() else { return };
            for (permission, scope) in granted(role) {
                held.entry(*permission).or_insert((*scope).into());
            }
        })
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        change_roles(manager, |_, held| {
            let Some(held) = held.as_object_mut() else { return };
            for (permission, _) in granted("administrator") {
                held.remove(*permission);
            }
        })
        .await?;
        let tables =
            ["recording_pauses", "call_monitors", "call_notes", "call_transfers", "call_legs", "call_spans"];
        drop_tables(manager, &tables).await?;
        run(manager, &["DROP INDEX calls_handed"]).await?;
        for column in ["handed_at", "hold_ms"] {
            manager.alter_table(Table::alter().table("calls").drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}

fn call_spans() -> TableCreateStatement {
    Table::create()
        .table("call_spans")
        .col(id("id"))
        .col(uuid("call_id"))
        .col(text("kind"))
        .col(big_integer_null("agent_id"))
        .col(at("started_at"))
        .col(at_null("ended_at"))
        .foreign_key(&mut refers("call_spans", "call_id", "calls"))
        .foreign_key(&mut refers("call_spans", "agent_id", "users"))
        .to_owned()
}

/// An off-hook phone's leg takes part in many calls, and in one call perhaps
/// more than once, so a leg alone is no key.
fn call_legs() -> TableCreateStatement {
    Table::create()
        .table("call_legs")
        .col(id("id"))
        .col(uuid("call_id"))
        .col(uuid("leg"))
        .col(big_integer_null("agent_id"))
        .col(text_null("number"))
        .col(at("started_at"))
        .col(at_null("ended_at"))
        .col(text_null("hangup_cause"))
        .col(integer_null("sip_status"))
        .foreign_key(&mut refers("call_legs", "call_id", "calls"))
        .foreign_key(&mut refers("call_legs", "agent_id", "users"))
        .to_owned()
}

fn call_transfers() -> TableCreateStatement {
    Table::create()
        .table("call_transfers")
        .col(id("id"))
        .col(uuid("call_id"))
        .col(big_integer("from_agent"))
        .col(big_integer_null("to_agent"))
        .col(text_null("to_number"))
        .col(boolean("attended"))
        .col(text_null("note"))
        .col(at("started_at"))
        .col(at_null("ended_at"))
        .col(text_null("outcome"))
        .foreign_key(&mut refers("call_transfers", "call_id", "calls"))
        .foreign_key(&mut refers("call_transfers", "from_agent", "users"))
        .foreign_key(&mut refers("call_transfers", "to_agent", "users"))
        .to_owned()
}

fn call_notes() -> TableCreateStatement {
    Table::create()
        .table("call_notes")
        .col(uuid("call_id"))
        .col(big_integer("agent_id"))
        .col(big_integer("disposition_id"))
        .col(text_null("note"))
        .col(at("saved_at"))
        .primary_key(&mut key("call_notes", &["call_id", "agent_id"]))
        .foreign_key(&mut refers("call_notes", "call_id", "calls"))
        .foreign_key(&mut refers("call_notes", "agent_id", "users"))
        .foreign_key(&mut refers("call_notes", "disposition_id", "dispositions"))
        .to_owned()
}

fn call_monitors() -> TableCreateStatement {
    Table::create()
        .table("call_monitors")
        .col(id("id"))
        .col(uuid("call_id"))
        .col(big_integer("supervisor_id"))
        .col(text("mode"))
        .col(at("started_at"))
        .col(at_null("ended_at"))
        .foreign_key(&mut refers("call_monitors", "call_id", "calls"))
        .foreign_key(&mut refers("call_monitors", "supervisor_id", "users"))
        .to_owned()
}

fn recording_pauses() -> TableCreateStatement {
    Table::create()
        .table("recording_pauses")
        .col(id("id"))
        .col(uuid("call_id"))
        .col(big_integer("agent_id"))
        .col(at("started_at"))
        .col(at_null("ended_at"))
        .foreign_key(&mut refers("recording_pauses", "call_id", "calls"))
        .foreign_key(&mut refers("recording_pauses", "agent_id", "users"))
        .to_owned()
}

/// Whatever may come twice finds its own row by its start; of what is one at a
/// time, one is open.
const INDEXES: &[&str] = &[
    "CREATE INDEX calls_handed ON calls (started_at) WHERE handed_at IS NOT NULL",
    "CREATE UNIQUE INDEX call_spans_call_started ON call_spans (call_id, started_at)",
    "CREATE UNIQUE INDEX call_spans_open ON call_spans (call_id) WHERE ended_at IS NULL",
    "CREATE UNIQUE INDEX call_legs_call_leg_started ON call_legs (call_id, leg, started_at)",
    "CREATE INDEX call_legs_leg ON call_legs (leg)",
    "CREATE UNIQUE INDEX call_transfers_call_started ON call_transfers (call_id, started_at)",
    "CREATE UNIQUE INDEX call_transfers_open ON call_transfers (call_id) WHERE ended_at IS NULL",
    "CREATE UNIQUE INDEX call_monitors_call_supervisor_started \
     ON call_monitors (call_id, supervisor_id, started_at)",
    "CREATE UNIQUE INDEX call_monitors_open ON call_monitors (call_id, supervisor_id) WHERE ended_at IS NULL",
    "CREATE UNIQUE INDEX recording_pauses_call_started ON recording_pauses (call_id, started_at)",
    "CREATE UNIQUE INDEX recording_pauses_open ON recording_pauses (call_id) WHERE ended_at IS NULL",
];

/// Talk time is counted from spans from now on: calls that were dialled before
/// get those that their instants tell. A span of no length is left out.
const SPANS_OF_OLD_CALLS: &[&str] = &[
    "INSERT INTO call_spans (call_id, kind, started_at, ended_at) \
     SELECT id, 'dialling', started_at, COALESCE(ringing_at, answered_at, connected_at, ended_at) FROM calls \
     WHERE COALESCE(ringing_at, answered_at, connected_at, ended_at) IS NULL \
     OR COALESCE(ringing_at, answered_at, connected_at, ended_at) > started_at",
    "INSERT INTO call_spans (call_id, kind, started_at, ended_at) \
     SELECT id, 'ringing', ringing_at, COALESCE(answered_at, connected_at, ended_at) FROM calls \
     WHERE ringing_at IS NOT NULL AND (COALESCE(answered_at, connected_at, ended_at) IS NULL \
     OR COALESCE(answered_at, connected_at, ended_at) > ringing_at)",
    "INSERT INTO call_spans (call_id, kind, started_at, ended_at) \
     SELECT id, 'waiting', answered_at, COALESCE(connected_at, ended_at) FROM calls \
     WHERE answered_at IS NOT NULL AND (COALESCE(connected_at, ended_at) IS NULL \
     OR COALESCE(connected_at, ended_at) > answered_at)",
    "INSERT INTO call_spans (call_id, kind, agent_id, started_at, ended_at) \
     SELECT id, 'talking', agent_id, connected_at, ended_at FROM calls \
     WHERE connected_at IS NOT NULL AND (ended_at IS NULL OR ended_at > connected_at)",
];

/// What a role that a centre starts with may do now besides. The names are those
/// of `auth::Permission`.
fn granted(role: &str) -> &'static [(&'static str, &'static str)] {
    match role {
        "administrator" => &[
            ("call:listen", "all"),
            ("call:whisper", "all"),
            ("call:barge", "all"),
            ("call:take_over", "all"),
            ("call:hang_up", "all"),
            ("agent:set_state", "all"),
        ],
        "manager" => &[
            ("call:listen", "department"),
            ("call:whisper", "department"),
            ("call:barge", "department"),
            ("call:take_over", "department"),
            ("call:hang_up", "department"),
            ("agent:set_state", "department"),
        ],
        "team_lead" => &[
            ("call:listen", "team"),
            ("call:whisper", "team"),
            ("call:barge", "team"),
            ("call:take_over", "team"),
            ("call:hang_up", "team"),
            ("agent:set_state", "team"),
        ],
        "qa_lead" => &[("call:listen", "department")],
        // Who listens to calls in progress must see them.
        "qa" => &[("call:listen", "department"), ("live:read", "department")],
        _ => &[],
    }
}

/// Changes what the built-in roles hold; what a centre has set itself stays.
async fn change_roles(
    manager: &SchemaManager<'_>,
    change: impl Fn(&str, &mut JsonValue),
) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let select = "SELECT id, \"key\", permissions FROM roles WHERE builtin ORDER BY id";
    let rows = db.query_all_raw(Statement::from_string(manager.get_database_backend(), select)).await?;
    for row in rows {
        let (id, role): (i64, String) = (row.try_get("", "id")?, row.try_get("", "key")?);
        let mut held: JsonValue = row.try_get("", "permissions")?;
        change(&role, &mut held);
        let update = Query::update()
            .table("roles")
            .value("permissions", held)
            .and_where(Expr::col("id").eq(id))
            .to_owned();
        db.execute(&update).await?;
    }
    Ok(())
}
