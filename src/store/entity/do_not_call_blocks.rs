//! Written by do_not_call.

use sea_orm::entity::prelude::*;

/// What an entry of the do-not-call list, or a cap on attempts, held back.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "do_not_call_blocks")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// `None`: a cap on attempts.
    pub entry_id: Option<i64>,
    /// `lead`, `callback` or `transfer`.
    pub kind: String,
    /// What was to be dialled and for whom; unique with the entry, or with the rule.
    pub subject: String,
    pub e164: String,
    pub lead_id: Option<i64>,
    pub customer_id: Option<i64>,
    pub campaign_id: Option<i64>,
    pub queue_id: Option<i64>,
    pub agent_id: Option<i64>,
    pub call_id: Option<Uuid>,
    /// Every number of the lead is barred for the campaign.
    pub held: bool,
    pub times: i32,
    pub first_at: DateTimeUtc,
    pub last_at: DateTimeUtc,
    /// When the entry ended, or ceased to count for the campaign.
    pub lifted_at: Option<DateTimeUtc>,
    /// `BlockRule`.
    pub rule: String,
    /// Until when a cap holds it back.
    pub until_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
