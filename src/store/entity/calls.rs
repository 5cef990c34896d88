//! Written by calls.

use sea_orm::entity::prelude::*;

/// The ledger: one attempt or conversation.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "calls")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The customer's leg.
    pub leg: Uuid,
    /// `None`: the customer called, or is called back.
    pub campaign_id: Option<i64>,
    /// `None`: the customer called, or is called back.
    pub lead_id: Option<i64>,
    /// `None`: a caller nobody knows.
    pub customer_id: Option<i64>,
    /// The customer's number, as dialled, or as the carrier names it; empty when
    /// a caller withholds it.
    pub number: String,
    /// Empty when it is not known.
    pub e164: String,
    /// Our number: the one shown, or the one called.
    pub caller_id: String,
    /// Empty when it is not known over which trunk the customer called.
    pub gateway: String,
    /// How the campaign dialled.
    pub mode: Option<String>,
    pub started_at: DateTimeUtc,
    pub ringing_at: Option<DateTimeUtc>,
    pub answered_at: Option<DateTimeUtc>,
    pub dropped_at: Option<DateTimeUtc>,
    pub connected_at: Option<DateTimeUtc>,
    pub ended_at: Option<DateTimeUtc>,
    pub agent_id: Option<i64>,
    pub agent_leg: Option<Uuid>,
    /// `CallResult`, once it is over.
    pub result: Option<String>,
    pub hangup_cause: Option<String>,
    pub sip_status: Option<i32>,
    pub ended_by: Option<String>,
    pub talk_ms: i64,
    /// When the switch's own account was merged.
    pub cdr_at: Option<DateTimeUtc>,
    pub disposition_id: Option<i64>,
    pub note: Option<String>,
    pub disposed_at: Option<DateTimeUtc>,
    pub disposed_by: Option<i64>,
    /// The customer heard music by the agent's wish; once it is over.
    pub hold_ms: i64,
    /// When it was last handed on: `agent_id` is the last who had it.
    pub handed_at: Option<DateTimeUtc>,
    /// `NotRecorded`: why the conversation, or its beginning, is not recorded.
    pub unrecorded_reason: Option<String>,
    /// `outbound` or `inbound`.
    pub direction: String,
    /// The queue it was in last, or by which it is called back.
    pub queue_id: Option<i64>,
    /// The caller's call, when it is a call back for the place that they kept.
    pub callback_of: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}
