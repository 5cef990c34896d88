//! What agents say of their calls.
//!
//! In: a disposition and a note of somebody who had the call. Out: the call's
//! disposition, or the note of one who handed it on; the number that is never
//! dialled again, whoever of them heard that.

use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, CustomerId, UserId};
use crate::base::limits;
use crate::calls::model::{Disposed, DispositionRefused, DispositionRequest};
use crate::do_not_call;
use crate::do_not_call::model::{
    ASKED_ON_CALL, Added, BarSource, ConsentKind, ConsentSource, NewConsent, NewEntry, SaidOnCall,
};
use crate::store::entity::{call_notes, call_spans, calls, dispositions};
use crate::store::{Db, WriteTx};
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
    let never_again = if disposition.do_not_call && !row.e164.is_empty() {
        let said = before != Some(disposition.id);
        never_call_again(tx, &row, &disposition.key, agent, said, now).await?;
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

/// The number is dialled no more; what was said is kept once, however often the
/// disposition is saved.
async fn never_call_again(
    tx: &WriteTx,
    call: &calls::Model,
    reason: &str,
    by: AgentId,
    said: bool,
    now: Moment,
) -> Result<(), DbErr> {
    let by = UserId(by.0);
    let entry = NewEntry::from_call(BarSource::Disposition, reason, CallId(call.id), by);
    do_not_call::store::add(tx, &call.e164, &entry, now).await?;
    if said {
        let refusal =
            NewConsent::on_call(call_of(call), ConsentKind::Refused, ConsentSource::Disposition, by, now);
        do_not_call::store::append_consent(tx, &refusal, now).await?;
    }
    Ok(())
}

fn call_of(row: &calls::Model) -> SaidOnCall<'_> {
    SaidOnCall { call: CallId(row.id), e164: &row.e164, customer: row.customer_id.map(CustomerId) }
}

/// Why an agent cannot put the number of a call on the do-not-call list, or take it
/// off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BarRefused {
    /// They never had it.
    NotYourCall,
    /// The caller withholds it.
    NoNumber,
}

/// The call of an agent who has or had it, if it has a number.
pub async fn find_own_call(
    db: &impl ConnectionTrait,
    agent: AgentId,
    call: CallId,
) -> Result<Result<calls::Model, BarRefused>, DbErr> {
    let Some(row) = calls::Entity::find_by_id(call.0).one(db).await? else {
        return Ok(Err(BarRefused::NotYourCall));
    };
    if row.agent_id != Some(agent.0) && !had_it(db, call, agent).await? {
        return Ok(Err(BarRefused::NotYourCall));
    }
    Ok(if row.e164.is_empty() { Err(BarRefused::NoNumber) } else { Ok(row) })
}

/// With one click of the agent: the number of their call is dialled no more.
pub async fn bar_number(
    tx: &WriteTx,
    agent: AgentId,
    call: &calls::Model,
    now: Moment,
) -> Result<Added, DbErr> {
    let by = UserId(agent.0);
    let entry = NewEntry::from_call(BarSource::Click, ASKED_ON_CALL, CallId(call.id), by);
    let added = do_not_call::store::add(tx, &call.e164, &entry, now).await?;
    if !matches!(added, Added::There(_)) {
        let refusal = NewConsent::on_call(call_of(call), ConsentKind::Refused, ConsentSource::Click, by, now);
        do_not_call::store::append_consent(tx, &refusal, now).await?;
    }
    Ok(added)
}

/// Takes back what this agent did with one click on this call; `None`: there is
/// nothing of the kind.
pub async fn unbar_number(
    tx: &WriteTx,
    agent: AgentId,
    call: &calls::Model,
    now: Moment,
) -> Result<Option<i64>, DbErr> {
    let by = UserId(agent.0);
    let source = BarSource::Click.as_str();
    let Some(entry) = do_not_call::store::find_of_call(tx, call.id, by, source).await? else {
        return Ok(None);
    };
    if !do_not_call::store::remove(tx, entry.id, by, now).await? {
        return Ok(None);
    }
    let back = NewConsent::on_call(call_of(call), ConsentKind::Withdrawn, ConsentSource::Click, by, now);
    do_not_call::store::append_consent(tx, &back, now).await?;
    Ok(Some(entry.id))
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
