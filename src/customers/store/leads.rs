//! The leads of a campaign, within what somebody may see of its customers.

use crate::auth::UserFilter;
use crate::base::ids::CampaignId;
use crate::customers::model::{LeadEntry, LeadKind};
use crate::customers::store::customers::{holds_text, may_be_seen, with_phones};
use crate::do_not_call::store::blocks_of_leads;
use crate::store::Db;
use crate::store::entity::{campaigns, customers, do_not_call_blocks, hours_blocks, leads};
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
    (kind, text): (Option<LeadKind>, Option<&str>),
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
        .filter(Condition::all().add_option(kind.map(|kind| is_of(kind, campaign))))
        .filter(Condition::all().add_option(after.map(|id| leads::Column::Id.lt(id))))
        .order_by_desc(leads::Column::Id)
        .limit(limit)
        .all(db.read())
        .await?;
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

fn is_of(kind: LeadKind, campaign: CampaignId) -> Condition {
    match kind {
        LeadKind::Open => Condition::all().add(leads::Column::State.ne("done")),
        LeadKind::Done => Condition::all().add(leads::Column::State.eq("done")),
        LeadKind::Barred => {
            let held = Query::select()
                .column(do_not_call_blocks::Column::LeadId)
                .from(do_not_call_blocks::Entity)
                .and_where(Expr::col(do_not_call_blocks::Column::CampaignId).eq(campaign.0))
                .and_where(Expr::col(do_not_call_blocks::Column::LiftedAt).is_null())
                .to_owned();
            Condition::all().add(leads::Column::Id.in_subquery(held))
        }
    }
}
