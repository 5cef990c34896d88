//! Written by campaigns.

use sea_orm::entity::prelude::*;

/// A campaign (project).
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "campaigns")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(unique)]
    pub name: String,
    pub list_id: i64,
    /// `draft`, `running`, `paused` or `finished`.
    pub state: String,
    /// `predictive`, `progressive`, `ratio` or `preview`.
    pub mode: String,
    pub gateway_id: i64,
    pub caller_id: String,
    pub ring_seconds: i32,
    /// 0: until the disposition is saved.
    pub wrap_up_seconds: i32,
    pub drop_cap_permille: i32,
    pub drop_after_ms: i32,
    pub wait_ms_max: i32,
    pub lines_max: i32,
    pub max_attempts: i32,
    pub script: Option<String>,
    pub created_by: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub cap_window_hours: i32,
    /// Campaigns of one group count as one for the cap.
    pub cap_group: Option<String>,
    /// A file of the switch.
    pub drop_message: Option<String>,
    /// Calls for each free agent in the mode `ratio`.
    pub ratio_permille: i32,
    /// `TimesForm`, without its calendar.
    #[sea_orm(column_type = "JsonBinary")]
    pub times: Json,
    /// Whose holidays and make-up days it follows.
    pub calendar_id: Option<i64>,
    /// The most new calls per second; 0: any number.
    pub calls_per_second: i32,
    /// The higher one takes what it can use of agents and lines first.
    pub priority: i32,
    /// Among campaigns of one priority: in this proportion.
    pub share: i32,
    /// The pool from which each customer's caller ID is chosen.
    pub caller_id_pool_id: Option<i64>,
    /// `RetryRules`.
    #[sea_orm(column_type = "JsonBinary")]
    pub retry: Json,
    /// `CampaignCaps`.
    #[sea_orm(column_type = "JsonBinary")]
    pub caps: Json,
    /// `PreviewRules`.
    #[sea_orm(column_type = "JsonBinary")]
    pub preview: Json,
}

impl ActiveModelBehavior for ActiveModel {}
