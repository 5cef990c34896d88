//! Reading the ledger: pages of calls with the names that belong to them.

use crate::auth::UserFilter;
use crate::base::ids::{AgentId, CallId, CustomerId};
use crate::calls::model::{CallCursor, CallFilter, LedgerEntry};
use crate::store::Db;
use crate::store::entity::{
    call_spans, calls, campaigns, customers, dispositions, queues, recordings, users,
};
use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, DatabaseConnection, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use uuid::Uuid;

/// Up to `limit` calls, newest first, from behind the cursor.
pub async fn list_calls(
    db: &Db,
    filter: &CallFilter,
    after: Option<CallCursor>,
    limit: u64,
) -> Result<Vec<LedgerEntry>, DbErr> {
    let mut query = calls::Entity::find().filter(condition(filter));
    if let Some(after) = after {
        let at = after.started_at.to_utc();
        let same_instant = calls::Column::StartedAt.eq(at).and(calls::Column::Id.lt(after.id));
        query = query.filter(calls::Column::StartedAt.lt(at).or(same_instant));
    }
    let rows = query
        .order_by_desc(calls::Column::StartedAt)
        .order_by_desc(calls::Column::Id)
        .limit(limit)
        .all(db.read())
        .await?;
    with_names(db.read(), rows).await
}

/// The latest calls to a customer, newest first.
pub async fn find_calls_of_customer(
    db: &Db,
    customer: CustomerId,
    visible: UserFilter,
    limit: u64,
) -> Result<Vec<LedgerEntry>, DbErr> {
    let filter = CallFilter { customer_id: Some(customer), ..CallFilter::of(visible) };
    list_calls(db, &filter, None, limit).await
}

/// The agent who spoke with a customer last.
pub async fn find_last_agent(db: &Db, customer: CustomerId) -> Result<Option<AgentId>, DbErr> {
    let last = calls::Entity::find()
        .filter(calls::Column::CustomerId.eq(customer.0))
        .filter(calls::Column::ConnectedAt.is_not_null())
        .filter(calls::Column::AgentId.is_not_null())
        .order_by_desc(calls::Column::StartedAt)
        .one(db.read())
        .await?;
    Ok(last.and_then(|call| call.agent_id).map(AgentId))
}

/// One call, if it is visible.
pub async fn find_call(db: &Db, call: CallId, visible: UserFilter) -> Result<Option<LedgerEntry>, DbErr> {
    let filter = CallFilter::of(visible);
    let row = calls::Entity::find_by_id(call.0).filter(condition(&filter)).all(db.read()).await?;
    Ok(with_names(db.read(), row).await?.pop())
}

fn condition(filter: &CallFilter) -> Condition {
    Condition::all()
        .add_option(filter.from.map(|from| calls::Column::StartedAt.gte(from.to_utc())))
        .add_option(filter.to.map(|to| calls::Column::StartedAt.lt(to.to_utc())))
        .add_option(filter.agent_id.map(|agent| had_by(vec![agent])))
        .add_option(filter.campaign_id.map(|campaign| calls::Column::CampaignId.eq(campaign.0)))
        .add_option(filter.queue_id.map(|queue| calls::Column::QueueId.eq(queue.0)))
        .add_option(filter.direction.map(|direction| calls::Column::Direction.eq(direction)))
        .add_option(filter.customer_id.map(|customer| calls::Column::CustomerId.eq(customer.0)))
        .add_option(filter.result.map(|result| calls::Column::Result.eq(result.as_str())))
        .add_option(match &filter.visible {
            UserFilter::All => None,
            UserFilter::Ids(ids) => Some(had_by(ids.iter().map(|id| id.0).collect())),
        })
        .add_option(filter.text.as_deref().map(holds_text))
}

/// One of these agents has, or had, the call. Only of calls that were handed on,
/// which are few, need the spans be looked at.
fn had_by(agents: Vec<i64>) -> Condition {
    let spans = Query::select()
        .expr(Expr::val(1))
        .from(call_spans::Entity)
        .and_where(
            Expr::col((call_spans::Entity, call_spans::Column::CallId))
                .equals((calls::Entity, calls::Column::Id)),
        )
        .and_where(Expr::col((call_spans::Entity, call_spans::Column::AgentId)).is_in(agents.clone()))
        .to_owned();
    let before = Condition::all().add(calls::Column::HandedAt.is_not_null()).add(Expr::exists(spans));
    Condition::any().add(calls::Column::AgentId.is_in(agents)).add(before)
}

/// The number dialled, or the customer's name, holds this text.
fn holds_text(text: &str) -> Condition {
    let like = || {
        let plain = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        LikeExpr::new(format!("%{plain}%")).escape('\\')
    };
    let named: SelectStatement = Query::select()
        .column(customers::Column::Id)
        .from(customers::Entity)
        .and_where(Expr::col(customers::Column::Name).like(like()))
        .to_owned();
    Condition::any()
        .add(Expr::col((calls::Entity, calls::Column::Number)).like(like()))
        .add(Expr::col((calls::Entity, calls::Column::E164)).like(like()))
        .add(calls::Column::CustomerId.in_subquery(named))
}

/// Adds the names, with one query for each kind of thing.
async fn with_names(db: &DatabaseConnection, rows: Vec<calls::Model>) -> Result<Vec<LedgerEntry>, DbErr> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let campaigns: HashMap<i64, String> = campaigns::Entity::find()
        .filter(campaigns::Column::Id.is_in(distinct(&rows, |row| row.campaign_id)))
        .all(db)
        .await?
        .into_iter()
        .map(|campaign| (campaign.id, campaign.name))
        .collect();
    let customers: HashMap<i64, String> = customers::Entity::find()
        .filter(customers::Column::Id.is_in(distinct(&rows, |row| row.customer_id)))
        .all(db)
        .await?
        .into_iter()
        .map(|customer| (customer.id, customer.name))
        .collect();
    let queues: HashMap<i64, String> = queues::Entity::find()
        .filter(queues::Column::Id.is_in(distinct(&rows, |row| row.queue_id)))
        .all(db)
        .await?
        .into_iter()
        .map(|queue| (queue.id, queue.name))
        .collect();
    let agents: HashMap<i64, String> = users::Entity::find()
        .filter(users::Column::Id.is_in(distinct(&rows, |row| row.agent_id)))
        .all(db)
        .await?
        .into_iter()
        .map(|user| (user.id, user.display_name))
        .collect();
    let dispositions: HashMap<i64, dispositions::Model> = dispositions::Entity::find()
        .filter(dispositions::Column::Id.is_in(distinct(&rows, |row| row.disposition_id)))
        .all(db)
        .await?
        .into_iter()
        .map(|disposition| (disposition.id, disposition))
        .collect();
    let recordings: HashMap<Uuid, Uuid> = recordings::Entity::find()
        .filter(recordings::Column::CallId.is_in(distinct(&rows, |row| Some(row.id))))
        .filter(recordings::Column::SpeakerId.is_null())
        .all(db)
        .await?
        .into_iter()
        .map(|recording| (recording.call_id, recording.id))
        .collect();
    let entry = |call: calls::Model| LedgerEntry {
        campaign_name: call.campaign_id.and_then(|id| campaigns.get(&id).cloned()),
        queue_name: call.queue_id.and_then(|id| queues.get(&id).cloned()),
        customer_name: call.customer_id.and_then(|id| customers.get(&id).cloned()),
        agent_name: call.agent_id.and_then(|agent| agents.get(&agent).cloned()),
        disposition: call.disposition_id.and_then(|id| dispositions.get(&id).cloned()),
        recording_id: recordings.get(&call.id).copied(),
        call,
    };
    Ok(rows.into_iter().map(entry).collect())
}

fn distinct<K: Eq + Hash>(rows: &[calls::Model], key: impl Fn(&calls::Model) -> Option<K>) -> HashSet<K> {
    rows.iter().filter_map(key).collect()
}
