//! The leads of a campaign, within what somebody may see of its customers.

use crate::auth::UserFilter;
use crate::base::clock::Moment;
use crate::base::ids::{CampaignId, LeadId};
use crate::base::limits;
use crate::customers::model::{LeadEntry, LeadHistory, LeadKind};
use crate::customers::store::customers::{holds_text, may_be_seen, with_phones};
use crate::customers::store::previews::find_previews;
use crate::do_not_call::store::blocks_of_leads;
use crate::store::Db;
use crate::store::entity::{
    calls, campaigns, customers, do_not_call_blocks, hours_blocks, leads, previews, recycled_leads, recycles,
    users,
};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;

/// The list that a campaign dials; `None`: there is no such campaign.
pub async fn list_of_campaign(db: &Db, campaign: CampaignId) -> Result<Option<i64>, DbErr> {
    Ok(campaigns::Entity::find_by_id(campaign.0).one(db.read()).await?.map(|campaign| campaign.list_id))
}

/// Up to `limit` leads of a campaign's list by falling id, from below `after`;
/// `text` is part of the customer's name or number.
pub async fn list_leads(
    db: &Db,
    (campaign, list): (CampaignId, i64),
    visible: &UserFilter,
    (kind, text, now): (Option<LeadKind>, Option<&str>, Moment),
    after: Option<i64>,
    limit: u64,
) -> Result<Vec<LeadEntry>, DbErr> {
    let theirs = Query::select()
        .column(customers::Column::Id)
        .from(customers::Entity)
        .cond_where(customers::Column::DeletedAt.is_null())
        .cond_where(may_be_seen(visible))
        .cond_where(Condition::all().add_option(text.map(holds_text)))
        .to_owned();
    let rows = leads::Entity::find()
        .filter(leads::Column::ListId.eq(list))
        .filter(leads::Column::CustomerId.in_subquery(theirs))
        .filter(Condition::all().add_option(kind.map(|kind| is_of(kind, campaign, now))))
        .filter(Condition::all().add_option(after.map(|id| leads::Column::Id.lt(id))))
        .order_by_desc(leads::Column::Id)
        .limit(limit)
        .all(db.read())
        .await?;
    entries(db, campaign, rows).await
}

/// Leads with their customers and what was held back of them.
async fn entries(db: &Db, campaign: CampaignId, rows: Vec<leads::Model>) -> Result<Vec<LeadEntry>, DbErr> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut blocks = blocks_of_leads(db.read(), campaign, &ids).await?;
    let waiting = hours_blocks::Entity::find()
        .filter(hours_blocks::Column::CampaignId.eq(campaign.0))
        .filter(hours_blocks::Column::LeadId.is_in(ids))
        .filter(hours_blocks::Column::LiftedAt.is_null())
        .all(db.read())
        .await?;
    let mut waiting: HashMap<i64, _> = waiting.into_iter().map(|block| (block.lead_id, block)).collect();
    let found = customers::Entity::find()
        .filter(customers::Column::Id.is_in(rows.iter().map(|row| row.customer_id)))
        .all(db.read())
        .await?;
    let found = with_phones(db, found).await?;
    let mut found: HashMap<i64, _> = found.into_iter().map(|entry| (entry.customer.id, entry)).collect();
    let entry = |lead: leads::Model| {
        let customer = found.remove(&lead.customer_id)?;
        let (blocks, hours) = (blocks.remove(&lead.id).unwrap_or_default(), waiting.remove(&lead.id));
        Some(LeadEntry { blocks, hours, customer, lead })
    };
    Ok(rows.into_iter().filter_map(entry).collect())
}

/// What became of a lead of a campaign's list; `None`: there is none, or it is of a
/// customer whom the reader may not see.
pub async fn find_lead_history(
    db: &Db,
    (campaign, list): (CampaignId, i64),
    lead: LeadId,
    visible: &UserFilter,
) -> Result<Option<LeadHistory>, DbErr> {
    let theirs = Query::select()
        .column(customers::Column::Id)
        .from(customers::Entity)
        .cond_where(customers::Column::DeletedAt.is_null())
        .cond_where(may_be_seen(visible))
        .to_owned();
    let row = leads::Entity::find_by_id(lead.0)
        .filter(leads::Column::ListId.eq(list))
        .filter(leads::Column::CustomerId.in_subquery(theirs))
        .all(db.read())
        .await?;
    let Some(lead) = entries(db, campaign, row).await?.pop() else { return Ok(None) };
    let attempts = calls::Entity::find()
        .filter(calls::Column::CustomerId.eq(lead.lead.customer_id))
        .filter(calls::Column::LeadId.eq(lead.lead.id))
        .order_by_desc(calls::Column::StartedAt)
        .limit(limits::ATTEMPTS_PER_LEAD)
        .all(db.read())
        .await?;
    let put_back = recycled_leads::Entity::find()
        .filter(recycled_leads::Column::LeadId.eq(lead.lead.id))
        .order_by_desc(recycled_leads::Column::RecycleId)
        .limit(limits::ATTEMPTS_PER_LEAD)
        .all(db.read())
        .await?;
    let runs = recycles::Entity::find()
        .filter(recycles::Column::Id.is_in(put_back.iter().map(|row| row.recycle_id)))
        .all(db.read())
        .await?;
    let by = users::Entity::find()
        .filter(users::Column::Id.is_in(runs.iter().map(|run| run.created_by)))
        .all(db.read())
        .await?;
    let names: HashMap<i64, String> = by.into_iter().map(|user| (user.id, user.display_name)).collect();
    let runs: HashMap<i64, recycles::Model> = runs.into_iter().map(|run| (run.id, run)).collect();
    let of = |row: recycled_leads::Model| {
        let run = runs.get(&row.recycle_id)?.clone();
        let name = names.get(&run.created_by).cloned();
        Some((run, row, name))
    };
    let recycles = put_back.into_iter().filter_map(of).collect();
    let previews = previews::Column::LeadId.eq(lead.lead.id);
    let previews = find_previews(db, previews, limits::ATTEMPTS_PER_LEAD).await?;
    Ok(Some(LeadHistory { lead, attempts, recycles, previews }))
}

fn is_of(kind: LeadKind, campaign: CampaignId, now: Moment) -> Condition {
    match kind {
        LeadKind::Open => Condition::all().add(leads::Column::State.ne("done")),
        LeadKind::Done => Condition::all().add(leads::Column::State.eq("done")),
        LeadKind::Waiting => Condition::all()
            .add(leads::Column::State.is_in(["fresh", "retry"]))
            .add(leads::Column::NextAttemptAt.gt(now.to_utc())),
        LeadKind::Barred => {
            let held = Query::select()
                .column(do_not_call_blocks::Column::LeadId)
                .from(do_not_call_blocks::Entity)
                .and_where(Expr::col(do_not_call_blocks::Column::CampaignId).eq(campaign.0))
                .and_where(Expr::col(do_not_call_blocks::Column::EntryId).is_not_null())
                .and_where(Expr::col(do_not_call_blocks::Column::LiftedAt).is_null())
                .to_owned();
            Condition::all().add(leads::Column::Id.in_subquery(held))
        }
    }
}
