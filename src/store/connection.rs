//! The connection to SQLite or PostgreSQL, and the one way to begin a writing
//! transaction.
//!
//! In: `sqlite://path/to/file.db` or `postgres://user:password@host/name`.
//! Out: [`Db`], or one line that says what to do.

use sea_orm::sqlx;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    ExecResult, QueryResult, RuntimeErr, SqlErr, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard};
use trunkline_migrations::{Migrator, MigratorTrait};

/// Connections held open to the database.
const CONNECTIONS: u32 = 16;
/// How long SQLite waits for another process's lock, and a writer for its turn.
const BUSY: Duration = Duration::from_secs(10);
/// How long to wait for a connection at all.
const CONNECT: Duration = Duration::from_secs(10);

/// The store. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Db {
    pool: DatabaseConnection,
    /// SQLite has one writer: the others queue here in order, since its own
    /// waiting is a poll that can starve.
    turn: Option<Arc<Mutex<()>>>,
}

/// The database cannot be used. The text is one line for the operator and never
/// holds the password.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct ConnectRefused {
    message: String,
    #[source]
    source: Option<DbErr>,
}

impl ConnectRefused {
    fn new(message: String) -> Self {
        Self { message, source: None }
    }

    fn because(message: String, source: DbErr) -> Self {
        Self { message, source: Some(source) }
    }
}

impl Db {
    /// Opens the database; a missing SQLite file is made, a missing folder or
    /// PostgreSQL database is an error. The schema is left as it is.
    pub async fn connect(url: &str) -> Result<Db, ConnectRefused> {
        let target = Target::parse(url)?;
        if let Target::Sqlite(path) = &target {
            check_folder(path)?;
        }
        let mut options = ConnectOptions::new(url);
        options
            .max_connections(CONNECTIONS)
            .connect_timeout(CONNECT)
            .acquire_timeout(CONNECT)
            .sqlx_logging(false)
            .map_sqlx_sqlite_opts(|sqlite| {
                sqlite
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Normal)
                    .busy_timeout(BUSY)
                    .foreign_keys(true)
            });
        let pool = Database::connect(options).await.map_err(|error| target.refused(error))?;
        let turn = matches!(target, Target::Sqlite(_)).then(|| Arc::new(Mutex::new(())));
        let db = Db { pool, turn };
        // SQLite opens any file; only a query finds out what it is.
        db.pool.execute_unprepared("SELECT 1").await.map_err(|error| target.refused(error))?;
        if db.turn.is_some() {
            let probe = db.pool.execute_unprepared("SELECT count(*) FROM sqlite_master").await;
            probe.map_err(|error| target.refused(error))?;
        }
        Ok(db)
    }

    /// Brings the schema up to date. Idempotent.
    pub async fn migrate(&self) -> Result<(), DbErr> {
        let _turn = self.wait_for_turn().await?;
        Migrator::up(&self.pool, None).await
    }

    /// How many changes of the schema have not been applied yet.
    pub async fn pending_migrations(&self) -> Result<usize, DbErr> {
        Ok(Migrator::get_pending_migrations(&self.pool).await?.len())
    }

    /// For reading, and for reading only: writing goes through [`write_tx`].
    pub fn read(&self) -> &DatabaseConnection {
        &self.pool
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.pool.execute_unprepared("SELECT 1").await.map(|_| ())
    }

    /// Closes every connection; SQLite's log is written back into the file.
    pub async fn close(self) -> Result<(), DbErr> {
        self.pool.close().await
    }

    async fn wait_for_turn(&self) -> Result<Option<OwnedMutexGuard<()>>, DbErr> {
        let Some(turn) = &self.turn else { return Ok(None) };
        let busy = || {
            let text = "another write has not ended in time".to_owned();
            DbErr::Conn(RuntimeErr::Internal(text))
        };
        tokio::time::timeout(BUSY, turn.clone().lock_owned()).await.map(Some).map_err(|_| busy())
    }
}

/// A writing transaction. Dropped without [`WriteTx::commit`], it leaves
/// nothing behind. Functions that write take `&WriteTx`.
#[derive(Debug)]
pub struct WriteTx {
    // Before `turn`: the transaction must end before the next writer's turn.
    tx: DatabaseTransaction,
    _turn: Option<OwnedMutexGuard<()>>,
}

/// Begins a writing transaction; the only way to write. On SQLite it takes the
/// write lock at once (BEGIN IMMEDIATE): one that takes it only at its first
/// write fails with "database is locked" when another has written since its
/// first read, whatever the busy timeout.
///
/// Never begin a second one while holding the first: on SQLite it would wait
/// for itself until the time is up.
pub async fn write_tx(db: &Db) -> Result<WriteTx, DbErr> {
    let turn = db.wait_for_turn().await?;
    let mode = db.turn.is_some().then_some(SqliteTransactionMode::Immediate);
    let options = TransactionOptions { sqlite_transaction_mode: mode, ..TransactionOptions::default() };
    let tx = db.pool.begin_with_options(options).await?;
    Ok(WriteTx { tx, _turn: turn })
}

impl WriteTx {
    /// Makes everything written lasting.
    pub async fn commit(self) -> Result<(), DbErr> {
        self.tx.commit().await
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for WriteTx {
    fn get_database_backend(&self) -> DbBackend {
        self.tx.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.tx.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.tx.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.tx.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.tx.query_all_raw(statement).await
    }
}

/// Whether a write failed because a value that must be unique exists already.
pub fn is_unique_violation(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

/// What a database URL names.
enum Target {
    Sqlite(PathBuf),
    /// `user@host:port/name`, without the password.
    Postgres(String),
}

impl Target {
    fn parse(url: &str) -> Result<Target, ConnectRefused> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            let path = path.split('?').next().unwrap_or_default();
            if path.is_empty() || path.contains(":memory:") {
                let text = "the database URL names no file: write sqlite://data/trunkline.db";
                return Err(ConnectRefused::new(text.to_owned()));
            }
            return Ok(Target::Sqlite(PathBuf::from(path)));
        }
        let rest = url.strip_prefix("postgres://").or_else(|| url.strip_prefix("postgresql://"));
        let Some(rest) = rest else {
            let text = "the database URL must begin with sqlite:// or postgres://";
            return Err(ConnectRefused::new(text.to_owned()));
        };
        let rest = rest.split('?').next().unwrap_or_default();
        let shown = match rest.rsplit_once('@') {
            Some((login, place)) => format!("{}@{place}", login.split(':').next().unwrap_or_default()),
            None => rest.to_owned(),
        };
        Ok(Target::Postgres(shown))
    }

    /// What went wrong, in one line that says what to do.
    fn refused(&self, error: DbErr) -> ConnectRefused {
        let message = match self {
            Target::Sqlite(path) => explain_sqlite(path, &error),
            Target::Postgres(shown) => explain_postgres(shown, &error),
        };
        ConnectRefused::because(message, error)
    }
}

fn check_folder(path: &Path) -> Result<(), ConnectRefused> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => return Ok(()),
    };
    if folder.is_dir() {
        return Ok(());
    }
    let (file, folder) = (path.display(), folder.display());
    let text =
        format!("cannot open {file}: the folder {folder} does not exist; make it with: mkdir -p {folder}");
    Err(ConnectRefused::new(text))
}

fn explain_sqlite(path: &Path, error: &DbErr) -> String {
    let file = path.display();
    // The low byte is the primary code; see sqlite.org/rescode.html.
    let code = driver_code(error).and_then(|code| code.parse::<i32>().ok()).map(|code| code & 0xff);
    match code {
        Some(5 | 6) => {
            format!(
                "{file} is locked by another program: stop the other Trunkline or sqlite3 that has it open"
            )
        }
        Some(8) => format!("{file} cannot be written: check the owner and rights of the file and its folder"),
        Some(13) => format!("the disk of {file} is full: make room and start again"),
        Some(10) => format!("reading or writing {file} failed: check its disk ({error})"),
        Some(14) => {
            format!("{file} cannot be opened: check that it is a file and that you may read and write it")
        }
        Some(11) => format!("{file} is damaged: restore it from a backup"),
        Some(26) => format!("{file} is not a SQLite database: name another file"),
        // Waiting for the lock took all the time that there is for connecting.
        None if is_unreachable(error) => {
            format!(
                "{file} is locked by another program: stop the other Trunkline or sqlite3 that has it open"
            )
        }
        _ => format!("cannot open {file}: {error}"),
    }
}

fn explain_postgres(shown: &str, error: &DbErr) -> String {
    let code = driver_code(error);
    match code.as_deref() {
        Some("28P01" | "28000") => {
            format!("PostgreSQL refuses the log-in {shown}: check user and password in the database URL")
        }
        Some("3D000") => {
            format!("PostgreSQL has no database of that name ({shown}): create it with: createdb NAME")
        }
        Some("53300") => format!("PostgreSQL has no connection left ({shown}): raise max_connections"),
        Some("53100") => format!("PostgreSQL's disk is full ({shown}): make room"),
        Some("57P03") => format!("PostgreSQL is still starting ({shown}): try again in a moment"),
        _ if is_unreachable(error) => {
            format!(
                "PostgreSQL cannot be reached ({shown}): check that it runs and that host and port are right"
            )
        }
        _ => format!("cannot use PostgreSQL ({shown}): {error}"),
    }
}

fn driver_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(e))
        | DbErr::Exec(RuntimeErr::SqlxError(e))
        | DbErr::Query(RuntimeErr::SqlxError(e)) => Some(e.as_ref()),
        _ => None,
    }
}

fn driver_code(error: &DbErr) -> Option<String> {
    let database = driver_error(error)?.as_database_error()?;
    database.code().map(|code| code.into_owned())
}

fn is_unreachable(error: &DbErr) -> bool {
    matches!(driver_error(error), Some(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut))
        || matches!(error, DbErr::ConnectionAcquire(_))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::EntityTrait;

    async fn refusal(url: &str) -> String {
        match Db::connect(url).await {
            Ok(_) => panic!("{url} was accepted"),
            Err(refused) => refused.to_string(),
        }
    }

    #[tokio::test]
    async fn what_is_wrong_with_a_url_is_said_in_one_line() {
        let folder = tempfile::tempdir().expect("folder");
        let missing = format!("sqlite://{}/none/x.db", folder.path().display());
        assert!(refusal(&missing).await.contains("mkdir -p"));
        assert!(refusal("mysql://x").await.contains("sqlite:// or postgres://"));
        assert!(refusal("sqlite://").await.contains("names no file"));

        let text = folder.path().join("text.db");
        std::fs::write(&text, "this is certainly not a database, whatever its name says".repeat(20))
            .expect("file");
        let url = format!("sqlite://{}", text.display());
        assert!(refusal(&url).await.contains("not a SQLite database"), "{}", refusal(&url).await);

        let postgres =
            Target::parse("postgres://somebody:hush@db.example:5433/calls?sslmode=require").expect("url");
        let said = postgres.refused(DbErr::Custom("no".to_owned())).to_string();
        assert!(said.contains("somebody@db.example:5433/calls") && !said.contains("hush"), "{said}");
    }

    #[tokio::test]
    async fn an_uncommitted_write_leaves_nothing() {
        use crate::store::entity::departments;
        let folder = tempfile::tempdir().expect("folder");
        let url = format!("sqlite://{}/x.db", folder.path().display());
        let db = Db::connect(&url).await.expect("connect");
        db.migrate().await.expect("migrate");
        let row = |name: &str| departments::ActiveModel {
            name: sea_orm::ActiveValue::Set(name.to_owned()),
            ..Default::default()
        };

        let tx = write_tx(&db).await.expect("begin");
        departments::Entity::insert(row("lost")).exec(&tx).await.expect("insert");
        drop(tx);
        let tx = write_tx(&db).await.expect("begin");
        departments::Entity::insert(row("kept")).exec(&tx).await.expect("insert");
        tx.commit().await.expect("commit");

        let names: Vec<_> = departments::Entity::find().all(db.read()).await.expect("read");
        assert_eq!(names.iter().map(|d| d.name.as_str()).collect::<Vec<_>>(), ["kept"]);
    }

    #[tokio::test]
    async fn writers_that_read_first_all_get_their_turn() {
        use crate::store::entity::departments;
        let folder = tempfile::tempdir().expect("folder");
        let url = format!("sqlite://{}/x.db", folder.path().display());
        let db = Db::connect(&url).await.expect("connect");
        db.migrate().await.expect("migrate");
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let db = db.clone();
                tokio::spawn(async move {
                    for n in 0..20 {
                        let tx = write_tx(&db).await.expect("begin");
                        departments::Entity::find().all(&tx).await.expect("read");
                        let name = sea_orm::ActiveValue::Set(format!("{writer}-{n}"));
                        let row = departments::ActiveModel { name, ..Default::default() };
                        departments::Entity::insert(row).exec(&tx).await.expect("insert");
                        tx.commit().await.expect("commit");
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.expect("writer");
        }
        assert_eq!(departments::Entity::find().all(db.read()).await.expect("read").len(), 160);
    }
}
