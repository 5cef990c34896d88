//! Places that callers keep to be called back.
//!
//! In: facts in order, each perhaps more than once. Out: one row for each place,
//! with how it ended, and the ledger's entry of each call back; after a restart
//! the places that wait.

use crate::base::clock::Moment;
use crate::base::ids::{CallId, CustomerId, QueueId};
use crate::base::phone::Dialable;
use crate::do_not_call::model::{Blocked, Dialler, NewBlock};
use crate::do_not_call::store::find_bars;
use crate::floor::effect::SpanKind;
use crate::floor::kept::{Kept, KeptFact, KeptPlace};
use crate::store::entity::{calls, do_not_call_entries, kept_places};
use crate::store::{Db, WriteTx};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use std::collections::HashMap;
use uuid::Uuid;

/// Writes a fact about a kept place.
pub(super) async fn write_fact(tx: &WriteTx, fact: &KeptFact) -> Result<(), DbErr> {
    match fact {
        KeptFact::Kept(kept) => insert(tx, kept).await,
        KeptFact::CallingBack { .. } => insert_call(tx, fact).await,
        KeptFact::InVain { place, tries, next_at, .. } => {
            let open = open_place(*place)
                .col_expr(kept_places::Column::Tries, Expr::value(i32::from(*tries)))
                .col_expr(kept_places::Column::NextAt, Expr::value(next_at.to_utc()));
            open.exec(tx).await.map(|_| ())
        }
        KeptFact::Ended { place, outcome, by, tries, at } => {
            let open = open_place(*place)
                .col_expr(kept_places::Column::Tries, Expr::value(i32::from(*tries)))
                .col_expr(kept_places::Column::EndedAt, Expr::value(at.to_utc()))
                .col_expr(kept_places::Column::Outcome, Expr::value(outcome.as_str()))
                .col_expr(kept_places::Column::EndedByCall, Expr::value(by.map(|call| call.0)));
            open.exec(tx).await.map(|_| ())
        }
    }
}

fn open_place(place: CallId) -> sea_orm::UpdateMany<kept_places::Entity> {
    kept_places::Entity::update_many()
        .filter(kept_places::Column::CallId.eq(place.0))
        .filter(kept_places::Column::EndedAt.is_null())
}

async fn insert(tx: &WriteTx, kept: &Kept) -> Result<(), DbErr> {
    let row = kept_places::ActiveModel {
        call_id: Set(kept.call.0),
        queue_id: Set(kept.queue.0),
        number: Set(kept.number.to_string()),
        e164: Set(kept.e164.clone()),
        customer_id: Set(kept.customer.map(|id| id.0)),
        since: Set(kept.since.to_utc()),
        kept_at: Set(kept.kept_at.to_utc()),
        tries: Set(0),
        next_at: Set(kept.kept_at.to_utc()),
        ..Default::default()
    };
    let once = OnConflict::column(kept_places::Column::CallId).do_nothing().to_owned();
    kept_places::Entity::insert(row).on_conflict(once).exec_without_returning(tx).await.map(|_| ())
}

async fn insert_call(tx: &WriteTx, fact: &KeptFact) -> Result<(), DbErr> {
    let KeptFact::CallingBack { call, leg, kept, caller_id, gateway, at, .. } = fact else { return Ok(()) };
    let row = calls::ActiveModel {
        id: Set(call.0),
        leg: Set(leg.0),
        customer_id: Set(kept.customer.map(|id| id.0)),
        number: Set(kept.number.to_string()),
        e164: Set(kept.e164.clone()),
        caller_id: Set(caller_id.to_string()),
        gateway: Set(gateway.clone()),
        direction: Set(super::OUTBOUND.to_owned()),
        started_at: Set(at.to_utc()),
        talk_ms: Set(0),
        hold_ms: Set(0),
        queue_id: Set(Some(kept.queue.0)),
        callback_of: Set(Some(kept.call.0)),
        ..Default::default()
    };
    let once = OnConflict::column(calls::Column::Id).do_nothing().to_owned();
    calls::Entity::insert(row).on_conflict(once).exec_without_returning(tx).await?;
    super::spans::enter(tx, *call, SpanKind::Dialling, None, *at).await
}

/// Every place that waits, the first one first.
pub async fn load_kept_places(db: &Db) -> Result<Vec<KeptPlace>, DbErr> {
    let open = kept_places::Entity::find()
        .filter(kept_places::Column::EndedAt.is_null())
        .order_by_asc(kept_places::Column::Since)
        .order_by_asc(kept_places::Column::CallId)
        .all(db.read())
        .await?;
    Ok(open.into_iter().filter_map(place_of).collect())
}

/// The places that wait although their queue must not dial their number, each with
/// the entry of the do-not-call list that says so.
pub async fn load_barred_places(db: &Db, now: Moment) -> Result<Vec<(CallId, NewBlock)>, DbErr> {
    let listed = Query::select()
        .column(do_not_call_entries::Column::E164)
        .from(do_not_call_entries::Entity)
        .and_where(Expr::col(do_not_call_entries::Column::RemovedAt).is_null())
        .to_owned();
    let places = kept_places::Entity::find()
        .filter(kept_places::Column::EndedAt.is_null())
        .filter(kept_places::Column::E164.in_subquery(listed))
        .all(db.read())
        .await?;
    let mut by_queue: HashMap<i64, Vec<kept_places::Model>> = HashMap::new();
    for place in places {
        by_queue.entry(place.queue_id).or_default().push(place);
    }
    let mut barred = Vec::new();
    for (queue, places) in by_queue {
        let dialler = Dialler::Queue(QueueId(queue));
        let numbers = places.iter().map(|place| place.e164.clone()).collect();
        let bars = find_bars(db.read(), dialler, numbers, now).await?;
        for place in places {
            let Some(entry) = bars.get(&place.e164).and_then(|entries| entries.first()) else { continue };
            let id = CallId(place.call_id);
            let customer = place.customer_id.map(CustomerId);
            let what = Blocked::Callback { place: id, customer, queue: QueueId(queue) };
            barred.push((id, NewBlock::by_entry(entry.id, place.e164, what)));
        }
    }
    Ok(barred)
}

/// Whether a queue must not call this number back.
pub async fn is_barred(db: &Db, queue: QueueId, e164: &str, now: Moment) -> Result<bool, DbErr> {
    let bars = find_bars(db.read(), Dialler::Queue(queue), vec![e164.to_owned()], now).await?;
    Ok(!bars.is_empty())
}

/// The places from which these calls were kept, by call.
pub(super) async fn load_of_calls(
    db: &impl ConnectionTrait,
    calls: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, kept_places::Model>, DbErr> {
    let rows = kept_places::Entity::find().filter(kept_places::Column::CallId.is_in(calls)).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.call_id, row)).collect())
}

/// The place that was kept from a call, and the calls back for it, in order.
pub(super) async fn load_story(
    db: &Db,
    call: Uuid,
) -> Result<Option<(kept_places::Model, Vec<Uuid>)>, DbErr> {
    let Some(place) = kept_places::Entity::find_by_id(call).one(db.read()).await? else { return Ok(None) };
    let back = calls::Entity::find()
        .select_only()
        .column(calls::Column::Id)
        .filter(calls::Column::CallbackOf.eq(call))
        .order_by_asc(calls::Column::StartedAt)
        .into_tuple::<Uuid>()
        .all(db.read())
        .await?;
    Ok(Some((place, back)))
}

/// A place as the floor has it. Its number was dialable when it was written, by its
/// type.
pub(super) fn kept_of(row: kept_places::Model) -> Option<Kept> {
    Some(Kept {
        call: CallId(row.call_id),
        queue: QueueId(row.queue_id),
        number: Dialable::new(&row.number).ok()?,
        e164: row.e164,
        customer: row.customer_id.map(CustomerId),
        since: row.since.into(),
        kept_at: row.kept_at.into(),
    })
}

fn place_of(row: kept_places::Model) -> Option<KeptPlace> {
    let (tries, next_at) = (u8::try_from(row.tries).unwrap_or(u8::MAX), Moment::from(row.next_at));
    Some(KeptPlace { kept: kept_of(row)?, tries, next_at, attempt: None })
}
