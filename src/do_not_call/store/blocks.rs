//! The log of what entries of the list, and caps on attempts, held back.

use crate::base::clock::Moment;
use crate::base::ids::{CampaignId, CustomerId};
use crate::do_not_call::model::{BlockKind, Blocked, ListedBlock, ListedEntry, NewBlock};
use crate::do_not_call::store::names::with_names;
use crate::store::WriteTx;
use crate::store::entity::{do_not_call_blocks, do_not_call_entries};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use std::collections::{HashMap, HashSet};

use do_not_call_blocks::Column;

/// Rows in one statement.
const PER_STATEMENT: usize = 200;

/// Writes what was held back. The same thing held back by the same entry or cap again
/// is counted in its row.
pub async fn log_blocks(tx: &WriteTx, blocks: &[NewBlock], now: Moment) -> Result<(), DbErr> {
    let (by_entries, by_caps): (Vec<&NewBlock>, Vec<&NewBlock>) =
        blocks.iter().partition(|block| block.entry.is_some());
    let entries = OnConflict::columns([Column::Subject, Column::EntryId]);
    insert(tx, &by_entries, entries, now).await?;
    let mut caps = OnConflict::columns([Column::Subject, Column::Rule]);
    caps.target_and_where(Expr::col(Column::EntryId).is_null());
    insert(tx, &by_caps, caps, now).await
}

async fn insert(
    tx: &WriteTx,
    blocks: &[&NewBlock],
    mut conflict: OnConflict,
    now: Moment,
) -> Result<(), DbErr> {
    let again = conflict
        .update_columns([Column::LastAt, Column::Held, Column::LiftedAt, Column::UntilAt])
        .value(Column::Times, Expr::col((do_not_call_blocks::Entity, Column::Times)).add(1))
        .to_owned();
    let mut rest = blocks;
    while !rest.is_empty() {
        // A statement may change no row twice: what comes again goes into the next one.
        let mut keys = HashSet::new();
        let rows: Vec<do_not_call_blocks::ActiveModel> = rest
            .iter()
            .take(PER_STATEMENT)
            .map_while(|block| {
                let row = row(block, now);
                let key = (row.subject.clone().take(), block.entry, block.rule);
                keys.insert(key).then_some(row)
            })
            .collect();
        rest = rest.get(rows.len()..).unwrap_or_default();
        do_not_call_blocks::Entity::insert_many(rows)
            .on_conflict(again.clone())
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

fn row(block: &NewBlock, now: Moment) -> do_not_call_blocks::ActiveModel {
    let common = do_not_call_blocks::ActiveModel {
        entry_id: Set(block.entry),
        e164: Set(block.e164.clone()),
        held: Set(false),
        times: Set(1),
        first_at: Set(now.to_utc()),
        last_at: Set(now.to_utc()),
        lifted_at: Set(None),
        rule: Set(block.rule.as_str().to_owned()),
        until_at: Set(block.until.map(Moment::to_utc)),
        ..Default::default()
    };
    let kind = |kind: BlockKind| Set(kind.as_str().to_owned());
    match block.what {
        Blocked::Lead { lead, customer, campaign, held } => do_not_call_blocks::ActiveModel {
            kind: kind(BlockKind::Lead),
            subject: Set(match block.entry {
                Some(_) => format!("lead {lead} campaign {campaign}"),
                // Each number of a lead may be at its cap.
                None => format!("lead {lead} campaign {campaign} number {}", block.e164),
            }),
            lead_id: Set(Some(lead.0)),
            customer_id: Set(Some(customer.0)),
            campaign_id: Set(Some(campaign.0)),
            held: Set(held),
            ..common
        },
        Blocked::Callback { place, customer, queue } => do_not_call_blocks::ActiveModel {
            kind: kind(BlockKind::Callback),
            subject: Set(format!("place {place}")),
            customer_id: Set(customer.map(|id| id.0)),
            queue_id: Set(Some(queue.0)),
            call_id: Set(Some(place.0)),
            ..common
        },
        Blocked::Transfer { agent, campaign, call } => do_not_call_blocks::ActiveModel {
            kind: kind(BlockKind::Transfer),
            subject: Set(format!("agent {agent} call {}", call.map(|call| call.0).unwrap_or_default())),
            campaign_id: Set(campaign.map(|id| id.0)),
            agent_id: Set(Some(agent.0)),
            call_id: Set(call.map(|call| call.0)),
            ..common
        },
    }
}

/// These entries hold nothing back any more.
pub async fn lift_of_entries(tx: &WriteTx, entries: &[i64], now: Moment) -> Result<(), DbErr> {
    lift(tx, do_not_call_blocks::Column::EntryId.is_in(entries.iter().copied()), now).await
}

/// One of these customers' numbers may be dialled again: what is barred of the others
/// does not hold their leads back any more.
pub async fn let_go(tx: &WriteTx, customers: &[i64]) -> Result<(), DbErr> {
    do_not_call_blocks::Entity::update_many()
        .col_expr(do_not_call_blocks::Column::Held, Expr::value(false))
        .filter(do_not_call_blocks::Column::CustomerId.is_in(customers.iter().copied()))
        .filter(do_not_call_blocks::Column::Held.eq(true))
        .filter(do_not_call_blocks::Column::LiftedAt.is_null())
        .exec(tx)
        .await
        .map(|_| ())
}

/// The centre's caps have changed: what they hold back is asked anew.
pub async fn lift_of_caps(tx: &WriteTx, now: Moment) -> Result<(), DbErr> {
    lift(tx, do_not_call_blocks::Column::EntryId.is_null(), now).await
}

/// The campaign looks at its leads anew: who its agents are, or which list it
/// dials, may have changed.
pub async fn lift_of_campaign(tx: &WriteTx, campaign: CampaignId, now: Moment) -> Result<(), DbErr> {
    lift(tx, do_not_call_blocks::Column::CampaignId.eq(campaign.0), now).await
}

async fn lift(tx: &WriteTx, which: Expr, now: Moment) -> Result<(), DbErr> {
    do_not_call_blocks::Entity::update_many()
        .col_expr(do_not_call_blocks::Column::LiftedAt, Expr::value(now.to_utc()))
        .filter(which)
        .filter(do_not_call_blocks::Column::LiftedAt.is_null())
        .exec(tx)
        .await
        .map(|_| ())
}

/// What was held back of a customer, the latest first.
pub async fn blocks_of_customer(
    db: &impl ConnectionTrait,
    customer: CustomerId,
    limit: u64,
) -> Result<Vec<ListedBlock>, DbErr> {
    let rows = do_not_call_blocks::Entity::find()
        .filter(do_not_call_blocks::Column::CustomerId.eq(customer.0))
        .order_by_desc(do_not_call_blocks::Column::LastAt)
        .order_by_desc(do_not_call_blocks::Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    with_entries(db, rows).await
}

/// What a campaign could not dial of these leads, by lead, the latest first.
pub async fn blocks_of_leads(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    leads: &[i64],
) -> Result<HashMap<i64, Vec<ListedBlock>>, DbErr> {
    let rows = do_not_call_blocks::Entity::find()
        .filter(do_not_call_blocks::Column::LeadId.is_in(leads.iter().copied()))
        .filter(do_not_call_blocks::Column::CampaignId.eq(campaign.0))
        .order_by_desc(do_not_call_blocks::Column::LastAt)
        .order_by_desc(do_not_call_blocks::Column::Id)
        .all(db)
        .await?;
    let mut by_lead: HashMap<i64, Vec<ListedBlock>> = HashMap::new();
    for listed in with_entries(db, rows).await? {
        if let Some(lead) = listed.block.lead_id {
            by_lead.entry(lead).or_default().push(listed);
        }
    }
    Ok(by_lead)
}

async fn with_entries(
    db: &impl ConnectionTrait,
    rows: Vec<do_not_call_blocks::Model>,
) -> Result<Vec<ListedBlock>, DbErr> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let entries = do_not_call_entries::Entity::find()
        .filter(do_not_call_entries::Column::Id.is_in(rows.iter().filter_map(|row| row.entry_id)))
        .all(db)
        .await?;
    let entries: HashMap<i64, ListedEntry> =
        with_names(db, entries).await?.into_iter().map(|listed| (listed.entry.id, listed)).collect();
    let listed = |block: do_not_call_blocks::Model| {
        let entry = block.entry_id.and_then(|id| entries.get(&id)).cloned();
        ListedBlock { block, entry }
    };
    Ok(rows.into_iter().map(listed).collect())
}
