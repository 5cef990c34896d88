//! The rows of calendars.
//!
//! In: checked settings. Out: calendars with the queues and campaigns that follow
//! them.

use super::model::{CalendarEntry, CalendarForm, CalendarRefused, HolidayForm, WeekForm};
use super::rules;
use crate::base::clock::Moment;
use crate::base::ids::UserId;
use crate::floor::hours::{Schedule, SpecialDays};
use crate::store::entity::{calendars, campaigns, queues};
use crate::store::{Db, WriteTx};
use chrono_tz::Tz;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    Set,
};
use std::collections::HashMap;

/// Every calendar, by name.
pub async fn list_calendars(db: &Db) -> Result<Vec<CalendarEntry>, DbErr> {
    let rows = calendars::Entity::find()
        .order_by_asc(calendars::Column::Name)
        .order_by_asc(calendars::Column::Id)
        .all(db.read())
        .await?;
    with_followers(db.read(), rows).await
}

/// One calendar.
pub async fn find_calendar(db: &impl ConnectionTrait, id: i64) -> Result<Option<CalendarEntry>, DbErr> {
    let row = calendars::Entity::find_by_id(id).all(db).await?;
    Ok(with_followers(db, row).await?.pop())
}

/// How many there are.
pub async fn count_calendars(tx: &WriteTx) -> Result<u64, DbErr> {
    calendars::Entity::find().count(tx).await
}

/// These calendars by their ids.
pub async fn load(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = i64>,
) -> Result<HashMap<i64, calendars::Model>, DbErr> {
    let rows = calendars::Entity::find().filter(calendars::Column::Id.is_in(ids)).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

async fn with_followers(
    db: &impl ConnectionTrait,
    rows: Vec<calendars::Model>,
) -> Result<Vec<CalendarEntry>, DbErr> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let queues: Vec<Follower> = queues::Entity::find()
        .select_only()
        .columns([queues::Column::CalendarId, queues::Column::Id, queues::Column::Name])
        .filter(queues::Column::CalendarId.is_in(ids.iter().copied()))
        .order_by_asc(queues::Column::Name)
        .into_tuple()
        .all(db)
        .await?;
    let campaigns: Vec<Follower> = campaigns::Entity::find()
        .select_only()
        .columns([campaigns::Column::CalendarId, campaigns::Column::Id, campaigns::Column::Name])
        .filter(campaigns::Column::CalendarId.is_in(ids))
        .order_by_asc(campaigns::Column::Name)
        .into_tuple()
        .all(db)
        .await?;
    let (mut queues, mut campaigns) = (by_calendar(queues), by_calendar(campaigns));
    let entry = |calendar: calendars::Model| CalendarEntry {
        queues: queues.remove(&calendar.id).unwrap_or_default(),
        campaigns: campaigns.remove(&calendar.id).unwrap_or_default(),
        calendar,
    };
    Ok(rows.into_iter().map(entry).collect())
}

/// The calendar that is followed, and whose id and name that is.
type Follower = (i64, i64, String);

fn by_calendar(followers: Vec<Follower>) -> HashMap<i64, Vec<(i64, String)>> {
    let mut by_calendar: HashMap<i64, Vec<(i64, String)>> = HashMap::new();
    for (calendar, id, name) in followers {
        by_calendar.entry(calendar).or_default().push((id, name));
    }
    by_calendar
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

/// Deletes a calendar that nobody follows.
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

/// The days of a stored calendar that differ from their weekday.
pub fn special_days_of(row: &calendars::Model) -> Option<Vec<SpecialDays>> {
    rules::special_days(&form_of(row)?.holidays)
}

/// The schedule of a stored calendar.
pub fn schedule_of(row: &calendars::Model, zone: Tz) -> Option<Schedule> {
    let form = form_of(row)?;
    rules::schedule(&form.week, &form.holidays, zone)
}
