//! The simulated switch behind the production link: what the conductor sees of
//! it, also when connections break, the switch dies, or events are lost.

use secrecy::SecretString;
use std::path::PathBuf;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use trunkline::base::ids::{AgentId, CallId, LegId};
use trunkline::base::phone::Dialable;
use trunkline::floor::effect::{HangUpCause, SwitchCommand};
use trunkline::floor::input::{ChannelSnapshot, Input, LegChange, LegEvent, LegLabel};
use trunkline::floor::make::Make;
use trunkline::sim::cdr::CdrTarget;
use trunkline::sim::customer::Customers;
use trunkline::sim::server::{self, SimConfig, SimHandle};
use trunkline::sim::world::WorldConfig;
use trunkline::switch::link::{self, LinkConfig, LinkHandle};
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(20);

/// A simulator with the production link to it.
struct Rig {
    sim: SimHandle,
    link: LinkHandle,
    inputs: mpsc::Receiver<Input>,
    recordings: tempfile::TempDir,
    stop: CancellationToken,
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn config() -> SimConfig {
    // Scripted talk of 3 s takes 0.6 s.
    let world = WorldConfig { customers: Customers::Scripted, talk_percent: 20, ..WorldConfig::default() };
    SimConfig::new(SecretString::from("secret"), world)
}

impl Rig {
    async fn start(config: SimConfig) -> Self {
        let sim = server::start(config).await.expect("the simulator starts");
        let recordings = tempfile::tempdir().expect("a folder");
        let password = SecretString::from("secret");
        let folder = recordings.path().to_owned();
        let mut settings = LinkConfig::new("127.0.0.1", sim.addr.port(), password, "trunkline", folder);
        settings.roll_call_every = Duration::from_millis(150);
        settings.backoff_min = Duration::from_millis(20);
        settings.backoff_max = Duration::from_millis(50);
        let (sender, inputs) = mpsc::channel(1_000);
        let stop = CancellationToken::new();
        let link = link::spawn(settings, sender, stop.clone());
        Self { sim, link, inputs, recordings, stop }
    }

    fn send(&self, command: SwitchCommand) {
        self.link.send(command).expect("room in the queue");
    }

    /// Reads inputs until one fits; those before it are let go.
    async fn until<T>(&mut self, what: &str, mut fits: impl FnMut(&Input) -> Option<T>) -> T {
        let search = async {
            loop {
                let input = self.inputs.recv().await.expect("the link lives");
                if let Some(found) = fits(&input) {
                    return found;
                }
            }
        };
        tokio::time::timeout(PATIENCE, search).await.unwrap_or_else(|_| panic!("{what} never came"))
    }

    async fn change(&mut self, leg: LegId, wanted: LegChange) {
        let what = format!("{wanted:?}");
        let fits =
            |input: &Input| (*input == Input::Switch(LegEvent { leg, what: wanted.clone() })).then_some(());
        self.until(&what, fits).await;
    }

    async fn up(&mut self) -> (String, Vec<ChannelSnapshot>) {
        let fits = |input: &Input| match input {
            Input::SwitchUp { core, channels } => Some((core.clone(), channels.clone())),
            _ => None,
        };
        self.until("SwitchUp", fits).await
    }

    async fn down(&mut self) {
        let fits = |input: &Input| matches!(input, Input::SwitchDown { .. }).then_some(());
        self.until("SwitchDown", fits).await;
    }

    /// An agent's nailed leg, parked.
    async fn agent(&mut self) -> LegId {
        let leg = LegId(Uuid::new_v4());
        self.send(ring(leg));
        self.change(leg, LegChange::Parked).await;
        leg
    }

    /// A customer in conversation with the agent.
    async fn conversation(&mut self, agent: LegId, digits: &str) -> LegId {
        let leg = LegId(Uuid::new_v4());
        self.send(dial(leg, digits));
        self.change(leg, LegChange::Answered).await;
        self.send(SwitchCommand::Bridge { first: leg, second: agent, stays: None });
        self.change(leg, LegChange::Bridged { other: agent }).await;
        leg
    }
}

fn call() -> CallId {
    CallId(Uuid::from_u128(42))
}

fn number(text: &str) -> Dialable {
    Dialable::new(text).expect("digits")
}

fn dial(leg: LegId, digits: &str) -> SwitchCommand {
    SwitchCommand::DialCustomer {
        call: call(),
        leg,
        gateway: "carrier_a".into(),
        number: number(digits),
        caller_id: number("02112345678"),
        ring_seconds: 30,
    }
}

fn ring(leg: LegId) -> SwitchCommand {
    SwitchCommand::RingAgent {
        agent: AgentId(7),
        leg,
        extension: number("1001"),
        caller_id: number("13800138000"),
        nailed: true,
        call: None,
        ring_seconds: 20,
        make: Make::Other,
    }
}

#[tokio::test]
async fn a_recorded_conversation_that_the_customer_ends() {
    let mut rig = Rig::start(config()).await;
    rig.up().await;
    let agent = rig.agent().await;
    let customer = rig.conversation(agent, "13800138025").await;
    rig.send(SwitchCommand::StartRecording { leg: customer, call: call() });
    let fits = |input: &Input| match input {
        Input::Switch(LegEvent { leg, what: LegChange::RecordingStopped { path } }) if *leg == customer => {
            Some(path.clone())
        }
        _ => None,
    };
    let path = rig.until("the recording's end", fits).await;
    let fits = |input: &Input| match input {
        Input::Switch(LegEvent { leg, what: LegChange::HungUp(end) }) if *leg == customer => {
            Some(end.clone())
        }
        _ => None,
    };
    let end = rig.until("the customer's end", fits).await;
    assert_eq!((end.cause.as_str(), end.sip_status), ("NORMAL_CLEARING", None));
    // The agent's leg outlives the call.
    assert_eq!(rig.sim.legs().len(), 1);
    assert!(path.starts_with(rig.recordings.path().to_str().expect("text")));
    let bytes = std::fs::metadata(&path).expect("the file").len();
    assert!(bytes > 44 + 32 * 200 && bytes < 44 + 32 * 2_000, "{bytes} bytes for about 0.6 s");
}

#[tokio::test]
async fn a_busy_customer_and_a_phone_that_is_not_registered() {
    let mut rig = Rig::start(config()).await;
    rig.up().await;
    rig.sim.set_registered("1001", false);
    let (phone, customer) = (LegId(Uuid::new_v4()), LegId(Uuid::new_v4()));
    rig.send(ring(phone));
    rig.send(dial(customer, "13800138086"));
    for (of, cause, sip_status) in [(phone, "USER_NOT_REGISTERED", None), (customer, "USER_BUSY", Some(486))]
    {
        let fits = |input: &Input| match input {
            Input::Switch(LegEvent { leg, what: LegChange::HungUp(end) }) if *leg == of => Some(end.clone()),
            _ => None,
        };
        let end = rig.until(cause, fits).await;
        assert_eq!((end.cause.as_str(), end.sip_status), (cause, sip_status));
    }
}

#[tokio::test]
async fn a_cut_connection_comes_back_to_a_conversation_that_went_on() {
    let mut rig = Rig::start(config()).await;
    let (core, channels) = rig.up().await;
    assert_eq!(channels, []);
    let agent = rig.agent().await;
    let customer = rig.conversation(agent, "13800138000").await;
    rig.sim.drop_connections();
    rig.down().await;
    let (same_core, mut channels) = rig.up().await;
    assert_eq!(same_core, core);
    channels.sort_by_key(|channel| channel.leg != agent);
    let nailed = LegLabel::Agent { agent: AgentId(7), nailed: true, call: None };
    let expected = |leg, label, other| ChannelSnapshot::new(leg, Some(label), true, Some(other));
    let of_customer = LegLabel::Customer { call: call() };
    assert_eq!(channels, [expected(agent, nailed, customer), expected(customer, of_customer, agent)]);
    // And goes on obeying.
    rig.send(SwitchCommand::HangUp { leg: customer, cause: HangUpCause::NormalClearing });
    rig.change(agent, LegChange::Parked).await;
}

#[tokio::test]
async fn a_switch_that_dies_comes_back_as_another_and_empty() {
    let mut rig = Rig::start(config()).await;
    let (core, _) = rig.up().await;
    rig.agent().await;
    rig.sim.restart_switch();
    rig.down().await;
    let (new_core, channels) = rig.up().await;
    assert_ne!(new_core, core);
    assert_eq!(channels, []);
}

#[tokio::test]
async fn lost_events_are_noticed_and_made_good_by_the_list() {
    let mut rig = Rig::start(config()).await;
    rig.up().await;
    let leg = rig.agent().await;
    // Every event of its end is lost.
    rig.sim.lose_events(100);
    assert!(rig.sim.far_end_hangs_up(leg));
    let (_, channels) = rig.up().await;
    assert_eq!(channels, []);
}

fn records_to(authority: String, spool: Option<PathBuf>) -> CdrTarget {
    let password = SecretString::from("cdr");
    CdrTarget { authority, path: "/switch/cdr".into(), user: "freeswitch".into(), password, spool }
}

#[tokio::test]
async fn a_call_record_that_nobody_takes_is_left_in_the_spool() {
    let folder = tempfile::tempdir().expect("a folder");
    // A port on which nobody listens.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let authority = listener.local_addr().expect("an address").to_string();
    drop(listener);
    let target = records_to(authority, Some(folder.path().join("spool")));
    let mut rig = Rig::start(SimConfig { cdr: Some(target), ..config() }).await;
    rig.up().await;
    let leg = LegId(Uuid::new_v4());
    rig.send(dial(leg, "13800138004"));
    let file = folder.path().join("spool").join(format!("{leg}.cdr.json"));
    let left = async {
        let mut look = tokio::time::interval(Duration::from_millis(20));
        loop {
            look.tick().await;
            if let Ok(text) = tokio::fs::read_to_string(&file).await {
                return text;
            }
        }
    };
    let text = tokio::time::timeout(PATIENCE, left).await.expect("it is left there");
    let record: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(record["variables"]["uuid"], leg.to_string());
}

#[tokio::test]
async fn every_leg_leaves_a_call_record() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let authority = listener.local_addr().expect("an address").to_string();
    let target = records_to(authority, None);
    let mut rig = Rig::start(SimConfig { cdr: Some(target), ..config() }).await;
    rig.up().await;
    let leg = LegId(Uuid::new_v4());
    rig.send(dial(leg, "13800138004"));
    let (mut stream, _) = listener.accept().await.expect("a connection");
    let mut text = String::new();
    let mut buffer = [0; 4096];
    while !text.ends_with("}") {
        let read = stream.read(&mut buffer).await.expect("readable");
        assert!(read > 0, "cut off: {text}");
        text.push_str(std::str::from_utf8(&buffer[..read]).expect("UTF-8"));
        let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        if serde_json::from_str::<serde_json::Value>(body).is_ok() {
            break;
        }
    }
    stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").await.expect("written");
    let (head, body) = text.split_once("\r\n\r\n").expect("head and body");
    assert!(head.starts_with(&format!("POST /switch/cdr?uuid={leg} HTTP/1.1\r\n")), "{head}");
    assert!(head.contains("Authorization: Basic ZnJlZXN3aXRjaDpjZHI="), "{head}");
    let record: serde_json::Value = serde_json::from_str(body).expect("JSON");
    let variables = &record["variables"];
    assert_eq!(variables["uuid"], leg.to_string());
    assert_eq!(variables["hangup_cause"], "UNALLOCATED_NUMBER");
    assert_eq!(variables["sip_term_status"], "404");
    assert_eq!(variables["tl_call"], call().to_string());
}
