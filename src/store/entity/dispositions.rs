//! Written by calls.

use sea_orm::entity::prelude::*;

/// A result that an agent may choose, with what it means.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "dispositions")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(unique)]
    pub key: String,
    pub label_zh: String,
    pub label_en: String,
    /// Spoke with a person who can decide.
    pub contact: bool,
    pub sale: bool,
    pub refusal: bool,
    /// The number goes on the do-not-call list.
    pub do_not_call: bool,
    pub callback: bool,
    pub visit: bool,
    pub invalid: bool,
    pub position: i32,
    pub active: bool,
}

impl ActiveModelBehavior for ActiveModel {}
