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
use std::path::Path;

/// What the switch's files end in.
const SPOOLED: &str = ".cdr.json";
/// Files taken in one run.
const FILES_PER_RUN: usize = 500;

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

/// Takes the records that the switch spooled; gives how many. One that cannot
/// be read is put aside as `.bad`, so that it is neither lost nor tried for
/// ever. A folder that does not exist holds nothing.
pub async fn collect_spool(db: &Db, folder: &Path) -> anyhow::Result<usize> {
    let mut entries = match tokio::fs::read_dir(folder).await {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error).with_context(|| format!("the spool {}", folder.display())),
    };
    let mut taken = 0;
    while let Some(entry) = entries.next_entry().await? {
        let path = entry.path();
        if taken >= FILES_PER_RUN || !path.to_string_lossy().ends_with(SPOOLED) {
            continue;
        }
        let body = tokio::fs::read_to_string(&path).await.with_context(|| path.display().to_string())?;
        match take(db, &body).await {
            Ok(()) => tokio::fs::remove_file(&path).await?,
            Err(RecordRefused::Unreadable(error)) => {
                tracing::error!(%error, file = %path.display(), "a spooled record cannot be read; put aside");
                tokio::fs::rename(&path, path.with_extension("bad")).await?;
            }
            Err(RecordRefused::Store(error)) => return Err(error).context("a spooled record"),
        }
        taken += 1;
    }
    Ok(taken)
}
