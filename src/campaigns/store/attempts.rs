//! What becomes of leads: facts about their calls.
//!
//! In: facts, after the ledger has written them, in the same transaction. Out: the
//! lead's state, when it is dialled next, and the rule that says so.

use crate::base::clock::Moment;
use crate::base::ids::{CallId, LeadId};
use crate::base::limits;
use crate::campaigns::model::LeadState;
use crate::campaigns::retry::model::RetryRules;
use crate::campaigns::retry::rules::{Ended, Tried};
use crate::campaigns::rules;
use crate::campaigns::store::previews;
use crate::campaigns::times::store::times_or_always;
use crate::floor::effect::{CallResult, Fact};
use crate::store::WriteTx;
use crate::store::entity::{calls, campaigns, customer_phones, leads};
use chrono_tz::Tz;
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

/// Writes what a fact means for its lead. The ledger must have written the fact
/// before, in the same transaction. Idempotent: attempts are counted from the
/// ledger, and an end is applied only while its own call is the lead's latest.
/// `zone` is the centre's.
pub async fn write_fact(tx: &WriteTx, fact: &Fact, zone: Tz) -> Result<(), DbErr> {
    match fact {
        Fact::AttemptStarted { call, lead, at, .. } => begin_attempt(tx, *call, *lead, *at).await,
        Fact::CallEnded { call, dialled: Some((_, lead)), result, at, .. } => {
            end_attempt(tx, *call, *lead, *result, (*at, zone)).await
        }
        Fact::Previewed(fact) => previews::write(tx, fact).await,
        _ => Ok(()),
    }
}

async fn begin_attempt(tx: &WriteTx, call: CallId, lead: LeadId, at: Moment) -> Result<(), DbErr> {
    let row = calls::Entity::find_by_id(call.0).one(tx).await?;
    if row.is_none_or(|call| call.ended_at.is_some()) {
        return Ok(());
    }
    let Some(lead) = leads::Entity::find_by_id(lead.0).one(tx).await? else { return Ok(()) };
    let attempts = of_lead(tx, &lead).await?;
    let dialling = leads::ActiveModel {
        id: Set(lead.id),
        state: Set(LeadState::Dialling.as_str().to_owned()),
        attempts: Set(count(&attempts)),
        last_attempt_at: Set(Some(at.to_utc())),
        ..Default::default()
    };
    leads::Entity::update(dialling).exec(tx).await.map(|_| ())
}

async fn end_attempt(
    tx: &WriteTx,
    call: CallId,
    lead: LeadId,
    result: CallResult,
    (at, zone): (Moment, Tz),
) -> Result<(), DbErr> {
    let row = leads::Entity::find_by_id(lead.0).one(tx).await?;
    let Some(lead) = row.filter(|lead| lead.state == LeadState::Dialling.as_str()) else { return Ok(()) };
    let attempts = of_lead(tx, &lead).await?;
    let Some(call) = attempts.last().filter(|latest| latest.id == call.0) else { return Ok(()) };
    let Some(campaign) = call.campaign_id else { return Ok(()) };
    let campaign = campaigns::Entity::find_by_id(campaign).one(tx).await?;
    let Some(campaign) = campaign else { return Ok(()) };
    let times = times_or_always(tx, &campaign, zone).await?;
    let phones = customer_phones::Entity::find()
        .filter(customer_phones::Column::CustomerId.eq(lead.customer_id))
        .filter(customer_phones::Column::Live.eq(true))
        .order_by_asc(customer_phones::Column::Position)
        .all(tx)
        .await?;
    let tried = |attempt: &calls::Model| Tried {
        phone: phones.iter().find(|phone| phone.e164 == attempt.e164).map(|phone| phone.position),
        result: match attempt.result.as_deref().and_then(CallResult::from_name) {
            _ if attempt.id == call.id => result,
            Some(result) => result,
            // Its end was lost.
            None => CallResult::Failed,
        },
        at: Moment::from(attempt.started_at),
    };
    let tried: Vec<Tried> = attempts.iter().map(tried).collect();
    let positions: Vec<i32> = phones.iter().map(|phone| phone.position).collect();
    let ended = Ended {
        tried: &tried,
        phones: &positions,
        max_attempts: u32::try_from(campaign.max_attempts).unwrap_or(1),
        now: at,
    };
    let next = RetryRules::from_stored(&campaign.retry).after(ended, &times);
    let ended = leads::ActiveModel {
        id: Set(lead.id),
        state: Set(next.state.as_str().to_owned()),
        attempts: Set(count(&attempts)),
        next_phone: Set(next.phone),
        next_attempt_at: Set(next.at.map(Moment::to_utc)),
        last_result: Set(Some(result.as_str().to_owned())),
        rule: Set(Some(next.rule.as_str().to_owned())),
        ..Default::default()
    };
    leads::Entity::update(ended).exec(tx).await.map(|_| ())
}

/// The attempts of a lead since they count, in order; of very many, the last.
async fn of_lead(tx: &WriteTx, lead: &leads::Model) -> Result<Vec<calls::Model>, DbErr> {
    let counts = lead.counts_from.map(|from| calls::Column::StartedAt.gte(from));
    let mut attempts = calls::Entity::find()
        .filter(calls::Column::CustomerId.eq(lead.customer_id))
        .filter(calls::Column::LeadId.eq(lead.id))
        .filter(Condition::all().add_option(counts))
        .order_by_desc(calls::Column::StartedAt)
        .order_by_desc(calls::Column::Id)
        .limit(limits::ATTEMPTS_PER_LEAD)
        .all(tx)
        .await?;
    attempts.reverse();
    Ok(attempts)
}

/// Those that count against the campaign's maximum.
fn count(attempts: &[calls::Model]) -> i32 {
    let result = |attempt: &calls::Model| attempt.result.as_deref().and_then(CallResult::from_name);
    let counted = attempts.iter().filter(|attempt| result(attempt).is_none_or(rules::counts_as_attempt));
    i32::try_from(counted.count()).unwrap_or(i32::MAX)
}
