//! The plan of the house: every room, the floor it stands on, whom it may use;
//! and the reading of who uses whom out of the sources.
//!
//! A room uses only rooms on lower floors. A new room gets a line here; a line
//! in [`SAME_FLOOR`] needs a reason.

use super::source::Source;
use std::collections::BTreeSet;

/// A room of the house.
pub struct Room {
    /// Its folder or file in `src`.
    pub name: &'static str,
    /// The floor it stands on, from the ground up.
    pub floor: u8,
    /// Where less than "everything below" is allowed: exactly these.
    pub only: Option<&'static [&'static str]>,
}

const fn room(name: &'static str, floor: u8) -> Room {
    Room { name, floor, only: None }
}

const fn narrow(name: &'static str, floor: u8, only: &'static [&'static str]) -> Room {
    Room { name, floor, only: Some(only) }
}

/// From the ground up, as in ARCHITECTURE.md.
pub const ROOMS: &[Room] = &[
    narrow("base", 1, &[]),
    narrow("floor", 2, &["base"]),
    narrow("ear", 2, &["base"]),
    narrow("store", 2, &["base"]),
    narrow("api", 2, &["base"]),
    narrow("switch", 3, &["base", "floor"]),
    narrow("sim", 3, &["base", "floor"]),
    narrow("auth", 3, &["base", "store", "api"]),
    narrow("audit", 3, &["base", "store", "api"]),
    narrow("do_not_call", 3, &["base", "store", "api"]),
    narrow("calendars", 3, &["base", "floor", "store", "api"]),
    narrow("mail", 3, &["base"]),
    narrow("places", 3, &["base", "floor"]),
    room("people", 4),
    room("customers", 4),
    room("campaigns", 4),
    room("queues", 4),
    room("calls", 4),
    room("recordings", 4),
    room("reports", 4),
    room("live", 4),
    narrow("announcements", 4, &["base", "ear"]),
    room("conductor", 5),
    room("jobs", 5),
    room("desk", 6),
    room("supervision", 6),
    room("http", 7),
    narrow("secrets", 8, &[]),
    room("config", 8),
    room("demo", 8),
    room("app", 8),
    room("main", 8),
];

/// Arrows between rooms of one floor: from, to, why.
pub const SAME_FLOOR: &[(&str, &str, &str)] = &[
    ("auth", "audit", "who logged in, or failed to, is written down"),
    (
        "do_not_call",
        "auth",
        "a department's entry counts for those who belong to it, and who may change it is asked",
    ),
    ("do_not_call", "audit", "who put a number on the list or took it off is written down"),
    ("calendars", "auth", "who may change a calendar is asked"),
    ("calendars", "audit", "who changed a calendar is written down"),
    ("customers", "calls", "a customer's history is the ledger's own view of their calls"),
    ("app", "config", "wiring reads the settings"),
    ("app", "secrets", "wiring makes the keys at the first start"),
    ("app", "demo", "wiring starts the demonstration"),
    ("demo", "config", "the demonstration points the settings at its own switch"),
    ("demo", "secrets", "its switch has a password too"),
    ("main", "app", "the command line starts the program"),
    ("main", "config", "check-config prints the settings"),
];

/// The room of that name.
pub fn find(name: &str) -> Option<&'static Room> {
    ROOMS.iter().find(|room| room.name == name)
}

/// May `from` use `to`? If not, why.
pub fn may_use(from: &Room, to: &Room) -> Result<(), String> {
    if from.floor == to.floor {
        return match SAME_FLOOR.iter().any(|&(a, b, _)| (a, b) == (from.name, to.name)) {
            true => Ok(()),
            false => Err(format!("both stand on floor {}", from.floor)),
        };
    }
    if from.floor < to.floor {
        return Err(format!("floor {} is above floor {}", to.floor, from.floor));
    }
    match from.only {
        Some(only) if !only.contains(&to.name) => Err(format!("{} uses only {only:?}", from.name)),
        _ => Ok(()),
    }
}

/// The room a file belongs to: `src/floor/call.rs` and `src/app.rs` are of
/// `floor` and `app`. None for lib.rs and core.rs, which only name the
/// rooms.
pub fn room_of(path: &str) -> Option<&str> {
    let inside = path.strip_prefix("src/")?;
    let name = inside.split('/').next()?;
    let name = name.strip_suffix(".rs").unwrap_or(name);
    (!matches!(name, "lib" | "core")).then_some(name)
}

/// The rooms whose paths occur in a file: `crate::room`, `crate::{a::…, b}`,
/// in main.rs `trunkline::room`, and `super::…` that climbs out of the room.
pub fn used_rooms(source: &Source) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for prefix in ["crate::", "trunkline::"] {
        for (at, _) in source.code.match_indices(prefix) {
            let before = source.code[..at].chars().next_back();
            if !before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
                used.extend(first_names(&source.code[at + prefix.len()..]));
            }
        }
    }
    used.extend(climbed_to(source));
    used
}

/// The first name of a path, or of each path in a `{…}` group.
fn first_names(rest: &str) -> Vec<String> {
    let Some(group) = rest.trim_start().strip_prefix('{') else {
        return vec![leading_name(rest)];
    };
    let mut names = Vec::new();
    let mut depth = 1;
    let mut item_starts = true;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => item_starts = true,
            c if item_starts && !c.is_whitespace() => {
                names.push(leading_name(&group[at..]));
                item_starts = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}

fn leading_name(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// Rooms reached by as many `super::` as lead from this file to the root.
fn climbed_to(source: &Source) -> Vec<String> {
    let inside = source.path.trim_start_matches("src/").trim_end_matches(".rs");
    let depth = inside.split('/').filter(|part| *part != "mod").count();
    let climb = "super::".repeat(depth);
    let paths = source.code.match_indices(&climb).map(|(at, _)| &source.code[at + climb.len()..]);
    paths.flat_map(first_names).filter(|name| find(name).is_some()).collect()
}

#[test]
fn paths_are_read_in_all_their_forms() {
    let source = |path: &str, code: &str| Source {
        path: path.into(),
        text: code.into(),
        code: code.into(),
        shipped: code.into(),
    };
    let read = |path, code| used_rooms(&source(path, code)).into_iter().collect::<Vec<_>>();
    assert_eq!(read("src/floor/call.rs", "use crate::base::ids::CallId;"), ["base"]);
    assert_eq!(
        read("src/floor/call.rs", "use crate::{base::{ids::CallId, clock}, store, sim::server};"),
        ["base", "sim", "store"]
    );
    assert_eq!(
        read("src/main.rs", "trunkline::app::serve(); trunkline_migrations::up(); mycrate::x"),
        ["app"]
    );
    assert_eq!(read("src/floor/mod.rs", "use super::base::clock; use self::call;"), ["base"]);
    assert_eq!(read("src/floor/call.rs", "use super::effect; use super::super::store::Db;"), ["store"]);
}

#[test]
fn arrows_go_down_only() {
    let check = |from, to| may_use(find(from).expect("a room"), find(to).expect("a room")).is_ok();
    assert!(check("conductor", "floor") && check("app", "config"));
    assert!(!check("floor", "conductor"), "up");
    assert!(!check("calls", "people"), "across");
    assert!(!check("config", "app"), "across, the wrong way round");
    assert!(!check("switch", "store"), "down, but the switch knows the floor alone");
}
