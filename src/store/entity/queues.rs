//! Written by queues.

use sea_orm::entity::prelude::*;

/// An inbound queue.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "queues")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(unique)]
    pub name: String,
    pub enabled: bool,
    /// `Strategy`.
    pub strategy: String,
    pub priority: i32,
    pub inbound_first: bool,
    pub own_agent_seconds: i32,
    pub wait_seconds_max: i32,
    /// `hang_up`, `queue`, `agent`, `outside` or `voicemail`.
    pub overflow: String,
    pub overflow_queue_id: Option<i64>,
    pub overflow_agent_id: Option<i64>,
    pub overflow_number: Option<String>,
    pub wrap_up_seconds: i32,
    pub short_abandon_seconds: i32,
    pub service_level_seconds: i32,
    pub gateway_id: i64,
    pub caller_id: String,
    /// A file or stream of the switch.
    pub music: Option<String>,
    /// A file of the switch.
    pub message: Option<String>,
    pub calendar_id: Option<i64>,
    /// Outside the hours; as `overflow`.
    pub closed: String,
    pub closed_queue_id: Option<i64>,
    pub closed_agent_id: Option<i64>,
    pub closed_number: Option<String>,
    /// A file of the switch.
    pub closed_message: Option<String>,
    pub callback_offer: bool,
    pub callback_after_seconds: i32,
    /// A digit.
    pub callback_key: String,
    /// A file of the switch.
    pub callback_invitation: Option<String>,
    /// A file of the switch.
    pub callback_confirmation: Option<String>,
    pub callback_retry_seconds: i32,
    pub callback_tries_max: i32,
    /// 0: callers are not told their place.
    pub announce_every_seconds: i32,
    /// A folder of the switch.
    pub position_sounds: Option<String>,
    /// A file of the switch.
    pub voicemail_greeting: Option<String>,
    pub voicemail_seconds_max: i32,
    pub created_by: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
