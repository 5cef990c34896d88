//! Written by do_not_call. Rows are only ever added: the database refuses else.

use sea_orm::entity::prelude::*;

/// What somebody said of being called on a number.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "consents")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub e164: String,
    pub customer_id: Option<i64>,
    /// `given`, `refused` or `withdrawn`.
    pub kind: String,
    /// `ConsentSource`.
    pub source: String,
    pub note: Option<String>,
    /// The call in which it was said.
    pub call_id: Option<Uuid>,
    pub said_at: DateTimeUtc,
    pub recorded_at: DateTimeUtc,
    pub recorded_by: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
