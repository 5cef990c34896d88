//! The rows of leads that are put back, or dialled first.

use crate::base::clock::Moment;
use crate::base::ids::UserId;
use crate::campaigns::model::LeadState;
use crate::campaigns::recycling::model::{LeadFilter, OfResult, OpenState, Span};
use crate::campaigns::retry::model::LeadRule;
use crate::floor::effect::CallResult;
use crate::store::WriteTx;
use crate::store::entity::{calls, campaigns, customers, dispositions, leads, recycled_leads, recycles};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use serde_json::json;

/// A campaign's row.
pub(super) async fn find_campaign(
    db: &impl ConnectionTrait,
    id: i64,
) -> Result<Option<campaigns::Model>, DbErr> {
    campaigns::Entity::find_by_id(id).one(db).await
}

/// Those of these dispositions that there are not.
pub(super) async fn unknown_dispositions(
    db: &impl ConnectionTrait,
    wanted: &[i64],
) -> Result<Vec<i64>, DbErr> {
    let known: Vec<i64> = dispositions::Entity::find()
        .select_only()
        .column(dispositions::Column::Id)
        .filter(dispositions::Column::Id.is_in(wanted.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    Ok(wanted.iter().copied().filter(|id| !known.contains(id)).collect())
}

/// By what came of a lead's last attempt; everything when nothing is asked for.
fn came_to(filter: &LeadFilter, span: Span) -> Condition {
    let chosen = Query::select()
        .expr(Expr::val(1))
        .from(calls::Entity)
        .and_where(calls::Column::CustomerId.into_expr().equals((leads::Entity, leads::Column::CustomerId)))
        .and_where(calls::Column::LeadId.into_expr().equals((leads::Entity, leads::Column::Id)))
        .and_where(calls::Column::StartedAt.into_expr().equals((leads::Entity, leads::Column::LastAttemptAt)))
        .and_where(calls::Column::DispositionId.is_in(filter.dispositions.iter().copied()))
        .to_owned();
    let results = filter.results.iter().copied().map(CallResult::as_str);
    let mut either = Condition::any();
    if !filter.results.is_empty() {
        either = either.add(leads::Column::LastResult.is_in(results));
    }
    if !filter.dispositions.is_empty() {
        either = either.add(Expr::exists(chosen));
    }
    let tried = leads::Column::LastAttemptAt;
    Condition::all()
        .add_option((!either.is_empty()).then_some(either))
        .add_option(span.from.map(|from| tried.gte(from.to_utc())))
        .add_option(span.until.map(|until| tried.lt(until.to_utc())))
}

/// Leads of a list that are done and of which somebody may be reached again.
fn done(list: i64, filter: &LeadFilter, span: Span) -> Condition {
    let there = Query::select()
        .column(customers::Column::Id)
        .from(customers::Entity)
        .and_where(customers::Column::DeletedAt.is_null())
        .to_owned();
    Condition::all()
        .add(leads::Column::ListId.eq(list))
        .add(leads::Column::State.eq(LeadState::Done.as_str()))
        .add(leads::Column::CustomerId.in_subquery(there))
        .add(came_to(filter, span))
}

fn used_up(campaign: &campaigns::Model, reset: bool) -> Condition {
    // Counted from nothing, none is.
    let most = if reset { i32::MAX } else { campaign.max_attempts };
    Condition::all().add(leads::Column::Attempts.gte(most))
}

/// How many leads would be put back, by their last result.
pub(super) async fn count(
    db: &impl ConnectionTrait,
    campaign: &campaigns::Model,
    filter: &LeadFilter,
    span: Span,
    reset: bool,
) -> Result<Vec<OfResult>, DbErr> {
    let spent = Expr::case(used_up(campaign, reset), 1).finally(0);
    let rows: Vec<(Option<String>, i64, Option<i64>)> = leads::Entity::find()
        .select_only()
        .column(leads::Column::LastResult)
        .column_as(leads::Column::Id.count(), "leads")
        .column_as(Expr::expr(spent).sum(), "used_up")
        .filter(done(campaign.list_id, filter, span))
        .group_by(leads::Column::LastResult)
        .order_by_asc(leads::Column::LastResult)
        .into_tuple()
        .all(db)
        .await?;
    let of = |(result, leads, used_up): (Option<String>, i64, Option<i64>)| {
        let used_up = used_up.unwrap_or(0);
        OfResult { result: result.unwrap_or_default(), leads: leads - used_up, used_up }
    };
    Ok(rows.into_iter().map(of).collect())
}

/// Puts leads back; how many.
pub(super) async fn recycle(
    tx: &WriteTx,
    campaign: &campaigns::Model,
    filter: &LeadFilter,
    span: Span,
    reset: bool,
    (by, now): (UserId, Moment),
) -> Result<i32, DbErr> {
    let row = recycles::ActiveModel {
        campaign_id: Set(campaign.id),
        list_id: Set(campaign.list_id),
        filter: Set(json!(filter)),
        reset: Set(reset),
        leads: Set(0),
        created_by: Set(by.0),
        created_at: Set(now.to_utc()),
        ..Default::default()
    };
    let id = recycles::Entity::insert(row).exec(tx).await?.last_insert_id;
    let wanted = Query::select()
        .expr(Expr::val(id))
        .columns([leads::Column::Id, leads::Column::Attempts, leads::Column::LastResult])
        .from(leads::Entity)
        .cond_where(done(campaign.list_id, filter, span))
        .cond_where(used_up(campaign, reset).not())
        .to_owned();
    use recycled_leads::Column::{Attempts, LastResult, LeadId, RecycleId};
    let insert = Query::insert()
        .into_table(recycled_leads::Entity)
        .columns([RecycleId, LeadId, Attempts, LastResult])
        .select_from(wanted)
        .map_err(|error| DbErr::Custom(error.to_string()))?
        .to_owned();
    let put_back = tx.execute(&insert).await?.rows_affected();
    let theirs =
        Query::select().column(LeadId).from(recycled_leads::Entity).and_where(RecycleId.eq(id)).to_owned();
    let mut update = leads::Entity::update_many()
        .col_expr(leads::Column::State, Expr::value(LeadState::Retry.as_str()))
        .col_expr(leads::Column::NextAttemptAt, Expr::value(None::<DateTime<Utc>>))
        .col_expr(leads::Column::Rule, Expr::value(LeadRule::Recycled.as_str()));
    if reset {
        update = update
            .col_expr(leads::Column::Attempts, Expr::value(0))
            .col_expr(leads::Column::NextPhone, Expr::value(0))
            .col_expr(leads::Column::CountsFrom, Expr::value(now.to_utc()));
    }
    update.filter(leads::Column::Id.in_subquery(theirs)).exec(tx).await?;
    let leads = i32::try_from(put_back).unwrap_or(i32::MAX);
    let counted = recycles::ActiveModel { id: Set(id), leads: Set(leads), ..Default::default() };
    recycles::Entity::update(counted).exec(tx).await?;
    Ok(leads)
}

/// Sets the priority of leads that wait; how many.
pub(super) async fn prioritise(
    tx: &WriteTx,
    list: i64,
    state: Option<OpenState>,
    filter: &LeadFilter,
    span: Span,
    priority: i32,
) -> Result<u64, DbErr> {
    let states: Vec<&str> = match state {
        Some(state) => vec![state.as_str()],
        // Those in a hopper are dialled next anyhow, and may come back.
        None => OpenState::ALL.map(OpenState::as_str).into_iter().chain(["claimed", "dialling"]).collect(),
    };
    let set = leads::Entity::update_many()
        .col_expr(leads::Column::Priority, Expr::value(priority))
        .filter(leads::Column::ListId.eq(list))
        .filter(leads::Column::State.is_in(states))
        .filter(came_to(filter, span));
    Ok(set.exec(tx).await?.rows_affected)
}
