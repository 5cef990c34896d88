//! Measures messages that are over: size, checksum, length; and deletes those that
//! are too short to be one, with their files.
//!
//! Takes no input but the store and the disk, as the measuring of recordings.

use super::model::VoicemailState;
use super::store;
use crate::base::clock::Moment;
use crate::floor::voicemail::MESSAGE_MS_MIN;
use crate::recordings::files;
use crate::recordings::jobs::{FILES_PER_RUN, MeasureStatus, measure};
use crate::store::entity::voicemails;
use crate::store::{Db, write_tx};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The switch closes the file a moment after the call has ended.
const CLOSED_AFTER_MS: i64 = 2_000;

/// Measures, or deletes, the messages that are over and have not been measured.
pub async fn measure_voicemails(db: &Db, folder: &Path, now: Moment) -> anyhow::Result<MeasureStatus> {
    let mut status = MeasureStatus::default();
    for message in store::find_unmeasured(db, now - CLOSED_AFTER_MS, FILES_PER_RUN).await? {
        let Some(path) = files::locate(folder, &message.path) else {
            tracing::error!(voicemail.id = message.id, "a message's path leads out of its folder");
            status.failed += 1;
            continue;
        };
        match settle(db, &message, path).await {
            Ok(()) => status.measured += 1,
            Err(error) => {
                tracing::warn!(voicemail.id = message.id, error = format!("{error:#}"), "not measured");
                status.failed += 1;
            }
        }
    }
    Ok(status)
}

async fn settle(db: &Db, message: &voicemails::Model, path: PathBuf) -> anyhow::Result<()> {
    if message.state == VoicemailState::Dropped.as_str() {
        return drop_message(db, message.id, path).await;
    }
    let of = path.clone();
    let measured = tokio::task::spawn_blocking(move || measure(of)).await??;
    if measured.duration_ms.is_some_and(|ms| ms < MESSAGE_MS_MIN) {
        return drop_message(db, message.id, path).await;
    }
    let tx = write_tx(db).await?;
    store::mark_measured(&tx, message.id, &measured).await?;
    Ok(tx.commit().await?)
}

/// The file first: were it to stay, nothing would lead to it any more.
async fn drop_message(db: &Db, id: i64, path: PathBuf) -> anyhow::Result<()> {
    match tokio::fs::remove_file(&path).await {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
        Ok(()) | Err(_) => {}
    }
    let tx = write_tx(db).await?;
    store::delete(&tx, id).await?;
    Ok(tx.commit().await?)
}
