//! Every trace in tests/data/esl goes through the same client and decoder as
//! in production, and must lead to the changes of legs in `decoded.txt` and to
//! the right result of the call.
//!
//! When a trace is added, its section of `decoded.txt` is what the failing test
//! prints, read and found right.

use freeswitch_esl::{EslClient, EslError, EslEvent};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use trunkline::base::ids::LegId;
use trunkline::floor::effect::CallResult;
use trunkline::floor::input::{HangUp, Input, LegChange};
use trunkline::floor::phone::{PhoneNews, Registration};
use trunkline::floor::result::call_result;
use trunkline::switch::{decode, snapshot};

#[derive(Deserialize)]
struct Frame {
    dir: String,
    text: String,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/esl")
}

fn trace_names() -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .filter_map(|entry| Some(entry.unwrap().file_name().to_str()?.strip_suffix(".jsonl")?.to_owned()))
        .collect();
    names.sort();
    names
}

fn frames(name: &str) -> Vec<Frame> {
    let text = std::fs::read_to_string(folder().join(format!("{name}.jsonl"))).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Plays the switch's side of a trace: writes what it sent and waits for a
/// command wherever one was sent.
async fn play(listener: TcpListener, frames: Vec<Frame>) {
    let (mut stream, _) = listener.accept().await.unwrap();
    for frame in frames {
        match frame.dir.as_str() {
            "recv" => stream.write_all(frame.text.as_bytes()).await.unwrap(),
            "sent" => read_command(&mut stream).await,
            _ => break,
        }
    }
}

async fn read_command(stream: &mut TcpStream) {
    let mut last = [0; 2];
    while last != *b"\n\n" {
        last = [last[1], stream.read_u8().await.unwrap()];
    }
}

async fn listen() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// The events of a trace, read by the client that production uses.
async fn events(name: &str) -> Vec<EslEvent> {
    let (listener, port) = listen().await;
    let mut recorded = frames(name);
    // Only the events: answers belong to commands, which this client does not send.
    recorded.retain(|frame| frame.dir == "recv" && frame.text.contains("text/event-plain"));
    let expected = recorded.len();
    let player = tokio::spawn(play(listener, recorded));
    let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let (_client, mut reader) = EslClient::adopt_stream(stream, b"").unwrap();
    let mut events = Vec::new();
    while let Some(event) = reader.recv().await {
        events.push(event.unwrap());
    }
    player.await.unwrap();
    assert_eq!(events.len(), expected, "{name}: every frame is an event");
    events
}

/// Legs are called A, B, C in the order in which they appear.
#[derive(Default)]
struct Legs(Vec<LegId>);

impl Legs {
    fn name(&mut self, leg: LegId) -> char {
        let at = self.0.iter().position(|known| *known == leg).unwrap_or_else(|| {
            self.0.push(leg);
            self.0.len() - 1
        });
        char::from(b'A' + u8::try_from(at).unwrap())
    }
}

fn phone_line(news: &PhoneNews) -> String {
    match news {
        PhoneNews::Registered(Registration { extension, user_agent, address }) => {
            let (name, at) = (user_agent.as_deref().unwrap_or("?"), address.as_deref().unwrap_or("?"));
            format!("phone {extension} registered: {name} at {at}")
        }
        PhoneNews::Unregistered { extension, expired: false } => format!("phone {extension} unregistered"),
        PhoneNews::Unregistered { extension, expired: true } => format!("phone {extension} expired"),
        PhoneNews::Listed(list) => panic!("no event lists phones: {list:?}"),
    }
}

fn line(legs: &mut Legs, input: &Input) -> String {
    let event = match input {
        Input::Switch(event) => event,
        Input::Phone(news) => return phone_line(news),
        other => panic!("neither about a leg nor about a phone: {other:?}"),
    };
    let leg = legs.name(event.leg);
    match &event.what {
        LegChange::Arrived(arrival) => format!("{leg} calls {}", arrival.called),
        LegChange::Created => format!("{leg} created"),
        LegChange::Ringing { early_media: false } => format!("{leg} ringing"),
        LegChange::Ringing { early_media: true } => format!("{leg} ringing with early media"),
        LegChange::Answered => format!("{leg} answered"),
        LegChange::Parked => format!("{leg} parked"),
        LegChange::Bridged { other } => format!("{leg} bridged with {}", legs.name(*other)),
        LegChange::Unbridged { other } => format!("{leg} unbridged from {}", legs.name(*other)),
        LegChange::MusicStarted => format!("{leg} hears music"),
        LegChange::JoinedRoom => format!("{leg} in the room"),
        LegChange::Muted(on) => format!("{leg} muted {on}"),
        LegChange::Overheard(on) => format!("{leg} overheard {on}"),
        LegChange::Key(key) => format!("{leg} took key {key}"),
        LegChange::RecordingStarted { path } => format!("{leg} recording to {path}"),
        LegChange::RecordingStopped { path } => format!("{leg} recorded to {path}"),
        LegChange::HungUp(HangUp { cause, sip_status: None, .. }) => format!("{leg} hung up {cause}"),
        LegChange::HungUp(HangUp { cause, sip_status: Some(status), .. }) => {
            format!("{leg} hung up {cause} {status}")
        }
    }
}

async fn decoded(name: &str) -> Vec<String> {
    let mut legs = Legs::default();
    events(name).await.iter().flat_map(decode::decode).map(|input| line(&mut legs, &input)).collect()
}

#[tokio::test]
async fn every_trace_decodes_to_what_happened() {
    let golden = std::fs::read_to_string(folder().join("decoded.txt")).unwrap();
    let mut expected: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut section = "";
    for line in golden.lines().filter(|line| !line.is_empty()) {
        match line.strip_prefix("## ") {
            Some(name) => section = name,
            None => expected.entry(section).or_default().push(line),
        }
    }
    for name in trace_names() {
        let actual = decoded(&name).await;
        let expect = expected.remove(name.as_str()).unwrap_or_default();
        assert_eq!(actual, expect, "\n## {name}\n{}\n", actual.join("\n"));
    }
    assert!(expected.is_empty(), "sections without a trace: {:?}", expected.keys());
}

/// The result of one leg of a trace, as the floor would derive it.
async fn result(name: &str, leg_name: char) -> CallResult {
    let mut legs = Legs::default();
    let (mut answered, mut connected, mut end) = (false, false, None);
    for input in events(name).await.iter().flat_map(decode::decode) {
        let Input::Switch(event) = input else { continue };
        if legs.name(event.leg) != leg_name {
            continue;
        }
        match event.what {
            LegChange::Answered => answered = true,
            LegChange::Bridged { .. } => connected = true,
            // The first word of an end counts; a failed job may repeat it with less.
            LegChange::HungUp(hang_up) if end.is_none() => end = Some(hang_up),
            _ => {}
        }
    }
    call_result(&end.expect("the leg ends"), answered, connected, false)
}

#[tokio::test]
async fn every_call_has_the_right_result() {
    for (name, leg, expect) in [
        ("originate_busy_486", 'A', CallResult::Busy),
        ("originate_cancelled", 'A', CallResult::Cancelled),
        ("originate_failure_503", 'A', CallResult::Failed),
        ("originate_no_answer_timeout", 'A', CallResult::NoAnswer),
        ("originate_no_route", 'A', CallResult::Failed),
        ("originate_reject_603", 'A', CallResult::Rejected),
        ("originate_unallocated_404", 'A', CallResult::InvalidNumber),
        ("originate_unavailable_480", 'A', CallResult::Unreachable),
        ("customer_hangs_up_before_bridge", 'A', CallResult::AbandonedEarly),
        ("bridge_agent_hangup", 'B', CallResult::Answered),
        ("bridge_customer_hangup", 'B', CallResult::Answered),
        ("hold_unhold", 'B', CallResult::Answered),
        ("record", 'B', CallResult::Answered),
        ("recover_show_channels", 'B', CallResult::Answered),
        ("transfer_attended", 'B', CallResult::Answered),
        ("transfer_blind_rebridge", 'B', CallResult::Answered),
        ("monitor_listen", 'B', CallResult::Answered),
        ("monitor_whisper", 'B', CallResult::Answered),
        ("monitor_barge", 'B', CallResult::Answered),
    ] {
        assert_eq!(result(name, leg).await, expect, "{name}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_told_apart_from_a_dead_switch() {
    let (listener, port) = listen().await;
    let player = tokio::spawn(play(listener, frames("auth_failure")));
    let error = EslClient::connect("127.0.0.1", port, "wrong").await.unwrap_err();
    assert!(matches!(error, EslError::AuthenticationFailed { .. }), "{error}");
    player.await.unwrap();
}

#[tokio::test]
async fn the_switchs_refusals_are_recognised() {
    let (listener, port) = listen().await;
    let recorded = frames("command_errors");
    let commands: Vec<String> = recorded
        .iter()
        .filter(|frame| frame.dir == "sent")
        .filter_map(|frame| Some(frame.text.strip_prefix("api ")?.trim_end().to_owned()))
        .collect();
    let player = tokio::spawn(play(listener, recorded));
    let (client, _events) = EslClient::connect("127.0.0.1", port, "ClueCon").await.unwrap();
    client.subscribe_events_raw(freeswitch_esl::EventFormat::Plain, "CHANNEL_CREATE").await.unwrap();
    let mut answers = BTreeMap::new();
    for command in &commands {
        let answer = match client.api(command).await.unwrap().api_result() {
            Ok(text) => text.to_owned(),
            Err(error) => error.to_string(),
        };
        answers.insert(command.split(' ').next().unwrap(), answer);
    }
    assert_eq!(answers["uuid_bridge"], "Command failed: -ERR Invalid uuid");
    assert_eq!(answers["uuid_kill"], "Command failed: -ERR No such channel!");
    assert_eq!(answers["uuid_record"], "Command failed: -ERR Cannot locate session!");
    assert_eq!(answers["uuid_exists"], "false");
    assert_eq!(answers["uuid_dump"], "Command failed: -ERR No such channel!");
    // The switch says yes to holding a leg that does not exist: a reply is no proof.
    assert_eq!(answers["uuid_hold"], "Success");
    assert_eq!(snapshot::channels(&answers["show"]).unwrap(), vec![]);
    player.abort();
}

#[tokio::test]
async fn the_list_of_channels_is_read_as_a_real_switch_writes_it() {
    let recorded = frames("recover_show_channels");
    let answer_to = |command: &str| {
        let at = recorded.iter().position(|f| f.dir == "sent" && f.text.starts_with(command)).unwrap();
        let text = &recorded[at + 1].text;
        assert!(text.contains("api/response"), "{text}");
        text.split_once("\n\n").unwrap().1.to_owned()
    };
    let agent: LegId = "8c53a72d-5eaf-41a1-8f9e-a52ed87cf890".parse().unwrap();
    let customer: LegId = "ff6f3396-f332-4e6b-8488-a5339292c49f".parse().unwrap();
    assert_eq!(snapshot::channels(&answer_to("api show channels as json")).unwrap(), vec![agent, customer]);
    let channel = snapshot::channel(customer, &answer_to("api uuid_dump")).unwrap();
    assert!(channel.answered);
    assert_eq!(channel.bridged_to, Some(agent));
    // Recorded with other variables than ours, so it is nobody's.
    assert_eq!(channel.label, None);
}
