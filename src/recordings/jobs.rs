//! Measures closed recordings: size, checksum, length.
//!
//! Takes no input but the store and the disk, so that it may run at any time and
//! any number of times; each run does a bounded number of files.

use crate::base::clock::Moment;
use crate::recordings::store::{self, Measured};
use crate::recordings::{files, voicemail, wav};
use crate::store::{Db, write_tx};
use anyhow::Context;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Files measured in one run.
pub(in crate::recordings) const FILES_PER_RUN: u64 = 200;
/// A recording whose call ended so long ago is over, though its stop was never
/// reported: it fell into a crash or an outage.
const STOP_LOST_MS: i64 = 60_000;

const DAY_MS: i64 = 86_400_000;

/// What a run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MeasureStatus {
    /// Files measured.
    pub measured: usize,
    /// Files that are not there, or cannot be read; they are tried again.
    pub failed: usize,
}

/// Measures the recordings that are over and have not been measured.
pub async fn measure_recordings(db: &Db, folder: &Path, now: Moment) -> anyhow::Result<MeasureStatus> {
    let mut status = MeasureStatus::default();
    for recording in store::find_unmeasured(db, now - STOP_LOST_MS, FILES_PER_RUN).await? {
        let Some(path) = files::locate(folder, &recording.path) else {
            tracing::error!(recording.id = %recording.id, "a recording's path leads out of its folder");
            status.failed += 1;
            continue;
        };
        match tokio::task::spawn_blocking(move || measure(path)).await? {
            Ok(measured) => {
                let tx = write_tx(db).await?;
                status.measured += usize::from(store::mark_measured(&tx, recording.id, &measured).await?);
                tx.commit().await?;
            }
            Err(error) => {
                tracing::warn!(recording.id = %recording.id, error = format!("{error:#}"), "not measured");
                status.failed += 1;
            }
        }
    }
    Ok(status)
}

/// How far back the folder is searched for files that the ledger does not know.
const SEARCHED_DAYS: i64 = 2;

/// Finds recordings of which no event came: the file is there, named after its
/// call, and the call is over. Gives how many were new to the ledger.
pub async fn find_unheard_recordings(db: &Db, folder: &Path, now: Moment) -> anyhow::Result<usize> {
    let mut found = 0;
    for days in 0..SEARCHED_DAYS {
        let folder = folder.join((now - days * DAY_MS).to_utc().format("%Y/%m/%d").to_string());
        let files = tokio::task::spawn_blocking(move || files::recordings_in(&folder)).await??;
        for files in files.chunks(FILES_PER_RUN as usize) {
            let tx = write_tx(db).await?;
            found += voicemail::store::insert_unheard(&tx, files, now - STOP_LOST_MS).await?;
            found += store::insert_unheard(&tx, files, now - STOP_LOST_MS).await?;
            tx.commit().await?;
        }
    }
    Ok(found)
}

/// Reads a file that is closed.
pub(in crate::recordings) fn measure(path: PathBuf) -> anyhow::Result<Measured> {
    let mut file = File::open(&path).with_context(|| path.display().to_string())?;
    let mut digest = Sha256::new();
    let mut head = Vec::with_capacity(wav::HEADER_BYTES);
    let mut buffer = vec![0; 64 * 1024];
    let mut bytes: u64 = 0;
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        let missing = wav::HEADER_BYTES - head.len();
        head.extend_from_slice(&buffer[..read.min(missing)]);
        digest.update(&buffer[..read]);
        bytes += read as u64;
    }
    let sha256 = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let duration_ms = wav::duration_ms(&head, bytes);
    Ok(Measured { bytes: i64::try_from(bytes)?, sha256, duration_ms })
}
