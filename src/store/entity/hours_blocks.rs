//! Written by campaigns.

use sea_orm::entity::prelude::*;

/// A lead that a campaign did not dial because it was no hour to call at where its
/// number lives; one row for each lead and campaign.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "hours_blocks")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub lead_id: i64,
    pub campaign_id: i64,
    /// The number that may be called first.
    pub e164: String,
    /// The time zone it lives in, or the first of those it may live in.
    pub zone: String,
    /// When it may be called.
    pub next_at: DateTimeUtc,
    pub times: i32,
    pub first_at: DateTimeUtc,
    pub last_at: DateTimeUtc,
    /// When it was dialled after all, or looked at anew; null: it waits.
    pub lifted_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
