//! Caps on attempts and the ledger: the centre's setting, the attempts at numbers.

use crate::base::clock::Moment;
use crate::base::ids::{CallId, CampaignId, CustomerId, LeadId};
use crate::campaigns::caps::model::{AttemptCaps, CampaignCaps};
use crate::campaigns::caps::rules::{Dialled, Held};
use crate::campaigns::retry::model::LeadRule;
use crate::campaigns::retry::store::look_again;
use crate::campaigns::times::openings::next_opening;
use crate::campaigns::times::store::times_or_always;
use crate::do_not_call::model::{BlockRule, Blocked, NewBlock};
use crate::do_not_call::store::{lift_of_caps, log_blocks};
use crate::floor::calling::CallingTimes;
use crate::store::entity::{calls, campaigns};
use crate::store::{WriteTx, lookup};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// The centre's setting.
const KEY: &str = "attempt_caps";
/// Values in one statement: SQLite takes 32,766.
const PER_STATEMENT: usize = 2_000;
/// A call that is open for longer has lost its end.
const CALL_MS_MAX: i64 = 12 * 3_600_000;

/// The centre's caps.
pub async fn load_caps(db: &impl ConnectionTrait) -> Result<AttemptCaps, DbErr> {
    let Some(stored) = lookup::setting(db, KEY).await? else { return Ok(AttemptCaps::default()) };
    let or_usual = |error: serde_json::Error| {
        tracing::warn!(%error, "the caps on attempts cannot be read: the usual ones hold");
        AttemptCaps::default()
    };
    Ok(serde_json::from_value(stored).unwrap_or_else(or_usual))
}

/// Sets the centre's caps: leads that wait for one are looked at anew.
pub async fn save_caps(tx: &WriteTx, caps: AttemptCaps, now: Moment) -> Result<(), DbErr> {
    let value = serde_json::to_value(caps).map_err(|error| DbErr::Custom(error.to_string()))?;
    lookup::set_setting(tx, KEY, value, now).await?;
    look_again(tx, &LeadRule::CAPS, None).await?;
    lift_of_caps(tx, now).await
}

/// What holds for the numbers of one campaign.
#[derive(Debug)]
pub(in crate::campaigns) struct Terms {
    caps: AttemptCaps,
    times: CallingTimes,
}

impl Terms {
    pub async fn of(tx: &WriteTx, campaign: &campaigns::Model, times: CallingTimes) -> Result<Self, DbErr> {
        let caps = load_caps(tx).await?.with(CampaignCaps::from_stored(&campaign.caps));
        Ok(Self { caps, times })
    }

    /// Which of these numbers are not dialled now, and why; these calls are not counted.
    pub async fn held(
        &self,
        tx: &WriteTx,
        numbers: HashSet<String>,
        but_for: &HashSet<Uuid>,
        now: Moment,
    ) -> Result<HashMap<String, Held>, DbErr> {
        let zone = self.times.schedule.zone;
        let since = self.caps.counts_from(now, zone);
        let spacing = now - i64::from(self.caps.spacing_minutes) * 60_000;
        let attempts = attempts_since(tx, numbers, but_for, (since.min(spacing), now)).await?;
        // Most of them wait for the same day.
        let openings: RefCell<HashMap<Moment, Moment>> = RefCell::default();
        let opens = |at| *openings.borrow_mut().entry(at).or_insert_with(|| next_opening(&self.times, at));
        let held = |(number, dialled): (String, Vec<Dialled>)| {
            self.caps.held(&dialled, now, zone, opens).map(|held| (number, held))
        };
        Ok(attempts.into_iter().filter_map(held).collect())
    }
}

/// A call: its id, number, beginning, and end.
type Attempt = (Uuid, String, DateTime<Utc>, Option<DateTime<Utc>>);

/// The attempts at these numbers since then, whoever made them, by number.
async fn attempts_since(
    tx: &WriteTx,
    numbers: HashSet<String>,
    but_for: &HashSet<Uuid>,
    (since, now): (Moment, Moment),
) -> Result<HashMap<String, Vec<Dialled>>, DbErr> {
    let mut attempts: HashMap<String, Vec<Dialled>> = HashMap::new();
    let numbers: Vec<String> = numbers.into_iter().collect();
    for numbers in numbers.chunks(PER_STATEMENT) {
        let rows: Vec<Attempt> = calls::Entity::find()
            .select_only()
            .columns([
                calls::Column::Id,
                calls::Column::E164,
                calls::Column::StartedAt,
                calls::Column::EndedAt,
            ])
            .filter(calls::Column::E164.is_in(numbers))
            .filter(calls::Column::StartedAt.gte(since.to_utc()))
            .filter(calls::Column::Direction.eq("outbound"))
            .into_tuple()
            .all(tx)
            .await?;
        for (_, number, started, ended) in rows.into_iter().filter(|(call, ..)| !but_for.contains(call)) {
            let at = Moment::from(started);
            let open = ended.is_none() && now.since_ms(at) < CALL_MS_MAX;
            attempts.entry(number).or_default().push(Dialled { at, open });
        }
    }
    Ok(attempts)
}

/// For the log of what was held back; `None`: by no cap.
pub(in crate::campaigns) fn block(why: Held, e164: &str, what: Blocked) -> Option<NewBlock> {
    let rule = match why.rule {
        LeadRule::CapDay => BlockRule::CapDay,
        LeadRule::CapInAll => BlockRule::CapInAll,
        LeadRule::Spacing => BlockRule::Spacing,
        _ => return None,
    };
    Some(NewBlock { entry: None, rule, until: Some(why.until), e164: e164.to_owned(), what })
}

/// An attempt that is about to be committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The call that it would be.
    pub call: CallId,
    /// Of which lead.
    pub lead: LeadId,
    /// Of whom.
    pub customer: CustomerId,
    /// The number.
    pub e164: String,
}

/// The last look: which of a campaign's attempts must not be made, because the number
/// was dialled by others while the lead waited in the hopper; they are logged. An
/// attempt that is on record already, because a commit is tried again, does not stand
/// in its own way.
pub async fn find_capped(
    tx: &WriteTx,
    campaign: CampaignId,
    attempts: &[Candidate],
    now: Moment,
    zone: Tz,
) -> Result<Vec<CallId>, DbErr> {
    let row = campaigns::Entity::find_by_id(campaign.0).one(tx).await?;
    let Some(row) = row.filter(|_| !attempts.is_empty()) else { return Ok(Vec::new()) };
    let numbers = attempts.iter().map(|attempt| attempt.e164.clone()).collect();
    let theirs = attempts.iter().map(|attempt| attempt.call.0).collect();
    let times = times_or_always(tx, &row, zone).await?;
    let held = Terms::of(tx, &row, times).await?.held(tx, numbers, &theirs, now).await?;
    let (mut capped, mut blocks) = (Vec::new(), Vec::new());
    for attempt in attempts {
        let Some(why) = held.get(&attempt.e164) else { continue };
        capped.push(attempt.call);
        let what = Blocked::Lead { lead: attempt.lead, customer: attempt.customer, campaign, held: false };
        blocks.extend(block(*why, &attempt.e164, what));
    }
    log_blocks(tx, &blocks, now).await?;
    Ok(capped)
}
