//! API commands of the simulated switch: text in, text out, in the words of
//! FreeSWITCH 1.10.12.
//!
//! What Trunkline uses is served; anything else is "Command not found!" as on
//! a switch that lacks the module.

use crate::base::clock::Moment;
use crate::base::ids::LegId;
use crate::sim::apps::App;
use crate::sim::headers::{self, Identity};
use crate::sim::leg::{Leg, LegState};
use crate::sim::world::{Reply, World, WorldCommand};
use crate::sim::{originate, recorder, registrar};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// What comes of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// This text.
    Text(String),
    /// The result will be known when the called party answers or not, as an
    /// event of the job.
    Later,
}

/// Runs one API command. `job` names an originate's result.
pub fn run(world: &mut World, identity: &Identity, now: Moment, line: &str, job: Uuid) -> Answer {
    let (name, arguments) = line.split_once(' ').unwrap_or((line, ""));
    let arguments = arguments.trim();
    let words: Vec<&str> = arguments.split_whitespace().collect();
    let text = match name {
        "originate" => return start_leg(world, now, arguments, job),
        "uuid_bridge" => bridge(world, now, &words),
        "uuid_kill" => kill(world, now, &words),
        "uuid_answer" => {
            match leg_named(&words).map(|leg| world.command(now, WorldCommand::AnswerCaller { leg })) {
                Some(Reply::Ok) => "+OK\n".to_owned(),
                _ => "-ERR No such channel!\n".to_owned(),
            }
        }
        "uuid_hold" => hold(world, now, &words),
        "uuid_record" => record(world, now, &words),
        "uuid_setvar" => {
            let value = words.get(2).copied().unwrap_or_default();
            set_variables(world, now, words.first(), &[(words.get(1).copied().unwrap_or_default(), value)])
        }
        "uuid_setvar_multi" => {
            let list = arguments.split_once(' ').map_or("", |(_, list)| list);
            let pairs: Vec<_> = list.split(';').filter_map(|pair| pair.split_once('=')).collect();
            set_variables(world, now, words.first(), &pairs)
        }
        "uuid_getvar" => get_variable(world, &words),
        "uuid_exists" => find(world, words.first()).is_some().to_string(),
        "uuid_dump" => dump(world, identity, now, &words),
        "uuid_transfer" => transfer(world, now, &unquoted(arguments)),
        "uuid_audio" => audio(world, now, &words),
        "uuid_displace" => displace(world, now, &words),
        "uuid_send_dtmf" => send_keys(world, now, &words),
        "uuid_recv_dtmf" => take_keys(world, now, &words),
        "uuid_phone_event" => phone_event(world, now, &words),
        "show" => show(world, identity, &words),
        "status" => status(world, identity, now),
        "global_getvar" => global(identity, words.first()),
        "version" => "FreeSWITCH Version 1.10.12-release~64bit (simulator)\n".to_owned(),
        "reloadacl" | "reloadxml" => "+OK [Success]\n".to_owned(),
        "sofia" => sofia(world, now, &words),
        unknown => format!("-ERR {unknown} Command not found!\n"),
    };
    Answer::Text(text)
}

fn start_leg(world: &mut World, now: Moment, arguments: &str, job: Uuid) -> Answer {
    // The id of a leg without one is made from the job's, which is random.
    let fresh = Uuid::from_u128(job.as_u128().rotate_left(64));
    match originate::parse(arguments, fresh, job) {
        Ok(asked) => {
            world.command(now, WorldCommand::Originate(asked));
            Answer::Later
        }
        Err(words) => Answer::Text(words),
    }
}

fn find<'a>(world: &'a World, uuid: Option<&&str>) -> Option<&'a Leg> {
    world.leg(uuid?.parse().ok()?)
}

fn bridge(world: &mut World, now: Moment, words: &[&str]) -> String {
    let legs = words.first().zip(words.get(1)).and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
    let Some((first, second)) = legs else { return "-ERR Invalid uuid\n".to_owned() };
    match world.command(now, WorldCommand::Bridge { first, second }) {
        Reply::Ok => format!("+OK {second}\n"),
        Reply::NoSuchLeg | Reply::Failed => "-ERR Invalid uuid\n".to_owned(),
    }
}

fn kill(world: &mut World, now: Moment, words: &[&str]) -> String {
    let leg: Option<LegId> = words.first().and_then(|uuid| uuid.parse().ok());
    let cause = words.get(1).map_or("NORMAL_CLEARING", |name| known_cause(name));
    match leg.map(|leg| world.command(now, WorldCommand::Kill { leg, cause })) {
        Some(Reply::Ok) => "+OK\n".to_owned(),
        _ => "-ERR No such channel!\n".to_owned(),
    }
}

/// The cause of that name; the switch takes an unknown one for the ordinary.
pub(super) fn known_cause(name: &str) -> &'static str {
    const CAUSES: [&str; 9] = [
        "UNALLOCATED_NUMBER",
        "ORIGINATOR_CANCEL",
        "USER_BUSY",
        "NO_ANSWER",
        "CALL_REJECTED",
        "NO_USER_RESPONSE",
        "MANAGER_REQUEST",
        "NORMAL_TEMPORARY_FAILURE",
        "DESTINATION_OUT_OF_ORDER",
    ];
    CAUSES.into_iter().find(|cause| *cause == name).unwrap_or("NORMAL_CLEARING")
}

fn hold(world: &mut World, now: Moment, words: &[&str]) -> String {
    let (on, uuid) = match words {
        ["off", uuid, ..] => (false, *uuid),
        ["toggle", uuid, ..] => (!find(world, Some(uuid)).is_some_and(|leg| leg.held), *uuid),
        [uuid, ..] => (true, *uuid),
        [] => return "-USAGE: <uuid> [<display>]\n".to_owned(),
    };
    if let Ok(leg) = uuid.parse() {
        world.command(now, WorldCommand::Hold { leg, on });
    }
    "+OK Success\n".to_owned()
}

fn record(world: &mut World, now: Moment, words: &[&str]) -> String {
    let (Some(leg), Some(action), Some(path)) =
        (words.first().and_then(|uuid| uuid.parse().ok()), words.get(1), words.get(2))
    else {
        return "-USAGE: <uuid> [start|stop|mask|unmask] <path> [<limit>]\n".to_owned();
    };
    let Some(found) = world.leg(leg) else { return "-ERR Cannot locate session!\n".to_owned() };
    match *action {
        "start" => {
            let busy = found.recording.is_some();
            let sides = recorder::Sides::of(found);
            if let Err(error) = if busy { Ok(()) } else { recorder::start(path, sides) } {
                tracing::warn!(%error, path, "the recording cannot be made");
                return "-ERR Cannot record session!\n".to_owned();
            }
            match world.command(now, WorldCommand::Record { leg, path: (*path).to_owned() }) {
                Reply::Ok => "+OK Success\n".to_owned(),
                _ => "-ERR Cannot record session!\n".to_owned(),
            }
        }
        "stop" => {
            let this = found.recording.as_ref().is_some_and(|r| r.path == *path || *path == "all");
            if this && world.command(now, WorldCommand::StopRecording { leg }) == Reply::Ok {
                "+OK Success\n".to_owned()
            } else {
                "-ERR Cannot stop record session!\n".to_owned()
            }
        }
        "mask" | "unmask" => {
            let mask = WorldCommand::Mask { leg, path: (*path).to_owned(), on: *action == "mask" };
            match world.command(now, mask) {
                Reply::Ok => "+OK Success\n".to_owned(),
                _ => format!("-ERR Cannot {action} recording session!\n"),
            }
        }
        _ => "-USAGE: <uuid> [start|stop|mask|unmask] <path> [<limit>]\n".to_owned(),
    }
}

fn leg_named(words: &[&str]) -> Option<LegId> {
    words.first().and_then(|uuid| uuid.parse().ok())
}

/// `UUID start read mute -4` and `UUID stop`: what the switch does with other
/// levels and directions is not needed.
fn audio(world: &mut World, now: Moment, words: &[&str]) -> String {
    let on = match words.get(1..) {
        Some(["start", "read", "mute", level]) if level.parse::<i32>().is_ok() => true,
        Some(["stop", ..]) => false,
        _ => return "-USAGE: <uuid> [start [read|write] [mute|level <level>]|stop]\n".to_owned(),
    };
    match leg_named(words).map(|leg| world.command(now, WorldCommand::Mute { leg, on })) {
        Some(Reply::Ok) => "+OK\n".to_owned(),
        _ => "-ERR No such channel!\n".to_owned(),
    }
}

/// `UUID start FILE` and `UUID stop FILE`.
fn displace(world: &mut World, now: Moment, words: &[&str]) -> String {
    let (Some(leg), Some(action @ ("start" | "stop")), Some(file)) =
        (leg_named(words), words.get(1).copied(), words.get(2))
    else {
        return "-USAGE: <uuid> [start|stop] <path> [<limit>] [mux]\n".to_owned();
    };
    let command = WorldCommand::Displace { leg, file: (*file).to_owned(), on: action == "start" };
    match world.command(now, command) {
        Reply::Ok => "+OK Success\n".to_owned(),
        Reply::NoSuchLeg => "-ERR Cannot locate session!\n".to_owned(),
        Reply::Failed if action == "start" => "-ERR Cannot displace session!\n".to_owned(),
        Reply::Failed => "-ERR Cannot stop displace session!\n".to_owned(),
    }
}

fn send_keys(world: &mut World, now: Moment, words: &[&str]) -> String {
    let Some(keys) = words.get(1) else { return "-USAGE: <uuid> <dtmf_data>\n".to_owned() };
    match leg_named(words).map(|leg| (leg, world.command(now, WorldCommand::SendKeys { leg }))) {
        Some((leg, Reply::Ok)) => format!("+OK {leg} sent DTMF {keys}.\n"),
        _ => "-ERR Cannot locate session!\n".to_owned(),
    }
}

fn take_keys(world: &mut World, now: Moment, words: &[&str]) -> String {
    let Some(keys) = words.get(1) else { return "-USAGE: <uuid> <dtmf_data>\n".to_owned() };
    let digits = keys.split('@').next().unwrap_or_default().to_owned();
    let reply =
        leg_named(words).map(|leg| (leg, world.command(now, WorldCommand::TakeKeys { leg, keys: digits })));
    match reply {
        Some((leg, Reply::Ok)) => format!("+OK {leg} received DTMF {keys}.\n"),
        _ => "-ERR Cannot locate session!\n".to_owned(),
    }
}

fn phone_event(world: &mut World, now: Moment, words: &[&str]) -> String {
    let reply = match (leg_named(words), words.get(1)) {
        (Some(leg), Some(&"talk")) => world.command(now, WorldCommand::AskToAnswer { leg }),
        (Some(leg), Some(_)) if world.leg(leg).is_some() => Reply::Ok,
        _ => Reply::NoSuchLeg,
    };
    if reply == Reply::Ok { "+OK Success\n".to_owned() } else { "-ERR Operation failed\n".to_owned() }
}

fn set_variables(world: &mut World, now: Moment, uuid: Option<&&str>, pairs: &[(&str, &str)]) -> String {
    let leg: Option<LegId> = uuid.and_then(|uuid| uuid.parse().ok());
    for (name, value) in pairs {
        let (name, value) = ((*name).to_owned(), (*value).to_owned());
        let reply = leg.map(|leg| world.command(now, WorldCommand::SetVariable { leg, name, value }));
        if reply != Some(Reply::Ok) {
            return "-ERR No such channel!\n".to_owned();
        }
    }
    if pairs.is_empty() {
        "-USAGE: <uuid> <var>=<value>;<var>=<value>...\n".to_owned()
    } else {
        "+OK\n".to_owned()
    }
}

fn get_variable(world: &World, words: &[&str]) -> String {
    let Some(leg) = find(world, words.first()) else { return "-ERR No such channel!\n".to_owned() };
    let wanted = words.get(1).copied().unwrap_or_default();
    let variables = headers::channel_variables(leg, None);
    let value = variables.into_iter().rev().find(|(name, _)| name == wanted);
    value.map_or_else(|| "_undef_".to_owned(), |(_, value)| value)
}

fn dump(world: &World, identity: &Identity, now: Moment, words: &[&str]) -> String {
    let Some(leg) = find(world, words.first()) else { return "-ERR No such channel!\n".to_owned() };
    let mut all = headers::preamble(identity, "CHANNEL_DATA", now, 0);
    all.extend(headers::of_leg(leg, None));
    if words.get(1) == Some(&"json") {
        let object: Map<String, Value> = all.into_iter().map(|(k, v)| (k, Value::String(v))).collect();
        Value::Object(object).to_string()
    } else {
        all.iter().map(|(name, value)| format!("{name}: {value}\n")).collect()
    }
}

/// Words, of which one in quotes may hold spaces.
fn unquoted(arguments: &str) -> Vec<&str> {
    match arguments.split('\'').collect::<Vec<_>>()[..] {
        [before, quoted, after] => {
            let (before, after) = (before.split_whitespace(), after.split_whitespace());
            before.chain([quoted]).chain(after).collect()
        }
        _ => arguments.split_whitespace().collect(),
    }
}

fn transfer(world: &mut World, now: Moment, words: &[&str]) -> String {
    let Some(leg) = leg_named(words).filter(|leg| world.leg(*leg).is_some()) else {
        return "-ERR No such channel!\n".to_owned();
    };
    match &words[1..] {
        ["-both", "park:" | "park", "inline", ..] => {
            match world.command(now, WorldCommand::ParkBoth { leg }) {
                Reply::Ok => "+OK\n".to_owned(),
                _ => "-ERR No such channel!\n".to_owned(),
            }
        }
        [apps, "inline", ..] => {
            let apps = App::parse_inline(apps);
            match world.command(now, WorldCommand::Transfer { leg, apps }) {
                Reply::Ok => "+OK\n".to_owned(),
                _ => "-ERR No such channel!\n".to_owned(),
            }
        }
        _ => "-ERR the simulator transfers to inline applications only\n".to_owned(),
    }
}

fn show(world: &World, identity: &Identity, words: &[&str]) -> String {
    let legs = world.legs();
    let rows: Vec<Value> = match words.first() {
        Some(&"channels") => legs.iter().map(|leg| channel_row(leg, identity)).collect(),
        Some(&"calls" | &"bridged_calls") => {
            let firsts =
                legs.iter().filter(|leg| matches!(leg.state, LegState::Bridged { a, .. } if a == leg.id()));
            firsts.filter_map(|a| Some(call_row(a, world.leg(a.bridged_to()?)?, identity))).collect()
        }
        _ => return "-USAGE: channels|calls|bridged_calls as json\n".to_owned(),
    };
    if !words.ends_with(&["as", "json"]) {
        return format!("\n{} total.\n", rows.len());
    }
    if rows.is_empty() {
        return "{\"row_count\": 0}\n".to_owned();
    }
    json!({ "row_count": rows.len(), "rows": rows }).to_string()
}

fn short_row(leg: &Leg, prefix: &str) -> Map<String, Value> {
    let created = leg.origin.created_at;
    let state = match leg.state {
        LegState::New => "CS_INIT",
        LegState::Ringing | LegState::Answered => "CS_CONSUME_MEDIA",
        LegState::Bridged { a, .. } if a == leg.id() => "CS_SOFT_EXECUTE",
        LegState::Stranded => "CS_SOFT_EXECUTE",
        LegState::Bridged { .. } => "CS_EXCHANGE_MEDIA",
        LegState::Parked { by_application: false } => "CS_PARK",
        _ => "CS_EXECUTE",
    };
    let call_state = match (leg.answered_at, leg.progress_at, leg.held) {
        (Some(_), _, true) => "HELD",
        (Some(_), _, false) => "ACTIVE",
        (None, Some(_), _) => "RINGING",
        (None, None, _) => "DOWN",
    };
    let fields = [
        ("uuid", leg.id().to_string()),
        ("direction", headers::direction(leg).to_owned()),
        ("created", created.to_utc().format("%Y-%m-%d %H:%M:%S").to_string()),
        ("created_epoch", (created.0 / 1000).to_string()),
        ("name", leg.origin.channel_name.clone()),
        ("state", state.to_owned()),
        ("cid_name", "Outbound Call".to_owned()),
        ("cid_num", leg.origin.caller_id.clone()),
        ("ip_addr", String::new()),
        ("dest", leg.origin.target.number().to_owned()),
        ("presence_id", String::new()),
        ("presence_data", String::new()),
        ("accountcode", String::new()),
        ("callstate", call_state.to_owned()),
        ("callee_name", String::new()),
        ("callee_num", leg.origin.caller_id.clone()),
    ];
    fields.into_iter().map(|(name, value)| (format!("{prefix}{name}"), Value::String(value))).collect()
}

fn channel_row(leg: &Leg, identity: &Identity) -> Value {
    let mut row = short_row(leg, "");
    let app = leg.application.clone();
    let mut put = |name: &str, value: String| row.insert(name.to_owned(), Value::String(value));
    put("application", app.as_ref().map(|app| app.name.clone()).unwrap_or_default());
    put("application_data", app.map(|app| app.data).unwrap_or_default());
    put("context", "default".to_owned());
    put("hostname", identity.hostname.clone());
    put("call_uuid", headers::call_uuid(leg).to_string());
    put("initial_dest", leg.origin.target.number().to_owned());
    Value::Object(row)
}

fn call_row(a: &Leg, b: &Leg, identity: &Identity) -> Value {
    let mut row = short_row(a, "");
    row.extend(short_row(b, "b_"));
    row.insert("call_uuid".into(), Value::String(a.id().to_string()));
    row.insert("hostname".into(), Value::String(identity.hostname.clone()));
    let since = a.bridged_at.map_or(0, |at| at.0 / 1000);
    row.insert("call_created_epoch".into(), Value::String(since.to_string()));
    Value::Object(row)
}

fn status(world: &World, identity: &Identity, now: Moment) -> String {
    let ms = now.since_ms(identity.started_at);
    let (seconds, minutes, hours) = (ms / 1000 % 60, ms / 60_000 % 60, ms / 3_600_000 % 24);
    format!(
        "UP 0 years, {} days, {hours} hours, {minutes} minutes, {seconds} seconds, {} milliseconds, 0 microseconds\n\
         FreeSWITCH (Version 1.10.12-release simulator 64bit) is ready\n\
         {} session(s) since startup\n{} session(s) - peak 0, last 5min 0 \n\
         0 session(s) per Sec out of max 30, peak 0, last 5min 0 \n1000 session(s) max\n\
         min idle cpu 0.00/100.00\n",
        ms / 86_400_000,
        ms % 1000,
        world.sessions_started(),
        world.legs().len(),
    )
}

fn global(identity: &Identity, name: Option<&&str>) -> String {
    match name.copied() {
        Some("core_uuid") => identity.core.to_string(),
        Some("hostname" | "switchname") => identity.hostname.clone(),
        Some("local_ip_v4") => "127.0.0.1".to_owned(),
        Some(_) => String::new(),
        None => format!("hostname={}\ncore_uuid={}\n", identity.hostname, identity.core),
    }
}

fn sofia(world: &World, now: Moment, words: &[&str]) -> String {
    match words {
        ["profile", name, "rescan", ..] => format!("+OK scan complete [{name}]\n"),
        ["profile", _, "killgw", name] => format!("+OK gateway [{name}] marked for deletion.\n"),
        ["status"] => profiles(),
        ["xmlstatus", "profile", "internal", "reg"] => registrar::list(world, now),
        ["xmlstatus", "profile", _, "reg"] => "Invalid Profile!\n".to_owned(),
        _ => "-ERR Unknown command!\n".to_owned(),
    }
}

/// Both profiles, in the switch's own columns.
fn profiles() -> String {
    let line = "=".repeat(97);
    let row = |name: &str, port: u16| {
        let address = format!("sip:mod_sofia@127.0.0.1:{port}");
        format!("{name:>25}\tprofile\t{address:>42}\tRUNNING (0)\n")
    };
    format!(
        "{:>25}\t{:>7}\t{:>42}\tState\n{line}\n{}{}{line}\n2 profiles 0 aliases\n",
        "Name",
        "Type",
        "Data",
        row("external", 5080),
        row("internal", 5060),
    )
}
