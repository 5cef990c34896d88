//! The ledger's rows.
//!
//! In: facts in the order in which they happened, each perhaps more than once;
//! the switch's records, in any order. Out: calls. A column that a fact has set
//! is not set again by the same fact, so writing twice changes nothing. This file
//! writes the call's summary; its spans and who else had a part in it are in
//! `spans.rs` and `story.rs`.

mod detail;
mod disposition;
mod forwards;
mod heal;
mod kept;
mod list;
mod queued;
mod spans;
mod story;

pub use detail::load_story;
pub use disposition::{
    BarRefused, bar_number, find_own_call, find_said, list_dispositions, save_disposition, unbar_number,
};
pub use kept::{is_barred, load_barred_places, load_kept_places};
pub use list::{find_call, find_calls_of_customer, find_last_agent, list_calls};

use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, CampaignId, CustomerId, LeadId, LegId, QueueId};
use crate::base::phone::Dialable;
use crate::calls::model::CdrMerge;
use crate::floor::effect::{Fact, SpanKind};
use crate::floor::input::{Lead, Origin, StoredCall};
use crate::floor::kept::Kept;
use crate::floor::queue::{Arrival, Known, QueueOutcome};
use crate::store::entity::{call_spans, calls, recording_pauses, recordings, switch_cdrs};
use crate::store::{Db, WriteTx};
use crate::switch::cdr::LegCdr;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Set, UpdateMany};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Writes a fact, if it is about a call. Idempotent.
pub async fn write_fact(tx: &WriteTx, fact: &Fact) -> Result<(), DbErr> {
    story::write_fact(tx, fact).await?;
    queued::write_fact(tx, fact).await?;
    match fact {
        Fact::AttemptStarted { .. } => insert_attempt(tx, fact).await,
        Fact::Kept(fact) => kept::write_fact(tx, fact).await,
        Fact::CallRinging { call, at } => set_time(tx, *call, calls::Column::RingingAt, *at).await,
        Fact::CallAnswered { call, at } => set_time(tx, *call, calls::Column::AnsweredAt, *at).await,
        Fact::CallDropped { call, at } => set_time(tx, *call, calls::Column::DroppedAt, *at).await,
        Fact::CallConnected { call, agent, agent_leg, at } => {
            let connected = only(*call, calls::Column::ConnectedAt)
                .col_expr(calls::Column::ConnectedAt, Expr::value(at.to_utc()))
                .col_expr(calls::Column::AgentId, Expr::value(agent.0))
                .col_expr(calls::Column::AgentLeg, Expr::value(agent_leg.0));
            connected.exec(tx).await?;
            story::join_agent(tx, *call, *agent, *agent_leg, *at).await
        }
        Fact::CallHanded { call, agent, leg, at } => hand(tx, *call, *agent, *leg, *at).await,
        Fact::CallSpan { call, kind, agent, at } => spans::enter(tx, *call, *kind, *agent, *at).await,
        Fact::CallEnded { call, result, hang_up, ended_by, talk_ms, at, .. } => {
            spans::close(tx, *call, *at).await?;
            let hold_ms = spans::totals(tx, *call).await?.unwrap_or_default().hold_ms;
            // The switch's record may have come first; its cause is the truer one.
            let cause = Expr::col(calls::Column::HangupCause).if_null(Expr::value(hang_up.cause.clone()));
            let status =
                Expr::col(calls::Column::SipStatus).if_null(Expr::value(hang_up.sip_status.map(i32::from)));
            let ended = only(*call, calls::Column::EndedAt)
                .col_expr(calls::Column::EndedAt, Expr::value(at.to_utc()))
                .col_expr(calls::Column::Result, Expr::value(result.as_str()))
                .col_expr(calls::Column::HoldMs, Expr::value(hold_ms))
                .col_expr(calls::Column::HangupCause, cause)
                .col_expr(calls::Column::SipStatus, status)
                .col_expr(calls::Column::EndedBy, Expr::value(ended_by.as_str()))
                .col_expr(calls::Column::TalkMs, Expr::value(*talk_ms));
            if ended.exec(tx).await?.rows_affected == 1 { heal::from_kept(tx, *call).await } else { Ok(()) }
        }
        Fact::NotRecorded { call, why, .. } => {
            let column = calls::Column::UnrecordedReason;
            only(*call, column).col_expr(column, Expr::value(why.as_str())).exec(tx).await.map(|_| ())
        }
        Fact::CallArrived { .. }
        | Fact::CallerKnown { .. }
        | Fact::QueueEntered { .. }
        | Fact::QueueLeft { .. }
        | Fact::CallLeg { .. }
        | Fact::CallLegEnded { .. }
        | Fact::TransferStarted { .. }
        | Fact::TransferEnded { .. }
        | Fact::CallForwarded { .. }
        | Fact::RecordingMasked { .. }
        | Fact::Monitored { .. }
        | Fact::RecordingStarted { .. }
        | Fact::RecordingStopped { .. }
        | Fact::VoiceStarted { .. }
        | Fact::VoiceStopped { .. }
        | Fact::MessageStarted { .. }
        | Fact::AgentState { .. }
        | Fact::Previewed(_)
        | Fact::Ignored { .. } => Ok(()),
    }
}

async fn insert_attempt(tx: &WriteTx, fact: &Fact) -> Result<(), DbErr> {
    let Fact::AttemptStarted {
        call,
        leg,
        campaign,
        lead,
        customer,
        number,
        e164,
        caller_id,
        gateway,
        mode,
        at,
    } = fact
    else {
        return Ok(());
    };
    let row = calls::ActiveModel {
        id: Set(call.0),
        leg: Set(leg.0),
        campaign_id: Set(Some(campaign.0)),
        lead_id: Set(Some(lead.0)),
        customer_id: Set(Some(customer.0)),
        number: Set(number.to_string()),
        e164: Set(e164.clone()),
        caller_id: Set(caller_id.to_string()),
        gateway: Set(gateway.clone()),
        mode: Set(Some(mode.as_str().to_owned())),
        direction: Set(OUTBOUND.to_owned()),
        started_at: Set(at.to_utc()),
        talk_ms: Set(0),
        ..Default::default()
    };
    let once = OnConflict::column(calls::Column::Id).do_nothing().to_owned();
    calls::Entity::insert(row).on_conflict(once).exec_without_returning(tx).await?;
    spans::enter(tx, *call, SpanKind::Dialling, None, *at).await
}

/// The call is another agent's from here on. With an outside party it stays the
/// one's who handed it out: they have to say what came of it. What somebody said
/// of it while it was theirs is kept as their note.
async fn hand(
    tx: &WriteTx,
    call: CallId,
    agent: Option<AgentId>,
    leg: LegId,
    at: Moment,
) -> Result<(), DbErr> {
    let row = calls::Entity::find_by_id(call.0).one(tx).await?;
    let news = |row: &calls::Model| {
        row.ended_at.is_none() && row.handed_at.is_none_or(|before| at >= Moment::from(before))
    };
    let Some(row) = row.filter(news) else { return Ok(()) };
    story::leave_but(tx, call, leg, at).await?;
    let mut handed =
        calls::ActiveModel { id: Set(row.id), handed_at: Set(Some(at.to_utc())), ..Default::default() };
    if let Some(agent) = agent {
        story::join_agent(tx, call, agent, leg, at).await?;
        handed.agent_id = Set(Some(agent.0));
        handed.agent_leg = Set(Some(leg.0));
        if disposition::keep_as_note(tx, &row, agent).await? {
            handed.disposition_id = Set(None);
            handed.note = Set(None);
            handed.disposed_at = Set(None);
            handed.disposed_by = Set(None);
        }
    }
    calls::Entity::update(handed).exec(tx).await.map(|_| ())
}

/// Whether the ledger has the call, and no end of it.
async fn is_open(tx: &WriteTx, call: CallId) -> Result<bool, DbErr> {
    let row = calls::Entity::find_by_id(call.0).filter(calls::Column::EndedAt.is_null()).one(tx).await?;
    Ok(row.is_some())
}

/// The directions of calls, as stored.
pub const OUTBOUND: &str = "outbound";
/// See there.
pub const INBOUND: &str = "inbound";

/// An update of a call in which this column is still empty.
fn only(call: CallId, column: calls::Column) -> UpdateMany<calls::Entity> {
    calls::Entity::update_many().filter(calls::Column::Id.eq(call.0)).filter(column.is_null())
}

async fn set_time(tx: &WriteTx, call: CallId, column: calls::Column, at: Moment) -> Result<(), DbErr> {
    only(call, column).col_expr(column, Expr::value(at.to_utc())).exec(tx).await.map(|_| ())
}

/// Every call that has no end, oldest first.
pub async fn load_open_calls(db: &Db) -> Result<Vec<StoredCall>, DbErr> {
    let open = calls::Entity::find()
        .filter(calls::Column::EndedAt.is_null())
        .order_by_asc(calls::Column::StartedAt)
        .all(db.read())
        .await?;
    let mut spans = spans::load_of_open_calls(db).await?;
    let mut recordings = load_running_recordings(db).await?;
    let mut queues = queued::load_of_open_calls(db).await?;
    let kept = kept::load_of_calls(db.read(), open.iter().filter_map(|row| row.callback_of)).await?;
    let stored = |row: calls::Model| {
        let spans = spans.remove(&row.id).unwrap_or_default();
        let recording = recordings.remove(&row.id);
        let queue = queues.remove(&row.id);
        let kept = row.callback_of.and_then(|call| kept.get(&call).cloned()).and_then(kept::kept_of);
        stored_call(row, &spans, recording, queue, kept)
    };
    Ok(open.into_iter().filter_map(stored).collect())
}

/// Files that are still being written, and whether they are silent now.
async fn load_running_recordings(db: &Db) -> Result<HashMap<Uuid, (String, bool)>, DbErr> {
    let running = recordings::Entity::find()
        .filter(recordings::Column::StoppedAt.is_null())
        .filter(recordings::Column::SpeakerId.is_null());
    let silent = recording_pauses::Entity::find().filter(recording_pauses::Column::EndedAt.is_null());
    let silent: HashSet<Uuid> = silent.all(db.read()).await?.into_iter().map(|pause| pause.call_id).collect();
    let running = running.all(db.read()).await?.into_iter();
    Ok(running.map(|row| (row.call_id, (row.path, silent.contains(&row.call_id)))).collect())
}

fn stored_call(
    row: calls::Model,
    spans: &[call_spans::Model],
    recording: Option<(String, bool)>,
    queue: Option<(QueueId, Moment, Option<QueueOutcome>)>,
    kept: Option<Kept>,
) -> Option<StoredCall> {
    let origin = match kept {
        Some(kept) => Origin::Callback(kept),
        None => origin_of(&row)?,
    };
    let connected = row.agent_id.zip(row.connected_at).map(|(agent, at)| (AgentId(agent), at.into()));
    let open = spans.last().and_then(|span| {
        let kind = spans::kind_of(&span.kind)?;
        Some((kind, span.agent_id.map(AgentId), Moment::from(span.started_at)))
    });
    let span = open.unwrap_or((SpanKind::Dialling, None, row.started_at.into()));
    Some(StoredCall {
        call: CallId(row.id),
        leg: LegId(row.leg),
        caller_id: Dialable::new(&row.caller_id).ok().filter(|_| row.direction == OUTBOUND),
        gateway: Some(row.gateway).filter(|gateway| !gateway.is_empty()),
        origin,
        queue,
        started_at: row.started_at.into(),
        answered_at: row.answered_at.map(Moment::from),
        connected,
        dropped: row.dropped_at.is_some(),
        talked_ms: spans::add_up(spans).talk_ms,
        span,
        outside: span.0 == SpanKind::Outside,
        recording,
    })
}

/// How the call came about. The numbers were dialable when they were written, by
/// their type.
fn origin_of(row: &calls::Model) -> Option<Origin> {
    let number = Dialable::new(&row.number).ok();
    let customer = row.customer_id.map(CustomerId);
    let Some((campaign, lead)) = row.campaign_id.zip(row.lead_id) else {
        let called = Dialable::new(&row.caller_id).ok()?;
        let gateway = Some(row.gateway.clone()).filter(|gateway| !gateway.is_empty());
        let e164 = Some(row.e164.clone()).filter(|e164| !e164.is_empty());
        return Some(Origin::Inbound {
            arrival: Arrival { number, called, gateway },
            known: Some(Known { e164, customer, ..Known::NOTHING }),
        });
    };
    let (e164, place) = (row.e164.clone(), None);
    let lead = Lead { lead: LeadId(lead), customer: customer?, number: number?, e164, until: None, place };
    Some(Origin::Dialled { campaign: CampaignId(campaign), lead })
}

/// Keeps a record of the switch as it was posted; the first one of a leg stays.
pub async fn keep_cdr(tx: &WriteTx, leg: LegId, body: serde_json::Value, now: Moment) -> Result<(), DbErr> {
    let row = switch_cdrs::ActiveModel { leg: Set(leg.0), body: Set(body), received_at: Set(now.to_utc()) };
    let once = switch_cdrs::Entity::insert(row).on_conflict_do_nothing_on([switch_cdrs::Column::Leg]);
    once.exec_without_returning(tx).await.map(|_| ())
}

/// Merges the switch's own record of a leg: fills in what an outage left out.
/// Idempotent. An open call is left open, because its `CallEnded` knows more;
/// what the record knows better of the end is taken from it then.
pub async fn merge_cdr(tx: &WriteTx, cdr: &LegCdr, now: Moment) -> Result<CdrMerge, DbErr> {
    story::merge_cdr(tx, cdr).await?;
    let call = calls::Entity::find().filter(calls::Column::Leg.eq(cdr.leg.0)).one(tx).await?;
    let Some(call) = call else {
        heal::from_agents_record(tx, cdr).await?;
        return Ok(CdrMerge::NotACall);
    };
    let merged = if call.ended_at.is_some() { CdrMerge::Closed } else { CdrMerge::StillOpen };
    if call.cdr_at.is_some() {
        return Ok(merged);
    }
    let mut row = heal::from_record(tx, &call, cdr).await?.unwrap_or_default();
    row.id = Set(call.id);
    row.cdr_at = Set(Some(now.to_utc()));
    if call.answered_at.is_none() {
        row.answered_at = Set(cdr.answered_at.map(Moment::to_utc));
    }
    if call.hangup_cause.is_none() {
        row.hangup_cause = Set(Some(cdr.hang_up.cause.clone()));
        row.sip_status = Set(cdr.hang_up.sip_status.map(i32::from));
    }
    calls::Entity::update(row).exec(tx).await?;
    Ok(merged)
}

/// A call's own row, whoever asks; for the desk that the call is on.
pub async fn find_row(db: &Db, call: CallId) -> Result<Option<calls::Model>, DbErr> {
    calls::Entity::find_by_id(call.0).one(db.read()).await
}
