//! What agents say of their calls.
//!
//! In: a disposition and a note of somebody who had the call. Out: the call's
//! disposition, or the note of one who handed it on; the number that is never
//! dialled again, whoever of them heard that.

use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId};
use crate::base::limits;
use crate::calls::model::{Disposed, DispositionRefused, DispositionRequest};
use crate::store::entity::{call_notes, call_spans, calls, dispositions, do_not_call};
use crate::store::{Db, WriteTx};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Set};

/// Saves what an agent says of their call, and keeps the number from being
/// dialled again when the disposition means that. Saving again changes it. What
/// the one says who had the call last is the call's disposition; of one who
/// handed it on it is their note.
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
    let Some(row) = calls::Entity::find_by_id(call.0).one(tx).await? else {
        return Ok(Err(DispositionRefused::NotYourCall));
    };
    let theirs = row.agent_id == Some(agent.0);
    if !theirs && !had_it(tx, call, agent).await? {
        return Ok(Err(DispositionRefused::NotYourCall));
    }
    if row.connected_at.is_none() {
        return Ok(Err(DispositionRefused::NotConnected));
    }
    let disposition = dispositions::Entity::find_by_id(request.disposition_id).one(tx).await?;
    let Some(disposition) = disposition.filter(|d| d.active) else {
        return Ok(Err(DispositionRefused::NoSuchDisposition));
    };
    let note = note.map(str::to_owned);
    let before = if theirs {
        let said = calls::ActiveModel {
            id: Set(row.id),
            disposition_id: Set(Some(disposition.id)),
            note: Set(note),
            disposed_at: Set(Some(now.to_utc())),
            disposed_by: Set(Some(agent.0)),
            ..Default::default()
        };
        calls::Entity::update(said).exec(tx).await?;
        row.disposition_id
    } else {
        keep_note(tx, call, agent, disposition.id, note, now).await?
    };
    let never_again = if disposition.do_not_call {
        never_call_again(tx, &row.e164, &disposition.key, agent, now).await?;
        Some(row.e164)
    } else {
        None
    };
    Ok(Ok(Disposed { call, before, never_again }))
}

/// Whether the call was the agent's before it was handed on.
async fn had_it(db: &impl ConnectionTrait, call: CallId, agent: AgentId) -> Result<bool, DbErr> {
    let spans = call_spans::Entity::find()
        .filter(call_spans::Column::CallId.eq(call.0))
        .filter(call_spans::Column::AgentId.eq(agent.0));
    Ok(spans.one(db).await?.is_some())
}

/// Keeps an agent's note; gives the disposition it had before.
async fn keep_note(
    tx: &WriteTx,
    call: CallId,
    agent: AgentId,
    disposition: i64,
    note: Option<String>,
    at: Moment,
) -> Result<Option<i64>, DbErr> {
    let before = call_notes::Entity::find_by_id((call.0, agent.0)).one(tx).await?;
    let row = call_notes::ActiveModel {
        call_id: Set(call.0),
        agent_id: Set(agent.0),
        disposition_id: Set(disposition),
        note: Set(note),
        saved_at: Set(at.to_utc()),
    };
    if before.is_some() {
        call_notes::Entity::update(row).exec(tx).await?;
    } else {
        call_notes::Entity::insert(row).exec_without_returning(tx).await?;
    }
    Ok(before.map(|before| before.disposition_id))
}

/// The call goes to another agent: what the one who had it has said so far
/// becomes their note. Gives whether there was anything.
pub(super) async fn keep_as_note(tx: &WriteTx, row: &calls::Model, next: AgentId) -> Result<bool, DbErr> {
    let Some((disposition, by)) = row.disposition_id.zip(row.disposed_by) else { return Ok(false) };
    if by == next.0 {
        return Ok(false);
    }
    let saved_at = row.disposed_at.unwrap_or(row.started_at).into();
    keep_note(tx, CallId(row.id), AgentId(by), disposition, row.note.clone(), saved_at).await?;
    Ok(true)
}

/// What an agent has said of a call so far: the disposition and the note.
pub async fn find_said(
    db: &Db,
    call: CallId,
    agent: AgentId,
) -> Result<Option<(i64, Option<String>)>, DbErr> {
    let row = calls::Entity::find_by_id(call.0).one(db.read()).await?;
    match row.filter(|row| row.agent_id == Some(agent.0)) {
        Some(row) => Ok(row.disposition_id.map(|disposition| (disposition, row.note))),
        None => {
            let note = call_notes::Entity::find_by_id((call.0, agent.0)).one(db.read()).await?;
            Ok(note.map(|note| (note.disposition_id, note.note)))
        }
    }
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
