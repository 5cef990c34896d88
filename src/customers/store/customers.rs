//! Reading customers and lists.
//!
//! Whom a person may see, unless everybody: the customers they own, those they
//! have spoken with or were handed a call of, and those on lists they made.

use crate::auth::UserFilter;
use crate::base::clock;
use crate::base::ids::CustomerId;
use crate::customers::model::{CustomerEntry, ListEntry};
use crate::do_not_call::store::find_of_numbers;
use crate::store::Db;
use crate::store::entity::{call_legs, calls, customer_phones, customers, lead_lists, leads};
use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr, Query};
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;

/// Up to `limit` customers by falling id, from below `after`; `text` is part of
/// a name or number.
pub async fn list_customers(
    db: &Db,
    visible: &UserFilter,
    text: Option<&str>,
    after: Option<i64>,
    limit: u64,
) -> Result<Vec<CustomerEntry>, DbErr> {
    let rows = customers::Entity::find()
        .filter(customers::Column::DeletedAt.is_null())
        .filter(may_be_seen(visible))
        .filter(Condition::all().add_option(text.map(holds_text)))
        .filter(Condition::all().add_option(after.map(|id| customers::Column::Id.lt(id))))
        .order_by_desc(customers::Column::Id)
        .limit(limit)
        .all(db.read())
        .await?;
    with_phones(db, rows).await
}

/// One customer, if visible.
pub async fn find_customer(
    db: &Db,
    id: CustomerId,
    visible: &UserFilter,
) -> Result<Option<CustomerEntry>, DbErr> {
    let row = customers::Entity::find_by_id(id.0)
        .filter(customers::Column::DeletedAt.is_null())
        .filter(may_be_seen(visible))
        .all(db.read())
        .await?;
    Ok(with_phones(db, row).await?.pop())
}

pub(super) fn may_be_seen(visible: &UserFilter) -> Condition {
    let UserFilter::Ids(ids) = visible else { return Condition::all() };
    let ids: Vec<i64> = ids.iter().map(|user| user.0).collect();
    let spoken_with = Query::select()
        .column(calls::Column::CustomerId)
        .from(calls::Entity)
        .and_where(Expr::col(calls::Column::AgentId).is_in(ids.clone()))
        .to_owned();
    // Of a call that was handed on, and of one that they are asked about.
    let had_part = Query::select()
        .column(call_legs::Column::CallId)
        .from(call_legs::Entity)
        .and_where(Expr::col(call_legs::Column::AgentId).is_in(ids.clone()))
        .to_owned();
    let handed_to = Query::select()
        .column(calls::Column::CustomerId)
        .from(calls::Entity)
        .and_where(Expr::col(calls::Column::Id).in_subquery(had_part))
        .to_owned();
    let lists = Query::select()
        .column(lead_lists::Column::Id)
        .from(lead_lists::Entity)
        .and_where(Expr::col(lead_lists::Column::CreatedBy).is_in(ids.clone()))
        .to_owned();
    let on_their_lists = Query::select()
        .column(leads::Column::CustomerId)
        .from(leads::Entity)
        .and_where(Expr::col(leads::Column::ListId).in_subquery(lists))
        .to_owned();
    Condition::any()
        .add(customers::Column::OwnerId.is_in(ids))
        .add(customers::Column::Id.in_subquery(spoken_with))
        .add(customers::Column::Id.in_subquery(handed_to))
        .add(customers::Column::Id.in_subquery(on_their_lists))
}

pub(super) fn holds_text(text: &str) -> Condition {
    let like = |text: &str| {
        let plain = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        LikeExpr::new(format!("%{plain}%")).escape('\\')
    };
    let name = Expr::col((customers::Entity, customers::Column::Name)).like(like(text));
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() {
        return Condition::any().add(name);
    }
    let numbered = Query::select()
        .column(customer_phones::Column::CustomerId)
        .from(customer_phones::Entity)
        .and_where(Expr::col(customer_phones::Column::E164).like(like(&digits)))
        .and_where(Expr::col(customer_phones::Column::Live).eq(true))
        .to_owned();
    Condition::any().add(name).add(customers::Column::Id.in_subquery(numbered))
}

pub(super) async fn with_phones(db: &Db, rows: Vec<customers::Model>) -> Result<Vec<CustomerEntry>, DbErr> {
    let phones = customer_phones::Entity::find()
        .filter(customer_phones::Column::CustomerId.is_in(rows.iter().map(|row| row.id)))
        .filter(customer_phones::Column::Live.eq(true))
        .order_by_asc(customer_phones::Column::Position)
        .order_by_asc(customer_phones::Column::Id)
        .all(db.read())
        .await?;
    let numbers = phones.iter().map(|phone| phone.e164.clone()).collect();
    let mut bars = find_of_numbers(db.read(), numbers, clock::now()).await?;
    let mut by_customer: HashMap<i64, Vec<customer_phones::Model>> = HashMap::new();
    for phone in phones {
        by_customer.entry(phone.customer_id).or_default().push(phone);
    }
    // A number is one customer's.
    let mut entry = |customer: customers::Model| {
        let phones = by_customer.remove(&customer.id).unwrap_or_default();
        let bars = phones.iter().filter_map(|phone| bars.remove_entry(&phone.e164)).collect();
        CustomerEntry { customer, phones, bars }
    };
    Ok(rows.into_iter().map(&mut entry).collect())
}

/// The lists that were made by these users, newest first.
pub async fn list_lists(db: &Db, visible: &UserFilter) -> Result<Vec<ListEntry>, DbErr> {
    let mut lists = lead_lists::Entity::find();
    if let UserFilter::Ids(ids) = visible {
        lists = lists.filter(lead_lists::Column::CreatedBy.is_in(ids.iter().map(|user| user.0)));
    }
    let lists = lists.order_by_desc(lead_lists::Column::Id).all(db.read()).await?;
    let groups: Vec<(i64, i64, i64)> = leads::Entity::find()
        .select_only()
        .column(leads::Column::ListId)
        .column_as(leads::Column::Id.count(), "leads")
        .column_as(leads::Column::LastAttemptAt.count(), "dialled")
        .filter(leads::Column::ListId.is_in(lists.iter().map(|list| list.id)))
        .group_by(leads::Column::ListId)
        .into_tuple()
        .all(db.read())
        .await?;
    let counts: HashMap<i64, (i64, i64)> =
        groups.into_iter().map(|(id, all, done)| (id, (all, done))).collect();
    let entry = |list: lead_lists::Model| {
        let (leads, dialled) = counts.get(&list.id).copied().unwrap_or_default();
        ListEntry { id: list.id, name: list.name, leads, fresh: leads - dialled, created_at: list.created_at }
    };
    Ok(lists.into_iter().map(entry).collect())
}
