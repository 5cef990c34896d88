//! The rows of caller-ID pools.
//!
//! In: checked settings. Out: pools with their numbers, as people see them and as
//! the floor needs them.

use super::model::{PoolEntry, PoolForm, PoolNumberForm, PoolRefused, Used};
use super::rules;
use crate::base::clock::Moment;
use crate::base::day::{day_of, end_of_day, start_of_day};
use crate::base::ids::{CallerIdPoolId, UserId};
use crate::base::phone::Dialable;
use crate::floor::caller_ids::{CallerIdPool, CallerIdsProfile, PoolNumber, Region};
use crate::store::entity::{caller_id_numbers, caller_id_pools, calls, campaigns};
use crate::store::{Db, WriteTx};
use chrono_tz::Tz;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use std::collections::HashMap;

const HOUR_MS: i64 = 3_600_000;

/// Every pool, by name.
pub async fn list_pools(db: &Db, now: Moment, zone: Tz) -> Result<Vec<PoolEntry>, DbErr> {
    let pools = caller_id_pools::Entity::find()
        .order_by_asc(caller_id_pools::Column::Name)
        .order_by_asc(caller_id_pools::Column::Id)
        .all(db.read())
        .await?;
    with_numbers(db, pools, now, zone).await
}

/// One pool.
pub async fn find_pool(
    db: &Db,
    id: CallerIdPoolId,
    now: Moment,
    zone: Tz,
) -> Result<Option<PoolEntry>, DbErr> {
    let pool = caller_id_pools::Entity::find_by_id(id.0).all(db.read()).await?;
    Ok(with_numbers(db, pool, now, zone).await?.pop())
}

/// How many there are.
pub async fn count_pools(tx: &WriteTx) -> Result<u64, DbErr> {
    caller_id_pools::Entity::find().count(tx).await
}

/// Whether there is a pool of this id.
pub async fn is_pool(db: &impl ConnectionTrait, id: i64) -> Result<bool, DbErr> {
    Ok(caller_id_pools::Entity::find_by_id(id).one(db).await?.is_some())
}

/// Whether one of its numbers that are in use is for everybody.
pub async fn has_default(db: &impl ConnectionTrait, id: i64) -> Result<bool, DbErr> {
    let of_pool = caller_id_numbers::Entity::find().filter(caller_id_numbers::Column::PoolId.eq(id)).all(db);
    Ok(of_pool.await?.iter().filter_map(form_of).any(|number| rules::is_default(&number)))
}

/// The names of the campaigns that use a pool.
pub async fn campaigns_of(db: &impl ConnectionTrait, id: CallerIdPoolId) -> Result<Vec<String>, DbErr> {
    let of_pool = campaigns::Entity::find().filter(campaigns::Column::CallerIdPoolId.eq(id.0));
    Ok(of_pool.all(db).await?.into_iter().map(|campaign| campaign.name).collect())
}

async fn with_numbers(
    db: &Db,
    pools: Vec<caller_id_pools::Model>,
    now: Moment,
    zone: Tz,
) -> Result<Vec<PoolEntry>, DbErr> {
    let ids: Vec<i64> = pools.iter().map(|pool| pool.id).collect();
    let rows = numbers_of(db, ids.clone()).await?;
    let counted =
        count_shown(db, rows.iter().map(|row| row.number.clone()).collect(), today(now, zone).0).await?;
    let using = campaigns::Entity::find()
        .filter(campaigns::Column::CallerIdPoolId.is_in(ids))
        .order_by_asc(campaigns::Column::Name)
        .all(db.read())
        .await?;
    let this_hour = now.0.div_euclid(HOUR_MS);
    let used = |number: &str| {
        let hours = counted.get(number).map(Vec::as_slice).unwrap_or_default();
        let of_hour = hours.iter().filter(|(hour, _)| *hour == this_hour);
        Used {
            hour: of_hour.map(|(_, calls)| *calls).sum(),
            today: hours.iter().map(|(_, calls)| *calls).sum(),
        }
    };
    let entry = |pool: caller_id_pools::Model| {
        let numbers: Vec<_> = rows.iter().filter(|row| row.pool_id == pool.id).cloned().collect();
        let campaigns = using.iter().filter(|campaign| campaign.caller_id_pool_id == Some(pool.id));
        PoolEntry {
            used: numbers.iter().map(|row| (row.number.clone(), used(&row.number))).collect(),
            campaigns: campaigns.map(|campaign| (campaign.id, campaign.name.clone())).collect(),
            numbers,
            pool,
        }
    };
    Ok(pools.into_iter().map(entry).collect())
}

async fn numbers_of(db: &Db, pools: Vec<i64>) -> Result<Vec<caller_id_numbers::Model>, DbErr> {
    caller_id_numbers::Entity::find()
        .filter(caller_id_numbers::Column::PoolId.is_in(pools))
        .order_by_asc(caller_id_numbers::Column::Id)
        .all(db.read())
        .await
}

/// When today begins and ends.
fn today(now: Moment, zone: Tz) -> (Moment, Moment) {
    let day = day_of(now, zone);
    (start_of_day(day, zone).unwrap_or(now), end_of_day(day, zone).unwrap_or(now))
}

/// Calls that we launched since then, by the number shown and the hour since 1970.
async fn count_shown(
    db: &Db,
    numbers: Vec<String>,
    since: Moment,
) -> Result<HashMap<String, Vec<(i64, i64)>>, DbErr> {
    let hour = match db.read().get_database_backend() {
        DbBackend::Sqlite => "CAST(strftime('%s', started_at) AS INTEGER) / 3600",
        _ => "CAST(floor(extract(epoch FROM started_at) / 3600) AS BIGINT)",
    };
    let hours: Vec<(String, i64, i64)> = calls::Entity::find()
        .select_only()
        .column(calls::Column::CallerId)
        .column_as(Expr::cust(hour), "hour")
        .column_as(calls::Column::Id.count(), "calls")
        .filter(calls::Column::StartedAt.gte(since.to_utc()))
        .filter(calls::Column::Direction.eq("outbound"))
        .filter(calls::Column::CallerId.is_in(numbers))
        .group_by(calls::Column::CallerId)
        .group_by(Expr::cust(hour))
        .into_tuple()
        .all(db.read())
        .await?;
    let mut counted: HashMap<String, Vec<(i64, i64)>> = HashMap::new();
    for (number, hour, calls) in hours {
        counted.entry(number).or_default().push((hour, calls));
    }
    Ok(counted)
}

/// What the floor needs.
pub async fn load_caller_ids(db: &Db, now: Moment, zone: Tz) -> Result<CallerIdsProfile, DbErr> {
    let today = today(now, zone);
    let pools =
        caller_id_pools::Entity::find().order_by_asc(caller_id_pools::Column::Id).all(db.read()).await?;
    let rows = numbers_of(db, pools.iter().map(|pool| pool.id).collect()).await?;
    let counted = count_shown(db, rows.iter().map(|row| row.number.clone()).collect(), today.0).await?;
    let of_pool = |pool: &caller_id_pools::Model| CallerIdPool {
        pool: CallerIdPoolId(pool.id),
        numbers: rows.iter().filter(|row| row.pool_id == pool.id && row.enabled).filter_map(number).collect(),
    };
    let hours = |hours: Vec<(i64, i64)>| {
        let of_hour = |(hour, calls)| (Moment(hour * HOUR_MS), u32::try_from(calls).unwrap_or(u32::MAX));
        hours.into_iter().map(of_hour).collect()
    };
    let counts =
        counted.into_iter().filter_map(|(number, each)| Some((Dialable::new(&number).ok()?, hours(each))));
    Ok(CallerIdsProfile { pools: pools.iter().map(of_pool).collect(), today, counted: counts.collect() })
}

/// A number as the floor needs it; `None` when it cannot be dialled with, or holds
/// what this version does not know.
fn number(row: &caller_id_numbers::Model) -> Option<PoolNumber> {
    let limit = |limit: i32| u32::try_from(limit).ok().filter(|limit| *limit > 0);
    Some(PoolNumber {
        number: Dialable::new(&row.number).ok()?,
        regions: regions_of(row)?,
        hour_max: limit(row.hour_max),
        day_max: limit(row.day_max),
    })
}

fn regions_of(row: &caller_id_numbers::Model) -> Option<Vec<Region>> {
    serde_json::from_value(row.regions.clone()).ok()
}

/// The settings of a stored number.
pub fn form_of(row: &caller_id_numbers::Model) -> Option<PoolNumberForm> {
    Some(PoolNumberForm {
        number: row.number.clone(),
        regions: regions_of(row)?,
        enabled: row.enabled,
        hour_max: row.hour_max,
        day_max: row.day_max,
    })
}

/// Stores a new pool; it must have been checked.
pub async fn insert_pool(
    tx: &WriteTx,
    form: &PoolForm,
    by: UserId,
    now: Moment,
) -> Result<Result<CallerIdPoolId, PoolRefused>, DbErr> {
    if name_taken(tx, form, None).await? {
        return Ok(Err(PoolRefused::NameTaken));
    }
    let row = caller_id_pools::ActiveModel {
        name: Set(form.name.trim().to_owned()),
        created_by: Set(by.0),
        created_at: Set(now.to_utc()),
        updated_at: Set(now.to_utc()),
        ..Default::default()
    };
    let id = CallerIdPoolId(caller_id_pools::Entity::insert(row).exec(tx).await?.last_insert_id);
    set_numbers(tx, id, &form.numbers).await?;
    Ok(Ok(id))
}

/// Changes a pool; it must have been checked.
pub async fn update_pool(
    tx: &WriteTx,
    id: CallerIdPoolId,
    form: &PoolForm,
    now: Moment,
) -> Result<Result<(), PoolRefused>, DbErr> {
    if name_taken(tx, form, Some(id)).await? {
        return Ok(Err(PoolRefused::NameTaken));
    }
    let row = caller_id_pools::ActiveModel {
        id: Set(id.0),
        name: Set(form.name.trim().to_owned()),
        updated_at: Set(now.to_utc()),
        ..Default::default()
    };
    caller_id_pools::Entity::update(row).exec(tx).await?;
    set_numbers(tx, id, &form.numbers).await?;
    Ok(Ok(()))
}

/// Deletes a pool that no campaign uses.
pub async fn delete_pool(tx: &WriteTx, id: CallerIdPoolId) -> Result<(), DbErr> {
    set_numbers(tx, id, &[]).await?;
    caller_id_pools::Entity::delete_by_id(id.0).exec(tx).await.map(|_| ())
}

async fn set_numbers(tx: &WriteTx, pool: CallerIdPoolId, numbers: &[PoolNumberForm]) -> Result<(), DbErr> {
    let old = caller_id_numbers::Entity::delete_many().filter(caller_id_numbers::Column::PoolId.eq(pool.0));
    old.exec(tx).await?;
    for number in numbers {
        let regions =
            serde_json::to_value(&number.regions).map_err(|error| DbErr::Json(error.to_string()))?;
        let row = caller_id_numbers::ActiveModel {
            pool_id: Set(pool.0),
            number: Set(number.number.clone()),
            regions: Set(regions),
            enabled: Set(number.enabled),
            hour_max: Set(number.hour_max),
            day_max: Set(number.day_max),
            ..Default::default()
        };
        caller_id_numbers::Entity::insert(row).exec(tx).await?;
    }
    Ok(())
}

async fn name_taken(tx: &WriteTx, form: &PoolForm, own: Option<CallerIdPoolId>) -> Result<bool, DbErr> {
    let named =
        caller_id_pools::Entity::find().filter(caller_id_pools::Column::Name.eq(form.name.trim())).one(tx);
    Ok(named.await?.is_some_and(|other| Some(CallerIdPoolId(other.id)) != own))
}
