//! The rows of imports: their life from upload to end.
//!
//! A state is only ever left by an update that names it, so that a cancel and a
//! finish at the same moment cannot both win.

use crate::auth::UserFilter;
use crate::base::clock::Moment;
use crate::base::ids::{ListId, UserId};
use crate::customers::model::{ImportPlan, ImportState};
use crate::store::entity::{import_rejects, imports, lead_lists};
use crate::store::{Db, WriteTx};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set, UpdateMany};
use serde_json::Value;

/// How far an import is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportProgress {
    /// Rows looked at.
    pub done: i32,
    /// New customers.
    pub imported: i32,
    /// Known customers put on the list.
    pub merged: i32,
    /// Rows not taken.
    pub rejected: i32,
}

/// Stores an upload that was found to be a usable spreadsheet.
pub async fn insert_import(
    tx: &WriteTx,
    file_name: &str,
    path: &str,
    (columns, sample): (Value, Value),
    rows_total: i32,
    by: UserId,
    now: Moment,
) -> Result<i64, DbErr> {
    let row = imports::ActiveModel {
        file_name: Set(file_name.to_owned()),
        state: Set(ImportState::Uploaded.as_str().to_owned()),
        columns: Set(columns),
        sample: Set(sample),
        rows_total: Set(Some(rows_total)),
        rows_done: Set(0),
        rows_imported: Set(0),
        rows_merged: Set(0),
        rows_rejected: Set(0),
        path: Set(path.to_owned()),
        created_by: Set(by.0),
        created_at: Set(now.to_utc()),
        ..Default::default()
    };
    Ok(imports::Entity::insert(row).exec(tx).await?.last_insert_id)
}

/// Makes the list and lets the import run; `None` when it was started before.
pub async fn start_import(
    tx: &WriteTx,
    import: &imports::Model,
    list_name: &str,
    plan: &ImportPlan,
    by: UserId,
    now: Moment,
) -> Result<Option<ListId>, DbErr> {
    let list = lead_lists::ActiveModel {
        name: Set(list_name.to_owned()),
        import_id: Set(Some(import.id)),
        created_at: Set(now.to_utc()),
        created_by: Set(by.0),
        ..Default::default()
    };
    let list = lead_lists::Entity::insert(list).exec(tx).await?.last_insert_id;
    let plan = serde_json::to_value(plan).map_err(|error| DbErr::Json(error.to_string()))?;
    let started = leave(import.id, ImportState::Uploaded, ImportState::Running)
        .col_expr(imports::Column::ListId, Expr::value(list))
        .col_expr(imports::Column::Mapping, Expr::value(plan))
        .exec(tx)
        .await?;
    Ok((started.rows_affected == 1).then_some(ListId(list)))
}

/// Stops an import; false when it is not under way.
pub async fn mark_cancelled(tx: &WriteTx, id: i64, now: Moment) -> Result<bool, DbErr> {
    for state in [ImportState::Running, ImportState::Uploaded] {
        if finish(tx, id, state, ImportState::Cancelled, None, now).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Ends a running import; false when it is not running any more.
pub async fn mark_done(tx: &WriteTx, id: i64, now: Moment) -> Result<bool, DbErr> {
    finish(tx, id, ImportState::Running, ImportState::Done, None, now).await
}

/// Gives a running import up; false when it is not running any more.
pub async fn mark_failed(tx: &WriteTx, id: i64, error: &str, now: Moment) -> Result<bool, DbErr> {
    finish(tx, id, ImportState::Running, ImportState::Failed, Some(error), now).await
}

async fn finish(
    tx: &WriteTx,
    id: i64,
    from: ImportState,
    to: ImportState,
    error: Option<&str>,
    now: Moment,
) -> Result<bool, DbErr> {
    let finished = leave(id, from, to)
        .col_expr(imports::Column::FinishedAt, Expr::value(now.to_utc()))
        .col_expr(imports::Column::Error, Expr::value(error.map(str::to_owned)))
        .exec(tx)
        .await?;
    Ok(finished.rows_affected == 1)
}

fn leave(id: i64, from: ImportState, to: ImportState) -> UpdateMany<imports::Entity> {
    imports::Entity::update_many()
        .col_expr(imports::Column::State, Expr::value(to.as_str()))
        .filter(imports::Column::Id.eq(id))
        .filter(imports::Column::State.eq(from.as_str()))
}

/// The imports of these users, newest first, from below `after`.
pub async fn list_imports(
    db: &Db,
    visible: &UserFilter,
    after: Option<i64>,
    limit: u64,
) -> Result<Vec<imports::Model>, DbErr> {
    let mut query = imports::Entity::find();
    if let UserFilter::Ids(ids) = visible {
        query = query.filter(imports::Column::CreatedBy.is_in(ids.iter().map(|user| user.0)));
    }
    if let Some(after) = after {
        query = query.filter(imports::Column::Id.lt(after));
    }
    query.order_by_desc(imports::Column::Id).limit(limit).all(db.read()).await
}

/// One import, if one of these users made it.
pub async fn find_import(db: &Db, id: i64, visible: &UserFilter) -> Result<Option<imports::Model>, DbErr> {
    let import = imports::Entity::find_by_id(id).one(db.read()).await?;
    Ok(import.filter(|import| visible.allows(UserId(import.created_by))))
}

/// The imports whose rows are being imported, oldest first.
pub async fn find_running_imports(db: &Db) -> Result<Vec<imports::Model>, DbErr> {
    imports::Entity::find()
        .filter(imports::Column::State.eq(ImportState::Running.as_str()))
        .order_by_asc(imports::Column::Id)
        .all(db.read())
        .await
}

/// The rows that were not taken, in the order of the file.
pub async fn list_rejects(db: &Db, import: i64) -> Result<Vec<import_rejects::Model>, DbErr> {
    import_rejects::Entity::find()
        .filter(import_rejects::Column::ImportId.eq(import))
        .order_by_asc(import_rejects::Column::Row)
        .order_by_asc(import_rejects::Column::Id)
        .all(db.read())
        .await
}
