//! The records that the switch kept on its disk while nobody took them.

use super::facts::body;
use super::world::{MINUTE, MONDAY_10, World, call_id};
use crate::both_databases;
use sea_orm::EntityTrait;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};
use trunkline::calls::records::collect_spool;
use trunkline::floor::effect::CallResult;
use trunkline::store::Db;
use trunkline::store::entity::calls;

both_databases!(every_record_is_taken_whatever_lies_beside_it, a_folder_that_is_not_there_holds_nothing);

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

async fn every_record_is_taken_whatever_lies_beside_it(db: Db) {
    let world = World::with_leads(db, 4).await;
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).expect("a file");
    for n in 1..=4 {
        let lead = usize::try_from(n - 1).expect("small");
        let late = world.ended(&world.leads[lead], n, CallResult::NoAnswer, 0, MONDAY_10 + 9 * MINUTE);
        world.write_facts(&[world.dialled(&world.leads[lead], n, MONDAY_10), late]).await;
        let record = body(n, None, MONDAY_10 + 30_000, "NO_ANSWER").into_bytes();
        let record = match n {
            // A carrier put a name in GBK into a header.
            2 => [&record[..record.len() - 2], b",\"sip_from_display\":\"\xc0\xee\"}}".as_slice()].concat(),
            _ => record,
        };
        write(&format!("{n}.cdr.json"), &record);
    }
    // No record at all, and the beginning of one that is being written.
    write("0.cdr.json", b"core dumped");
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let old = fs::File::options().write(true).open(folder.path().join("0.cdr.json")).expect("the file");
    old.set_modified(long_ago).expect("its time");
    write("5.cdr.json", b"{\"variables\":{\"uuid\":");
    // A folder of that name can be neither read nor taken away.
    fs::create_dir(folder.path().join("6.cdr.json")).expect("a folder");
    write("other.txt", b"");

    let error = collect_spool(&world.db, folder.path()).await.expect_err("one cannot be read");
    assert!(format!("{error:#}").contains("6.cdr.json"), "{error:#}");
    assert_eq!(names(folder.path()), ["0.cdr.bad", "5.cdr.json", "6.cdr.json", "other.txt"]);
    for n in 1..=4 {
        let call = calls::Entity::find_by_id(call_id(n).0).one(world.db.read()).await.expect("query");
        assert_eq!(call.expect("the call").ended_at, Some((MONDAY_10 + 30_000).to_utc()), "{n}");
    }
    // The switch has written it to its end.
    write("5.cdr.json", body(1, None, MONDAY_10 + 30_000, "NO_ANSWER").as_bytes());
    fs::remove_dir(folder.path().join("6.cdr.json")).expect("the folder");
    assert_eq!(collect_spool(&world.db, folder.path()).await.expect("all is well"), 1);
    assert_eq!(names(folder.path()), ["0.cdr.bad", "other.txt"]);
}

async fn a_folder_that_is_not_there_holds_nothing(db: Db) {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(collect_spool(&db, &folder.path().join("none")).await.expect("nothing"), 0);
}
