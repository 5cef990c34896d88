//! Leads whose number lives where it is no hour to be called at: they go back to their
//! list until it is.
//!
//! In: due leads with their numbers. Out: those that may be dialled now, with the
//! numbers that may; the others due at their next opening, each in the log with its
//! zone. It is the rule of `times::called`.

use super::leads::Due;
use crate::base::clock::Moment;
use crate::base::ids::CampaignId;
use crate::campaigns::caps::rules::Held;
use crate::campaigns::retry::model::LeadRule;
use crate::campaigns::times::called::Callable;
use crate::campaigns::times::store::LoadedTimes;
use crate::campaigns::zones::zones_of;
use crate::store::WriteTx;
use crate::store::entity::{campaigns, customer_phones, hours_blocks, leads};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};

type Phones = Vec<customer_phones::Model>;

/// Which of these leads may be dialled now, each with the numbers that may. The others
/// are due when one of their numbers may be.
pub(super) async fn sort_out(
    tx: &WriteTx,
    campaign: &campaigns::Model,
    times: &LoadedTimes,
    due: Vec<(Phones, Due)>,
    now: Moment,
) -> Result<Vec<(Phones, Due)>, DbErr> {
    if times.called.is_none() {
        return Ok(due);
    }
    let mut free = Vec::new();
    for (phones, mut lead) in due {
        let (mut open, mut first): (Phones, Option<(Moment, customer_phones::Model)>) = (Vec::new(), None);
        for phone in phones {
            match times.callable(&phone.e164, now) {
                Callable::Always | Callable::Until(_) => open.push(phone),
                Callable::From(at) if first.as_ref().is_none_or(|(before, _)| at < *before) => {
                    first = Some((at, phone));
                }
                Callable::From(_) => {}
            }
        }
        match first {
            Some((at, phone)) if open.is_empty() => {
                put_off(tx, campaign, &lead, &phone.e164, at, now).await?;
            }
            first => {
                let held = |until| Held { rule: LeadRule::CalledHours, until };
                lead.later = first.map(|(at, phone)| (held(at), phone.position));
                free.push((open, lead));
            }
        }
    }
    let free_ids: Vec<i64> = free.iter().map(|(_, lead)| lead.id).collect();
    if !free_ids.is_empty() {
        let theirs = hours_blocks::Column::LeadId.is_in(free_ids);
        lift(tx, theirs.and(hours_blocks::Column::CampaignId.eq(campaign.id)), now).await?;
    }
    Ok(free)
}

async fn put_off(
    tx: &WriteTx,
    campaign: &campaigns::Model,
    lead: &Due,
    e164: &str,
    at: Moment,
    now: Moment,
) -> Result<(), DbErr> {
    use hours_blocks::Column;
    let put_off = leads::ActiveModel {
        id: Set(lead.id),
        next_attempt_at: Set(Some(at.to_utc())),
        rule: Set(Some(LeadRule::CalledHours.as_str().to_owned())),
        ..Default::default()
    };
    leads::Entity::update(put_off).exec(tx).await?;
    let row = hours_blocks::ActiveModel {
        lead_id: Set(lead.id),
        campaign_id: Set(campaign.id),
        e164: Set(e164.to_owned()),
        zone: Set(zones_of(e164).first().map(|zone| zone.name().to_owned()).unwrap_or_default()),
        next_at: Set(at.to_utc()),
        times: Set(1),
        first_at: Set(now.to_utc()),
        last_at: Set(now.to_utc()),
        lifted_at: Set(None),
        ..Default::default()
    };
    let again = OnConflict::columns([Column::LeadId, Column::CampaignId])
        .update_columns([Column::E164, Column::Zone, Column::NextAt, Column::LastAt, Column::LiftedAt])
        .value(Column::Times, Expr::col((hours_blocks::Entity, Column::Times)).add(1))
        .to_owned();
    hours_blocks::Entity::insert(row).on_conflict(again).exec_without_returning(tx).await.map(|_| ())
}

async fn lift(tx: &WriteTx, which: Expr, now: Moment) -> Result<(), DbErr> {
    hours_blocks::Entity::update_many()
        .col_expr(hours_blocks::Column::LiftedAt, Expr::value(now.to_utc()))
        .filter(which)
        .filter(hours_blocks::Column::LiftedAt.is_null())
        .exec(tx)
        .await
        .map(|_| ())
}

/// The campaign's times may have changed: what waited for an hour is looked at anew.
pub(super) async fn lift_of_campaign(tx: &WriteTx, campaign: CampaignId, now: Moment) -> Result<(), DbErr> {
    lift(tx, hours_blocks::Column::CampaignId.eq(campaign.0), now).await
}
