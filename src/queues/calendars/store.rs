//! The rows of calendars.
//!
//! In: checked settings. Out: calendars with the queues that follow them.

use super::model::{CalendarEntry, CalendarForm, CalendarRefused, HolidayForm, WeekForm};
use super::rules;
use crate::base::clock::Moment;
use crate::base::ids::UserId;
use crate::floor::hours::Schedule;
use crate::store::entity::{calendars, queues};
use crate::store::{Db, WriteTx};
use chrono_tz::Tz;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Set,
};
use std::collections::HashMap;

/// Every calendar, by name.
pub async fn list_calendars(db: &Db) -> Result<Vec<CalendarEntry>, DbErr> {
    let rows = calendars::Entity::find()
        .order_by_asc(calendars::Column::Name)
        .order_by_asc(calendars::Column::Id)
        .all(db.read())
        .await?;
    with_queues(db.read(), rows).await
}

/// One calendar.
pub async fn find_calendar(db: &impl ConnectionTrait, id: i64) -> Result<Option<CalendarEntry>, DbErr> {
    let row = calendars::Entity::find_by_id(id).all(db).await?;
    Ok(with_queues(db, row).await?.pop())
}

/// How many there are.
pub async fn count_calendars(tx: &WriteTx) -> Result<u64, DbErr> {
    calendars::Entity::find().count(tx).await
}

/// These calendars by their ids.
pub(in crate::queues) async fn load(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = i64>,
) -> Result<HashMap<i64, calendars::Model>, DbErr> {
    let rows = calendars::Entity::find().filter(calendars::Column::Id.is_in(ids)).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

async fn with_queues(
    db: &impl ConnectionTrait,
    rows: Vec<calendars::Model>,
) -> Result<Vec<CalendarEntry>, DbErr> {
    let mut followers: HashMap<i64, Vec<(i64, String)>> = HashMap::new();
    let ids = rows.iter().map(|row| row.id);
    let queues = queues::Entity::find()
        .filter(queues::Column::CalendarId.is_in(ids))
        .order_by_asc(queues::Column::Name)
        .all(db)
        .await?;
    for queue in queues {
        if let Some(calendar) = queue.calendar_id {
            followers.entry(calendar).or_default().push((queue.id, queue.name));
        }
    }
    let entry = |calendar: calendars::Model| CalendarEntry {
        queues: followers.remove(&calendar.id).unwrap_or_default(),
        calendar,
    };
    Ok(rows.into_iter().map(entry).collect())
}

/// Stores a new calendar; it must have been checked.
pub async fn insert_calendar(
    tx: &WriteTx,
    form: &CalendarForm,
    by: UserId,
    now: Moment,
) -> Result<Result<i64, CalendarRefused>, DbErr> {
    if name_taken(tx, form, None).await? {
        return Ok(Err(CalendarRefused::NameTaken));
    }
    let row = calendars::ActiveModel {
        created_by: Set(by.0),
        created_at: Set(now.to_utc()),
        ..settings(form, now)?
    };
    Ok(Ok(calendars::Entity::insert(row).exec(tx).await?.last_insert_id))
}

/// Changes a calendar; it must have been checked.
pub async fn update_calendar(
    tx: &WriteTx,
    id: i64,
    form: &CalendarForm,
    now: Moment,
) -> Result<Result<(), CalendarRefused>, DbErr> {
    if name_taken(tx, form, Some(id)).await? {
        return Ok(Err(CalendarRefused::NameTaken));
    }
    let row = calendars::ActiveModel { id: Set(id), ..settings(form, now)? };
    calendars::Entity::update(row).exec(tx).await?;
    Ok(Ok(()))
}

/// Deletes a calendar that no queue follows.
pub async fn delete_calendar(tx: &WriteTx, id: i64) -> Result<(), DbErr> {
    calendars::Entity::delete_by_id(id).exec(tx).await.map(|_| ())
}

async fn name_taken(tx: &WriteTx, form: &CalendarForm, own: Option<i64>) -> Result<bool, DbErr> {
    let named = calendars::Entity::find().filter(calendars::Column::Name.eq(form.name.trim())).one(tx);
    Ok(named.await?.is_some_and(|other| Some(other.id) != own))
}

fn settings(form: &CalendarForm, now: Moment) -> Result<calendars::ActiveModel, DbErr> {
    let json = |value: Result<serde_json::Value, serde_json::Error>| {
        value.map_err(|error| DbErr::Json(error.to_string()))
    };
    Ok(calendars::ActiveModel {
        name: Set(form.name.trim().to_owned()),
        week: Set(json(serde_json::to_value(&form.week))?),
        holidays: Set(json(serde_json::to_value(&form.holidays))?),
        updated_at: Set(now.to_utc()),
        ..Default::default()
    })
}

/// The settings of a stored calendar; `None` when it holds what this version does
/// not know.
pub fn form_of(row: &calendars::Model) -> Option<CalendarForm> {
    let week: WeekForm = serde_json::from_value(row.week.clone()).ok()?;
    let holidays: Vec<HolidayForm> = serde_json::from_value(row.holidays.clone()).ok()?;
    Some(CalendarForm { name: row.name.clone(), week, holidays })
}

/// The schedule of a stored calendar.
pub fn schedule_of(row: &calendars::Model, zone: Tz) -> Option<Schedule> {
    let form = form_of(row)?;
    rules::schedule(&form.week, &form.holidays, zone)
}
