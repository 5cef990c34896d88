//! The switch's own records of legs (mod_json_cdr): kept as they came, and
//! merged into the ledger.
//!
//! In: bodies posted by the switch, and the files it spools on its disk while
//! nobody takes them, which it never posts again. Out: the ledger, completed;
//! a file is deleted only after its record is committed.

use crate::base::clock;
use crate::calls::model::CdrMerge;
use crate::calls::store;
use crate::store::{Db, DbErr, write_tx};
use crate::switch::cdr::{self, CdrRefused};
use anyhow::Context;
use chrono::{DateTime, Utc};
use std::path::Path;

/// What the switch's files end in.
const SPOOLED: &str = ".cdr.json";
/// Files taken in one run.
const FILES_PER_RUN: usize = 500;

/// A file that was not written to for so long is complete, in milliseconds.
const SETTLED_MS: i64 = 60_000;

/// Why a record was not taken.
#[derive(Debug, thiserror::Error)]
pub enum RecordRefused {
    /// It will never be readable.
    #[error(transparent)]
    Unreadable(#[from] CdrRefused),
    /// It can be taken later.
    #[error(transparent)]
    Store(#[from] DbErr),
}

/// Keeps a record and merges it into the ledger. Idempotent.
pub async fn take(db: &Db, body: &str) -> Result<(), RecordRefused> {
    let record = cdr::parse(body)?;
    let kept = serde_json::from_str(body).map_err(CdrRefused::from)?;
    let now = clock::now();
    let tx = write_tx(db).await?;
    store::keep_cdr(&tx, record.leg, kept, now).await?;
    let merged = store::merge_cdr(&tx, &record, now).await?;
    tx.commit().await?;
    if merged == CdrMerge::StillOpen {
        tracing::debug!(leg.id = %record.leg, "the switch's record came before the call's end");
    }
    Ok(())
}

/// The text of a record. What a carrier put into a header is not always UTF-8,
/// and is not what we take from a record.
pub fn text(body: &[u8]) -> String {
    String::from_utf8_lossy(body).into_owned()
}

/// Takes the records that the switch spooled; gives how many. One that cannot
/// be read is put aside as `.bad`, so that it is neither lost nor tried for
/// ever, and one that fails does not hold up those behind it. A folder that does
/// not exist holds nothing.
pub async fn collect_spool(db: &Db, folder: &Path) -> anyhow::Result<usize> {
    let mut entries = match tokio::fs::read_dir(folder).await {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error).with_context(|| format!("the spool {}", folder.display())),
    };
    let mut taken = 0;
    let mut failed = None;
    while let Some(entry) = entries.next_entry().await? {
        let path = entry.path();
        if taken >= FILES_PER_RUN || !path.to_string_lossy().ends_with(SPOOLED) {
            continue;
        }
        match collect_file(db, &path).await {
            Ok(done) => taken += usize::from(done),
            Err(error) => {
                failed = Some(error.context(format!("the spooled record {}", path.display())));
                // With the store away every other record would fail as well.
                if db.ping().await.is_err() {
                    break;
                }
            }
        }
    }
    failed.map_or(Ok(taken), Err)
}

/// Takes one record; false when it has to wait.
async fn collect_file(db: &Db, path: &Path) -> anyhow::Result<bool> {
    let body = tokio::fs::read(path).await?;
    match take(db, &text(&body)).await {
        Ok(()) => tokio::fs::remove_file(path).await?,
        Err(RecordRefused::Unreadable(error)) => {
            let written_at: DateTime<Utc> = tokio::fs::metadata(path).await?.modified()?.into();
            // Perhaps the switch has not written it to its end yet.
            if clock::now().since_ms(written_at.into()) < SETTLED_MS {
                return Ok(false);
            }
            tracing::error!(%error, file = %path.display(), "a spooled record cannot be read; put aside");
            tokio::fs::rename(path, path.with_extension("bad")).await?;
        }
        Err(RecordRefused::Store(error)) => return Err(error.into()),
    }
    Ok(true)
}
