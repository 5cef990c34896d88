//! When a lead is dialled again, by the result of its attempts; caps on the attempts
//! at one number, which are logged where the do-not-call list logs what it holds
//! back; which rule a lead waits for; putting leads of some results back.

use crate::parts::*;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{DbBackend, JsonValue, Statement};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, "campaigns", json("retry").default("{}").take()).await?;
        add(manager, "campaigns", json("caps").default("{}").take()).await?;
        one_delay_for_all(manager).await?;
        drop_column(manager, "campaigns", "retry_minutes").await?;
        add(manager, "leads", text_null("rule")).await?;
        add(manager, "leads", at_null("counts_from")).await?;
        run(manager, &["DROP INDEX leads_due", LEADS_DUE, LEADS_HELD, CALLS_E164]).await?;
        match manager.get_database_backend() {
            DbBackend::Sqlite => rebuild_blocks(manager, true).await?,
            _ => run(manager, BLOCKS_UP).await?,
        }
        run(manager, &[BLOCKS_RULE]).await?;
        manager.create_table(recycles()).await?;
        manager.create_table(recycled_leads()).await?;
        run(manager, RECYCLE_INDEXES).await
    }

    /// One delay stands for all again; what caps held back and what was put back
    /// have no place in the schema before: they go.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["recycled_leads", "recycles"]).await?;
        run(manager, &["DELETE FROM do_not_call_blocks WHERE entry_id IS NULL"]).await?;
        match manager.get_database_backend() {
            DbBackend::Sqlite => rebuild_blocks(manager, false).await?,
            _ => run(manager, BLOCKS_DOWN).await?,
        }
        let indexes = ["DROP INDEX calls_e164_started", "DROP INDEX leads_held", "DROP INDEX leads_due"];
        run(manager, &indexes).await?;
        run(manager, &[LEADS_DUE_BEFORE]).await?;
        for column in ["counts_from", "rule"] {
            drop_column(manager, "leads", column).await?;
        }
        add(manager, "campaigns", integer("retry_minutes").default(60).take()).await?;
        delay_of_no_answer(manager).await?;
        for column in ["caps", "retry"] {
            drop_column(manager, "campaigns", column).await?;
        }
        Ok(())
    }
}

/// In the order in which they are claimed; what is not due yet is seen in the index.
const LEADS_DUE: &str = "CREATE INDEX leads_due ON leads \
    (list_id, state, priority DESC, attempts, last_attempt_at, id, next_attempt_at)";
/// Whose customer is in a hopper or being called: few of many.
const LEADS_HELD: &str =
    "CREATE INDEX leads_held ON leads (customer_id) WHERE state IN ('claimed', 'dialling')";
const LEADS_DUE_BEFORE: &str = "CREATE INDEX leads_due ON leads (list_id, state, next_attempt_at)";
const CALLS_E164: &str = "CREATE INDEX calls_e164_started ON calls (e164, started_at)";

/// The results after which a lead may be dialled again, and whether only on another
/// number.
const RESULTS: [(&str, bool); 10] = [
    ("no_answer", false),
    ("busy", false),
    ("rejected", false),
    ("switched_off", false),
    ("unreachable", false),
    ("machine", false),
    ("abandoned_early", false),
    ("failed", false),
    ("invalid_number", true),
    ("out_of_service", true),
];

async fn add(manager: &SchemaManager<'_>, table: &'static str, column: ColumnDef) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await
}

async fn drop_column(
    manager: &SchemaManager<'_>,
    table: &'static str,
    column: &'static str,
) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(table).drop_column(column).to_owned()).await
}

/// What a campaign did until now: every result after the same delay, on the next
/// number, until its attempts are used up.
fn every(minutes: i32) -> Result<JsonValue, DbErr> {
    let rule = |(result, dead): &(&str, bool)| {
        let minutes = if *dead { 0 } else { minutes };
        format!(
            r#"{{"result":"{result}","minutes":{minutes},"times":20,"number":"next","other_part":false}}"#
        )
    };
    let rules = RESULTS.iter().map(rule).collect::<Vec<_>>().join(",");
    format!(r#"{{"results":[{rules}]}}"#).parse().map_err(|_| DbErr::Custom("rules are no JSON".to_owned()))
}

async fn one_delay_for_all(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let select = "SELECT id, retry_minutes FROM campaigns ORDER BY id";
    let rows = db.query_all_raw(Statement::from_string(manager.get_database_backend(), select)).await?;
    for row in rows {
        let (id, minutes): (i64, i32) = (row.try_get("", "id")?, row.try_get("", "retry_minutes")?);
        set(manager, id, "retry", every(minutes)?).await?;
    }
    Ok(())
}

async fn delay_of_no_answer(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let select = "SELECT id, retry FROM campaigns ORDER BY id";
    let rows = db.query_all_raw(Statement::from_string(manager.get_database_backend(), select)).await?;
    for row in rows {
        let (id, retry): (i64, JsonValue) = (row.try_get("", "id")?, row.try_get("", "retry")?);
        let results = retry["results"].as_array().cloned().unwrap_or_default();
        let no_answer = results.iter().find(|rule| rule["result"] == "no_answer");
        if let Some(minutes) = no_answer.and_then(|rule| rule["minutes"].as_i64()) {
            set(manager, id, "retry_minutes", <i32 as TryFrom<i64>>::try_from(minutes).unwrap_or(60)).await?;
        }
    }
    Ok(())
}

async fn set(
    manager: &SchemaManager<'_>,
    id: i64,
    column: &'static str,
    value: impl Into<sea_orm_migration::sea_orm::Value>,
) -> Result<(), DbErr> {
    let update = Query::update()
        .table("campaigns")
        .value(column, value.into())
        .and_where(Expr::col("id").eq(id))
        .to_owned();
    manager.get_connection().execute(&update).await.map(|_| ())
}

const BLOCKS_UP: &[&str] = &[
    "ALTER TABLE do_not_call_blocks ALTER COLUMN entry_id DROP NOT NULL",
    "ALTER TABLE do_not_call_blocks ADD COLUMN rule text NOT NULL DEFAULT 'do_not_call'",
    "ALTER TABLE do_not_call_blocks ADD COLUMN until_at timestamp with time zone NULL",
];

const BLOCKS_DOWN: &[&str] = &[
    "DROP INDEX do_not_call_blocks_rule",
    "ALTER TABLE do_not_call_blocks DROP COLUMN until_at",
    "ALTER TABLE do_not_call_blocks DROP COLUMN rule",
    "ALTER TABLE do_not_call_blocks ALTER COLUMN entry_id SET NOT NULL",
];

/// What a cap held back is one row for each number and rule.
const BLOCKS_RULE: &str = "CREATE UNIQUE INDEX do_not_call_blocks_rule ON do_not_call_blocks (subject, rule) WHERE entry_id IS NULL";

/// The columns of blocks before this change, in order.
const COLUMNS: &str = "id, entry_id, kind, subject, e164, lead_id, customer_id, campaign_id, queue_id, agent_id, \
    call_id, held, times, first_at, last_at, lifted_at";

/// The indexes of blocks before this change; they go with the table.
const BLOCKS_INDEXES: &[&str] = &[
    "CREATE UNIQUE INDEX do_not_call_blocks_subject ON do_not_call_blocks (subject, entry_id)",
    "CREATE INDEX do_not_call_blocks_entry ON do_not_call_blocks (entry_id)",
    "CREATE INDEX do_not_call_blocks_lead ON do_not_call_blocks (lead_id, campaign_id)",
    "CREATE INDEX do_not_call_blocks_campaign ON do_not_call_blocks (campaign_id)",
    "CREATE INDEX do_not_call_blocks_customer ON do_not_call_blocks (customer_id)",
];

/// SQLite changes no column: the rows are put aside, the table is made anew, and
/// they are put back. No other table refers to this one.
async fn rebuild_blocks(manager: &SchemaManager<'_>, rules: bool) -> Result<(), DbErr> {
    let aside =
        ["CREATE TABLE blocks_aside AS SELECT * FROM do_not_call_blocks", "DROP TABLE do_not_call_blocks"];
    run(manager, &aside).await?;
    manager.create_table(blocks(rules)).await?;
    let back = format!("INSERT INTO do_not_call_blocks ({COLUMNS}) SELECT {COLUMNS} FROM blocks_aside");
    run(manager, &[&back, "DROP TABLE blocks_aside"]).await?;
    run(manager, BLOCKS_INDEXES).await
}

/// Blocks as they are on SQLite, after this change or before it.
fn blocks(rules: bool) -> TableCreateStatement {
    let mut table = Table::create();
    table
        .table("do_not_call_blocks")
        .col(id("id"))
        .col(if rules { big_integer_null("entry_id") } else { big_integer("entry_id") })
        .col(text("kind"))
        .col(text("subject"))
        .col(text("e164"))
        .col(big_integer_null("lead_id"))
        .col(big_integer_null("customer_id"))
        .col(big_integer_null("campaign_id"))
        .col(big_integer_null("queue_id"))
        .col(big_integer_null("agent_id"))
        .col(uuid_null("call_id"))
        .col(boolean("held").default(false))
        .col(integer("times").default(1))
        .col(at("first_at"))
        .col(at("last_at"))
        .col(at_null("lifted_at"));
    if rules {
        table.col(text("rule").default("do_not_call")).col(at_null("until_at"));
    }
    table
        .foreign_key(&mut refers("do_not_call_blocks", "entry_id", "do_not_call_entries"))
        .foreign_key(&mut refers("do_not_call_blocks", "lead_id", "leads"))
        .foreign_key(&mut refers("do_not_call_blocks", "customer_id", "customers"))
        .foreign_key(&mut refers("do_not_call_blocks", "campaign_id", "campaigns"))
        .foreign_key(&mut refers("do_not_call_blocks", "queue_id", "queues"))
        .foreign_key(&mut refers("do_not_call_blocks", "agent_id", "users"))
        .to_owned()
}

/// Leads of some results were put back.
fn recycles() -> TableCreateStatement {
    Table::create()
        .table("recycles")
        .col(id("id"))
        .col(big_integer("campaign_id"))
        .col(big_integer("list_id"))
        // Which leads were wanted.
        .col(json("filter"))
        // Whether their attempts count from nothing again.
        .col(boolean("reset"))
        .col(integer("leads"))
        .col(big_integer("created_by"))
        .col(at("created_at"))
        .foreign_key(&mut refers("recycles", "campaign_id", "campaigns"))
        .foreign_key(&mut refers("recycles", "list_id", "lead_lists"))
        .foreign_key(&mut refers("recycles", "created_by", "users"))
        .to_owned()
}

/// A lead that was put back, and what it was before.
fn recycled_leads() -> TableCreateStatement {
    Table::create()
        .table("recycled_leads")
        .col(big_integer("recycle_id"))
        .col(big_integer("lead_id"))
        .col(integer("attempts"))
        .col(text_null("last_result"))
        .primary_key(&mut key("recycled_leads", &["recycle_id", "lead_id"]))
        .foreign_key(&mut refers("recycled_leads", "recycle_id", "recycles"))
        .foreign_key(&mut refers("recycled_leads", "lead_id", "leads"))
        .to_owned()
}

const RECYCLE_INDEXES: &[&str] = &[
    "CREATE INDEX recycles_campaign ON recycles (campaign_id)",
    "CREATE INDEX recycled_leads_lead ON recycled_leads (lead_id)",
];
