//! Written by calendars.

use sea_orm::entity::prelude::*;

/// A calendar of opening hours.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "calendars")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(unique)]
    pub name: String,
    /// `WeekForm`.
    #[sea_orm(column_type = "JsonBinary")]
    pub week: Json,
    /// A list of `HolidayForm`.
    #[sea_orm(column_type = "JsonBinary")]
    pub holidays: Json,
    pub created_by: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
