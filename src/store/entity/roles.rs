//! Written by people.

use sea_orm::entity::prelude::*;

/// A set of permissions, each with its scope.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "roles")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Stable name, e.g. `team_lead`.
    #[sea_orm(unique)]
    pub key: String,
    pub name: String,
    /// `{"customer:read": "team", ...}`
    #[sea_orm(column_type = "JsonBinary")]
    pub permissions: Json,
    /// Came with Trunkline.
    pub builtin: bool,
}

impl ActiveModelBehavior for ActiveModel {}
