//! Leads and the caps on attempts: of a lead's numbers the next is dialled that may
//! be; a lead of which none may be is put aside until one may.
//!
//! In: due leads with the numbers that the do-not-call list leaves. Out: leads with
//! the number to dial; each number that is at a cap in the log of what was held back.

use super::leads::Due;
use crate::base::clock::Moment;
use crate::base::ids::{CampaignId, CustomerId, LeadId};
use crate::campaigns::caps::rules::Held;
use crate::campaigns::caps::store::{Terms, block};
use crate::campaigns::retry::model::LeadRule;
use crate::do_not_call::model::Blocked;
use crate::do_not_call::store::log_blocks;
use crate::store::WriteTx;
use crate::store::entity::{campaigns, customer_phones, leads};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};
use std::collections::{HashMap, HashSet};

type Phones = Vec<customer_phones::Model>;
/// Leads that wait for the same rule, until the same moment, for the same number.
type Aside = HashMap<(LeadRule, Moment, i32), Vec<i64>>;

/// Which of these leads may be dialled now, each with the number to dial.
pub(super) async fn sort_out(
    tx: &WriteTx,
    campaign: &campaigns::Model,
    terms: &Terms,
    due: Vec<(Phones, Due)>,
    now: Moment,
) -> Result<Vec<(customer_phones::Model, Due)>, DbErr> {
    let numbers = due.iter().flat_map(|(phones, _)| phones).map(|phone| phone.e164.clone()).collect();
    let held = terms.held(tx, numbers, &HashSet::new(), now).await?;
    let (mut free, mut blocks, mut aside) = (Vec::new(), Vec::new(), Aside::new());
    for (mut phones, lead) in due {
        // From the one whose turn it is, round to the one before it.
        let turn = phones.iter().position(|phone| phone.position >= lead.next_phone).unwrap_or(0);
        phones.rotate_left(turn);
        let what = Blocked::Lead {
            lead: LeadId(lead.id),
            customer: CustomerId(lead.customer_id),
            campaign: CampaignId(campaign.id),
            held: false,
        };
        let mut first: Option<(Held, i32)> = lead.later;
        let mut open = None;
        for phone in phones {
            let Some(why) = held.get(&phone.e164) else {
                open = Some(phone);
                break;
            };
            blocks.extend(block(*why, &phone.e164, what));
            if first.is_none_or(|(first, _)| why.until < first.until) {
                first = Some((*why, phone.position));
            }
        }
        match (open, first) {
            (Some(phone), _) => free.push((phone, lead)),
            (None, Some((why, phone))) => {
                aside.entry((why.rule, why.until, phone)).or_default().push(lead.id);
            }
            (None, None) => {}
        }
    }
    log_blocks(tx, &blocks, now).await?;
    put_aside(tx, aside).await?;
    Ok(free)
}

async fn put_aside(tx: &WriteTx, aside: Aside) -> Result<(), DbErr> {
    for ((rule, until, phone), leads) in aside {
        leads::Entity::update_many()
            .col_expr(leads::Column::NextAttemptAt, Expr::value(until.to_utc()))
            .col_expr(leads::Column::NextPhone, Expr::value(phone))
            .col_expr(leads::Column::Rule, Expr::value(rule.as_str()))
            .filter(leads::Column::Id.is_in(leads))
            .exec(tx)
            .await?;
    }
    Ok(())
}
