//! When a campaign dials is more than one window a day: its times are JSON, with the
//! calendar it follows in a column of its own. What was set before is one window. And
//! the log of leads whose number lives where it was no hour to be called at.

use crate::parts::*;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{JsonValue, Statement};

#[derive(DeriveMigrationName)]
pub struct Migration;

const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Filled for every campaign below.
        let times = json("times").default("{}").take();
        manager.alter_table(Table::alter().table("campaigns").add_column(times).to_owned()).await?;
        run(manager, UP).await?;
        let db = manager.get_connection();
        let select = "SELECT id, hours_from, hours_to, weekdays FROM campaigns ORDER BY id";
        let rows = db.query_all_raw(Statement::from_string(manager.get_database_backend(), select)).await?;
        for row in rows {
            let (from, to): (String, String) = (row.try_get("", "hours_from")?, row.try_get("", "hours_to")?);
            let (id, weekdays): (i64, i32) = (row.try_get("", "id")?, row.try_get("", "weekdays")?);
            set(manager, id, "times", times_of(&from, &to, weekdays)?).await?;
        }
        for column in ["weekdays", "hours_to", "hours_from"] {
            manager.alter_table(Table::alter().table("campaigns").drop_column(column).to_owned()).await?;
        }
        manager.create_table(hours_blocks()).await?;
        run(manager, INDEXES).await
    }

    /// Of several windows the first stays, on all its days; one that goes on past
    /// midnight ends there. Calendars, expressions, first and last instants go.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["hours_blocks"]).await?;
        let columns = [
            text("hours_from").default("08:30").take(),
            text("hours_to").default("20:30").take(),
            integer("weekdays").default(127).take(),
        ];
        for column in columns {
            manager.alter_table(Table::alter().table("campaigns").add_column(column).to_owned()).await?;
        }
        let db = manager.get_connection();
        let select = "SELECT id, times FROM campaigns ORDER BY id";
        let rows = db.query_all_raw(Statement::from_string(manager.get_database_backend(), select)).await?;
        for row in rows {
            let (id, times): (i64, JsonValue) = (row.try_get("", "id")?, row.try_get("", "times")?);
            let Some((from, to, weekdays)) = hours_of(&times) else { continue };
            set(manager, id, "hours_from", from).await?;
            set(manager, id, "hours_to", to).await?;
            set(manager, id, "weekdays", weekdays).await?;
        }
        run(manager, DOWN).await?;
        manager.alter_table(Table::alter().table("campaigns").drop_column("times").to_owned()).await
    }
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

/// One window, in the form of `campaigns::times::model::TimesForm`.
fn times_of(from: &str, to: &str, weekdays: i32) -> Result<JsonValue, DbErr> {
    let days = (0..).zip(DAYS).filter(|(at, _)| weekdays & (1 << at) != 0);
    let days: Vec<String> = days.map(|(_, day)| format!("{day:?}")).collect();
    let window = format!(r#"{{ "days": [{}], "from": "{from}", "to": "{to}" }}"#, days.join(", "));
    let called = r#"{ "from": "08:00", "to": "21:00" }"#;
    format!(r#"{{ "windows": [{window}], "cron": [], "called": {called} }}"#)
        .parse()
        .map_err(|error| DbErr::Custom(format!("the hours {from} to {to} cannot be kept: {error}")))
}

/// The first window as it was kept before.
fn hours_of(times: &JsonValue) -> Option<(String, String, i32)> {
    let window = times.get("windows")?.get(0)?;
    let (from, to) = (window.get("from")?.as_str()?, window.get("to")?.as_str()?);
    let days = window.get("days")?.as_array()?;
    let named = |day: &str| days.iter().any(|each| each == day);
    let weekdays = (0..).zip(DAYS).filter(|(_, day)| named(day)).map(|(at, _)| 1 << at).sum();
    let to = if to <= from || to == "24:00" { "23:59" } else { to };
    Some((from.to_owned(), to.to_owned(), weekdays))
}

fn hours_blocks() -> TableCreateStatement {
    Table::create()
        .table("hours_blocks")
        .col(id("id"))
        .col(big_integer("lead_id"))
        .col(big_integer("campaign_id"))
        .col(text("e164"))
        .col(text("zone"))
        .col(at("next_at"))
        .col(integer("times").default(1))
        .col(at("first_at"))
        .col(at("last_at"))
        .col(at_null("lifted_at"))
        .foreign_key(&mut refers("hours_blocks", "lead_id", "leads"))
        .foreign_key(&mut refers("hours_blocks", "campaign_id", "campaigns"))
        .to_owned()
}

const UP: &[&str] = &["ALTER TABLE campaigns ADD COLUMN calendar_id bigint NULL REFERENCES calendars (id)"];

const INDEXES: &[&str] = &[
    "CREATE UNIQUE INDEX hours_blocks_lead ON hours_blocks (lead_id, campaign_id)",
    "CREATE INDEX hours_blocks_waiting ON hours_blocks (campaign_id) WHERE lifted_at IS NULL",
    "CREATE INDEX campaigns_calendar ON campaigns (calendar_id) WHERE calendar_id IS NOT NULL",
];

const DOWN: &[&str] = &["DROP INDEX campaigns_calendar", "ALTER TABLE campaigns DROP COLUMN calendar_id"];
