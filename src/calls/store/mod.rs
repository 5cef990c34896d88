//! The ledger's rows.
//!
//! In: facts in the order in which they happened, each perhaps more than once;
//! the switch's records, in any order. Out: calls. A column that a fact has set
//! is not set again by the same fact, so writing twice changes nothing.

mod list;

pub use list::{find_call, find_calls_of_customer, list_calls};

use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, CampaignId, CustomerId, LeadId, LegId};
use crate::base::limits;
use crate::base::phone::Dialable;
use crate::calls::model::{CdrMerge, Disposed, DispositionRefused, DispositionRequest};
use crate::floor::effect::Fact;
use crate::floor::input::{DialMode, Lead, StoredCall};
use crate::store::entity::{calls, dispositions, do_not_call, switch_cdrs};
use crate::store::{Db, WriteTx};
use crate::switch::cdr::{self, LegCdr};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Set, UpdateMany};

/// Writes a fact, if it is about a call. Idempotent.
pub async fn write_fact(tx: &WriteTx, fact: &Fact) -> Result<(), DbErr> {
    match fact {
        Fact::AttemptStarted { .. } => insert_attempt(tx, fact).await,
        Fact::CallRinging { call, at } => set_time(tx, *call, calls::Column::RingingAt, *at).await,
        Fact::CallAnswered { call, at } => set_time(tx, *call, calls::Column::AnsweredAt, *at).await,
        Fact::CallDropped { call, at } => set_time(tx, *call, calls::Column::DroppedAt, *at).await,
        Fact::CallConnected { call, agent, agent_leg, at } => {
            let connected = only(*call, calls::Column::ConnectedAt)
                .col_expr(calls::Column::ConnectedAt, Expr::value(at.to_utc()))
                .col_expr(calls::Column::AgentId, Expr::value(agent.0))
                .col_expr(calls::Column::AgentLeg, Expr::value(agent_leg.0));
            connected.exec(tx).await.map(|_| ())
        }
        Fact::CallEnded { call, result, hang_up, ended_by, talk_ms, at, .. } => {
            // The switch's record may have come first; its cause is the truer one.
            let cause = Expr::col(calls::Column::HangupCause).if_null(Expr::value(hang_up.cause.clone()));
            let status =
                Expr::col(calls::Column::SipStatus).if_null(Expr::value(hang_up.sip_status.map(i32::from)));
            let ended = only(*call, calls::Column::EndedAt)
                .col_expr(calls::Column::EndedAt, Expr::value(at.to_utc()))
                .col_expr(calls::Column::Result, Expr::value(result.as_str()))
                .col_expr(calls::Column::HangupCause, cause)
                .col_expr(calls::Column::SipStatus, status)
                .col_expr(calls::Column::EndedBy, Expr::value(ended_by.as_str()))
                .col_expr(calls::Column::TalkMs, Expr::value(*talk_ms));
            if ended.exec(tx).await?.rows_affected == 1 { heal_from_kept(tx, *call).await } else { Ok(()) }
        }
        Fact::CallHanded { .. }
        | Fact::CallSpan { .. }
        | Fact::CallLeg { .. }
        | Fact::CallLegEnded { .. }
        | Fact::TransferStarted { .. }
        | Fact::TransferEnded { .. }
        | Fact::RecordingMasked { .. }
        | Fact::Monitored { .. }
        | Fact::RecordingStarted { .. }
        | Fact::RecordingStopped { .. }
        | Fact::AgentState { .. }
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
        campaign_id: Set(campaign.0),
        lead_id: Set(lead.0),
        customer_id: Set(customer.0),
        number: Set(number.to_string()),
        e164: Set(e164.clone()),
        caller_id: Set(caller_id.to_string()),
        gateway: Set(gateway.clone()),
        mode: Set(mode_name(*mode).to_owned()),
        started_at: Set(at.to_utc()),
        talk_ms: Set(0),
        ..Default::default()
    };
    let once = OnConflict::column(calls::Column::Id).do_nothing().to_owned();
    calls::Entity::insert(row).on_conflict(once).exec_without_returning(tx).await.map(|_| ())
}

fn mode_name(mode: DialMode) -> &'static str {
    match mode {
        DialMode::Predictive => "predictive",
        DialMode::Progressive => "progressive",
    }
}

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
    Ok(open.into_iter().filter_map(stored_call).collect())
}

fn stored_call(row: calls::Model) -> Option<StoredCall> {
    // The number was dialable when it was written, by its type.
    let number = Dialable::new(&row.number).ok()?;
    let connected = row.agent_id.zip(row.connected_at).map(|(agent, at)| (AgentId(agent), at.into()));
    Some(StoredCall {
        call: CallId(row.id),
        leg: LegId(row.leg),
        campaign: CampaignId(row.campaign_id),
        lead: Lead {
            lead: LeadId(row.lead_id),
            customer: CustomerId(row.customer_id),
            number,
            e164: row.e164,
        },
        started_at: row.started_at.into(),
        answered_at: row.answered_at.map(Moment::from),
        connected,
        dropped: row.dropped_at.is_some(),
    })
}

/// Keeps a record of the switch as it was posted; the first one of a leg stays.
pub async fn keep_cdr(tx: &WriteTx, leg: LegId, body: serde_json::Value, now: Moment) -> Result<(), DbErr> {
    let row = switch_cdrs::ActiveModel { leg: Set(leg.0), body: Set(body), received_at: Set(now.to_utc()) };
    let once = switch_cdrs::Entity::insert(row).on_conflict_do_nothing_on([switch_cdrs::Column::Leg]);
    once.exec_without_returning(tx).await.map(|_| ())
}

/// An end that the switch saw this much earlier than the ledger was noticed
/// late, after an outage; less is the way of the event.
const NOTICED_LATE_MS: i64 = 2_000;

/// Merges the switch's own record of a leg: fills in what an outage left out.
/// Idempotent. An open call is left open, because its `CallEnded` knows more;
/// what the record knows better of the end is taken from it then.
pub async fn merge_cdr(tx: &WriteTx, cdr: &LegCdr, now: Moment) -> Result<CdrMerge, DbErr> {
    let call = calls::Entity::find().filter(calls::Column::Leg.eq(cdr.leg.0)).one(tx).await?;
    let Some(call) = call else { return Ok(CdrMerge::NotACall) };
    let merged = if call.ended_at.is_some() { CdrMerge::Closed } else { CdrMerge::StillOpen };
    if call.cdr_at.is_some() {
        return Ok(merged);
    }
    let mut row = true_end(&call, cdr).unwrap_or_default();
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

/// A call that has just got its end: when the switch's record was here before,
/// it tells when that really was.
async fn heal_from_kept(tx: &WriteTx, call: CallId) -> Result<(), DbErr> {
    let recorded = calls::Entity::find_by_id(call.0).filter(calls::Column::CdrAt.is_not_null());
    let Some(row) = recorded.one(tx).await? else { return Ok(()) };
    let Some(kept) = switch_cdrs::Entity::find_by_id(row.leg).one(tx).await? else { return Ok(()) };
    let cdr = match cdr::read(&kept.body) {
        Ok(cdr) => cdr,
        Err(error) => {
            tracing::error!(%error, call.id = %call, "a record that was kept cannot be read");
            return Ok(());
        }
    };
    match true_end(&row, &cdr) {
        Some(healed) => calls::Entity::update(healed).exec(tx).await.map(|_| ()),
        None => Ok(()),
    }
}

/// The end as the switch saw it, for a call whose end was noticed late.
fn true_end(call: &calls::Model, cdr: &LegCdr) -> Option<calls::ActiveModel> {
    let noticed_at = Moment::from(call.ended_at?);
    if noticed_at.since_ms(cdr.ended_at) <= NOTICED_LATE_MS {
        return None;
    }
    // The switch's clock may be slow; a call cannot end before it began.
    let lived_at = call.connected_at.or(call.answered_at).unwrap_or(call.started_at);
    let ended_at = cdr.ended_at.max(lived_at.into());
    let talked_ms = call.connected_at.map_or(0, |at| ended_at.since_ms(at.into()));
    Some(calls::ActiveModel {
        id: Set(call.id),
        ended_at: Set(Some(ended_at.to_utc())),
        hangup_cause: Set(Some(cdr.hang_up.cause.clone())),
        sip_status: Set(cdr.hang_up.sip_status.map(i32::from)),
        talk_ms: Set(std::cmp::min(call.talk_ms, talked_ms)),
        ..Default::default()
    })
}

/// A call's own row, whoever asks; for the desk that the call is on.
pub async fn find_row(db: &Db, call: CallId) -> Result<Option<calls::Model>, DbErr> {
    calls::Entity::find_by_id(call.0).one(db.read()).await
}

/// Saves what an agent says of their call, and keeps the number from being
/// dialled again when the disposition means that. Saving again changes it.
pub async fn save_disposition(
    tx: &WriteTx,
    agent: AgentId,
    call: CallId,
    request: &DispositionRequest,
    now: Moment,
) -> Result<Result<Disposed, DispositionRefused>, DbErr> {
    let note = request.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
    if note.is_some_and(|note| note.chars().count() > limits::TEXT_CHARS) {
        return Ok(Err(DispositionRefused::NoteTooLong));
    }
    let row = calls::Entity::find_by_id(call.0).one(tx).await?;
    let Some(row) = row.filter(|row| row.agent_id == Some(agent.0)) else {
        return Ok(Err(DispositionRefused::NotYourCall));
    };
    if row.connected_at.is_none() {
        return Ok(Err(DispositionRefused::NotConnected));
    }
    let disposition = dispositions::Entity::find_by_id(request.disposition_id).one(tx).await?;
    let Some(disposition) = disposition.filter(|d| d.active) else {
        return Ok(Err(DispositionRefused::NoSuchDisposition));
    };
    let said = calls::ActiveModel {
        id: Set(row.id),
        disposition_id: Set(Some(disposition.id)),
        note: Set(note.map(str::to_owned)),
        disposed_at: Set(Some(now.to_utc())),
        disposed_by: Set(Some(agent.0)),
        ..Default::default()
    };
    calls::Entity::update(said).exec(tx).await?;
    let never_again = if disposition.do_not_call {
        never_call_again(tx, &row.e164, &disposition.key, agent, now).await?;
        Some(row.e164)
    } else {
        None
    };
    Ok(Ok(Disposed { call, before: row.disposition_id, never_again }))
}

async fn never_call_again(
    tx: &WriteTx,
    e164: &str,
    reason: &str,
    by: AgentId,
    now: Moment,
) -> Result<(), DbErr> {
    let row = do_not_call::ActiveModel {
        e164: Set(e164.to_owned()),
        reason: Set(reason.to_owned()),
        created_by: Set(Some(by.0)),
        created_at: Set(now.to_utc()),
    };
    let once = OnConflict::column(do_not_call::Column::E164).do_nothing().to_owned();
    do_not_call::Entity::insert(row).on_conflict(once).exec_without_returning(tx).await.map(|_| ())
}

/// The dispositions that agents choose from, in their order.
pub async fn list_dispositions(db: &Db) -> Result<Vec<dispositions::Model>, DbErr> {
    dispositions::Entity::find()
        .filter(dispositions::Column::Active.eq(true))
        .order_by_asc(dispositions::Column::Position)
        .order_by_asc(dispositions::Column::Id)
        .all(db.read())
        .await
}
