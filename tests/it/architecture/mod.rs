//! Rules about the source that no compiler checks, read from the files.
//!
//! In: the repository as it lies there. Out: one test per rule; a failure lists
//! every place that breaks it. The plan of the rooms is in rooms.rs.

mod rooms;
mod source;

use rooms::{ROOMS, SAME_FLOOR, find, may_use, room_of, used_rooms};
use source::{Source, files_below, root, sources};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// Longer files are split: nobody reads them in one go.
const FILE_LINES_MAX: usize = 600;

/// Generated or packed, so nobody reads it.
const GENERATED: &[&str] = &[
    "src/places/phone.dat.gz",
    "tests/it/golden/schema.postgres.txt",
    "tests/it/golden/schema.sqlite.sql",
    "web/src/api/schema.d.ts",
];

/// Calls in shipped code that panic where something is missing: file, the text
/// of the line, why it cannot happen. An entry that matches nothing is an error.
const MAY_PANIC: &[(&str, &str, &str)] = &[];

/// Fails with every complaint at once.
fn none(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn every_source_file_says_what_it_is_for() {
    let rust =
        ["src", "tests", "migrations/src"].into_iter().flat_map(files_below).filter(|p| p.ends_with(".rs"));
    let web = files_below("web/src").into_iter().filter(|p| p.ends_with(".ts") || p.ends_with(".tsx"));
    let silent = |path: &String| {
        let text = fs::read_to_string(root().join(path)).expect("sources are UTF-8");
        let wanted: &[&str] = if path.ends_with(".rs") { &["//! "] } else { &["/**", "//"] };
        !wanted.iter().any(|opening| text.starts_with(opening))
    };
    let web = web.filter(|path| !GENERATED.contains(&path.as_str()));
    none(
        rust.chain(web).filter(silent).map(|path| format!("{path}: begins without a doc comment")).collect(),
    );
}

#[test]
fn no_file_is_too_long() {
    let folders = ["src", "tests", "migrations/src", "web/src", "scripts"];
    let paths = folders.into_iter().flat_map(files_below).filter(|path| !GENERATED.contains(&path.as_str()));
    let mut complaints = Vec::new();
    for path in paths.filter(|path| !path.starts_with("tests/data/")) {
        let lines =
            fs::read(root().join(&path)).expect("it can be read").split(|byte| *byte == b'\n').count();
        if lines > FILE_LINES_MAX + 1 {
            complaints.push(format!("{path}: {} lines, at most {FILE_LINES_MAX}", lines - 1));
        }
    }
    none(complaints);
}

#[test]
fn rooms_use_only_rooms_below() {
    let mut complaints = Vec::new();
    let mut arrows: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for source in &sources() {
        let Some(name) = room_of(&source.path) else { continue };
        let Some(from) = find(name) else {
            complaints.push(format!("{}: {name} is not in the plan of rooms", source.path));
            continue;
        };
        for used in used_rooms(source).into_iter().filter(|used| used != name) {
            match find(&used) {
                None => complaints
                    .push(format!("{}: uses {used}, which is not in the plan of rooms", source.path)),
                Some(to) => {
                    arrows.entry(from.name).or_default().insert(to.name);
                    if let Err(why) = may_use(from, to) {
                        complaints.push(format!("{}: {name} may not use {used}: {why}", source.path));
                    }
                }
            }
        }
    }
    complaints.extend(ROOMS.iter().filter_map(|room| circle(room.name, &arrows)));
    none(complaints);
}

/// A way from a room back to itself.
fn circle(start: &'static str, arrows: &BTreeMap<&str, BTreeSet<&str>>) -> Option<String> {
    let mut seen = BTreeSet::new();
    let mut waiting = vec![start];
    while let Some(room) = waiting.pop() {
        for &next in arrows.get(room).into_iter().flatten() {
            if next == start {
                return Some(format!("{start} uses itself by way of {room}"));
            }
            if seen.insert(next) {
                waiting.push(next);
            }
        }
    }
    None
}

#[test]
fn exceptions_to_the_plan_have_two_rooms_of_one_floor_and_a_reason() {
    for &(from, to, why) in SAME_FLOOR {
        let floors = [find(from), find(to)].map(|room| room.map(|room| room.floor));
        assert!(floors[0].is_some() && floors[0] == floors[1] && !why.is_empty(), "{from} -> {to}");
    }
}

/// Where a word of code may stand: the word, the places, why.
fn misplaced(sources: &[Source], words: &[&str], allowed: impl Fn(&str) -> bool, why: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    for source in sources.iter().filter(|source| !allowed(&source.path)) {
        for (number, line) in source.shipped.lines().enumerate() {
            for word in words.iter().filter(|word| has_word(line, word)) {
                complaints.push(format!("{}:{}: {word}: {why}", source.path, number + 1));
            }
        }
    }
    complaints
}

/// Does the line hold this text, not as the tail of a longer name?
fn has_word(line: &str, word: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let joined = word.starts_with(is_name) && line[..at].ends_with(is_name);
        let goes_on = word.ends_with(is_name) && line[at + word.len()..].starts_with(is_name);
        !joined && !goes_on
    })
}

#[test]
fn the_floor_is_pure() {
    let words = [
        "tokio",
        "async",
        ".await",
        "rand",
        "std::fs",
        "std::net",
        "std::thread",
        "std::env",
        "clock::now",
        "Mutex",
    ];
    let why = "the floor has no I/O, clock, async, locks or random source; let it come in as an Input";
    none(misplaced(&sources(), &words, |path| !path.starts_with("src/floor/"), why));
}

#[test]
fn each_outside_library_has_its_rooms() {
    let mut sources = sources();
    for source in &mut sources {
        // An error may travel up through any room; a query may not.
        source.shipped = source.shipped.replace("sea_orm::DbErr", "");
    }
    let of_store = |path: &str| path.contains("/store/") || path.ends_with("/store.rs");
    let mut complaints =
        misplaced(&sources, &["sea_orm"], of_store, "queries stand in a store.rs or a folder store");
    let of_switch = |path: &str| path.starts_with("src/switch/");
    complaints.extend(misplaced(
        &sources,
        &["freeswitch_esl"],
        of_switch,
        "only src/switch knows FreeSWITCH",
    ));
    let of_mail = |path: &str| path.starts_with("src/mail/");
    complaints.extend(misplaced(&sources, &["lettre"], of_mail, "only src/mail knows SMTP"));
    none(complaints);
}

#[test]
fn shipped_code_does_not_panic_on_what_is_missing() {
    let mut unused: BTreeSet<usize> = (0..MAY_PANIC.len()).collect();
    let mut complaints = Vec::new();
    for source in &sources() {
        for (number, (shipped, line)) in source.shipped.lines().zip(source.text.lines()).enumerate() {
            if !may_panic(shipped, line) {
                continue;
            }
            match MAY_PANIC.iter().position(|(path, text, _)| *path == source.path && line.contains(text)) {
                Some(entry) => drop(unused.remove(&entry)),
                None => complaints.push(format!("{}:{}: {}", source.path, number + 1, line.trim())),
            }
        }
    }
    complaints
        .extend(unused.into_iter().map(|entry| format!("MAY_PANIC matches nothing: {:?}", MAY_PANIC[entry])));
    none(complaints);
}

/// Does this line of shipped code panic on what is missing? `expect` with a
/// message does; a method of ours that bears the name takes something else.
fn may_panic(shipped: &str, line: &str) -> bool {
    const EXPECT: &str = ".expect(";
    let has_message = |argument: &str| argument.is_empty() || argument.starts_with(['"', '&']);
    let expects =
        shipped.match_indices(EXPECT).any(|(at, _)| has_message(line[at + EXPECT.len()..].trim_start()));
    expects || [".unwrap()", "todo!(", "unimplemented!(", "dbg!("].iter().any(|call| shipped.contains(call))
}

#[test]
fn calls_that_panic_are_told_from_others() {
    assert!(may_panic("a.expect(       );", "a.expect(\"why\");"));
    assert!(may_panic("a.expect(", "a.expect("));
    assert!(may_panic("a.unwrap()", "a.unwrap()"));
    assert!(!may_panic("people.expect(agent);", "people.expect(agent);"));
    assert!(!may_panic("a                  ", "a // not .unwrap() "));
}

#[test]
fn nothing_names_a_folder_of_one_machine() {
    // Written apart, so that this file does not name them either.
    let homes = [concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/Us", "ers/"), concat!("/wo", "rk/")];
    let folders =
        [".ci", "src", "tests", "migrations", "web", "scripts", "docker", "freeswitch-conf", "docs"];
    let top = fs::read_dir(root())
        .expect("the root can be read")
        .flatten()
        .filter(|entry| entry.path().is_file() && entry.file_name() != ".git");
    let top = top.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut complaints = Vec::new();
    for path in folders.into_iter().flat_map(files_below).chain(top.collect::<Vec<_>>()) {
        let Ok(text) = fs::read_to_string(root().join(&path)) else { continue };
        for (number, line) in text.lines().enumerate() {
            // Inside a longer path ("…/lib/work/…") it is not a root folder.
            let starts =
                |at: usize| !line[..at].ends_with(|c: char| c.is_alphanumeric() || "/._-}*)".contains(c));
            if homes.iter().any(|home| line.match_indices(home).any(|(at, _)| starts(at))) {
                complaints.push(format!("{path}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    none(complaints);
}

#[test]
fn each_file_of_the_switch_says_who_relies_on_it() {
    let files = files_below("freeswitch-conf");
    assert!(!files.is_empty(), "the switch's configuration is gone");
    let mut complaints = Vec::new();
    for path in files {
        let text = fs::read_to_string(root().join(&path)).expect("the configuration is UTF-8");
        let text = text.strip_prefix("<?xml version=\"1.0\"?>").unwrap_or(&text).trim_start();
        let comment =
            text.strip_prefix("<!--").and_then(|rest| rest.split_once("-->")).map(|(comment, _)| comment);
        match comment.and_then(|comment| comment.split_once("Relied on by:")) {
            None => complaints.push(format!("{path}: begins without a comment with \"Relied on by:\"")),
            Some((_, who)) => complaints.extend(dead_paths(&path, who)),
        }
    }
    none(complaints);
}

#[test]
fn the_documents_name_only_files_that_exist() {
    let mut complaints = Vec::new();
    for path in ["README.md", "ARCHITECTURE.md"] {
        let text = fs::read_to_string(root().join(path)).expect("the document is there");
        complaints.extend(dead_paths(path, &text));
    }
    none(complaints);
}

/// Paths into the repository that are named in a text and lead nowhere.
fn dead_paths(named_in: &str, text: &str) -> Vec<String> {
    let folders = ["src/", "tests/", "scripts/", "migrations/", "web/", "docker/", "freeswitch-conf/"];
    let is_path = |c: char| c.is_alphanumeric() || "/._-".contains(c);
    let words = text.split(|c: char| !is_path(c)).map(|word| word.trim_end_matches(['.', ',']));
    let mut dead = BTreeSet::new();
    for word in words.filter(|word| folders.iter().any(|folder| word.starts_with(folder))) {
        // What a build makes need not be there.
        if !word.starts_with("web/dist")
            && !word.starts_with("web/node_modules")
            && !root().join(word).exists()
        {
            dead.insert(format!("{named_in}: names {word}, which does not exist"));
        }
    }
    dead.into_iter().collect()
}

#[test]
fn the_console_has_words_for_every_refusal() {
    let refusals = fs::read_to_string(root().join("src/floor/refusal.rs")).expect("it is there");
    let codes = refusals.split("=> \"").skip(1).filter_map(|rest| rest.split('"').next());
    let mut complaints = Vec::new();
    for language in ["zh", "en"] {
        let folder = root().join("web/src/i18n").join(language);
        let texts = ["refusals.ts", "common.ts"].map(|file| fs::read_to_string(folder.join(file)));
        let texts: Vec<String> = texts.into_iter().map(|text| text.expect("it is there")).collect();
        for code in codes.clone() {
            if !texts.iter().any(|text| text.contains(&format!(" {code}: "))) {
                complaints.push(format!("{language}: {code} has no words"));
            }
        }
    }
    assert!(codes.count() > 30, "the codes are read from the file");
    none(complaints);
}
