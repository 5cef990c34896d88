//! Queries of schedules and their runs.

use crate::base::clock::Moment;
use crate::base::ids::UserId;
use crate::reports::schedules::model::{Delivery, RunState, ScheduleForm, Settled, WaitingRun};
use crate::reports::xlsx::Language;
use crate::store::entity::{report_runs, report_schedules, users};
use crate::store::{DbErr, WriteTx};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ActiveValue, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use std::collections::HashMap;

/// Every schedule, by id.
pub async fn list_schedules(db: &impl ConnectionTrait) -> Result<Vec<report_schedules::Model>, DbErr> {
    report_schedules::Entity::find().order_by_asc(report_schedules::Column::Id).all(db).await
}

/// One schedule.
pub async fn find_schedule(
    db: &impl ConnectionTrait,
    id: i64,
) -> Result<Option<report_schedules::Model>, DbErr> {
    report_schedules::Entity::find_by_id(id).one(db).await
}

/// How many there are.
pub async fn count_schedules(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    report_schedules::Entity::find().count(db).await
}

/// The names of these users, by id.
pub async fn names_of(db: &impl ConnectionTrait, ids: Vec<i64>) -> Result<HashMap<i64, String>, DbErr> {
    let rows: Vec<(i64, String)> = users::Entity::find()
        .select_only()
        .columns([users::Column::Id, users::Column::DisplayName])
        .filter(users::Column::Id.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Inserts a schedule; nothing before `now` is due.
pub async fn insert_schedule(
    tx: &WriteTx,
    form: &ScheduleForm,
    owner: UserId,
    now: Moment,
) -> Result<report_schedules::Model, DbErr> {
    let mut row = filled(form, now);
    row.owner_id = Set(owner.0);
    row.last_due_at = Set(now.to_utc());
    row.created_at = Set(now.to_utc());
    row.insert(tx).await
}

/// Changes a schedule. With `anew`, nothing before `now` is due.
pub async fn update_schedule(
    tx: &WriteTx,
    id: i64,
    form: &ScheduleForm,
    anew: bool,
    now: Moment,
) -> Result<report_schedules::Model, DbErr> {
    let mut row = filled(form, now);
    row.id = ActiveValue::Unchanged(id);
    if anew {
        row.last_due_at = Set(now.to_utc());
    }
    row.update(tx).await
}

fn filled(form: &ScheduleForm, now: Moment) -> report_schedules::ActiveModel {
    report_schedules::ActiveModel {
        name: Set(form.name.clone()),
        cron: Set(form.cron.clone()),
        recipients: Set(form.recipients.clone().into()),
        language: Set(form.language.as_str().to_owned()),
        active: Set(form.active),
        updated_at: Set(now.to_utc()),
        ..Default::default()
    }
}

/// Deletes a schedule with its runs.
pub async fn delete_schedule(tx: &WriteTx, id: i64) -> Result<(), DbErr> {
    report_runs::Entity::delete_many().filter(report_runs::Column::ScheduleId.eq(id)).exec(tx).await?;
    report_schedules::Entity::delete_by_id(id).exec(tx).await.map(|_| ())
}

/// Ends the runs of a schedule that not everybody has got yet.
pub async fn cancel_waiting(tx: &WriteTx, schedule: i64) -> Result<(), DbErr> {
    report_runs::Entity::update_many()
        .col_expr(report_runs::Column::State, Expr::value(RunState::Cancelled.as_str()))
        .col_expr(
            report_runs::Column::NextAttemptAt,
            Expr::value(Option::<chrono::DateTime<chrono::Utc>>::None),
        )
        .filter(report_runs::Column::ScheduleId.eq(schedule))
        .filter(report_runs::Column::State.eq(RunState::Waiting.as_str()))
        .exec(tx)
        .await
        .map(|_| ())
}

/// Inserts a run that may begin at once; `None` when there is one of that
/// instant.
pub async fn insert_run(
    tx: &WriteTx,
    schedule: i64,
    due: Moment,
    deliveries: &[Delivery],
    requested_by: Option<UserId>,
) -> Result<Option<report_runs::Model>, DbErr> {
    let row = report_runs::ActiveModel {
        schedule_id: Set(schedule),
        due_at: Set(due.to_utc()),
        state: Set(RunState::Waiting.as_str().to_owned()),
        attempts: Set(0),
        next_attempt_at: Set(Some(due.to_utc())),
        deliveries: Set(to_json(deliveries)?),
        requested_by: Set(requested_by.map(|user| user.0)),
        ..Default::default()
    };
    let once = OnConflict::columns([report_runs::Column::ScheduleId, report_runs::Column::DueAt])
        .do_nothing()
        .to_owned();
    let added = report_runs::Entity::insert(row).on_conflict(once).exec_without_returning(tx).await?;
    if added == 0 {
        return Ok(None);
    }
    report_runs::Entity::find()
        .filter(report_runs::Column::ScheduleId.eq(schedule))
        .filter(report_runs::Column::DueAt.eq(due.to_utc()))
        .one(tx)
        .await
}

/// Notes that the runs up to `due` have been made, unless somebody else has.
pub async fn mark_due(tx: &WriteTx, schedule: &report_schedules::Model, due: Moment) -> Result<bool, DbErr> {
    let marked = report_schedules::Entity::update_many()
        .col_expr(report_schedules::Column::LastDueAt, Expr::value(due.to_utc()))
        .filter(report_schedules::Column::Id.eq(schedule.id))
        .filter(report_schedules::Column::Active.eq(true))
        .filter(report_schedules::Column::UpdatedAt.eq(schedule.updated_at))
        .filter(report_schedules::Column::LastDueAt.lt(due.to_utc()))
        .exec(tx)
        .await?;
    Ok(marked.rows_affected == 1)
}

/// Runs of a schedule, newest first, from below an id.
pub async fn list_runs(
    db: &impl ConnectionTrait,
    schedule: i64,
    below: Option<i64>,
    limit: u64,
) -> Result<Vec<report_runs::Model>, DbErr> {
    let mut query = report_runs::Entity::find().filter(report_runs::Column::ScheduleId.eq(schedule));
    if let Some(below) = below {
        query = query.filter(report_runs::Column::Id.lt(below));
    }
    query.order_by_desc(report_runs::Column::Id).limit(limit).all(db).await
}

/// The latest run of each schedule that has one.
pub async fn last_runs(db: &impl ConnectionTrait) -> Result<HashMap<i64, report_runs::Model>, DbErr> {
    let latest: Vec<i64> = report_runs::Entity::find()
        .select_only()
        .column_as(report_runs::Column::Id.max(), "latest")
        .group_by(report_runs::Column::ScheduleId)
        .into_tuple()
        .all(db)
        .await?;
    let rows = report_runs::Entity::find().filter(report_runs::Column::Id.is_in(latest)).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.schedule_id, row)).collect())
}

/// Runs whose turn it is, oldest first.
pub async fn find_waiting(
    db: &impl ConnectionTrait,
    now: Moment,
    limit: u64,
) -> Result<Vec<WaitingRun>, DbErr> {
    let runs = report_runs::Entity::find()
        .filter(report_runs::Column::State.eq(RunState::Waiting.as_str()))
        .filter(report_runs::Column::NextAttemptAt.lte(now.to_utc()))
        .order_by_asc(report_runs::Column::NextAttemptAt)
        .order_by_asc(report_runs::Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    let ids: Vec<i64> = runs.iter().map(|run| run.schedule_id).collect();
    let schedules =
        report_schedules::Entity::find().filter(report_schedules::Column::Id.is_in(ids)).all(db).await?;
    let names = names_of(db, schedules.iter().map(|schedule| schedule.owner_id).collect()).await?;
    let schedules: HashMap<i64, _> = schedules.into_iter().map(|row| (row.id, row)).collect();
    let mut waiting = Vec::with_capacity(runs.len());
    for run in runs {
        // Deleted in between.
        let Some(schedule) = schedules.get(&run.schedule_id) else { continue };
        waiting.push(WaitingRun {
            id: run.id,
            schedule_id: run.schedule_id,
            name: schedule.name.clone(),
            language: Language::from_name(&schedule.language).unwrap_or_default(),
            owner_id: schedule.owner_id,
            owner_name: names.get(&schedule.owner_id).cloned().unwrap_or_default(),
            due_at: run.due_at.into(),
            attempts: run.attempts,
            deliveries: from_json(run.deliveries)?,
        });
    }
    Ok(waiting)
}

/// Begins an attempt: counts it, and keeps others away until `until`. False
/// when somebody else was quicker, or the run is over.
pub async fn claim_run(tx: &WriteTx, run: &WaitingRun, now: Moment, until: Moment) -> Result<bool, DbErr> {
    let claimed = report_runs::Entity::update_many()
        .col_expr(report_runs::Column::Attempts, Expr::value(run.attempts + 1))
        .col_expr(report_runs::Column::NextAttemptAt, Expr::value(until.to_utc()))
        .filter(report_runs::Column::Id.eq(run.id))
        .filter(report_runs::Column::State.eq(RunState::Waiting.as_str()))
        .filter(report_runs::Column::Attempts.eq(run.attempts))
        .filter(report_runs::Column::NextAttemptAt.lte(now.to_utc()))
        .exec(tx)
        .await?;
    Ok(claimed.rows_affected == 1)
}

/// Notes how far the attempt is, which is the `attempts`th. False when the run
/// was cancelled or deleted meanwhile, or another attempt has begun.
pub async fn mark_deliveries(
    tx: &WriteTx,
    run: i64,
    attempts: i32,
    deliveries: &[Delivery],
) -> Result<bool, DbErr> {
    let marked = report_runs::Entity::update_many()
        .col_expr(report_runs::Column::Deliveries, Expr::value(to_json(deliveries)?))
        .filter(report_runs::Column::Id.eq(run))
        .filter(report_runs::Column::Attempts.eq(attempts))
        .filter(report_runs::Column::State.eq(RunState::Waiting.as_str()))
        .exec(tx)
        .await?;
    Ok(marked.rows_affected == 1)
}

/// Ends an attempt, the `attempts`th. False as in [`mark_deliveries`].
pub async fn settle_run(
    tx: &WriteTx,
    run: i64,
    attempts: i32,
    settled: &Settled,
    now: Moment,
) -> Result<bool, DbErr> {
    let sent_at = (settled.state == RunState::Sent).then(|| now.to_utc());
    let marked = report_runs::Entity::update_many()
        .col_expr(report_runs::Column::State, Expr::value(settled.state.as_str()))
        .col_expr(
            report_runs::Column::NextAttemptAt,
            Expr::value(settled.next_attempt_at.map(Moment::to_utc)),
        )
        .col_expr(report_runs::Column::Deliveries, Expr::value(to_json(&settled.deliveries)?))
        .col_expr(report_runs::Column::Error, Expr::value(settled.error.clone()))
        .col_expr(report_runs::Column::SentAt, Expr::value(sent_at))
        .filter(report_runs::Column::Id.eq(run))
        .filter(report_runs::Column::Attempts.eq(attempts))
        .filter(report_runs::Column::State.eq(RunState::Waiting.as_str()))
        .exec(tx)
        .await?;
    Ok(marked.rows_affected == 1)
}

/// Deliveries as they are stored.
pub fn from_json(stored: serde_json::Value) -> Result<Vec<Delivery>, DbErr> {
    serde_json::from_value(stored).map_err(|error| DbErr::Custom(format!("report_runs.deliveries: {error}")))
}

fn to_json(deliveries: &[Delivery]) -> Result<serde_json::Value, DbErr> {
    serde_json::to_value(deliveries).map_err(|error| DbErr::Custom(error.to_string()))
}
