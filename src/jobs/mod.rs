//! The driver of reconcilers: functions of the rooms that take no input, can
//! run any number of times, and put right what a crash or an absence left.
//!
//! In: nothing but time. Out: recordings closed, their disk watched, records of the switch
//! collected, imports taken up again, reports sent by mail. A run that fails is logged and comes
//! again with the next period; it never stops another job.

use crate::api::Settings;
use crate::base::clock;
use crate::customers::jobs::ImportPoke;
use crate::floor::input::RecordingSpace;
use crate::mail::Mailer;
use crate::recordings::space::SpaceWatch;
use crate::reports::schedules::jobs::ReportPoke;
use crate::store::Db;
use crate::store::changes::Changes;
use crate::{calls, customers, places, recordings, reports};
use anyhow::Context;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

/// How often recordings that ended are closed.
const RECORDINGS_EVERY: Duration = Duration::from_secs(3);
/// How often the recordings' folder is searched for files that are not known.
const UNHEARD_EVERY: Duration = Duration::from_secs(60);
/// How often the free space of the recordings' disk is looked at.
const SPACE_EVERY: Duration = Duration::from_secs(3);
/// How often the switch's spool of records is looked through.
const SPOOL_EVERY: Duration = Duration::from_secs(30);

/// Where the switch spools records that it could not post, below the data
/// folder, unless it has a place of its own (`TRUNKLINE_SPOOL_DIR`).
const SPOOL: &str = "cdr-spool";

/// What wakes jobs that need not wait for their time.
#[derive(Debug, Clone, Default)]
pub struct Pokes {
    /// The importer.
    pub imports: ImportPoke,
    /// The sender of reports.
    pub reports: ReportPoke,
}

/// Starts every job; they end with `stop`.
pub fn spawn(
    db: &Db,
    settings: &Settings,
    data: &Path,
    changes: &Changes,
    mailer: &Mailer,
    tell_space: impl Fn(RecordingSpace) + Send + Sync + 'static,
    stop: &CancellationToken,
) -> Pokes {
    let spool = std::env::var_os("TRUNKLINE_SPOOL_DIR").map_or_else(|| data.join(SPOOL), PathBuf::from);
    every("closing recordings", RECORDINGS_EVERY, stop, {
        let (db, folder) = (db.clone(), settings.recordings_dir.clone());
        move || {
            let (db, folder) = (db.clone(), folder.clone());
            async move {
                let status = recordings::jobs::measure_recordings(&db, &folder, clock::now()).await?;
                let messages =
                    recordings::voicemail::jobs::measure_voicemails(&db, &folder, clock::now()).await?;
                Ok(status.measured + messages.measured)
            }
        }
    });
    every("finding recordings of which no event came", UNHEARD_EVERY, stop, {
        let (db, folder) = (db.clone(), settings.recordings_dir.clone());
        move || {
            let (db, folder) = (db.clone(), folder.clone());
            async move { recordings::jobs::find_unheard_recordings(&db, &folder, clock::now()).await }
        }
    });
    every("looking at the recordings' disk", SPACE_EVERY, stop, {
        let folder = settings.recordings_dir.clone();
        let (watch, tell_space) = (SpaceWatch::new(settings.recordings_free_mib_min), Arc::new(tell_space));
        let watch = Arc::new(Mutex::new(watch));
        move || {
            let (folder, watch, tell_space) = (folder.clone(), watch.clone(), tell_space.clone());
            async move {
                // A disk that hangs must not hold up a worker of the runtime.
                let looked = spawn_blocking(move || {
                    watch.lock().unwrap_or_else(PoisonError::into_inner).look(&folder)
                });
                let news = looked.await?.context("the recordings' folder")?;
                Ok(news.map(|space| tell_space(space)).iter().count())
            }
        }
    });
    every("collecting the switch's records", SPOOL_EVERY, stop, {
        let db = db.clone();
        move || {
            let (db, spool) = (db.clone(), spool.clone());
            async move { calls::records::collect_spool(&db, &spool).await }
        }
    });
    let pokes = Pokes::default();
    let home = settings.home_country.clone();
    let poke = pokes.imports.clone();
    // Not waited for: whoever asks before it is there waits then.
    tokio::task::spawn_blocking(places::warm_up);
    tokio::spawn(customers::jobs::run(db.clone(), changes.clone(), home, poke, stop.clone()));
    let (zone, mailer, poke) = (settings.zone, mailer.clone(), pokes.reports.clone());
    tokio::spawn(reports::schedules::jobs::run(db.clone(), zone, mailer, poke, stop.clone()));
    pokes
}

fn every<F, R>(what: &'static str, period: Duration, stop: &CancellationToken, mut job: F)
where
    F: FnMut() -> R + Send + 'static,
    R: Future<Output = anyhow::Result<usize>> + Send + 'static,
{
    let stop = stop.clone();
    tokio::spawn(async move {
        let mut turns = tokio::time::interval(period);
        turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = turns.tick() => {}
            }
            match job().await {
                Ok(0) => {}
                Ok(done) => tracing::debug!(done, "{what}"),
                // At the end the database is closed under a job; the next run takes up what is left.
                Err(_) if stop.is_cancelled() => return,
                Err(error) => {
                    tracing::warn!(error = format!("{error:#}"), "{what} failed; it is tried again")
                }
            }
        }
    });
}
