//! Who else had a part in a call: legs, hand-overs, supervisors.
//!
//! In: facts in order, each perhaps more than once; the switch's records of
//! legs. Out: rows with a beginning and an end. Of what is one at a time, one is
//! open; what is still open when the call ends, ends with it.

use super::forwards;
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, LegId};
use crate::floor::effect::{Fact, TransferOutcome};
use crate::floor::input::{HangUp, MonitorMode, Party};
use crate::store::WriteTx;
use crate::store::entity::{call_legs, call_monitors, call_transfers, users};
use crate::switch::cdr::LegCdr;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ActiveValue::Unchanged, ColumnTrait, Condition, DbErr, EntityTrait,
    QueryFilter, QueryOrder,
};

/// A leg whose end follows so soon ended because its part was over, or the part
/// because of it.
const SAME_END_MS: i64 = 2_000;

/// Writes a fact about somebody's part in a call.
pub(super) async fn write_fact(tx: &WriteTx, fact: &Fact) -> Result<(), DbErr> {
    match fact {
        Fact::CallLeg { call, leg, agent, number, at } => {
            join(tx, *call, *leg, *agent, Some(number.to_string()), *at).await
        }
        Fact::CallLegEnded { call, leg, hang_up, at } => leg_ended(tx, *call, *leg, hang_up, *at).await,
        Fact::TransferStarted { .. } => begin_transfer(tx, fact).await,
        Fact::CallForwarded { .. } => forwards::write_fact(tx, fact).await,
        Fact::TransferEnded { call, outcome, at } => end_transfer(tx, *call, *outcome, *at).await,
        Fact::Monitored { call, supervisor, mode, at } => monitored(tx, *call, *supervisor, *mode, *at).await,
        Fact::CallEnded { call, at, .. } => end_all(tx, *call, *at).await,
        _ => Ok(()),
    }
}

/// A leg takes part from now on, unless it does already.
async fn join(
    tx: &WriteTx,
    call: CallId,
    leg: LegId,
    agent: Option<AgentId>,
    number: Option<String>,
    at: Moment,
) -> Result<(), DbErr> {
    let latest = call_legs::Entity::find()
        .filter(call_legs::Column::CallId.eq(call.0))
        .filter(call_legs::Column::Leg.eq(leg.0))
        .order_by_desc(call_legs::Column::StartedAt)
        .one(tx)
        .await?;
    let known = latest.is_some_and(|row| row.ended_at.is_none() || at <= Moment::from(row.started_at));
    if known || !super::is_open(tx, call).await? {
        return Ok(());
    }
    let row = call_legs::ActiveModel {
        call_id: Set(call.0),
        leg: Set(leg.0),
        agent_id: Set(agent.map(|agent| agent.0)),
        number: Set(number),
        started_at: Set(at.to_utc()),
        ..Default::default()
    };
    row.insert(tx).await.map(|_| ())
}

/// An agent talks with the customer, on this leg.
pub(super) async fn join_agent(
    tx: &WriteTx,
    call: CallId,
    agent: AgentId,
    leg: LegId,
    at: Moment,
) -> Result<(), DbErr> {
    let user = users::Entity::find_by_id(agent.0).one(tx).await?;
    join(tx, call, leg, Some(agent), user.and_then(|user| user.extension), at).await
}

/// Whose desk phone this leg is: off the hook it takes part in many calls.
pub(super) async fn find_agent_of_leg(tx: &WriteTx, leg: LegId) -> Result<Option<i64>, DbErr> {
    let known = call_legs::Entity::find()
        .filter(call_legs::Column::Leg.eq(leg.0))
        .filter(call_legs::Column::AgentId.is_not_null())
        .order_by_desc(call_legs::Column::StartedAt);
    Ok(known.one(tx).await?.and_then(|row| row.agent_id))
}

/// An agent's part that is known when it is over.
pub(super) async fn insert_agent(
    tx: &WriteTx,
    call: CallId,
    agent: AgentId,
    leg: LegId,
    from: Moment,
    to: Moment,
) -> Result<(), DbErr> {
    let user = users::Entity::find_by_id(agent.0).one(tx).await?;
    let row = call_legs::ActiveModel {
        call_id: Set(call.0),
        leg: Set(leg.0),
        agent_id: Set(Some(agent.0)),
        number: Set(user.and_then(|user| user.extension)),
        started_at: Set(from.to_utc()),
        ended_at: Set(Some(to.to_utc())),
        ..Default::default()
    };
    row.insert(tx).await.map(|_| ())
}

/// The customer talks on this leg from now on: agents on others have left.
pub(super) async fn leave_but(tx: &WriteTx, call: CallId, leg: LegId, at: Moment) -> Result<(), DbErr> {
    let others = call_legs::Column::AgentId.is_not_null().and(call_legs::Column::Leg.ne(leg.0));
    close_legs(tx, call, Condition::all().add(others), at).await
}

pub(super) async fn close_legs(
    tx: &WriteTx,
    call: CallId,
    which: Condition,
    at: Moment,
) -> Result<(), DbErr> {
    let close = call_legs::Entity::update_many()
        .col_expr(call_legs::Column::EndedAt, Expr::value(at.to_utc()))
        .filter(call_legs::Column::CallId.eq(call.0))
        .filter(call_legs::Column::EndedAt.is_null())
        .filter(which);
    close.exec(tx).await.map(|_| ())
}

async fn leg_ended(
    tx: &WriteTx,
    call: CallId,
    leg: LegId,
    hang_up: &HangUp,
    at: Moment,
) -> Result<(), DbErr> {
    let ended = call_legs::Entity::update_many()
        .col_expr(call_legs::Column::EndedAt, Expr::value(at.to_utc()))
        .col_expr(call_legs::Column::HangupCause, Expr::value(hang_up.cause.clone()))
        .col_expr(call_legs::Column::SipStatus, Expr::value(hang_up.sip_status.map(i32::from)))
        .filter(call_legs::Column::CallId.eq(call.0))
        .filter(call_legs::Column::Leg.eq(leg.0))
        .filter(call_legs::Column::StartedAt.lte(at.to_utc()))
        .filter(call_legs::Column::EndedAt.is_null());
    ended.exec(tx).await.map(|_| ())
}

/// Merges the switch's own record of a leg: when its part ended, if that was
/// noticed late or not at all, and why. Idempotent.
pub(super) async fn merge_cdr(tx: &WriteTx, cdr: &LegCdr) -> Result<(), DbErr> {
    let ended_at = cdr.ended_at.to_utc();
    let of_leg = call_legs::Entity::update_many()
        .filter(call_legs::Column::Leg.eq(cdr.leg.0))
        .filter(call_legs::Column::StartedAt.lte(ended_at));
    let beyond = call_legs::Column::EndedAt.is_null().or(call_legs::Column::EndedAt.gt(ended_at));
    let ended = of_leg.clone().col_expr(call_legs::Column::EndedAt, Expr::value(ended_at)).filter(beyond);
    ended.exec(tx).await?;
    // The part may have ended by our wish, the leg a moment after.
    let with_the_leg = call_legs::Column::EndedAt.gte((cdr.ended_at - SAME_END_MS).to_utc());
    let why = of_leg
        .col_expr(call_legs::Column::HangupCause, Expr::value(cdr.hang_up.cause.clone()))
        .col_expr(call_legs::Column::SipStatus, Expr::value(cdr.hang_up.sip_status.map(i32::from)))
        .filter(with_the_leg)
        .filter(call_legs::Column::HangupCause.is_null());
    why.exec(tx).await.map(|_| ())
}

async fn begin_transfer(tx: &WriteTx, fact: &Fact) -> Result<(), DbErr> {
    let Fact::TransferStarted { call, from, to, attended, note, at } = fact else { return Ok(()) };
    let latest = latest_transfer(tx, *call).await?;
    let known = latest.as_ref().is_some_and(|row| *at <= Moment::from(row.started_at));
    if known || !super::is_open(tx, *call).await? {
        return Ok(());
    }
    // Its end was lost with a restart.
    if latest.is_some_and(|row| row.ended_at.is_none()) {
        end_transfer(tx, *call, TransferOutcome::Failed, *at).await?;
    }
    let (to_agent, to_number, to_queue) = match to {
        Party::Agent(agent) => (Some(agent.0), None, None),
        Party::Outside(number) => (None, Some(number.to_string()), None),
        Party::Queue(queue) => (None, None, Some(queue.0)),
    };
    let row = call_transfers::ActiveModel {
        call_id: Set(call.0),
        from_agent: Set(from.0),
        to_agent: Set(to_agent),
        to_number: Set(to_number),
        to_queue: Set(to_queue),
        attended: Set(*attended),
        note: Set(note.clone()),
        started_at: Set(at.to_utc()),
        ..Default::default()
    };
    row.insert(tx).await.map(|_| ())
}

async fn latest_transfer(tx: &WriteTx, call: CallId) -> Result<Option<call_transfers::Model>, DbErr> {
    let of_call = call_transfers::Entity::find().filter(call_transfers::Column::CallId.eq(call.0));
    of_call.order_by_desc(call_transfers::Column::StartedAt).one(tx).await
}

/// Whoever was asked and does not get the call has no part in it any more.
async fn end_transfer(tx: &WriteTx, call: CallId, outcome: TransferOutcome, at: Moment) -> Result<(), DbErr> {
    let latest = latest_transfer(tx, call).await?;
    let open = |row: &call_transfers::Model| row.ended_at.is_none() && at >= Moment::from(row.started_at);
    let Some(transfer) = latest.filter(open) else { return Ok(()) };
    let ended = call_transfers::ActiveModel {
        id: Unchanged(transfer.id),
        ended_at: Set(Some(at.to_utc())),
        outcome: Set(Some(outcome.as_str().to_owned())),
        ..Default::default()
    };
    ended.update(tx).await?;
    if outcome == TransferOutcome::Completed {
        return Ok(());
    }
    let forward = forwards::last_target(tx, call, transfer.started_at.into()).await?;
    let asked = match forward.map_or(transfer.to_agent, |forward| forward.to_agent) {
        Some(agent) => call_legs::Column::AgentId.eq(agent),
        None => call_legs::Column::AgentId.is_null(),
    };
    close_legs(tx, call, Condition::all().add(asked), at).await
}

async fn monitored(
    tx: &WriteTx,
    call: CallId,
    supervisor: AgentId,
    mode: Option<MonitorMode>,
    at: Moment,
) -> Result<(), DbErr> {
    let latest = call_monitors::Entity::find()
        .filter(call_monitors::Column::CallId.eq(call.0))
        .filter(call_monitors::Column::SupervisorId.eq(supervisor.0))
        .order_by_desc(call_monitors::Column::StartedAt)
        .one(tx)
        .await?;
    let mut row = call_monitors::ActiveModel {
        call_id: Set(call.0),
        supervisor_id: Set(supervisor.0),
        started_at: Set(at.to_utc()),
        ..Default::default()
    };
    row.mode = mode.map_or(row.mode, |mode| Set(mode.as_str().to_owned()));
    if let Some(latest) = latest {
        let (began_at, open) = (Moment::from(latest.started_at), latest.ended_at.is_none());
        if at < began_at || (at == began_at && !open) {
            return Ok(());
        }
        if open && mode.is_some_and(|mode| mode.as_str() == latest.mode) {
            return Ok(());
        }
        if open && at == began_at && mode.is_some() {
            row.id = Unchanged(latest.id);
            return row.update(tx).await.map(|_| ());
        }
        let others = Condition::all().add(call_monitors::Column::SupervisorId.eq(supervisor.0));
        close_monitors(tx, call, others, at).await?;
    }
    if mode.is_some() && super::is_open(tx, call).await? {
        row.insert(tx).await?;
    }
    Ok(())
}

async fn close_monitors(tx: &WriteTx, call: CallId, which: Condition, at: Moment) -> Result<(), DbErr> {
    let close = call_monitors::Entity::update_many()
        .col_expr(call_monitors::Column::EndedAt, Expr::value(at.to_utc()))
        .filter(call_monitors::Column::CallId.eq(call.0))
        .filter(call_monitors::Column::EndedAt.is_null())
        .filter(which);
    close.exec(tx).await.map(|_| ())
}

async fn end_all(tx: &WriteTx, call: CallId, at: Moment) -> Result<(), DbErr> {
    // How it came out was lost with a restart.
    end_transfer(tx, call, TransferOutcome::Failed, at).await?;
    close_legs(tx, call, Condition::all(), at).await?;
    close_monitors(tx, call, Condition::all(), at).await
}

/// Agents' parts that are told to have begun after the call was over were then.
pub(super) async fn move_agents(tx: &WriteTx, call: CallId, from: Moment, to: Moment) -> Result<(), DbErr> {
    call_legs::Entity::update_many()
        .col_expr(call_legs::Column::StartedAt, Expr::value(from.to_utc()))
        .col_expr(call_legs::Column::EndedAt, Expr::value(to.to_utc()))
        .filter(call_legs::Column::CallId.eq(call.0))
        .filter(call_legs::Column::AgentId.is_not_null())
        .filter(call_legs::Column::StartedAt.gte(to.to_utc()))
        .exec(tx)
        .await
        .map(|_| ())
}

/// The call was over earlier than was noticed, and so was everybody's part.
pub(super) async fn cut(tx: &WriteTx, call: CallId, ended_at: Moment) -> Result<(), DbErr> {
    let end = ended_at.to_utc();
    macro_rules! shorten {
        ($table:ident) => {
            $table::Entity::update_many()
                .col_expr($table::Column::EndedAt, Expr::value(end))
                .filter($table::Column::CallId.eq(call.0))
                .filter($table::Column::StartedAt.lte(end))
                .filter($table::Column::EndedAt.gt(end))
                .exec(tx)
                .await?;
        };
    }
    shorten!(call_legs);
    shorten!(call_transfers);
    shorten!(call_monitors);
    Ok(())
}
