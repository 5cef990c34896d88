//! Written by do_not_call.

use sea_orm::entity::prelude::*;

/// A number that must not be dialled, for whom, and why.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "do_not_call_entries")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub e164: String,
    /// `system`, `department` or `campaign`.
    pub scope: String,
    pub department_id: Option<i64>,
    pub campaign_id: Option<i64>,
    /// `BarSource`.
    pub source: String,
    /// In words; of a disposition its key.
    pub reason: String,
    pub note: Option<String>,
    /// The call in which it was asked for.
    pub call_id: Option<Uuid>,
    pub created_by: Option<i64>,
    pub created_at: DateTimeUtc,
    pub expires_at: Option<DateTimeUtc>,
    /// When it ceased to count: taken out, or expired.
    pub removed_at: Option<DateTimeUtc>,
    /// Who took it out; none: it expired.
    pub removed_by: Option<i64>,
    /// When the leads that it held back were given back.
    pub leads_back_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
