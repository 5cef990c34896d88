//! What is shown of entries and of what they held back.

use crate::base::clock;
use crate::base::phone::PhoneNumber;
use crate::do_not_call::http::Writer;
use crate::do_not_call::model::{
    BarScope, BarSource, BlockKind, BlockRule, ListedBlock, ListedEntry, Target,
};
use crate::do_not_call::rules;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A number that is not dialled.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DoNotCallView {
    /// The digits that would be dialled.
    number: String,
    #[serde(flatten)]
    bar: BarView,
    note: Option<String>,
    created_by: Option<i64>,
    created_by_name: Option<String>,
    /// The call in which it was asked for.
    call_id: Option<Uuid>,
    /// The recording of that call.
    recording_id: Option<Uuid>,
    /// When it ceased to count: taken off, or expired.
    ended_at: Option<DateTime<Utc>>,
    /// Who took it off; null when it expired.
    removed_by_name: Option<String>,
    /// Whether the reader may take it off.
    may_remove: bool,
}

/// Why a number is not dialled, and for whom: the rule that bars it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BarView {
    /// The entry of the do-not-call list.
    id: i64,
    /// With country code: `+8613800138000`.
    e164: String,
    #[schema(value_type = BarScope)]
    scope: String,
    department_id: Option<i64>,
    campaign_id: Option<i64>,
    /// The name of the department or campaign; null for the whole system.
    target_name: Option<String>,
    #[schema(value_type = BarSource)]
    source: String,
    /// In words; `asked_on_call`, or the key of a disposition, when it comes from a
    /// call.
    reason: String,
    created_at: DateTime<Utc>,
    /// Until when it counts; null: for good.
    expires_at: Option<DateTime<Utc>>,
}

/// Something that an entry of the do-not-call list, or a cap on attempts, held back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BlockView {
    id: i64,
    #[schema(value_type = BlockKind)]
    kind: String,
    campaign_id: Option<i64>,
    queue_id: Option<i64>,
    agent_id: Option<i64>,
    lead_id: Option<i64>,
    /// Whether the lead was put aside because every number of it is barred.
    held: bool,
    /// How often.
    times: i32,
    first_at: DateTime<Utc>,
    last_at: DateTime<Utc>,
    /// When the rule ceased to hold it back; null: it still does.
    lifted_at: Option<DateTime<Utc>>,
    /// The rule.
    #[schema(value_type = BlockRule)]
    rule: String,
    /// Until when a cap holds it back.
    until_at: Option<DateTime<Utc>>,
    /// The number: `+8613800138000`.
    e164: String,
    /// The entry of the do-not-call list; null: a cap.
    bar: Option<BarView>,
}

impl DoNotCallView {
    /// An entry for a reader who may write this much; `home` is the country whose
    /// numbers are written without a prefix.
    pub fn new(listed: ListedEntry, writer: &Writer, home: &str) -> Self {
        let counts = rules::is_active(&listed.entry, clock::now());
        let may_remove = counts && writer.writes(Target::of(&listed.entry));
        let bar = BarView::from(&listed);
        let entry = listed.entry;
        let number = PhoneNumber::parse(&entry.e164, home);
        Self {
            number: number.map_or_else(|_| entry.e164.clone(), |number| number.dial.to_string()),
            bar,
            note: entry.note,
            created_by: entry.created_by,
            created_by_name: listed.by_name,
            call_id: entry.call_id,
            recording_id: listed.recording,
            ended_at: entry.removed_at.or(entry.expires_at.filter(|_| !counts)),
            removed_by_name: listed.removed_by_name,
            may_remove,
        }
    }
}

impl From<&ListedEntry> for BarView {
    fn from(listed: &ListedEntry) -> Self {
        let entry = &listed.entry;
        Self {
            id: entry.id,
            e164: entry.e164.clone(),
            scope: entry.scope.clone(),
            department_id: entry.department_id,
            campaign_id: entry.campaign_id,
            target_name: listed.target_name.clone(),
            source: entry.source.clone(),
            reason: entry.reason.clone(),
            created_at: entry.created_at,
            expires_at: entry.expires_at,
        }
    }
}

impl From<ListedBlock> for BlockView {
    fn from(listed: ListedBlock) -> Self {
        let block = listed.block;
        Self {
            id: block.id,
            kind: block.kind,
            campaign_id: block.campaign_id,
            queue_id: block.queue_id,
            agent_id: block.agent_id,
            lead_id: block.lead_id,
            held: block.held,
            times: block.times,
            first_at: block.first_at,
            last_at: block.last_at,
            lifted_at: block.lifted_at.or(block.until_at.filter(|until| *until <= clock::now().to_utc())),
            rule: block.rule,
            until_at: block.until_at,
            e164: block.e164,
            bar: listed.entry.as_ref().map(BarView::from),
        }
    }
}
