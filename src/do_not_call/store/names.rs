//! The names that belong to rows: of people, departments and campaigns, and the
//! recordings of calls.

use crate::do_not_call::model::{ListedEntry, Target};
use crate::store::entity::{campaigns, departments, do_not_call_entries, recordings, users};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use uuid::Uuid;

/// Adds the names to entries, with one query for each kind of thing.
pub(super) async fn with_names(
    db: &impl ConnectionTrait,
    rows: Vec<do_not_call_entries::Model>,
) -> Result<Vec<ListedEntry>, DbErr> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let departments = department_names(db, distinct(&rows, |row| row.department_id)).await?;
    let campaigns = campaign_names(db, distinct(&rows, |row| row.campaign_id)).await?;
    let mut people = distinct(&rows, |row| row.created_by);
    people.extend(distinct(&rows, |row| row.removed_by));
    let people = user_names(db, people).await?;
    let recordings = recordings_of(db, distinct(&rows, |row| row.call_id)).await?;
    let named = |entry: do_not_call_entries::Model| ListedEntry {
        target_name: match Target::of(&entry) {
            Target::System => None,
            Target::Department(id) => departments.get(&id.0).cloned(),
            Target::Campaign(id) => campaigns.get(&id.0).cloned(),
        },
        by_name: entry.created_by.and_then(|id| people.get(&id).cloned()),
        removed_by_name: entry.removed_by.and_then(|id| people.get(&id).cloned()),
        recording: entry.call_id.and_then(|call| recordings.get(&call).copied()),
        entry,
    };
    Ok(rows.into_iter().map(named).collect())
}

/// What the rows name, each once.
pub(super) fn distinct<R, K: Eq + Hash>(rows: &[R], key: impl Fn(&R) -> Option<K>) -> HashSet<K> {
    rows.iter().filter_map(key).collect()
}

async fn department_names(
    db: &impl ConnectionTrait,
    ids: HashSet<i64>,
) -> Result<HashMap<i64, String>, DbErr> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = departments::Entity::find().filter(departments::Column::Id.is_in(ids)).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

async fn campaign_names(db: &impl ConnectionTrait, ids: HashSet<i64>) -> Result<HashMap<i64, String>, DbErr> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = campaigns::Entity::find().filter(campaigns::Column::Id.is_in(ids)).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

pub(super) async fn user_names(
    db: &impl ConnectionTrait,
    ids: HashSet<i64>,
) -> Result<HashMap<i64, String>, DbErr> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(i64, String)> = users::Entity::find()
        .select_only()
        .columns([users::Column::Id, users::Column::DisplayName])
        .filter(users::Column::Id.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// The first recording of each of these calls.
pub(super) async fn recordings_of(
    db: &impl ConnectionTrait,
    calls: HashSet<Uuid>,
) -> Result<HashMap<Uuid, Uuid>, DbErr> {
    if calls.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = recordings::Entity::find()
        .filter(recordings::Column::CallId.is_in(calls))
        .filter(recordings::Column::SpeakerId.is_null())
        .order_by_desc(recordings::Column::StartedAt)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.call_id, row.id)).collect())
}
