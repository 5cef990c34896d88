//! Written by http.

use sea_orm::entity::prelude::*;

/// The answer given to a write, for when the same request comes again.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: i64,
    pub method_path: String,
    /// SHA-256 of the request's body, in hex.
    pub fingerprint: String,
    /// 0 while the request is being served.
    pub status: i32,
    pub body: String,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
