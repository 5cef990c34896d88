//! Written by campaigns; an import of customers inserts them.

use sea_orm::entity::prelude::*;

/// One customer on one list.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "leads")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub list_id: i64,
    pub customer_id: i64,
    /// `fresh`, `retry`, `claimed`, `dialling` or `done`.
    pub state: String,
    pub attempts: i32,
    /// Position of the phone to dial next.
    pub next_phone: i32,
    pub next_attempt_at: Option<DateTimeUtc>,
    pub last_result: Option<String>,
    pub last_attempt_at: Option<DateTimeUtc>,
    /// Higher ones are dialled first.
    pub priority: i32,
    /// `LeadRule`: which rule set `next_attempt_at`, or ended it.
    pub rule: Option<String>,
    /// Attempts before this count no more: it was recycled.
    pub counts_from: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
