//! The importer: turns the rows of started imports into customers and leads.
//!
//! It takes no input but the store, so that going on after a restart and
//! starting are the same path: it reads the file again, skips the rows that are
//! done, and goes on. Each chunk of rows is one transaction with the progress, so
//! no row is imported twice and none is lost. A file that cannot be used as a
//! whole imports nothing.

use crate::base::{clock, limits};
use crate::customers::import::mapping::Mapping;
use crate::customers::import::rows::RowReader;
use crate::customers::import::sheet::{self, Cell, Sheet, SheetRefused};
use crate::customers::model::ImportPlan;
use crate::customers::store::{self, NewReject, RowOutcome};
use crate::store::changes::{Change, Changes};
use crate::store::entity::imports;
use crate::store::{Db, is_unique_violation, write_tx};
use anyhow::Context;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;

/// How long an import that ran into an error waits before it is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(60);
/// How often a chunk is tried when another writer takes one of its numbers.
const CHUNK_TRIES: usize = 3;
/// Files read at the same time: one may take a gigabyte while it is read.
static READING: Semaphore = Semaphore::const_new(2);

/// Wakes the importer. Cheap to clone; handlers have it as an extension.
#[derive(Debug, Clone, Default)]
pub struct ImportPoke(Arc<Notify>);

impl ImportPoke {
    /// There is an import to be run. Never lost: it wakes the importer later if
    /// it is busy now.
    pub fn poke(&self) {
        self.0.notify_one();
    }
}

/// Runs imports until the server stops.
pub async fn run(db: Db, changes: Changes, home: String, poke: ImportPoke, stop: CancellationToken) {
    loop {
        let work = async {
            if let Err(error) = run_pending(&db, &changes, &home).await {
                tracing::error!(error = format!("{error:#}"), "an import ran into an error");
            }
            // Waits for the next poke, but looks again by itself after an error.
            let _ = tokio::time::timeout(TRY_AGAIN, poke.0.notified()).await;
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = work => {}
        }
    }
}

/// Runs every started import to its end, oldest first. Idempotent.
pub async fn run_pending(db: &Db, changes: &Changes, home: &str) -> anyhow::Result<()> {
    for import in store::find_running_imports(db).await? {
        run_import(db, changes, home, &import)
            .await
            .with_context(|| format!("import {} ({})", import.id, import.file_name))?;
    }
    Ok(())
}

async fn run_import(db: &Db, changes: &Changes, home: &str, import: &imports::Model) -> anyhow::Result<()> {
    let (plan, list) = import.mapping.clone().zip(import.list_id).context("it was never started")?;
    let plan: ImportPlan = serde_json::from_value(plan)?;
    let done = usize::try_from(import.rows_done)?;
    let rows = match read_rows(&import.path, plan.mapping.clone(), home.to_owned(), done).await? {
        Ok(rows) => rows,
        Err(refused) => {
            let tx = write_tx(db).await?;
            store::mark_failed(&tx, import.id, &refused, clock::now()).await?;
            tx.commit().await?;
            return remove_upload(&import.path).await;
        }
    };
    for chunk in rows.chunks(limits::IMPORT_ROWS_PER_COMMIT) {
        if !write_chunk(db, import, list, &plan, chunk).await? {
            // Cancelled meanwhile.
            return remove_upload(&import.path).await;
        }
        changes.tell(Change::Leads(crate::base::ids::ListId(list)));
    }
    let tx = write_tx(db).await?;
    store::mark_done(&tx, import.id, clock::now()).await?;
    tx.commit().await?;
    remove_upload(&import.path).await
}

/// Writes a chunk; false when the import is not running any more.
async fn write_chunk(
    db: &Db,
    import: &imports::Model,
    list: i64,
    plan: &ImportPlan,
    chunk: &[RowOutcome],
) -> anyhow::Result<bool> {
    for attempt in 1.. {
        let tx = write_tx(db).await?;
        let (now, how) = (clock::now(), (plan.duplicates, plan.priority));
        match store::import_chunk(&tx, import, list, how, chunk.to_vec(), now).await {
            Ok(Some(_)) => {
                tx.commit().await?;
                return Ok(true);
            }
            Ok(None) => return Ok(false),
            // Somebody else has just stored one of the numbers: look again.
            Err(error) if is_unique_violation(&error) && attempt < CHUNK_TRIES => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(false)
}

/// Reads a file in a thread of its own. The error, if it is the file's, is for
/// the person who uploaded it.
pub async fn read_sheet(path: &str) -> anyhow::Result<Result<Sheet, SheetRefused>> {
    let permit = READING.acquire().await?;
    let bytes = tokio::fs::read(path).await.context("reading the uploaded file")?;
    let read = tokio::task::spawn_blocking(move || {
        let sheet = sheet::read(&bytes);
        drop(permit);
        sheet
    });
    // A reader that panics has met a file that it should have refused.
    Ok(read.await.unwrap_or_else(|panic| {
        tracing::error!(%panic, "a spreadsheet could not be read");
        Err(SheetRefused::Broken)
    }))
}

/// The outcomes of the rows after the first `done`.
async fn read_rows(
    path: &str,
    mapping: Mapping,
    home: String,
    done: usize,
) -> anyhow::Result<Result<Vec<RowOutcome>, String>> {
    if !Path::new(path).exists() {
        return Ok(Err("the uploaded file is gone; upload it again".to_owned()));
    }
    let sheet = match read_sheet(path).await? {
        Ok(sheet) => sheet,
        Err(refused) => return Ok(Err(refused.to_string())),
    };
    if let Err(refused) = mapping.check(sheet.columns.len()) {
        return Ok(Err(refused.to_string()));
    }
    let rows = tokio::task::spawn_blocking(move || outcomes(&sheet, &mapping, &home, done)).await?;
    Ok(Ok(rows))
}

/// Every row is read, also those that are done, because a number in one of them
/// is taken.
fn outcomes(sheet: &Sheet, mapping: &Mapping, home: &str, done: usize) -> Vec<RowOutcome> {
    let mut reader = RowReader::new(mapping, home);
    let mut outcomes = Vec::with_capacity(sheet.rows.len().saturating_sub(done));
    for (index, row) in sheet.rows.iter().enumerate() {
        let read = reader.read(row);
        if index < done {
            continue;
        }
        let reject = |column: Option<usize>, reason: String| NewReject {
            row: i32::try_from(row.number).unwrap_or(i32::MAX),
            column_name: column.and_then(|column| sheet.columns.get(column).cloned()),
            reason,
            cells: row.cells.iter().map(shown).collect(),
        };
        outcomes.push(match read {
            Ok(customer) => {
                let phones = mapping.phones.first().copied();
                RowOutcome::Customer(customer, reject(phones, String::new()))
            }
            Err(rejected) => RowOutcome::Reject(reject(rejected.column, rejected.reason)),
        });
    }
    outcomes
}

/// A cell as a text, for the preview and the file of rejected rows.
pub fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) | Cell::Date(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
        Cell::Bad(problem) => format!("({problem})"),
    }
}

/// Uploads hold people's data: they are kept no longer than needed.
pub async fn remove_upload(path: &str) -> anyhow::Result<()> {
    match tokio::fs::remove_file(path).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).context("removing the uploaded file")
        }
        _ => Ok(()),
    }
}
