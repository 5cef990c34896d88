//! One call as its page shows it: the ledger's entry and the story beside it.

use super::{CallView, DispositionView};
use crate::base::clock::Moment;
use crate::calls::model::{LedgerEntry, Story};
use crate::floor::effect::{SpanKind, TransferOutcome};
use crate::floor::forward::ForwardReason;
use crate::floor::input::MonitorMode;
use crate::floor::kept::KeptOutcome;
use crate::floor::queue::QueueOutcome;
use crate::store::entity::calls;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// A call with everything that belongs to it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CallDetailView {
    #[serde(flatten)]
    call: CallView,
    /// What the customer experienced, from dialling to the end, without gaps.
    spans: Vec<CallSpanView>,
    /// Every leg that had a part in it, the customer's first.
    legs: Vec<CallLegView>,
    /// Attempts to hand the call on, in order.
    transfers: Vec<CallTransferView>,
    /// Where it went by agents' forwardings, in order.
    forwards: Vec<CallForwardView>,
    /// Its time in queues, in order.
    visits: Vec<CallVisitView>,
    /// The place that the caller kept to be called back.
    kept_place: Option<CallKeptPlaceView>,
    /// What those said who handed it on.
    notes: Vec<CallNoteView>,
    /// Supervisors who took part; null for those who may not know.
    monitors: Option<Vec<CallMonitorView>>,
    /// Recordings of what supervisors said who barged; null for those who may not know.
    voices: Option<Vec<CallVoiceView>>,
    /// Where the recording is silent by an agent's wish.
    recording_pauses: Vec<RecordingPauseView>,
}

/// A span of what the customer experienced.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CallSpanView {
    #[schema(value_type = SpanKind)]
    kind: String,
    /// Who is responsible for it.
    agent_id: Option<i64>,
    agent_name: Option<String>,
    started_at: DateTime<Utc>,
    /// Null while it lasts.
    ended_at: Option<DateTime<Utc>>,
    /// Null while it lasts.
    duration_ms: Option<i64>,
}

/// Whose a leg is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LegRole {
    /// The customer's.
    Customer,
    /// An agent's desk phone.
    Agent,
    /// An outside party's.
    Outside,
}

/// A leg's part in a call.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CallLegView {
    leg: Uuid,
    role: LegRole,
    agent_id: Option<i64>,
    agent_name: Option<String>,
    /// The number rung.
    number: Option<String>,
    /// When it joined the call.
    started_at: DateTime<Utc>,
    /// When its part was over; the leg of a phone that stays off the hook lives on.
    ended_at: Option<DateTime<Utc>>,
    /// The switch's cause, when the leg's end ended its part.
    hangup_cause: Option<String>,
    sip_status: Option<i32>,
}

/// An attempt to hand a call on.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CallTransferView {
    from_agent_id: i64,
    from_agent_name: String,
    /// The colleague; null when it is an outside party.
    to_agent_id: Option<i64>,
    to_agent_name: Option<String>,
    /// The outside party's number.
    to_number: Option<String>,
    /// A queue, if it was handed to one.
    to_queue_id: Option<i64>,
    to_queue_name: Option<String>,
    /// Whether they were asked first.
    attended: bool,
    /// What the sender typed for them.
    note: Option<String>,
    started_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
    /// Null while it is under way.
    #[schema(value_type = Option<TransferOutcome>)]
    outcome: Option<String>,
}

/// A place in a queue that a caller kept.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CallKeptPlaceView {
    queue_id: i64,
    queue_name: String,
    /// Since when they had waited.
    since: DateTime<Utc>,
    kept_at: DateTime<Utc>,
    /// How often they were called.
    tries: i32,
    /// The calls back, in order.
    call_ids: Vec<Uuid>,
    /// Null while they wait.
    ended_at: Option<DateTime<Utc>>,
    /// Null while they wait.
    #[schema(value_type = Option<KeptOutcome>)]
    outcome: Option<String>,
}

/// A call to an agent personally that went on to another by the agent's wish.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CallForwardView {
    /// Whose wish.
    agent_id: i64,
    agent_name: String,
    #[schema(value_type = ForwardReason)]
    reason: String,
    /// The colleague; null when it is a number outside.
    to_agent_id: Option<i64>,
    to_agent_name: Option<String>,
    to_number: Option<String>,
    at: DateTime<Utc>,
}

/// A time in a queue.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CallVisitView {
    queue_id: i64,
    queue_name: String,
    entered_at: DateTime<Utc>,
    /// Null while it waits there.
    left_at: Option<DateTime<Utc>>,
    /// Null while it waits there.
    #[schema(value_type = Option<QueueOutcome>)]
    outcome: Option<String>,
    /// Who answered.
    agent_id: Option<i64>,
    agent_name: Option<String>,
}

/// What somebody said of the call who handed it on.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CallNoteView {
    agent_id: i64,
    agent_name: String,
    disposition: Option<DispositionView>,
    note: Option<String>,
    saved_at: DateTime<Utc>,
}

/// A span in which a supervisor took part in one way.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CallMonitorView {
    supervisor_id: i64,
    supervisor_name: String,
    #[schema(value_type = MonitorMode)]
    mode: String,
    started_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

/// What a supervisor said to both sides, recorded apart from the call.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CallVoiceView {
    recording_id: Uuid,
    supervisor_id: i64,
    supervisor_name: String,
    started_at: DateTime<Utc>,
    /// Null while it goes on.
    ended_at: Option<DateTime<Utc>>,
    /// How long after the call's own recording it began; null without one.
    offset_ms: Option<i64>,
}

/// A silence in the recording.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RecordingPauseView {
    agent_id: i64,
    agent_name: String,
    started_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

impl CallDetailView {
    pub(super) fn new(entry: LedgerEntry, story: Story, sees_monitors: bool) -> Self {
        let names = &story.names;
        let customer = customer_leg(&entry.call);
        let others = story.legs.into_iter().map(|leg| CallLegView {
            leg: leg.leg,
            role: if leg.agent_id.is_some() { LegRole::Agent } else { LegRole::Outside },
            agent_id: leg.agent_id,
            agent_name: name_of(names, leg.agent_id),
            number: leg.number,
            started_at: leg.started_at,
            ended_at: leg.ended_at,
            hangup_cause: leg.hangup_cause,
            sip_status: leg.sip_status,
        });
        let spans = story.spans.into_iter().map(|span| CallSpanView {
            kind: span.kind,
            agent_id: span.agent_id,
            agent_name: name_of(names, span.agent_id),
            started_at: span.started_at,
            ended_at: span.ended_at,
            duration_ms: span.ended_at.map(|end| Moment::from(end).since_ms(span.started_at.into())),
        });
        let transfers = story.transfers.into_iter().map(|transfer| CallTransferView {
            from_agent_id: transfer.from_agent,
            from_agent_name: known(names, transfer.from_agent),
            to_agent_id: transfer.to_agent,
            to_agent_name: name_of(names, transfer.to_agent),
            to_number: transfer.to_number,
            to_queue_id: transfer.to_queue,
            to_queue_name: name_of(&story.queues, transfer.to_queue),
            attended: transfer.attended,
            note: transfer.note,
            started_at: transfer.started_at,
            ended_at: transfer.ended_at,
            outcome: transfer.outcome,
        });
        let forwards = story.forwards.into_iter().map(|forward| CallForwardView {
            agent_id: forward.agent_id,
            agent_name: known(names, forward.agent_id),
            reason: forward.reason,
            to_agent_id: forward.to_agent,
            to_agent_name: name_of(names, forward.to_agent),
            to_number: forward.to_number,
            at: forward.at,
        });
        let visits = story.visits.into_iter().map(|visit| CallVisitView {
            queue_id: visit.queue_id,
            queue_name: known(&story.queues, visit.queue_id),
            entered_at: visit.entered_at,
            left_at: visit.left_at,
            outcome: visit.outcome,
            agent_id: visit.agent_id,
            agent_name: name_of(names, visit.agent_id),
        });
        let kept_place = story.kept.map(|(place, call_ids)| CallKeptPlaceView {
            queue_id: place.queue_id,
            queue_name: known(&story.queues, place.queue_id),
            since: place.since,
            kept_at: place.kept_at,
            tries: place.tries,
            call_ids,
            ended_at: place.ended_at,
            outcome: place.outcome,
        });
        let notes = story.notes.into_iter().map(|note| CallNoteView {
            agent_id: note.agent_id,
            agent_name: known(names, note.agent_id),
            disposition: story.dispositions.get(&note.disposition_id).cloned().map(DispositionView::from),
            note: note.note,
            saved_at: note.saved_at,
        });
        let monitors = story.monitors.into_iter().map(|monitor| CallMonitorView {
            supervisor_id: monitor.supervisor_id,
            supervisor_name: known(names, monitor.supervisor_id),
            mode: monitor.mode,
            started_at: monitor.started_at,
            ended_at: monitor.ended_at,
        });
        let recorded_at = story.recorded_at;
        let voices = story.voices.into_iter().filter_map(|voice| {
            let supervisor_id = voice.speaker_id?;
            Some(CallVoiceView {
                recording_id: voice.id,
                supervisor_id,
                supervisor_name: known(names, supervisor_id),
                started_at: voice.started_at,
                ended_at: voice.stopped_at,
                offset_ms: recorded_at.map(|at| Moment::from(voice.started_at).since_ms(at)),
            })
        });
        let pauses = story.pauses.into_iter().map(|pause| RecordingPauseView {
            agent_id: pause.agent_id,
            agent_name: known(names, pause.agent_id),
            started_at: pause.started_at,
            ended_at: pause.ended_at,
        });
        Self {
            spans: spans.collect(),
            legs: std::iter::once(customer).chain(others).collect(),
            transfers: transfers.collect(),
            forwards: forwards.collect(),
            visits: visits.collect(),
            kept_place,
            notes: notes.collect(),
            monitors: sees_monitors.then(|| monitors.collect()),
            voices: sees_monitors.then(|| voices.collect()),
            recording_pauses: pauses.collect(),
            call: entry.into(),
        }
    }
}

fn customer_leg(call: &calls::Model) -> CallLegView {
    CallLegView {
        leg: call.leg,
        role: LegRole::Customer,
        agent_id: None,
        agent_name: None,
        number: Some(call.number.clone()),
        started_at: call.started_at,
        ended_at: call.ended_at,
        hangup_cause: call.hangup_cause.clone(),
        sip_status: call.sip_status,
    }
}

fn name_of(names: &HashMap<i64, String>, id: Option<i64>) -> Option<String> {
    id.and_then(|id| names.get(&id)).cloned()
}

/// Users and queues are never deleted, so each has a name.
fn known(names: &HashMap<i64, String>, id: i64) -> String {
    name_of(names, Some(id)).unwrap_or_default()
}
