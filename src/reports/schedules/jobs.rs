//! Sends the reports that are due.
//!
//! It takes no input but the store, so that starting, going on after a restart
//! and catching up are the same path: it makes the run that came due last, then
//! sends every run whose turn it is. An attempt is counted and committed before
//! anything is sent, each recipient's letter is noted once the mail server has
//! it, and a run has a bounded number of attempts: a crash in between may send
//! the letter of one recipient again, with the same Message-ID, but never
//! without end.

use crate::audit::{self, Entry};
use crate::auth::{Permission, reach_of};
use crate::base::clock::{self, Moment};
use crate::base::cron::Cron;
use crate::base::ids::UserId;
use crate::base::limits::REPORT_RUNS_PER_ROUND;
use crate::mail::{Letter, Mailer, SendError};
use crate::reports::agents;
use crate::reports::schedules::model::{Delivery, DeliveryState, RunState, Settled, WaitingRun};
use crate::reports::schedules::rules::{self, ATTEMPTS_MAX, CUT_OFF_MS};
use crate::reports::schedules::{http, letter, store};
use crate::store::entity::report_schedules;
use crate::store::{Db, write_tx};
use anyhow::Context;
use chrono_tz::Tz;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// How often it is looked whether a report is due.
const EVERY: Duration = Duration::from_secs(20);
/// How long the letters of one attempt may take; shorter than
/// [`CUT_OFF_MS`], so that no two attempts are at work at once.
const ATTEMPT_PATIENCE: Duration = Duration::from_secs(4 * 60);

/// Wakes the sender. Cheap to clone; handlers have it as an extension.
#[derive(Debug, Clone, Default)]
pub struct ReportPoke(Arc<Notify>);

impl ReportPoke {
    /// There is a report to be sent. Never lost: it wakes the sender later if it
    /// is busy now.
    pub fn poke(&self) {
        self.0.notify_one();
    }
}

/// What a round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RoundStatus {
    /// Runs made because they came due.
    pub made: usize,
    /// Runs that everybody has got now.
    pub sent: usize,
    /// Runs that are tried again later.
    pub waiting: usize,
    /// Runs given up.
    pub failed: usize,
}

/// Sends reports until the server stops.
pub async fn run(db: Db, zone: Tz, mailer: Mailer, poke: ReportPoke, stop: CancellationToken) {
    loop {
        let work = async {
            match send_due(&db, zone, &mailer, clock::now()).await {
                Ok(status) if status == RoundStatus::default() => {}
                Ok(status) => tracing::info!(?status, "reports by mail"),
                Err(error) => {
                    tracing::error!(error = format!("{error:#}"), "reports by mail ran into an error");
                }
            }
            let _ = tokio::time::timeout(EVERY, poke.0.notified()).await;
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = work => {}
        }
    }
}

/// Makes the runs that are due at `now` and sends those whose turn it is.
/// Without a mail server nothing is made: once there is one, the latest is
/// caught up.
pub async fn send_due(db: &Db, zone: Tz, mailer: &Mailer, now: Moment) -> anyhow::Result<RoundStatus> {
    let mut status = RoundStatus::default();
    if mailer.sender().is_none() {
        return Ok(status);
    }
    for schedule in store::list_schedules(db.read()).await?.into_iter().filter(|schedule| schedule.active) {
        match make_due_run(db, zone, &schedule, now).await {
            Ok(made) => status.made += usize::from(made),
            Err(error) => {
                let error = format!("{error:#}");
                tracing::error!(schedule.id = schedule.id, error, "a scheduled report cannot be made");
            }
        }
    }
    for run in store::find_waiting(db.read(), now, REPORT_RUNS_PER_ROUND).await? {
        // One that ran into an error is tried again when its claim ends.
        match send_run(db, zone, mailer, &run, now).await {
            Ok(Some(RunState::Sent)) => status.sent += 1,
            Ok(Some(RunState::Waiting)) => status.waiting += 1,
            Ok(Some(RunState::Failed)) => status.failed += 1,
            Ok(Some(RunState::Cancelled) | None) => {}
            Err(error) => {
                let error = format!("{error:#}");
                tracing::error!(report_run.id = run.id, error, "a report could not be sent");
            }
        }
    }
    Ok(status)
}

/// The latest run that is due and not made yet: a missed night is caught up, but
/// not a whole week of them.
async fn make_due_run(
    db: &Db,
    zone: Tz,
    schedule: &report_schedules::Model,
    now: Moment,
) -> anyhow::Result<bool> {
    let cron = Cron::parse(&schedule.cron).with_context(|| format!("cron {:?}", schedule.cron))?;
    let Some(due) = cron.latest(schedule.last_due_at.into(), now, zone) else { return Ok(false) };
    let deliveries: Vec<_> = http::addresses(&schedule.recipients).into_iter().map(Delivery::to).collect();
    let tx = write_tx(db).await?;
    if !store::mark_due(&tx, schedule, due).await? {
        return Ok(false);
    }
    let made = store::insert_run(&tx, schedule.id, due, &deliveries, None).await?.is_some();
    tx.commit().await?;
    Ok(made)
}

/// One attempt; `None` when the run was not ours to send.
async fn send_run(
    db: &Db,
    zone: Tz,
    mailer: &Mailer,
    run: &WaitingRun,
    now: Moment,
) -> anyhow::Result<Option<RunState>> {
    let tx = write_tx(db).await?;
    if !store::claim_run(&tx, run, now, now + CUT_OFF_MS).await? {
        return Ok(None);
    }
    tx.commit().await?;
    let attempts = run.attempts + 1;
    if attempts > ATTEMPTS_MAX {
        let problem = "the last attempt was cut off".to_owned();
        return finish(db, run, attempts, rules::give_up(run.deliveries.clone(), problem), now).await;
    }
    let settled = match write_letter(db, zone, run, now).await {
        Ok(Ok(letter)) => {
            let mut deliveries = run.deliveries.clone();
            let all = deliver(db, mailer, run.id, attempts, &letter, &mut deliveries);
            match tokio::time::timeout(ATTEMPT_PATIENCE, all).await {
                Ok(Ok(true)) => rules::settle(deliveries, attempts, None, now),
                Ok(Ok(false)) => return Ok(None),
                Ok(Err(error)) => return Err(error),
                Err(_) => {
                    let problem = "the mail server took too long".to_owned();
                    rules::settle(deliveries, attempts, Some(problem), now)
                }
            }
        }
        Ok(Err(problem)) => rules::give_up(run.deliveries.clone(), problem),
        Err(error) => {
            let error = format!("{error:#}");
            tracing::error!(report_run.id = run.id, error, "a report cannot be written");
            let problem = "the report cannot be written; the server's log says why".to_owned();
            rules::settle(run.deliveries.clone(), attempts, Some(problem), now)
        }
    };
    finish(db, run, attempts, settled, now).await
}

/// The letter, or why there will never be one.
async fn write_letter(
    db: &Db,
    zone: Tz,
    run: &WaitingRun,
    now: Moment,
) -> anyhow::Result<Result<Letter, String>> {
    let Some(visible) = reach_of(db, UserId(run.owner_id), Permission::ReportExport).await? else {
        let who = &run.owner_name;
        return Ok(Err(format!(
            "the schedule's owner, {who}, is inactive or may not download reports any more"
        )));
    };
    let days = rules::report_days(run.due_at, zone).context("a day outside the calendar")?;
    let report = agents::report(db, &visible, days, zone, now).await?;
    let run = run.clone();
    let letter = tokio::task::spawn_blocking(move || letter::write(&report, &run, now)).await??;
    Ok(Ok(letter))
}

/// Sends the letter to everybody who has not got it; false when the run ended
/// meanwhile.
async fn deliver(
    db: &Db,
    mailer: &Mailer,
    run: i64,
    attempts: i32,
    letter: &Letter,
    deliveries: &mut [Delivery],
) -> anyhow::Result<bool> {
    for at in 0..deliveries.len() {
        if deliveries[at].state != DeliveryState::Waiting {
            continue;
        }
        let to = deliveries[at].address.clone();
        let id = format!("{}-{at}", letter.id);
        let (state, error) = match mailer.send(&Letter { to, id, ..letter.clone() }).await {
            Ok(()) => (DeliveryState::Sent, None),
            Err(SendError::Refused(error)) => (DeliveryState::Refused, Some(error)),
            Err(SendError::NotNow(error)) => (DeliveryState::Waiting, Some(error)),
        };
        deliveries[at].state = state;
        deliveries[at].error = error;
        let tx = write_tx(db).await?;
        if !store::mark_deliveries(&tx, run, attempts, deliveries).await? {
            return Ok(false);
        }
        tx.commit().await?;
    }
    Ok(true)
}

async fn finish(
    db: &Db,
    run: &WaitingRun,
    attempts: i32,
    settled: Settled,
    now: Moment,
) -> anyhow::Result<Option<RunState>> {
    let tx = write_tx(db).await?;
    if !store::settle_run(&tx, run.id, attempts, &settled, now).await? {
        return Ok(None);
    }
    let had =
        |delivery: &&Delivery| delivery.state == DeliveryState::Sent && !run.deliveries.contains(delivery);
    let reached: Vec<_> = settled.deliveries.iter().filter(had).map(|delivery| &delivery.address).collect();
    if !reached.is_empty() {
        let entry = Entry {
            user: None,
            action: "report.mail",
            thing: "report_schedule",
            thing_id: Some(run.schedule_id.to_string()),
            detail: json!({ "run": run.id, "owner": run.owner_id, "recipients": reached }),
        };
        audit::record(&tx, entry).await?;
    }
    tx.commit().await?;
    Ok(Some(settled.state))
}
