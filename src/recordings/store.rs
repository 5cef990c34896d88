//! The rows of recordings.
//!
//! In: facts, each perhaps more than once; measured files. Out: recordings, and
//! where they are silent.

use crate::auth::UserFilter;
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, UserId};
use crate::floor::effect::Fact;
use crate::recordings::files::{self, Named};
use crate::recordings::voicemail;
use crate::store::entity::{call_spans, calls, recording_pauses, recordings};
use crate::store::{Db, WriteTx};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Set};
use std::collections::{HashMap, HashSet};
use std::path::Path;
use uuid::Uuid;

/// What a closed file turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    /// Its size.
    pub bytes: i64,
    /// Its checksum in lower-case hexadecimal digits.
    pub sha256: String,
    /// Its length; `None` when its header cannot be read.
    pub duration_ms: Option<i64>,
}

/// Writes a fact, if it is about a recording. Idempotent.
pub async fn write_fact(tx: &WriteTx, fact: &Fact) -> Result<(), DbErr> {
    voicemail::store::write_fact(tx, fact).await?;
    match fact {
        // A message that a caller left ends with the call.
        Fact::RecordingStopped { path, .. }
            if !voicemail::store::messages_among(tx, [path.as_str()]).await?.is_empty() =>
        {
            Ok(())
        }
        Fact::RecordingStarted { call, agent, path, at } => {
            insert_once(tx, *call, (agent.0, None), path, at.to_utc()).await
        }
        Fact::VoiceStarted { call, agent, supervisor, path, at } => {
            insert_once(tx, *call, (agent.0, Some(*supervisor)), path, at.to_utc()).await
        }
        Fact::VoiceStopped { path, at } => {
            let Some(named) = files::named(Path::new(path)) else { return Ok(()) };
            let row = calls::Entity::find_by_id(named.call.0).one(tx).await?;
            if let Some(row) = row {
                insert_named(tx, &row, named, path).await?;
            }
            mark_stopped(tx, named.call, path, *at).await
        }
        Fact::RecordingStopped { call, path, at } => {
            // Its start may have fallen into a crash: the file is there all the
            // same, and the ledger knows whose conversation it is.
            let row = calls::Entity::find_by_id(call.0).one(tx).await?;
            if let Some(row) = row {
                insert_named(tx, &row, Named { call: *call, voice: None }, path).await?;
            }
            mark_stopped(tx, *call, path, *at).await?;
            // What is recorded after it is another file, which is not silent.
            end_pause(tx, *call, *at).await
        }
        Fact::RecordingMasked { call, on: true, agent, at } => begin_pause(tx, *call, agent.0, *at).await,
        Fact::RecordingMasked { call, on: false, at, .. } | Fact::CallEnded { call, at, .. } => {
            end_pause(tx, *call, *at).await
        }
        _ => Ok(()),
    }
}

/// The recording is silent from now on, unless it is already.
async fn begin_pause(tx: &WriteTx, call: CallId, agent: i64, at: Moment) -> Result<(), DbErr> {
    let latest = recording_pauses::Entity::find()
        .filter(recording_pauses::Column::CallId.eq(call.0))
        .order_by_desc(recording_pauses::Column::StartedAt)
        .one(tx)
        .await?;
    let known = latest.is_some_and(|row| row.ended_at.is_none() || at <= Moment::from(row.started_at));
    let open = calls::Entity::find_by_id(call.0).filter(calls::Column::EndedAt.is_null()).one(tx).await?;
    if known || open.is_none() {
        return Ok(());
    }
    let row = recording_pauses::ActiveModel {
        call_id: Set(call.0),
        agent_id: Set(agent),
        started_at: Set(at.to_utc()),
        ..Default::default()
    };
    recording_pauses::Entity::insert(row).exec_without_returning(tx).await.map(|_| ())
}

async fn end_pause(tx: &WriteTx, call: CallId, at: Moment) -> Result<(), DbErr> {
    let ended = recording_pauses::Entity::update_many()
        .col_expr(recording_pauses::Column::EndedAt, Expr::value(at.to_utc()))
        .filter(recording_pauses::Column::CallId.eq(call.0))
        .filter(recording_pauses::Column::StartedAt.lte(at.to_utc()))
        .filter(recording_pauses::Column::EndedAt.is_null());
    ended.exec(tx).await.map(|_| ())
}

async fn mark_stopped(tx: &WriteTx, call: CallId, path: &str, at: Moment) -> Result<(), DbErr> {
    let stopped = recordings::Entity::update_many()
        .col_expr(recordings::Column::StoppedAt, Expr::value(at.to_utc()))
        .filter(recordings::Column::Id.eq(recording_id(call, path)))
        .filter(recordings::Column::StoppedAt.is_null());
    stopped.exec(tx).await.map(|_| ())
}

/// Enters a file of whose start nothing is known but what its name tells, if the
/// call had an agent. False: it had none.
async fn insert_named(tx: &WriteTx, row: &calls::Model, named: Named, path: &str) -> Result<bool, DbErr> {
    let Some((agent, connected_at)) = row.agent_id.zip(row.connected_at) else { return Ok(false) };
    let (speaker, since) = match named.voice {
        Some((supervisor, since)) => (Some(supervisor), since.to_utc()),
        None => (None, connected_at),
    };
    insert_once(tx, named.call, (agent, speaker), path, since).await.map(|()| true)
}

async fn insert_once(
    tx: &WriteTx,
    call: CallId,
    (agent, speaker): (i64, Option<AgentId>),
    path: &str,
    started_at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = recordings::ActiveModel {
        id: Set(recording_id(call, path)),
        call_id: Set(call.0),
        agent_id: Set(agent),
        speaker_id: Set(speaker.map(|speaker| speaker.0)),
        path: Set(path.to_owned()),
        started_at: Set(started_at),
        ..Default::default()
    };
    let once = OnConflict::column(recordings::Column::Id).do_nothing().to_owned();
    recordings::Entity::insert(row).on_conflict(once).exec_without_returning(tx).await.map(|_| ())
}

/// The id follows from the call and the file, so that the same fact written
/// twice finds its own row. A UUID of version 8 (RFC 9562, section 5.8).
fn recording_id(call: CallId, path: &str) -> Uuid {
    use sha2::{Digest, Sha256};
    let digest = Sha256::new().chain_update(call.0.as_bytes()).chain_update(path).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Enters files of calls that were connected and ended before then, and that are
/// not known; gives how many.
pub async fn insert_unheard(
    tx: &WriteTx,
    files: &[(Named, String)],
    ended_before: Moment,
) -> Result<usize, DbErr> {
    let id = |(named, path): &(Named, String)| recording_id(named.call, path);
    let ids = files.iter().map(id);
    let known = recordings::Entity::find().filter(recordings::Column::Id.is_in(ids)).all(tx).await?;
    let known: HashSet<Uuid> = known.into_iter().map(|row| row.id).collect();
    let messages = voicemail::store::messages_among(tx, files.iter().map(|(_, path)| path.as_str())).await?;
    let unknown: Vec<_> =
        files.iter().filter(|file| !known.contains(&id(file)) && !messages.contains(&file.1)).collect();
    let over = calls::Entity::find()
        .filter(calls::Column::Id.is_in(unknown.iter().map(|(named, _)| named.call.0)))
        .filter(calls::Column::EndedAt.lt(ended_before.to_utc()))
        .all(tx)
        .await?;
    let over: HashMap<Uuid, calls::Model> = over.into_iter().map(|row| (row.id, row)).collect();
    let mut inserted = 0;
    for (named, path) in unknown {
        let Some(row) = over.get(&named.call.0) else { continue };
        if insert_named(tx, row, *named, path).await? {
            tracing::warn!(call.id = %named.call, "a recording of which no event came is in the ledger now");
            inserted += 1;
        }
    }
    Ok(inserted)
}

/// A recording, if one of these has, or had, its call.
pub async fn find_recording(
    db: &Db,
    id: Uuid,
    visible: &UserFilter,
) -> Result<Option<recordings::Model>, DbErr> {
    let Some(recording) = recordings::Entity::find_by_id(id).one(db.read()).await? else { return Ok(None) };
    if visible.allows(UserId(recording.agent_id)) {
        return Ok(Some(recording));
    }
    // The call was handed on while the recording went on.
    let spans = call_spans::Entity::find()
        .filter(call_spans::Column::CallId.eq(recording.call_id))
        .filter(visible.on(call_spans::Column::AgentId));
    Ok(spans.one(db.read()).await?.map(|_| recording))
}

/// Recordings to be measured: stopped, or of a call that ended so long ago that
/// their stop must have been lost; oldest first.
pub async fn find_unmeasured(
    db: &Db,
    ended_before: Moment,
    limit: u64,
) -> Result<Vec<recordings::Model>, DbErr> {
    let ended = calls::Entity::find()
        .select_only()
        .column(calls::Column::Id)
        .filter(calls::Column::EndedAt.lt(ended_before.to_utc()))
        .into_query();
    let is_over =
        recordings::Column::StoppedAt.is_not_null().or(recordings::Column::CallId.in_subquery(ended));
    recordings::Entity::find()
        .filter(recordings::Column::Bytes.is_null())
        .filter(is_over)
        .order_by_asc(recordings::Column::StartedAt)
        .limit(limit)
        .all(db.read())
        .await
}

/// Notes what a file turned out to be; once.
pub async fn mark_measured(tx: &WriteTx, id: Uuid, measured: &Measured) -> Result<bool, DbErr> {
    let marked = recordings::Entity::update_many()
        .col_expr(recordings::Column::Bytes, Expr::value(measured.bytes))
        .col_expr(recordings::Column::Sha256, Expr::value(measured.sha256.clone()))
        .col_expr(recordings::Column::DurationMs, Expr::value(measured.duration_ms))
        .filter(recordings::Column::Id.eq(id))
        .filter(recordings::Column::Bytes.is_null())
        .exec(tx)
        .await?;
    Ok(marked.rows_affected == 1)
}
