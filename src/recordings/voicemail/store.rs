//! The rows of voicemail.
//!
//! In: facts, each perhaps more than once; measured files. Out: messages with the
//! call, customer and queue they belong to.

use super::model::{VoicemailEntry, VoicemailState};
use crate::auth::UserFilter;
use crate::base::clock::Moment;
use crate::base::ids::{CallId, UserId};
use crate::floor::effect::{Fact, SpanKind};
use crate::floor::voicemail::MESSAGE_MS_MIN;
use crate::recordings::files::Named;
use crate::recordings::store::Measured;
use crate::store::entity::{call_spans, calls, customers, queue_members, queues, users, voicemails};
use crate::store::{Db, WriteTx};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Set,
};
use std::collections::{HashMap, HashSet};
use std::hash::Hash;

/// Writes a fact, if it is about a message. Idempotent.
pub async fn write_fact(tx: &WriteTx, fact: &Fact) -> Result<(), DbErr> {
    match fact {
        Fact::MessageStarted { call, queue, path, at } => {
            insert_once(tx, *call, queue.0, path, *at, None).await
        }
        Fact::CallEnded { call, at, .. } => end(tx, *call, *at).await,
        _ => Ok(()),
    }
}

async fn insert_once(
    tx: &WriteTx,
    call: CallId,
    queue: i64,
    path: &str,
    started_at: Moment,
    ended_at: Option<Moment>,
) -> Result<(), DbErr> {
    let state = ended_at.map_or(VoicemailState::Recording, |_| VoicemailState::New);
    let row = voicemails::ActiveModel {
        call_id: Set(call.0),
        queue_id: Set(queue),
        path: Set(path.to_owned()),
        state: Set(state.as_str().to_owned()),
        started_at: Set(started_at.to_utc()),
        ended_at: Set(ended_at.map(Moment::to_utc)),
        ..Default::default()
    };
    let once = OnConflict::column(voicemails::Column::Path).do_nothing().to_owned();
    voicemails::Entity::insert(row).on_conflict(once).exec_without_returning(tx).await.map(|_| ())
}

/// A message ends with its call.
async fn end(tx: &WriteTx, call: CallId, at: Moment) -> Result<(), DbErr> {
    let open = voicemails::Entity::find()
        .filter(voicemails::Column::CallId.eq(call.0))
        .filter(voicemails::Column::EndedAt.is_null())
        .all(tx)
        .await?;
    for message in open {
        let short = at.since_ms(message.started_at.into()) < MESSAGE_MS_MIN;
        let state = if short { VoicemailState::Dropped } else { VoicemailState::New };
        let ended = voicemails::ActiveModel {
            id: Set(message.id),
            ended_at: Set(Some(at.to_utc())),
            state: Set(state.as_str().to_owned()),
            ..Default::default()
        };
        voicemails::Entity::update(ended).exec(tx).await?;
    }
    Ok(())
}

/// Which of these files are messages.
pub(in crate::recordings) async fn messages_among<'a>(
    tx: &WriteTx,
    paths: impl IntoIterator<Item = &'a str>,
) -> Result<HashSet<String>, DbErr> {
    let found = voicemails::Entity::find().filter(voicemails::Column::Path.is_in(paths)).all(tx).await?;
    Ok(found.into_iter().map(|row| row.path).collect())
}

/// Enters files of calls that ended before then with a message of which no event
/// came; gives how many.
pub(in crate::recordings) async fn insert_unheard(
    tx: &WriteTx,
    files: &[(Named, String)],
    ended_before: Moment,
) -> Result<usize, DbErr> {
    let known = messages_among(tx, files.iter().map(|(_, path)| path.as_str())).await?;
    let unknown = files.iter().filter(|(named, path)| named.voice.is_none() && !known.contains(path));
    let unknown: HashMap<_, _> = unknown.map(|(named, path)| (named.call.0, path)).collect();
    if unknown.is_empty() {
        return Ok(0);
    }
    let spans = call_spans::Entity::find()
        .filter(call_spans::Column::CallId.is_in(unknown.keys().copied()))
        .filter(call_spans::Column::Kind.eq(SpanKind::Voicemail.as_str()))
        .filter(call_spans::Column::EndedAt.lt(ended_before.to_utc()))
        .all(tx)
        .await?;
    let mut inserted = 0;
    for span in spans {
        let call = calls::Entity::find_by_id(span.call_id).one(tx).await?;
        // Of a conversation before the message it is the recording.
        let queue = call.filter(|call| call.connected_at.is_none()).and_then(|call| call.queue_id);
        let (Some(path), Some(queue), Some(ended)) = (unknown.get(&span.call_id), queue, span.ended_at)
        else {
            continue;
        };
        tracing::warn!(call.id = %span.call_id, "a message of which no event came is listed now");
        insert_once(tx, CallId(span.call_id), queue, path, span.started_at.into(), Some(ended.into()))
            .await?;
        inserted += 1;
    }
    Ok(inserted)
}

/// Messages to be measured or deleted: over before then; the oldest first.
pub async fn find_unmeasured(
    db: &Db,
    ended_before: Moment,
    limit: u64,
) -> Result<Vec<voicemails::Model>, DbErr> {
    voicemails::Entity::find()
        .filter(voicemails::Column::Bytes.is_null())
        .filter(voicemails::Column::EndedAt.lt(ended_before.to_utc()))
        .order_by_asc(voicemails::Column::EndedAt)
        .limit(limit)
        .all(db.read())
        .await
}

/// Notes what a file turned out to be; once.
pub async fn mark_measured(tx: &WriteTx, id: i64, measured: &Measured) -> Result<bool, DbErr> {
    let marked = voicemails::Entity::update_many()
        .col_expr(voicemails::Column::Bytes, Expr::value(measured.bytes))
        .col_expr(voicemails::Column::Sha256, Expr::value(measured.sha256.clone()))
        .col_expr(voicemails::Column::DurationMs, Expr::value(measured.duration_ms))
        .filter(voicemails::Column::Id.eq(id))
        .filter(voicemails::Column::Bytes.is_null())
        .exec(tx)
        .await?;
    Ok(marked.rows_affected == 1)
}

/// Takes a message out that was none.
pub async fn delete(tx: &WriteTx, id: i64) -> Result<(), DbErr> {
    voicemails::Entity::delete_by_id(id).exec(tx).await.map(|_| ())
}

/// Which messages are asked for.
#[derive(Debug, Clone)]
pub struct VoicemailFilter {
    /// Of queues with one of these among their agents.
    pub visible: UserFilter,
    /// Of this queue.
    pub queue: Option<i64>,
    /// Handled (true), or new.
    pub handled: Option<bool>,
}

impl VoicemailFilter {
    fn condition(&self) -> Condition {
        let states = match self.handled {
            Some(true) => vec![VoicemailState::Handled],
            Some(false) => vec![VoicemailState::New],
            None => vec![VoicemailState::New, VoicemailState::Handled],
        };
        let within = match &self.visible {
            UserFilter::All => None,
            filter @ UserFilter::Ids(_) => {
                let theirs = queue_members::Entity::find()
                    .select_only()
                    .column(queue_members::Column::QueueId)
                    .filter(filter.on(queue_members::Column::UserId))
                    .into_query();
                Some(voicemails::Column::QueueId.in_subquery(theirs))
            }
        };
        Condition::all()
            .add(voicemails::Column::State.is_in(states.into_iter().map(VoicemailState::as_str)))
            .add_option(self.queue.map(|queue| voicemails::Column::QueueId.eq(queue)))
            .add_option(within)
    }
}

/// Messages, newest first, after the one of this id.
pub async fn list(
    db: &Db,
    filter: &VoicemailFilter,
    after: Option<i64>,
    limit: u64,
) -> Result<Vec<VoicemailEntry>, DbErr> {
    let rows = voicemails::Entity::find()
        .filter(filter.condition())
        .filter(Condition::all().add_option(after.map(|id| voicemails::Column::Id.lt(id))))
        .order_by_desc(voicemails::Column::Id)
        .limit(limit)
        .all(db.read())
        .await?;
    with_names(db.read(), rows).await
}

/// One message, if it is visible.
pub async fn find(
    db: &impl ConnectionTrait,
    id: i64,
    visible: &UserFilter,
) -> Result<Option<VoicemailEntry>, DbErr> {
    let filter = VoicemailFilter { visible: visible.clone(), queue: None, handled: None };
    let row = voicemails::Entity::find_by_id(id).filter(filter.condition()).all(db).await?;
    Ok(with_names(db, row).await?.pop())
}

/// How many new messages each queue has; queues without any are left out.
pub async fn count_new(db: &Db, visible: &UserFilter) -> Result<Vec<(i64, i64)>, DbErr> {
    let filter = VoicemailFilter { visible: visible.clone(), queue: None, handled: Some(false) };
    voicemails::Entity::find()
        .select_only()
        .column(voicemails::Column::QueueId)
        .column_as(voicemails::Column::Id.count(), "new")
        .filter(filter.condition())
        .group_by(voicemails::Column::QueueId)
        .order_by_asc(voicemails::Column::QueueId)
        .into_tuple()
        .all(db.read())
        .await
}

/// Marks a message as handled by somebody, or as new again. Whoever handled it
/// first stays. Gives whether that changed anything.
pub async fn mark_handled(tx: &WriteTx, id: i64, by: Option<UserId>, now: Moment) -> Result<bool, DbErr> {
    let (from, to) = match by {
        Some(_) => (VoicemailState::New, VoicemailState::Handled),
        None => (VoicemailState::Handled, VoicemailState::New),
    };
    let marked = voicemails::Entity::update_many()
        .col_expr(voicemails::Column::State, Expr::value(to.as_str()))
        .col_expr(voicemails::Column::HandledAt, Expr::value(by.map(|_| now.to_utc())))
        .col_expr(voicemails::Column::HandledBy, Expr::value(by.map(|by| by.0)))
        .filter(voicemails::Column::Id.eq(id))
        .filter(voicemails::Column::State.eq(from.as_str()))
        .exec(tx)
        .await?;
    Ok(marked.rows_affected == 1)
}

/// Adds the names, with one query for each kind of thing.
async fn with_names(
    db: &impl ConnectionTrait,
    rows: Vec<voicemails::Model>,
) -> Result<Vec<VoicemailEntry>, DbErr> {
    let calls = calls::Entity::find()
        .filter(calls::Column::Id.is_in(distinct(&rows, |row| Some(row.call_id))))
        .all(db)
        .await?;
    let customers = customers::Entity::find()
        .filter(customers::Column::Id.is_in(distinct(&calls, |call| call.customer_id)))
        .all(db)
        .await?;
    let queues = queues::Entity::find()
        .filter(queues::Column::Id.is_in(distinct(&rows, |row| Some(row.queue_id))))
        .all(db)
        .await?;
    let people = users::Entity::find()
        .filter(users::Column::Id.is_in(distinct(&rows, |row| row.handled_by)))
        .all(db)
        .await?;
    let calls: HashMap<_, _> = calls.into_iter().map(|call| (call.id, call)).collect();
    let customers: HashMap<_, _> = customers.into_iter().map(|row| (row.id, row.name)).collect();
    let queues: HashMap<_, _> = queues.into_iter().map(|row| (row.id, row.name)).collect();
    let people: HashMap<_, _> = people.into_iter().map(|row| (row.id, row.display_name)).collect();
    let entry = |voicemail: voicemails::Model| {
        let call = calls.get(&voicemail.call_id).cloned();
        VoicemailEntry {
            queue_name: queues.get(&voicemail.queue_id).cloned(),
            customer_name: call.as_ref().and_then(|call| customers.get(&call.customer_id?)).cloned(),
            handled_by_name: voicemail.handled_by.and_then(|by| people.get(&by)).cloned(),
            call,
            voicemail,
        }
    };
    Ok(rows.into_iter().map(entry).collect())
}

fn distinct<R, K: Eq + Hash>(rows: &[R], key: impl Fn(&R) -> Option<K>) -> HashSet<K> {
    rows.iter().filter_map(key).collect()
}
