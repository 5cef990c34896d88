//! The last look at the do-not-call list, the caps on attempts and the clock: in the
//! transaction that commits an attempt, so that a number that was listed, or dialled by
//! others, while its lead waited in a hopper, or its place in a queue, is not dialled,
//! nor one whose time is over.
//!
//! In: the entries of a batch. Out: the attempts that must not be, with the blocks
//! for the log.

use super::writer::Entry;
use crate::base::clock::Moment;
use crate::base::ids::{CallId, CampaignId};
use crate::campaigns::caps::{Candidate, find_capped};
use crate::do_not_call::model::{Blocked, Dialler, NewBlock};
use crate::do_not_call::store::{find_bars, log_blocks};
use crate::floor::effect::{Fact, SwitchCommand};
use crate::floor::kept::KeptFact;
use crate::store::WriteTx;
use chrono_tz::Tz;
use sea_orm::DbErr;
use std::collections::{HashMap, HashSet};

/// Attempts that are neither recorded nor dialled, each with the kept place whose
/// call back it was.
#[derive(Debug, Default)]
pub(super) struct Barred(HashMap<CallId, Option<CallId>>);

impl Barred {
    /// Whether this is the fact of such an attempt.
    pub(super) fn holds(&self, fact: &Fact) -> bool {
        fact.before_dialling().is_some_and(|call| self.0.contains_key(&call))
    }

    /// These as well.
    pub(super) fn add(&mut self, others: Barred) {
        self.0.extend(others.0);
    }

    /// Whether this attempt is one; if so, the kept place whose call back it was.
    pub(super) fn place_of(&self, call: CallId) -> Option<Option<CallId>> {
        self.0.get(&call).copied()
    }
}

/// An attempt that is about to be committed.
struct Attempt<'f> {
    call: CallId,
    e164: &'f str,
    dialler: Dialler,
    what: Blocked,
}

fn attempt(entry: &Entry) -> Option<Attempt<'_>> {
    match entry {
        Entry::Fact(Fact::AttemptStarted { call, campaign, lead, customer, e164, .. }) => Some(Attempt {
            call: *call,
            e164,
            dialler: Dialler::Campaign(*campaign),
            // Given back, it meets the list again before it is claimed.
            what: Blocked::Lead { lead: *lead, customer: *customer, campaign: *campaign, held: false },
        }),
        Entry::Fact(Fact::Kept(KeptFact::CallingBack { call, kept, .. })) => Some(Attempt {
            call: *call,
            e164: &kept.e164,
            dialler: Dialler::Queue(kept.queue),
            what: Blocked::Callback { place: kept.call, customer: kept.customer, queue: kept.queue },
        }),
        _ => None,
    }
}

/// The attempts of a batch whose time is over; one that was recorded in a batch
/// before has its record, and is not among them.
fn find_late(batch: &[Entry], now: Moment) -> HashMap<CallId, Option<CallId>> {
    let recorded: HashSet<CallId> = batch.iter().filter_map(attempt).map(|attempt| attempt.call).collect();
    let late = batch.iter().filter_map(|entry| match entry {
        Entry::Dial { command: SwitchCommand::DialCustomer { call, .. }, until: Some(until) } => {
            (*until <= now && recorded.contains(call)).then_some((*call, None))
        }
        _ => None,
    });
    late.collect()
}

/// Finds the attempts of a batch whose number is barred or at its cap now, which it
/// logs, or whose time is over. A call back that the customer asked for knows no cap.
pub(super) async fn find_barred(
    tx: &WriteTx,
    batch: &[Entry],
    now: Moment,
    zone: Tz,
) -> Result<Barred, DbErr> {
    let mut by_dialler: HashMap<Dialler, Vec<Attempt<'_>>> = HashMap::new();
    for attempt in batch.iter().filter_map(attempt) {
        by_dialler.entry(attempt.dialler).or_default().push(attempt);
    }
    let (mut barred, mut blocks) = (Barred(find_late(batch, now)), Vec::new());
    for (dialler, attempts) in by_dialler {
        if let Dialler::Campaign(campaign) = dialler {
            barred.0.extend(capped(tx, campaign, &attempts, now, zone).await?);
        }
        let numbers = attempts.iter().map(|attempt| attempt.e164.to_owned()).collect();
        let bars = find_bars(tx, dialler, numbers, now).await?;
        for attempt in attempts {
            let Some(entry) = bars.get(attempt.e164).and_then(|entries| entries.first()) else { continue };
            let place = match attempt.what {
                Blocked::Callback { place, .. } => Some(place),
                Blocked::Lead { .. } | Blocked::Transfer { .. } => None,
            };
            barred.0.insert(attempt.call, place);
            blocks.push(NewBlock::by_entry(entry.id, attempt.e164.to_owned(), attempt.what));
        }
    }
    log_blocks(tx, &blocks, now).await?;
    Ok(barred)
}

/// The attempts of a campaign at numbers that have had enough of them.
async fn capped(
    tx: &WriteTx,
    campaign: CampaignId,
    attempts: &[Attempt<'_>],
    now: Moment,
    zone: Tz,
) -> Result<Vec<(CallId, Option<CallId>)>, DbErr> {
    let candidate = |attempt: &Attempt<'_>| match attempt.what {
        Blocked::Lead { lead, customer, .. } => {
            Some(Candidate { call: attempt.call, lead, customer, e164: attempt.e164.to_owned() })
        }
        Blocked::Callback { .. } | Blocked::Transfer { .. } => None,
    };
    let candidates: Vec<Candidate> = attempts.iter().filter_map(candidate).collect();
    let capped = find_capped(tx, campaign, &candidates, now, zone).await?;
    Ok(capped.into_iter().map(|call| (call, None)).collect())
}
