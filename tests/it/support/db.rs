//! A fresh, migrated database for each test, on SQLite and on PostgreSQL.
//!
//! In: TRUNKLINE_TEST_POSTGRES, the URL of a server on which databases may be
//! created (`postgres://postgres@127.0.0.1:5432/postgres`). Without it the
//! PostgreSQL half of a test prints a line that begins with `skipped:`.
//!
//! A test is written once, as `async fn name(db: Db)`, and named in
//! `both_databases!`.

use sea_orm::{ConnectionTrait, Database};
use std::io::Write;
use std::time::Duration;
use trunkline::store::Db;

/// Makes `name::sqlite` and `name::postgres` from each `async fn name(db: Db)`.
#[macro_export]
macro_rules! both_databases {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                $crate::support::db::on_sqlite(super::$name).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                $crate::support::db::on_postgres(concat!(module_path!(), "::postgres"), super::$name).await;
            }
        }
    )+};
}

/// Runs a test on a new SQLite file.
pub async fn on_sqlite(test: impl AsyncFnOnce(Db)) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let db = sqlite_in(folder.path()).await;
    db.migrate().await.expect("migrate");
    test(db.clone()).await;
    db.close().await.expect("close");
}

/// An empty SQLite database in a folder.
pub async fn sqlite_in(folder: &std::path::Path) -> Db {
    let url = format!("sqlite://{}/trunkline.db", folder.display());
    Db::connect(&url).await.expect("connect")
}

/// Runs a test on a new PostgreSQL database, or says that it is skipped.
pub async fn on_postgres(name: &str, test: impl AsyncFnOnce(Db)) {
    let Some(server) = Server::from_environment(name) else { return };
    let database = server.create().await;
    let db = Db::connect(&server.url_of(&database)).await.expect("connect");
    db.migrate().await.expect("migrate");
    test(db.clone()).await;
    db.close().await.expect("close");
    server.drop_database(&database).await;
}

/// A PostgreSQL server on which databases may be created.
pub struct Server {
    url: String,
}

impl Server {
    /// The server named by the environment; otherwise notes that `test` is
    /// skipped. Written past the test harness, which hides what passing tests
    /// print.
    pub fn from_environment(test: &str) -> Option<Server> {
        match std::env::var("TRUNKLINE_TEST_POSTGRES") {
            Ok(url) if !url.is_empty() => Some(Server { url }),
            _ => {
                let _ = writeln!(std::io::stderr(), "skipped: {test}: TRUNKLINE_TEST_POSTGRES is not set");
                None
            }
        }
    }

    /// Makes a new, empty database.
    pub async fn create(&self) -> String {
        let name = format!("trunkline_test_{}", uuid::Uuid::new_v4().simple());
        self.run(&format!("CREATE DATABASE {name}")).await;
        name
    }

    /// Drops a database made by [`Server::create`].
    pub async fn drop_database(&self, name: &str) {
        self.run(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    }

    /// The URL of one of the server's databases.
    pub fn url_of(&self, database: &str) -> String {
        let (server, _) = self.url.rsplit_once('/').expect("a database in the URL");
        format!("{server}/{database}")
    }

    async fn run(&self, sql: &str) {
        let mut options = sea_orm::ConnectOptions::new(&self.url);
        options.max_connections(1).acquire_timeout(Duration::from_secs(20)).sqlx_logging(false);
        let connection = Database::connect(options).await.expect("the PostgreSQL server");
        connection.execute_unprepared(sql).await.expect(sql);
        connection.close().await.expect("close");
    }
}
