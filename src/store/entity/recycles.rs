//! Written by campaigns.

use sea_orm::entity::prelude::*;

/// Leads of some results were put back to be dialled again.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "recycles")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub campaign_id: i64,
    pub list_id: i64,
    /// `LeadFilter`.
    #[sea_orm(column_type = "JsonBinary")]
    pub filter: Json,
    /// Whether their attempts count from nothing again.
    pub reset: bool,
    /// How many.
    pub leads: i32,
    pub created_by: i64,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
