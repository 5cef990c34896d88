//! The switch contract: what Trunkline may expect of a switch, taken from
//! traces of a real one (tests/data/esl) and replayed against the simulator or,
//! unchanged, against a real FreeSWITCH.
//!
//! Every command of a trace is sent again as soon as everything that came
//! before it in the trace has come again; then the stories of the legs must be
//! the same: events in order, causes, SIP statuses, answer states, bridges.
//! Events of different legs may interleave differently.
//!
//! Against a real switch: set `TRUNKLINE_SWITCH` (host:port),
//! `TRUNKLINE_SWITCH_PASSWORD`, and the dial strings
//! `TRUNKLINE_SWITCH_CUSTOMER` (default `sofia/gateway/carrier_a/{}`) and
//! `TRUNKLINE_SWITCH_PHONE` (default `user/{}@trunkline`). Its customers must
//! act by the last two digits as the simulator's scripted ones do.

mod client;
mod replay;

use client::{Client, Event};
use replay::Trace;
use secrecy::SecretString;
use trunkline::sim::customer::Customers;
use trunkline::sim::server::{self, SimConfig, SimHandle};
use trunkline::sim::world::WorldConfig;

/// A switch under test.
pub struct Switch {
    pub address: String,
    pub password: String,
    pub customer: String,
    pub phone: String,
    /// Keeps a simulator alive.
    _simulator: Option<SimHandle>,
}

impl Switch {
    async fn under_test() -> Self {
        let setting = |name: &str, otherwise: &str| std::env::var(name).unwrap_or_else(|_| otherwise.into());
        let password = setting("TRUNKLINE_SWITCH_PASSWORD", "ClueCon");
        let (address, simulator) = match std::env::var("TRUNKLINE_SWITCH") {
            Ok(address) => (address, None),
            Err(_) => {
                let world = WorldConfig { customers: Customers::Scripted, ..WorldConfig::default() };
                let config = SimConfig::new(SecretString::from(password.clone()), world);
                let simulator = server::start(config).await.expect("the simulator starts");
                (simulator.addr.to_string(), Some(simulator))
            }
        };
        Self {
            address,
            password,
            customer: setting("TRUNKLINE_SWITCH_CUSTOMER", "sofia/gateway/carrier_a/{}"),
            phone: setting("TRUNKLINE_SWITCH_PHONE", "user/{}@trunkline"),
            _simulator: simulator,
        }
    }
}

const TRACES: [&str; 18] = [
    "bridge_agent_hangup",
    "bridge_customer_hangup",
    "customer_hangs_up_before_bridge",
    "hold_unhold",
    "monitor_barge",
    "monitor_listen",
    "monitor_whisper",
    "originate_busy_486",
    "originate_cancelled",
    "originate_failure_503",
    "originate_no_answer_timeout",
    "originate_reject_603",
    "originate_unallocated_404",
    "originate_unavailable_480",
    "record",
    "recover_show_channels",
    "transfer_attended",
    "transfer_blind_rebridge",
];

/// All at once: most of each is waiting for somebody to pick up.
#[tokio::test]
async fn every_recorded_conversation_with_a_switch_can_be_had_again() {
    let mut replays: Vec<_> = TRACES.iter().map(|name| (name, tokio::spawn(replay_alone(name)))).collect();
    let mut failed = Vec::new();
    for (name, replay) in &mut replays {
        if replay.await.is_err() {
            failed.push(**name);
        }
    }
    assert!(failed.is_empty(), "{failed:?}: see above");
}

async fn replay_alone(name: &str) {
    let switch = Switch::under_test().await;
    replay::check(&switch, name, &Trace::load(name)).await;
}

#[tokio::test]
async fn auth_failure() {
    let switch = Switch::under_test().await;
    let trace = Trace::load("auth_failure");
    let mut client = Client::connect(&switch.address).await;
    let mut frames = vec![client.frame().await.expect("a greeting")];
    frames.push(client.ask("auth wrong\n\n").await);
    frames.push(client.frame().await.expect("a notice"));
    assert!(client.frame().await.is_none(), "the switch closes the connection");
    let expected: Vec<_> = trace.frames().collect();
    assert_eq!(frames.len(), expected.len());
    for (frame, expected) in frames.iter().zip(expected) {
        assert_eq!((frame.kind(), frame.reply()), (expected.kind(), expected.reply()));
    }
}

#[tokio::test]
async fn command_errors() {
    let switch = Switch::under_test().await;
    let trace = Trace::load("command_errors");
    let mut client = Client::connect(&switch.address).await;
    client.frame().await.expect("a greeting");
    let mut expected = trace.frames();
    expected.next();
    for request in trace.requests() {
        let request = request.replace("auth ClueCon", &format!("auth {}", switch.password));
        let reply = client.ask(&request).await;
        let expected = expected.next().expect("a reply to every request");
        assert_eq!(reply.kind(), expected.kind(), "{request}");
        if request.starts_with("api status") {
            // The figures differ; the form must not.
            let form = |text: &str| -> String { text.chars().filter(|c| !c.is_ascii_digit()).collect() };
            let first_line = |text: &str| form(text.lines().next().unwrap_or_default());
            assert_eq!(first_line(reply.reply()), first_line(expected.reply()));
        } else {
            assert_eq!(reply.reply(), expected.reply(), "{request}");
        }
    }
}

/// What a phone does cannot be asked of a real switch: this holds the simulator
/// to a real one's words, header by header.
#[tokio::test]
async fn registrations() {
    let switch = Switch::under_test().await;
    let Some(simulator) = &switch._simulator else {
        eprintln!("skipped: the phones of a real switch are not ours");
        return;
    };
    let trace = Trace::load("registrations");
    let mut client = Client::connect(&switch.address).await;
    client.frame().await.expect("a greeting");
    client.ask(&format!("auth {}\n\n", switch.password)).await;
    client.ask("event plain CUSTOM sofia::register sofia::unregister sofia::expire\n\n").await;
    simulator.set_registered("1001", false);
    simulator.set_registered("1001", true);
    simulator.expire("1001");
    client.wait_for("three events of a phone", |events| events.len() >= 3).await;
    let subclass = |event: &Event| event.get("Event-Subclass").unwrap_or_default().to_owned();
    let told: Vec<String> = client.events.iter().map(subclass).collect();
    assert_eq!(told, ["sofia::unregister", "sofia::register", "sofia::expire"]);
    for event in &client.events {
        let real = trace.events().find(|real| subclass(real) == subclass(event)).expect("in the trace");
        let invented: Vec<_> =
            event.headers.keys().filter(|name| !real.headers.contains_key(*name)).collect();
        assert!(invented.is_empty(), "{}: {invented:?}", subclass(event));
        for read in ["profile-name", "from-user", "user", "user-agent", "network-ip", "network-port"] {
            assert_eq!(event.get(read).is_some(), real.get(read).is_some(), "{read} of {}", subclass(event));
        }
    }
    simulator.set_registered("1001", true);
    let request = "api sofia xmlstatus profile internal reg\n\n";
    let real = trace.frames().find(|f| f.kind() == "api/response").expect("asked in the trace");
    assert_eq!(elements(client.ask(request).await.reply()), elements(&real.body));
}

/// The names of an answer's XML elements, once each.
fn elements(answer: &str) -> std::collections::BTreeSet<&str> {
    let tags = answer.split('<').skip(1).filter_map(|part| part.split('>').next());
    tags.filter(|tag| !tag.starts_with(['/', '?'])).collect()
}
