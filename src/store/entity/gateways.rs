//! Written by people.

use sea_orm::entity::prelude::*;

/// A trunk to the telephone network.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "gateways")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// As the switch knows it.
    #[sea_orm(unique)]
    pub name: String,
    pub proxy: String,
    pub username: Option<String>,
    pub secret: Option<String>,
    pub register: bool,
    pub caller_id: String,
    pub enabled: bool,
    /// The most calls at once; 0: any number.
    pub calls_max: i32,
    /// The most new calls per second; 0: any number.
    pub calls_per_second: i32,
}

impl ActiveModelBehavior for ActiveModel {}
