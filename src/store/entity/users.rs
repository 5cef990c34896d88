//! Written by people; the columns of logging in (`password_hash`, `must_change_password`, `failed_logins`, `locked_until`) by auth.

use sea_orm::entity::prelude::*;

/// Somebody who signs in; an agent when there is an extension.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(unique)]
    pub username: String,
    pub display_name: String,
    /// PHC string (argon2id).
    pub password_hash: String,
    pub role_id: i64,
    pub team_id: Option<i64>,
    pub department_id: Option<i64>,
    /// The desk phone's number.
    #[sea_orm(unique)]
    pub extension: Option<String>,
    /// The desk phone's SIP password, which the switch asks for.
    pub phone_secret: Option<String>,
    /// `off_hook` or `on_hook`.
    pub phone_mode: String,
    /// Whether the desk phone can be asked to answer; none: by its make.
    pub remote_answer: Option<bool>,
    pub active: bool,
    pub must_change_password: bool,
    /// Since the last successful log-in.
    pub failed_logins: i32,
    pub locked_until: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
