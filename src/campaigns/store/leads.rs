//! Leads: handing due ones to the floor.
//!
//! In: requests for leads. Out: leads, each claimed once and no customer twice,
//! whichever list they are on. What the do-not-call list holds back is in
//! `barred.rs`, what the hour where a number lives in `called.rs`, what the caps on
//! attempts in `capped.rs`, and what becomes of a lead after an attempt in
//! `attempts.rs`.

use crate::base::clock::Moment;
use crate::base::ids::{CampaignId, CustomerId, LeadId};
use crate::base::limits;
use crate::base::phone::Dialable;
use crate::campaigns::caps::rules::Held;
use crate::campaigns::caps::store::Terms;
use crate::campaigns::model::LeadState;
use crate::campaigns::rules::REST_AFTER_DROP_HOURS;
use crate::campaigns::store::{barred, called, capped};
use crate::campaigns::times::store::{LoadedTimes, load_times};
use crate::floor::input::Lead;
use crate::places;
use crate::store::entity::{campaigns, customer_phones, leads};
use crate::store::{Db, WriteTx, write_tx};
use chrono_tz::Tz;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    Statement,
};
use std::collections::HashMap;

/// One claim at a time on PostgreSQL, so that two campaigns cannot claim the
/// same customer from two lists; SQLite has one writer anyway.
const CLAIM_LOCK: &str = "SELECT pg_advisory_xact_lock(727403)";

/// Looks at due leads in one refill, in portions of what is wanted, to find those
/// that may be dialled: the others are put aside, so that the next refill does not
/// meet them again.
const LOOKS: usize = 10;

/// A call that is open for longer has lost its end.
const CALL_MS_MAX: i64 = 12 * 3_600_000;

/// Due leads of one state: by priority, then those with fewer attempts, then those
/// whose last one is longer ago; the index `leads_due` has them in this order. The
/// customer is in nobody's hopper and in no call, has a number, and was not dropped of
/// late; the lead was not held back from this campaign by the do-not-call list.
const DUE: &str = "
    SELECT l.id, l.customer_id, l.next_phone
    FROM leads l JOIN customers c ON c.id = l.customer_id
    WHERE l.list_id = $1 AND l.state = $2 AND l.attempts < $3
      AND (l.next_attempt_at IS NULL OR l.next_attempt_at <= $4)
      AND c.deleted_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM leads o
            WHERE o.customer_id = l.customer_id AND o.state IN ('claimed', 'dialling'))
      AND NOT EXISTS (SELECT 1 FROM calls d
            WHERE d.customer_id = l.customer_id
              AND (d.dropped_at > $5 OR (d.ended_at IS NULL AND d.started_at > $8)))
      AND EXISTS (SELECT 1 FROM customer_phones p WHERE p.customer_id = l.customer_id AND p.live)
      AND NOT EXISTS (SELECT 1 FROM do_not_call_blocks b
            WHERE b.lead_id = l.id AND b.campaign_id = $7 AND b.held AND b.lifted_at IS NULL)
    ORDER BY l.priority DESC, l.attempts, l.last_attempt_at, l.id
    LIMIT $6";

#[derive(Debug, FromQueryResult)]
pub(super) struct Due {
    pub(super) id: i64,
    pub(super) customer_id: i64,
    pub(super) next_phone: i32,
    /// When it is an hour to call at where another of its numbers lives, and that
    /// number's position.
    #[sea_orm(skip)]
    pub(super) later: Option<(Held, i32)>,
}

impl Due {
    fn phones(&self, by_customer: &HashMap<i64, Vec<customer_phones::Model>>) -> Vec<customer_phones::Model> {
        by_customer.get(&self.customer_id).cloned().unwrap_or_default()
    }
}

/// Claims up to `count` due leads for a campaign's hopper: those to be dialled
/// again before those never dialled. `zone` is the centre's.
pub async fn claim_leads(
    db: &Db,
    campaign: CampaignId,
    count: usize,
    now: Moment,
    zone: Tz,
) -> Result<Vec<Lead>, DbErr> {
    let count = count.min(limits::HOPPER_BATCH);
    let tx = write_tx(db).await?;
    let Some(campaign) = campaigns::Entity::find_by_id(campaign.0).one(&tx).await? else {
        return Ok(Vec::new());
    };
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared(CLAIM_LOCK).await?;
    }
    barred::give_back_some(&tx, now).await?;
    let times = load_times(&tx, &campaign, zone).await?;
    let times =
        times.ok_or_else(|| DbErr::Custom(format!("campaign {}: times cannot be used", campaign.id)))?;
    let terms = Terms::of(&tx, &campaign, times.calling.clone()).await?;
    let mut leads = Vec::new();
    for state in [LeadState::Retry, LeadState::Fresh] {
        for _ in 0..LOOKS {
            let wanted = count - leads.len();
            if wanted == 0 {
                break;
            }
            let due = find_due(&tx, &campaign, state, wanted, now).await?;
            let last = due.len() < wanted;
            leads.extend(claim(&tx, &campaign, (&times, &terms), due, now).await?);
            if last {
                break;
            }
        }
    }
    tx.commit().await?;
    Ok(leads)
}

/// Claims those of the due leads that may be dialled, and puts the others aside or off.
async fn claim(
    tx: &WriteTx,
    campaign: &campaigns::Model,
    (times, terms): (&LoadedTimes, &Terms),
    due: Vec<Due>,
    now: Moment,
) -> Result<Vec<Lead>, DbErr> {
    let phones = find_phones(tx, due.iter().map(|lead| lead.customer_id).collect()).await?;
    let due = due.into_iter().map(|due| (due.phones(&phones), due)).collect();
    let free = barred::sort_out(tx, campaign, due, now).await?;
    let free = called::sort_out(tx, campaign, times, free, now).await?;
    let free = capped::sort_out(tx, campaign, terms, free, now).await?;
    let lead = |(phone, due): &(_, Due)| lead(due, phone, times.until(&phone.e164, now));
    let leads: Vec<Lead> = free.iter().filter_map(lead).collect();
    leads::Entity::update_many()
        .col_expr(leads::Column::State, Expr::value(LeadState::Claimed.as_str()))
        .filter(leads::Column::Id.is_in(leads.iter().map(|lead| lead.lead.0)))
        .exec(tx)
        .await?;
    Ok(leads)
}

async fn find_due(
    tx: &WriteTx,
    campaign: &campaigns::Model,
    state: LeadState,
    count: usize,
    now: Moment,
) -> Result<Vec<Due>, DbErr> {
    let dropped_since = now - REST_AFTER_DROP_HOURS * 3_600_000;
    let values = [
        campaign.list_id.into(),
        state.as_str().into(),
        campaign.max_attempts.into(),
        now.to_utc().into(),
        dropped_since.to_utc().into(),
        i64::try_from(count).unwrap_or(i64::MAX).into(),
        campaign.id.into(),
        (now - CALL_MS_MAX).to_utc().into(),
    ];
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), DUE, values);
    Due::find_by_statement(statement).all(tx).await
}

/// The numbers by customer, in the order in which they are dialled.
async fn find_phones(
    tx: &WriteTx,
    customers: Vec<i64>,
) -> Result<HashMap<i64, Vec<customer_phones::Model>>, DbErr> {
    let phones = customer_phones::Entity::find()
        .filter(customer_phones::Column::CustomerId.is_in(customers))
        .filter(customer_phones::Column::Live.eq(true))
        .order_by_asc(customer_phones::Column::Position)
        .order_by_asc(customer_phones::Column::Id)
        .all(tx)
        .await?;
    let mut by_customer: HashMap<i64, Vec<customer_phones::Model>> = HashMap::new();
    for phone in phones {
        by_customer.entry(phone.customer_id).or_default().push(phone);
    }
    Ok(by_customer)
}

/// The lead with the number to dial, until when.
fn lead(due: &Due, phone: &customer_phones::Model, until: Option<Moment>) -> Option<Lead> {
    Some(Lead {
        lead: LeadId(due.id),
        customer: CustomerId(due.customer_id),
        number: Dialable::new(&phone.dial).ok()?,
        place: places::place_of(&phone.e164),
        e164: phone.e164.clone(),
        until,
    })
}

/// Gives claimed leads back that will not be dialled now.
pub async fn release_leads(db: &Db, released: &[LeadId]) -> Result<(), DbErr> {
    let tx = write_tx(db).await?;
    for chunk in released.chunks(limits::HOPPER) {
        release(&tx, Some(chunk)).await?;
    }
    tx.commit().await
}

/// At start-up, when no hopper holds anything: gives every claimed lead back.
pub async fn release_all_claims(db: &Db) -> Result<(), DbErr> {
    let tx = write_tx(db).await?;
    release(&tx, None).await?;
    tx.commit().await
}

/// What a lead that is claimed or put aside was before.
pub(super) fn state_before() -> Expr {
    Expr::case(leads::Column::LastAttemptAt.is_null(), LeadState::Fresh.as_str())
        .finally(LeadState::Retry.as_str())
        .into()
}

async fn release(tx: &WriteTx, only: Option<&[LeadId]>) -> Result<(), DbErr> {
    let mut update = leads::Entity::update_many()
        .col_expr(leads::Column::State, state_before())
        .filter(leads::Column::State.eq(LeadState::Claimed.as_str()));
    if let Some(only) = only {
        update = update.filter(leads::Column::Id.is_in(only.iter().map(|lead| lead.0)));
    }
    update.exec(tx).await.map(|_| ())
}
