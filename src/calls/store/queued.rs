//! Calls that come in, and every call's time in queues.
//!
//! In: facts in order, each perhaps more than once. Out: the ledger's entry of a
//! caller, and one row for each time in a queue, with how it ended.

use crate::base::clock::Moment;
use crate::base::ids::{CallId, QueueId};
use crate::floor::effect::{Fact, SpanKind};
use crate::floor::queue::QueueOutcome;
use crate::store::entity::{calls, queue_visits};
use crate::store::{Db, WriteTx};
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Set};
use std::collections::HashMap;
use uuid::Uuid;

/// Writes a fact about a caller or a queue.
pub(super) async fn write_fact(tx: &WriteTx, fact: &Fact) -> Result<(), DbErr> {
    match fact {
        Fact::CallArrived { .. } => insert_arrival(tx, fact).await,
        Fact::CallerKnown { call, e164, customer, .. } => {
            let mut known = calls::Entity::update_many().filter(calls::Column::Id.eq(call.0));
            known = known.col_expr(calls::Column::E164, Expr::value(e164.clone().unwrap_or_default()));
            known = known.col_expr(calls::Column::CustomerId, Expr::value(customer.map(|id| id.0)));
            known.exec(tx).await.map(|_| ())
        }
        Fact::QueueEntered { call, queue, at } => enter(tx, *call, *queue, *at).await,
        Fact::QueueLeft { call, queue, outcome, agent, at } => {
            let open = queue_visits::Entity::update_many()
                .filter(queue_visits::Column::CallId.eq(call.0))
                .filter(queue_visits::Column::QueueId.eq(queue.0))
                .filter(queue_visits::Column::LeftAt.is_null())
                .col_expr(queue_visits::Column::LeftAt, Expr::value(at.to_utc()))
                .col_expr(queue_visits::Column::Outcome, Expr::value(outcome.as_str()))
                .col_expr(queue_visits::Column::AgentId, Expr::value(agent.map(|agent| agent.0)));
            open.exec(tx).await.map(|_| ())
        }
        // Whatever was lost with a restart: nobody waits after the end.
        Fact::CallEnded { call, at, .. } => {
            let open = queue_visits::Entity::update_many()
                .filter(queue_visits::Column::CallId.eq(call.0))
                .filter(queue_visits::Column::LeftAt.is_null())
                .col_expr(queue_visits::Column::LeftAt, Expr::value(at.to_utc()))
                .col_expr(queue_visits::Column::Outcome, Expr::value(QueueOutcome::Failed.as_str()));
            open.exec(tx).await.map(|_| ())
        }
        _ => Ok(()),
    }
}

async fn insert_arrival(tx: &WriteTx, fact: &Fact) -> Result<(), DbErr> {
    let Fact::CallArrived { call, leg, number, called, gateway, at } = fact else { return Ok(()) };
    let row = calls::ActiveModel {
        id: Set(call.0),
        leg: Set(leg.0),
        number: Set(number.as_ref().map(ToString::to_string).unwrap_or_default()),
        e164: Set(String::new()),
        caller_id: Set(called.to_string()),
        gateway: Set(gateway.clone().unwrap_or_default()),
        started_at: Set(at.to_utc()),
        talk_ms: Set(0),
        hold_ms: Set(0),
        direction: Set(super::INBOUND.to_owned()),
        ..Default::default()
    };
    // A caller found again after a restart has their leg's entry already.
    let once = OnConflict::new().do_nothing().to_owned();
    calls::Entity::insert(row).on_conflict(once).exec_without_returning(tx).await?;
    super::spans::enter(tx, *call, SpanKind::Ringing, None, *at).await
}

async fn enter(tx: &WriteTx, call: CallId, queue: QueueId, at: Moment) -> Result<(), DbErr> {
    if !super::is_open(tx, call).await? {
        return Ok(());
    }
    let row = queue_visits::ActiveModel {
        call_id: Set(call.0),
        queue_id: Set(queue.0),
        entered_at: Set(at.to_utc()),
        ..Default::default()
    };
    let once = OnConflict::columns([
        queue_visits::Column::CallId,
        queue_visits::Column::QueueId,
        queue_visits::Column::EnteredAt,
    ])
    .do_nothing()
    .to_owned();
    queue_visits::Entity::insert(row).on_conflict(once).exec_without_returning(tx).await?;
    let last = calls::ActiveModel { id: Set(call.0), queue_id: Set(Some(queue.0)), ..Default::default() };
    calls::Entity::update(last).exec(tx).await.map(|_| ())
}

/// The last time in a queue of every call without an end.
pub(super) async fn load_of_open_calls(
    db: &Db,
) -> Result<HashMap<Uuid, (QueueId, Moment, Option<QueueOutcome>)>, DbErr> {
    let open = Query::select()
        .column(calls::Column::Id)
        .from(calls::Entity)
        .and_where(sea_orm::sea_query::ExprTrait::is_null(Expr::col(calls::Column::EndedAt)))
        .to_owned();
    let rows = queue_visits::Entity::find()
        .filter(queue_visits::Column::CallId.in_subquery(open))
        .order_by_asc(queue_visits::Column::EnteredAt)
        .order_by_asc(queue_visits::Column::Id)
        .all(db.read())
        .await?;
    let last = |row: queue_visits::Model| {
        let outcome = row.outcome.as_deref().and_then(QueueOutcome::from_name);
        (row.call_id, (QueueId(row.queue_id), Moment::from(row.entered_at), outcome))
    };
    Ok(rows.into_iter().map(last).collect())
}
