//! Entries: which bar a number for whom, putting numbers on the list and taking
//! them off.

use crate::auth::{UserFilter, departments_above};
use crate::base::clock::Moment;
use crate::base::ids::UserId;
use crate::do_not_call::model::{
    Added, AddedMany, Audience, Dialler, EntryFilter, ListedEntry, NewEntry, Reach, Target,
};
use crate::do_not_call::rules;
use crate::do_not_call::store::names::with_names;
use crate::store::WriteTx;
use crate::store::entity::{campaign_agents, campaigns, departments, do_not_call_entries, queue_members};
use sea_orm::sea_query::{Expr, LikeExpr, OnConflict};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

use do_not_call_entries::{ActiveModel, Column, Entity, Model};

/// Values in one statement: SQLite takes 32,766.
const PER_STATEMENT: usize = 2_000;

/// Neither taken off nor expired.
fn active(now: Moment) -> Condition {
    let lasts = Condition::any().add(Column::ExpiresAt.is_null()).add(Column::ExpiresAt.gt(now.to_utc()));
    Condition::all().add(Column::RemovedAt.is_null()).add(lasts)
}

/// The entries of these numbers that count now, for whomever, by number; those of
/// the farthest reach first.
pub async fn find_active(
    db: &impl ConnectionTrait,
    numbers: Vec<String>,
    now: Moment,
) -> Result<HashMap<String, Vec<Model>>, DbErr> {
    let numbers: Vec<String> = numbers.into_iter().collect::<HashSet<_>>().into_iter().collect();
    let mut found: HashMap<String, Vec<Model>> = HashMap::new();
    for numbers in numbers.chunks(PER_STATEMENT) {
        let rows = Entity::find().filter(Column::E164.is_in(numbers)).filter(active(now)).all(db).await?;
        for row in rows {
            found.entry(row.e164.clone()).or_default().push(row);
        }
    }
    for entries in found.values_mut() {
        entries.sort_by(rules::by_reach);
    }
    Ok(found)
}

/// The same with the names that belong to them.
pub async fn find_of_numbers(
    db: &impl ConnectionTrait,
    numbers: Vec<String>,
    now: Moment,
) -> Result<HashMap<String, Vec<ListedEntry>>, DbErr> {
    let mut rows: Vec<Model> = find_active(db, numbers, now).await?.into_values().flatten().collect();
    rows.sort_by(rules::by_reach);
    let mut found: HashMap<String, Vec<ListedEntry>> = HashMap::new();
    for listed in with_names(db, rows).await? {
        found.entry(listed.entry.e164.clone()).or_default().push(listed);
    }
    Ok(found)
}

/// Which of these numbers must not be dialled by `dialler` now, and the entries
/// that say so. Where none is listed, which is nearly always, that is one query.
pub async fn find_bars(
    db: &impl ConnectionTrait,
    dialler: Dialler,
    numbers: Vec<String>,
    now: Moment,
) -> Result<HashMap<String, Vec<Model>>, DbErr> {
    let mut found = find_active(db, numbers, now).await?;
    let by_department = found.values().flatten().any(|entry| entry.department_id.is_some());
    let audience = audience(db, dialler, by_department).await?;
    for entries in found.values_mut() {
        entries.retain(|entry| rules::bars(Target::of(entry), &audience));
    }
    found.retain(|_, entries| !entries.is_empty());
    Ok(found)
}

async fn audience(
    db: &impl ConnectionTrait,
    dialler: Dialler,
    with_departments: bool,
) -> Result<Audience, DbErr> {
    let campaign = match dialler {
        Dialler::Campaign(campaign) => Some(campaign.0),
        Dialler::Queue(_) => None,
        Dialler::Agent(_, campaign) => campaign.map(|id| id.0),
    };
    if !with_departments {
        return Ok(Audience { departments: HashSet::new(), campaign });
    }
    let mut users: Vec<i64> = match dialler {
        Dialler::Agent(agent, _) => vec![agent.0],
        Dialler::Campaign(_) => Vec::new(),
        Dialler::Queue(queue) => {
            let members = queue_members::Entity::find().filter(queue_members::Column::QueueId.eq(queue.0));
            members.all(db).await?.into_iter().map(|row| row.user_id).collect()
        }
    };
    if let Some(campaign) = campaign {
        let agents = campaign_agents::Entity::find().filter(campaign_agents::Column::CampaignId.eq(campaign));
        users.extend(agents.all(db).await?.into_iter().map(|row| row.user_id));
    }
    Ok(Audience { departments: departments_above(db, users).await?, campaign })
}

/// The campaigns of these users: on which one of them works, or which one of them
/// made.
pub async fn campaigns_of(db: &impl ConnectionTrait, users: &UserFilter) -> Result<Vec<i64>, DbErr> {
    let worked: Vec<i64> = campaign_agents::Entity::find()
        .select_only()
        .column(campaign_agents::Column::CampaignId)
        .distinct()
        .filter(users.on(campaign_agents::Column::UserId))
        .into_tuple()
        .all(db)
        .await?;
    let made: Vec<i64> = campaigns::Entity::find()
        .select_only()
        .column(campaigns::Column::Id)
        .filter(users.on(campaigns::Column::CreatedBy))
        .into_tuple()
        .all(db)
        .await?;
    let mut ids: Vec<i64> = worked.into_iter().chain(made).collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// Whether there is such a department or campaign.
pub async fn target_exists(db: &impl ConnectionTrait, target: Target) -> Result<bool, DbErr> {
    Ok(match target {
        Target::System => true,
        Target::Department(id) => departments::Entity::find_by_id(id.0).one(db).await?.is_some(),
        Target::Campaign(id) => campaigns::Entity::find_by_id(id.0).one(db).await?.is_some(),
    })
}

/// Up to `limit` entries by falling id, from below `after`.
pub async fn list_entries(
    db: &impl ConnectionTrait,
    filter: &EntryFilter,
    after: Option<i64>,
    limit: u64,
    now: Moment,
) -> Result<Vec<ListedEntry>, DbErr> {
    let counts = if filter.ended { active(now).not() } else { active(now) };
    let digits = filter.digits.as_ref().map(|digits| Column::E164.like(LikeExpr::new(format!("%{digits}%"))));
    let rows = Entity::find()
        .filter(counts)
        .filter(within(&filter.reach))
        .filter(Condition::all().add_option(digits))
        .filter(Condition::all().add_option(filter.scope.map(|scope| Column::Scope.eq(scope.as_str()))))
        .filter(Condition::all().add_option(filter.source.map(|source| Column::Source.eq(source.as_str()))))
        .filter(Condition::all().add_option(after.map(|id| Column::Id.lt(id))))
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    with_names(db, rows).await
}

fn within(reach: &Reach) -> Condition {
    match reach {
        Reach::All => Condition::all(),
        Reach::Of { departments, campaigns } => Condition::any()
            .add(Condition::all().add(Column::DepartmentId.is_null()).add(Column::CampaignId.is_null()))
            .add(Column::DepartmentId.is_in(departments.iter().copied()))
            .add(Column::CampaignId.is_in(campaigns.iter().copied())),
    }
}

/// One entry.
pub async fn find_entry(db: &impl ConnectionTrait, id: i64) -> Result<Option<ListedEntry>, DbErr> {
    let row = Entity::find_by_id(id).all(db).await?;
    Ok(with_names(db, row).await?.pop())
}

/// The entry that somebody made with one click on this call, while it counts.
pub async fn find_of_call(
    db: &impl ConnectionTrait,
    call: Uuid,
    by: UserId,
    source: &str,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::CallId.eq(call))
        .filter(Column::CreatedBy.eq(by.0))
        .filter(Column::Source.eq(source))
        .filter(Column::RemovedAt.is_null())
        .one(db)
        .await
}

/// Puts a number on the list. Twice is no fault: one entry stays, as long as the
/// longer of the two.
pub async fn add(tx: &WriteTx, e164: &str, new: &NewEntry, now: Moment) -> Result<Added, DbErr> {
    end_expired(tx, now).await?;
    let inserted =
        Entity::insert(row(e164, new, now)).on_conflict(once()).exec_without_returning(tx).await? == 1;
    let Some(entry) = find_listed(tx, &[e164.to_owned()], new.target).await?.pop() else {
        return Err(DbErr::RecordNotInserted);
    };
    if inserted {
        return Ok(Added::New(entry.id));
    }
    Ok(if extend(tx, &entry, new).await? { Added::Extended(entry.id) } else { Added::There(entry.id) })
}

/// The same for many different numbers.
pub async fn add_many(
    tx: &WriteTx,
    numbers: &[String],
    new: &NewEntry,
    now: Moment,
) -> Result<AddedMany, DbErr> {
    end_expired(tx, now).await?;
    let before = find_listed(tx, numbers, new.target).await?;
    for entry in &before {
        extend(tx, entry, new).await?;
    }
    let there: HashSet<&str> = before.iter().map(|entry| entry.e164.as_str()).collect();
    let wanted: Vec<&String> = numbers.iter().filter(|e164| !there.contains(e164.as_str())).collect();
    let mut added = 0;
    // Of a row with 10 values.
    for wanted in wanted.chunks(PER_STATEMENT) {
        let rows = wanted.iter().map(|e164| row(e164, new, now));
        added += Entity::insert_many(rows).on_conflict(once()).exec_without_returning(tx).await?;
    }
    Ok(AddedMany { added, there: (numbers.len() as u64).saturating_sub(added) })
}

/// Somebody else may list the number at this very moment.
fn once() -> OnConflict {
    OnConflict::new().do_nothing().to_owned()
}

fn row(e164: &str, new: &NewEntry, now: Moment) -> ActiveModel {
    let (department_id, campaign_id) = new.target.columns();
    ActiveModel {
        e164: Set(e164.to_owned()),
        scope: Set(new.target.scope().as_str().to_owned()),
        department_id: Set(department_id),
        campaign_id: Set(campaign_id),
        source: Set(new.source.as_str().to_owned()),
        reason: Set(new.reason.clone()),
        note: Set(new.note.clone()),
        call_id: Set(new.call.map(|call| call.0)),
        created_by: Set(new.by.map(|user| user.0)),
        created_at: Set(now.to_utc()),
        expires_at: Set(new.expires_at.map(Moment::to_utc)),
        ..Default::default()
    }
}

async fn find_listed(tx: &WriteTx, numbers: &[String], target: Target) -> Result<Vec<Model>, DbErr> {
    let (department, campaign) = target.columns();
    let mut found = Vec::new();
    for numbers in numbers.chunks(PER_STATEMENT) {
        let rows = Entity::find()
            .filter(Column::E164.is_in(numbers))
            .filter(Column::Scope.eq(target.scope().as_str()))
            .filter(Condition::all().add_option(department.map(|id| Column::DepartmentId.eq(id))))
            .filter(Condition::all().add_option(campaign.map(|id| Column::CampaignId.eq(id))))
            .filter(Column::RemovedAt.is_null())
            .all(tx)
            .await?;
        found.extend(rows);
    }
    Ok(found)
}

async fn extend(tx: &WriteTx, entry: &Model, new: &NewEntry) -> Result<bool, DbErr> {
    let Some(until) = rules::extended(entry.expires_at.map(Moment::from), new.expires_at) else {
        return Ok(false);
    };
    let longer =
        ActiveModel { id: Set(entry.id), expires_at: Set(until.map(Moment::to_utc)), ..Default::default() };
    Entity::update(longer).exec(tx).await.map(|_| true)
}

/// Takes an entry off; false when it is off already.
pub async fn remove(tx: &WriteTx, id: i64, by: UserId, now: Moment) -> Result<bool, DbErr> {
    let off = Entity::update_many()
        .col_expr(Column::RemovedAt, Expr::value(now.to_utc()))
        .col_expr(Column::RemovedBy, Expr::value(by.0))
        .filter(Column::Id.eq(id))
        .filter(active(now))
        .exec(tx)
        .await?;
    Ok(off.rows_affected == 1)
}

/// Marks entries whose time is over.
pub async fn end_expired(tx: &WriteTx, now: Moment) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::RemovedAt, Expr::col(Column::ExpiresAt))
        .filter(expired(now))
        .exec(tx)
        .await
        .map(|_| ())
}

fn expired(now: Moment) -> Condition {
    Condition::all()
        .add(Column::RemovedAt.is_null())
        .add(Column::ExpiresAt.is_not_null())
        .add(Column::ExpiresAt.lte(now.to_utc()))
}

fn ended() -> Condition {
    Condition::all().add(Column::RemovedAt.is_not_null()).add(Column::LeadsBackAt.is_null())
}

/// Whether an entry has ended whose leads were not given back yet.
pub async fn has_ended(db: &impl ConnectionTrait, now: Moment) -> Result<bool, DbErr> {
    let removed = Entity::find().filter(ended()).one(db).await?.is_some();
    Ok(removed || Entity::find().filter(expired(now)).one(db).await?.is_some())
}

/// Up to `limit` entries that have ended and whose leads were not given back yet.
pub async fn take_ended(tx: &WriteTx, limit: u64, now: Moment) -> Result<Vec<Model>, DbErr> {
    end_expired(tx, now).await?;
    Entity::find().filter(ended()).order_by_asc(Column::RemovedAt).limit(limit).all(tx).await
}

/// The leads of these entries were given back.
pub async fn mark_leads_back(tx: &WriteTx, entries: &[i64], now: Moment) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::LeadsBackAt, Expr::value(now.to_utc()))
        .filter(Column::Id.is_in(entries.iter().copied()))
        .exec(tx)
        .await
        .map(|_| ())
}
