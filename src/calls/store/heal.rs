//! What the switch's own record of the customer's leg knows better than the
//! floor, which was away or heard late: when the call ended, and that a
//! conversation took place of which no event came.
//!
//! In: a call that has its end, and the record, in any order. Out: the columns
//! to change; the call's spans and legs are put right here.

use super::{spans, story};
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, LegId};
use crate::floor::effect::{CallResult, SpanKind};
use crate::floor::input::LegLabel;
use crate::store::WriteTx;
use crate::store::entity::{calls, switch_cdrs};
use crate::switch::cdr::{self, LegCdr};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};

/// Ends this far apart in the ledger and on the switch are not the way of an
/// event: an outage was in between.
const NOTICED_LATE_MS: i64 = 2_000;

/// A call that has just got its end: when the switch's record was here before,
/// it tells how that really was.
pub(super) async fn from_kept(tx: &WriteTx, call: CallId) -> Result<(), DbErr> {
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
    match from_record(tx, &row, &cdr).await? {
        Some(healed) => calls::Entity::update(healed).exec(tx).await.map(|_| ()),
        None => Ok(()),
    }
}

/// What the record changes of a call that is over; `None`: nothing.
pub(super) async fn from_record(
    tx: &WriteTx,
    call: &calls::Model,
    cdr: &LegCdr,
) -> Result<Option<calls::ActiveModel>, DbErr> {
    let Some(ended_at) = call.ended_at else { return Ok(None) };
    if let Some(told) = told_after_the_end(tx, call, cdr).await? {
        return Ok(Some(told));
    }
    let ended = true_end(tx, call, cdr).await?;
    let ended_at =
        ended.as_ref().and_then(|row| row.ended_at.try_as_ref().copied().flatten()).unwrap_or(ended_at);
    let talked = unheard_conversation(tx, call, cdr, ended_at.into()).await?;
    Ok(match (ended, talked) {
        (Some(ended), Some(talked)) => Some(calls::ActiveModel {
            ended_at: ended.ended_at,
            hangup_cause: ended.hangup_cause,
            sip_status: ended.sip_status,
            ..talked
        }),
        (ended, talked) => ended.or(talked),
    })
}

/// The end as the switch saw it, for a call whose end was noticed late, so that
/// nobody's part in it lasted longer, or that was given up too early.
async fn true_end(
    tx: &WriteTx,
    call: &calls::Model,
    cdr: &LegCdr,
) -> Result<Option<calls::ActiveModel>, DbErr> {
    let apart = |at: Moment| at.since_ms(cdr.ended_at).max(cdr.ended_at.since_ms(at)) > NOTICED_LATE_MS;
    let Some(told_at) = call.ended_at.map(Moment::from).filter(|at| apart(*at)) else { return Ok(None) };
    // The switch's clock may be slow; a call cannot end before it began.
    let lived_at = call.connected_at.or(call.answered_at).unwrap_or(call.started_at);
    let ended_at = cdr.ended_at.max(lived_at.into());
    let id = CallId(call.id);
    if ended_at > told_at {
        spans::extend(tx, id, ended_at).await?;
    } else {
        spans::cut(tx, id, ended_at).await?;
        story::cut(tx, id, ended_at).await?;
    }
    Ok(Some(ended(cdr, ended_at, summed(tx, id).await?)))
}

/// The times of a call anew, after its spans have changed.
async fn summed(tx: &WriteTx, call: CallId) -> Result<calls::ActiveModel, DbErr> {
    let totals = spans::totals(tx, call).await?.unwrap_or_default();
    Ok(calls::ActiveModel {
        id: Set(call.0),
        talk_ms: Set(totals.talk_ms),
        hold_ms: Set(totals.hold_ms),
        ..Default::default()
    })
}

/// The same with the end as the record tells it.
fn ended(cdr: &LegCdr, at: Moment, rest: calls::ActiveModel) -> calls::ActiveModel {
    calls::ActiveModel {
        ended_at: Set(Some(at.to_utc())),
        hangup_cause: Set(Some(cdr.hang_up.cause.clone())),
        sip_status: Set(cdr.hang_up.sip_status.map(i32::from)),
        ..rest
    }
}

/// The connection stalled, and everything from the bridge on was told when the
/// call was over already: the switch's times are the true ones.
async fn told_after_the_end(
    tx: &WriteTx,
    call: &calls::Model,
    cdr: &LegCdr,
) -> Result<Option<calls::ActiveModel>, DbErr> {
    let (Some(connected_at), Some(agent), Some(bridged_at)) =
        (call.connected_at.map(Moment::from), call.agent_id, cdr.bridged_at)
    else {
        return Ok(None);
    };
    if connected_at < cdr.ended_at || connected_at.since_ms(bridged_at) < NOTICED_LATE_MS {
        return Ok(None);
    }
    // The switch's clock may be slow; a call cannot end before it was dialled.
    let at_least = |at: Moment| at.max(call.started_at.into());
    let (from, to) = (at_least(bridged_at), at_least(cdr.ended_at));
    let answered_at = cdr.answered_at.map_or(from, at_least);
    let id = CallId(call.id);
    spans::cut(tx, id, from).await?;
    spans::insert(tx, id, SpanKind::Talking, AgentId(agent), from, to).await?;
    story::move_agents(tx, id, from, to).await?;
    Ok(Some(calls::ActiveModel {
        answered_at: Set(Some(answered_at.to_utc())),
        connected_at: Set(Some(from.to_utc())),
        dropped_at: Set(None),
        ..ended(cdr, to, summed(tx, id).await?)
    }))
}

/// An agent's leg has ended: the call it was bridged to may wait for whose it
/// is.
pub(super) async fn from_agents_record(tx: &WriteTx, cdr: &LegCdr) -> Result<(), DbErr> {
    let (Some(LegLabel::Agent { .. }), Some(customer)) = (&cdr.label, cdr.bridged_to) else { return Ok(()) };
    let unheard = calls::Entity::find()
        .filter(calls::Column::Leg.eq(customer.0))
        .filter(calls::Column::ConnectedAt.is_null())
        .filter(calls::Column::EndedAt.is_not_null());
    match unheard.one(tx).await? {
        Some(call) => from_kept(tx, CallId(call.id)).await,
        None => Ok(()),
    }
}

/// Whose leg it is that the customer was joined with: by an earlier part of it,
/// by its own record, or by what we noted on the customer's.
async fn agent_of_leg(tx: &WriteTx, leg: LegId, cdr: &LegCdr) -> Result<Option<AgentId>, DbErr> {
    if let Some(agent) = story::find_agent_of_leg(tx, leg).await? {
        return Ok(Some(AgentId(agent)));
    }
    let kept = switch_cdrs::Entity::find_by_id(leg.0).one(tx).await?;
    Ok(match kept.and_then(|kept| cdr::read(&kept.body).ok()?.label) {
        Some(LegLabel::Agent { agent, .. }) => Some(agent),
        _ => cdr.with_agent,
    })
}

/// The switch joined customer and agent as it was told, and it was over before
/// we heard of it.
async fn unheard_conversation(
    tx: &WriteTx,
    call: &calls::Model,
    cdr: &LegCdr,
    ended_at: Moment,
) -> Result<Option<calls::ActiveModel>, DbErr> {
    let (Some(bridged_at), Some(leg), None) = (cdr.bridged_at, cdr.bridged_to, call.connected_at) else {
        return Ok(None);
    };
    // Else the record of that leg is still to come.
    let Some(agent) = agent_of_leg(tx, leg, cdr).await? else { return Ok(None) };
    let id = CallId(call.id);
    // The switch's clock may be another: the conversation lies within the call.
    let answered_at = call.answered_at.unwrap_or(call.started_at);
    let began_at = bridged_at.max(answered_at.into()).min(ended_at);
    spans::cut(tx, id, began_at).await?;
    spans::insert(tx, id, SpanKind::Talking, agent, began_at, ended_at).await?;
    story::insert_agent(tx, id, agent, leg, began_at, ended_at).await?;
    Ok(Some(calls::ActiveModel {
        connected_at: Set(Some(began_at.to_utc())),
        dropped_at: Set(None),
        agent_id: Set(Some(agent.0)),
        agent_leg: Set(Some(leg.0)),
        result: Set(Some(CallResult::Answered.as_str().to_owned())),
        ..summed(tx, id).await?
    }))
}
