//! The program itself: how it starts and how it ends.

use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

const PATIENCE: Duration = Duration::from_secs(60);

fn trunkline(arguments: &[&str], data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trunkline"));
    command.args(arguments).arg("--data").arg(data).env_remove("TRUNKLINE_DATABASE");
    command.stderr(Stdio::null()).kill_on_drop(true);
    command
}

/// A server that listens.
async fn serving(data: &Path, more: &[&str]) -> Child {
    let mut command = trunkline(&[&["serve", "--listen", "127.0.0.1:0"], more].concat(), data);
    let mut server = command.stdout(Stdio::piped()).spawn().expect("the program starts");
    let mut lines = BufReader::new(server.stdout.take().expect("its output")).lines();
    let line = tokio::time::timeout(PATIENCE, lines.next_line()).await.expect("in time").expect("readable");
    assert!(line.as_ref().is_some_and(|line| line.starts_with("Trunkline is at http://")), "{line:?}");
    server
}

async fn end(mut child: Child) -> ExitStatus {
    tokio::time::timeout(PATIENCE, child.wait()).await.expect("it ends").expect("its end is known")
}

fn database_files(data: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(data).expect("the data folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| name.contains(".db")).collect();
    names.sort();
    names
}

#[tokio::test]
async fn an_orderly_stop_closes_the_database() {
    // With the demonstration there are calls whose facts are written till the end.
    for more in [&["--freeswitch", "127.0.0.1:1"][..], &["--demo"]] {
        let folder = tempfile::tempdir().expect("a folder");
        let server = serving(folder.path(), more).await;
        let open = ["trunkline.db", "trunkline.db-shm", "trunkline.db-wal"];
        assert_eq!(database_files(folder.path()), open);
        let pid = server.id().expect("it runs").to_string();
        // The shell's own: not every machine has the program.
        let kill = Command::new("sh").args(["-c", "kill -TERM \"$0\"", &pid]).status();
        assert!(kill.await.expect("a shell").success());
        let status = end(server).await;
        assert!(status.success(), "{status}");
        assert_eq!(database_files(folder.path()), ["trunkline.db"], "{more:?}");
    }
}

#[tokio::test]
async fn a_migration_closes_the_database() {
    let folder = tempfile::tempdir().expect("a folder");
    let child = trunkline(&["migrate"], folder.path()).stdout(Stdio::null()).spawn().expect("it starts");
    assert!(end(child).await.success());
    assert_eq!(database_files(folder.path()), ["trunkline.db"]);
}
