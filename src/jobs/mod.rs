//! The driver of reconcilers: functions of the rooms that take no input, can
//! run any number of times, and put right what a crash or an absence left.
//!
//! In: nothing but time. Out: recordings closed, records of the switch
//! collected, imports taken up again. A run that fails is logged and comes
//! again with the next period; it never stops another job.

use crate::api::Settings;
use crate::base::clock;
use crate::customers::jobs::ImportPoke;
use crate::store::Db;
use crate::store::changes::Changes;
use crate::{calls, customers, recordings};
use std::future::Future;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often recordings that ended are closed.
const RECORDINGS_EVERY: Duration = Duration::from_secs(3);
/// How often the switch's spool of records is looked through.
const SPOOL_EVERY: Duration = Duration::from_secs(30);

/// Where the switch spools records that it could not post, below the data
/// folder, unless it has a place of its own (`TRUNKLINE_SPOOL_DIR`).
const SPOOL: &str = "cdr-spool";

/// Starts every job; they end with `stop`. Gives what wakes the importer.
pub fn spawn(
    db: &Db,
    settings: &Settings,
    data: &Path,
    changes: &Changes,
    stop: &CancellationToken,
) -> ImportPoke {
    let spool = std::env::var_os("TRUNKLINE_SPOOL_DIR").map_or_else(|| data.join(SPOOL), PathBuf::from);
    every("closing recordings", RECORDINGS_EVERY, stop, {
        let (db, folder) = (db.clone(), settings.recordings_dir.clone());
        move || {
            let (db, folder) = (db.clone(), folder.clone());
            async move {
                let status = recordings::jobs::measure_recordings(&db, &folder, clock::now()).await?;
                Ok(status.measured)
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
    let imports = ImportPoke::default();
    let home = settings.home_country.clone();
    tokio::spawn(customers::jobs::run(db.clone(), changes.clone(), home, imports.clone(), stop.clone()));
    imports
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
