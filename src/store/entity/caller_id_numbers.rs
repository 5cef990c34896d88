//! Written by campaigns.

use sea_orm::entity::prelude::*;

/// A number of a pool of caller IDs.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "caller_id_numbers")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub pool_id: i64,
    pub number: String,
    /// A list of `Region`; empty: for everybody.
    #[sea_orm(column_type = "JsonBinary")]
    pub regions: Json,
    pub enabled: bool,
    /// Calls within an hour of the clock at most; 0: any number.
    pub hour_max: i32,
    /// Calls a day at most; 0: any number.
    pub day_max: i32,
}

impl ActiveModelBehavior for ActiveModel {}
