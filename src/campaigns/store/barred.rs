//! Leads and the do-not-call list: those of which no number may be dialled are put
//! aside, and are due again when what held them back has ended.
//!
//! In: due leads with their numbers; entries that have ended. Out: the leads that
//! may be dialled, with the numbers that may; each block in the log. A lead that is
//! put aside is done, with a result that says why, so that no refill meets it
//! again. One that is barred for this campaign alone stays on a list that others
//! dial, too: its open block keeps it from this campaign.

use super::leads::{Due, state_before};
use crate::base::clock::Moment;
use crate::base::ids::{CampaignId, CustomerId, LeadId};
use crate::campaigns::model::{CampaignState, LeadState};
use crate::do_not_call::model::{BARRED, Blocked, Dialler, NewBlock, Target};
use crate::do_not_call::store::{
    find_bars, has_ended, let_go, lift_of_campaign, lift_of_entries, log_blocks, mark_leads_back, take_ended,
};
use crate::store::entity::{calls, campaigns, customer_phones, do_not_call_entries, leads};
use crate::store::{Db, WriteTx, write_tx};
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use std::collections::HashMap;

/// Entries whose leads are given back in one transaction.
const ENTRIES_AT_ONCE: u64 = 500;

type Phones = Vec<customer_phones::Model>;
type Bars = HashMap<String, Vec<do_not_call_entries::Model>>;

/// Which of these leads may be dialled now, each with the numbers that may. What is
/// held back is logged, and leads without any number that may be dialled are put
/// aside.
pub(super) async fn sort_out(
    tx: &WriteTx,
    campaign: &campaigns::Model,
    due: Vec<(Phones, Due)>,
    now: Moment,
) -> Result<Vec<(Phones, Due)>, DbErr> {
    let numbers = due.iter().flat_map(|(phones, _)| phones).map(|phone| phone.e164.clone()).collect();
    let dialler = Dialler::Campaign(CampaignId(campaign.id));
    let bars = find_bars(tx, dialler, numbers, now).await?;
    if bars.is_empty() {
        return Ok(due);
    }
    let (mut free, mut blocks, mut aside) = (Vec::new(), Vec::new(), Vec::new());
    let mut for_others = None;
    for (phones, lead) in due {
        let (barred, open): (Phones, Phones) =
            phones.into_iter().partition(|phone| bars.contains_key(&phone.e164));
        let held = open.is_empty() && !barred.is_empty();
        blocks.extend(barred.iter().filter_map(|phone| block(campaign, &lead, phone, held, &bars)));
        if !held {
            free.push((open, lead));
            continue;
        }
        if barred.iter().all(|phone| is_barred_for_all(&bars, &phone.e164)) {
            aside.push(lead.id);
            continue;
        }
        let others = match for_others {
            Some(others) => others,
            None => *for_others.insert(others_dial(tx, campaign).await?),
        };
        if !others {
            aside.push(lead.id);
        }
    }
    log_blocks(tx, &blocks, now).await?;
    put_aside(tx, aside).await?;
    Ok(free)
}

fn block(
    campaign: &campaigns::Model,
    lead: &Due,
    phone: &customer_phones::Model,
    held: bool,
    bars: &Bars,
) -> Option<NewBlock> {
    let entry = bars.get(&phone.e164)?.first()?.id;
    let (id, customer) = (LeadId(lead.id), CustomerId(lead.customer_id));
    let what = Blocked::Lead { lead: id, customer, campaign: CampaignId(campaign.id), held };
    Some(NewBlock::by_entry(entry, phone.e164.clone(), what))
}

fn is_barred_for_all(bars: &Bars, e164: &str) -> bool {
    bars.get(e164).into_iter().flatten().any(|entry| Target::of(entry) == Target::System)
}

/// Whether another campaign that is not over dials the same list.
async fn others_dial(tx: &WriteTx, campaign: &campaigns::Model) -> Result<bool, DbErr> {
    let other = campaigns::Entity::find()
        .filter(campaigns::Column::ListId.eq(campaign.list_id))
        .filter(campaigns::Column::Id.ne(campaign.id))
        .filter(campaigns::Column::State.ne(CampaignState::Finished.as_str()));
    Ok(other.one(tx).await?.is_some())
}

async fn put_aside(tx: &WriteTx, aside: Vec<i64>) -> Result<(), DbErr> {
    if aside.is_empty() {
        return Ok(());
    }
    leads::Entity::update_many()
        .col_expr(leads::Column::State, Expr::value(LeadState::Done.as_str()))
        .col_expr(leads::Column::LastResult, Expr::value(BARRED))
        // Neither a retry rule nor a cap ended it.
        .col_expr(leads::Column::Rule, Expr::value(None::<String>))
        .filter(leads::Column::Id.is_in(aside))
        .exec(tx)
        .await
        .map(|_| ())
}

/// Gives back what entries held that have ended since. Gives whether there was
/// anything. To be asked at any time: it looks at ended entries alone, by an index.
pub async fn give_back_leads(db: &Db, now: Moment) -> Result<bool, DbErr> {
    if !has_ended(db.read(), now).await? {
        return Ok(false);
    }
    loop {
        let tx = write_tx(db).await?;
        let given = give_back_some(&tx, now).await?;
        tx.commit().await?;
        if given < ENTRIES_AT_ONCE {
            return Ok(true);
        }
    }
}

/// The same for so many entries; how many there were.
pub(super) async fn give_back_some(tx: &WriteTx, now: Moment) -> Result<u64, DbErr> {
    let ended = take_ended(tx, ENTRIES_AT_ONCE, now).await?;
    if ended.is_empty() {
        return Ok(0);
    }
    let entries: Vec<i64> = ended.iter().map(|entry| entry.id).collect();
    let numbers = ended.into_iter().map(|entry| entry.e164);
    let theirs: Vec<i64> = customer_phones::Entity::find()
        .select_only()
        .column(customer_phones::Column::CustomerId)
        .filter(customer_phones::Column::Live.eq(true))
        .filter(customer_phones::Column::E164.is_in(numbers))
        .into_tuple()
        .all(tx)
        .await?;
    // Whether another entry bars them the next refill sees.
    make_due(tx, leads::Column::CustomerId.is_in(theirs.iter().copied())).await?;
    lift_of_entries(tx, &entries, now).await?;
    let_go(tx, &theirs).await?;
    mark_leads_back(tx, &entries, now).await?;
    Ok(entries.len() as u64)
}

/// The campaign starts, or dials another list or with other agents: what was barred
/// is looked at anew.
pub(super) async fn look_again(
    tx: &WriteTx,
    campaign: CampaignId,
    list: i64,
    now: Moment,
) -> Result<(), DbErr> {
    make_due(tx, leads::Column::ListId.eq(list)).await?;
    lift_of_campaign(tx, campaign, now).await
}

/// Leads that were put aside are what they were before.
async fn make_due(tx: &WriteTx, which: Expr) -> Result<(), DbErr> {
    let last = Query::select()
        .column(calls::Column::Result)
        .from(calls::Entity)
        .and_where(
            Expr::col((calls::Entity, calls::Column::CustomerId))
                .equals((leads::Entity, leads::Column::CustomerId)),
        )
        .and_where(
            Expr::col((calls::Entity, calls::Column::LeadId)).equals((leads::Entity, leads::Column::Id)),
        )
        .order_by((calls::Entity, calls::Column::StartedAt), Order::Desc)
        .limit(1)
        .to_owned();
    leads::Entity::update_many()
        .col_expr(leads::Column::State, state_before())
        .col_expr(leads::Column::LastResult, Expr::SubQuery(None, Box::new(last.into())))
        .filter(which)
        .filter(leads::Column::State.eq(LeadState::Done.as_str()))
        .filter(leads::Column::LastResult.eq(BARRED))
        .exec(tx)
        .await
        .map(|_| ())
}
