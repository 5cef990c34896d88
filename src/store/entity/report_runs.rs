//! Written by reports.

use sea_orm::entity::prelude::*;

/// One going out of a scheduled report.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "report_runs")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub schedule_id: i64,
    /// The report is about the day before. Unique for each schedule.
    pub due_at: DateTimeUtc,
    /// `waiting`, `sent`, `failed` or `cancelled`.
    pub state: String,
    /// Attempts begun; counted before anything is sent.
    pub attempts: i32,
    /// When the next attempt may begin; null once the run is over.
    pub next_attempt_at: Option<DateTimeUtc>,
    /// Each recipient, and what became of theirs.
    #[sea_orm(column_type = "JsonBinary")]
    pub deliveries: Json,
    /// Why the last attempt did not reach everybody.
    pub error: Option<String>,
    /// Who asked for it out of turn.
    pub requested_by: Option<i64>,
    pub sent_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
