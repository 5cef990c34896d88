//! The times of stored campaigns, and leads whose number lives where it is no hour to
//! be called at: they go back to their list until it is.
//!
//! In: due leads with their numbers. Out: those that may be dialled now, with the
//! numbers that may; the others due at their next opening, each in the log with its
//! zone. It is the rule of `times::called`.

use super::leads::Due;
use crate::base::clock::Moment;
use crate::base::ids::CampaignId;
use crate::calendars;
use crate::campaigns::model::LeadState;
use crate::campaigns::times::called::{Callable, CalledHours, callable};
use crate::campaigns::times::http::special_days;
use crate::campaigns::times::model::TimesForm;
use crate::campaigns::times::rules::{called_hours, calling_times};
use crate::campaigns::zones::zones_of;
use crate::floor::calling::CallingTimes;
use crate::store::WriteTx;
use crate::store::entity::{campaigns, customer_phones, hours_blocks, leads};
use chrono_tz::Tz;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, Set};

type Phones = Vec<customer_phones::Model>;

/// When a campaign dials, and whom.
#[derive(Debug)]
pub(super) struct LoadedTimes {
    /// By the centre's clock.
    pub(super) calling: CallingTimes,
    /// By the clock of those in other zones, if that counts.
    called: Option<CalledHours>,
}

impl LoadedTimes {
    /// Whether a number may be called, and until or from when.
    fn callable(&self, e164: &str, now: Moment) -> Callable {
        let hours = self.called;
        hours.map_or(Callable::Always, |hours| callable(&self.calling, hours, zones_of(e164), now))
    }

    /// Until before when a number that may be called now may be; `None`: as long as
    /// the campaign dials.
    pub(super) fn until(&self, e164: &str, now: Moment) -> Option<Moment> {
        match self.callable(e164, now) {
            Callable::Until(until) => Some(until),
            Callable::Always | Callable::From(_) => None,
        }
    }
}

/// The times of a campaign; `None` when they cannot be read.
pub(super) async fn load_times(
    db: &impl ConnectionTrait,
    row: &campaigns::Model,
    zone: Tz,
) -> Result<Option<LoadedTimes>, DbErr> {
    let calendars = calendars::store::load(db, row.calendar_id).await?;
    let Some(form) = TimesForm::of_stored(row.times.clone(), row.calendar_id) else { return Ok(None) };
    let calling = special_days(&form, &calendars).and_then(|special| calling_times(&form, special, zone));
    let called = form.called.as_ref().map(called_hours);
    Ok(match (calling, called) {
        (Some(calling), None) => Some(LoadedTimes { calling, called: None }),
        (Some(calling), Some(Some(called))) => Some(LoadedTimes { calling, called: Some(called) }),
        (None, _) | (_, Some(None)) => None,
    })
}

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
    for (phones, lead) in due {
        let (mut open, mut first): (Phones, Option<(Moment, String)>) = (Vec::new(), None);
        for phone in phones {
            match times.callable(&phone.e164, now) {
                Callable::Always | Callable::Until(_) => open.push(phone),
                Callable::From(at) if first.as_ref().is_none_or(|(before, _)| at < *before) => {
                    first = Some((at, phone.e164));
                }
                Callable::From(_) => {}
            }
        }
        match first {
            Some((at, e164)) if open.is_empty() => put_off(tx, campaign, &lead, &e164, at, now).await?,
            _ => free.push((open, lead)),
        }
    }
    lift(tx, campaign.id, free.iter().map(|(_, lead)| lead.id).collect(), now).await?;
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

async fn lift(tx: &WriteTx, campaign: i64, leads: Vec<i64>, now: Moment) -> Result<(), DbErr> {
    if leads.is_empty() {
        return Ok(());
    }
    hours_blocks::Entity::update_many()
        .col_expr(hours_blocks::Column::LiftedAt, Expr::value(now.to_utc()))
        .filter(hours_blocks::Column::LeadId.is_in(leads))
        .filter(hours_blocks::Column::CampaignId.eq(campaign))
        .filter(hours_blocks::Column::LiftedAt.is_null())
        .exec(tx)
        .await
        .map(|_| ())
}

/// The campaign's times may have changed: leads that wait for an hour are looked at
/// anew. One that was put off for another reason since stays.
pub(super) async fn look_again(tx: &WriteTx, campaign: CampaignId, now: Moment) -> Result<(), DbErr> {
    let waits = Query::select()
        .column(hours_blocks::Column::LeadId)
        .from(hours_blocks::Entity)
        .and_where(hours_blocks::Column::CampaignId.eq(campaign.0))
        .and_where(hours_blocks::Column::LiftedAt.is_null())
        .and_where(
            Expr::col((hours_blocks::Entity, hours_blocks::Column::NextAt))
                .equals((leads::Entity, leads::Column::NextAttemptAt)),
        )
        .to_owned();
    leads::Entity::update_many()
        .col_expr(leads::Column::NextAttemptAt, Expr::value(now.to_utc()))
        .filter(leads::Column::State.is_in([LeadState::Fresh.as_str(), LeadState::Retry.as_str()]))
        .filter(leads::Column::Id.in_subquery(waits))
        .exec(tx)
        .await?;
    hours_blocks::Entity::update_many()
        .col_expr(hours_blocks::Column::LiftedAt, Expr::value(now.to_utc()))
        .filter(hours_blocks::Column::CampaignId.eq(campaign.0))
        .filter(hours_blocks::Column::LiftedAt.is_null())
        .exec(tx)
        .await
        .map(|_| ())
}
