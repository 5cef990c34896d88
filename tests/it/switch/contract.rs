//! What the floor relies on, of every switch: the built-in simulator and a real
//! FreeSWITCH with real phones and customers. Link, commands, recordings, call
//! records and adoption; the directory where there is somebody to ask it.
//!
//! The real one runs when `TRUNKLINE_REAL_SWITCH=1` (it needs FreeSWITCH, SIPp
//! and Python, see tests/switch/) and says so when it does not. Everything that
//! is started listens on loopback, on ports that were free, and ends with the
//! test.

use super::rig::{
    Desk, PASSWORD, PATIENCE, PHONE_SECRET, Phone, Switch, answered, free_port, reached, real_switch_wanted,
    serve_http, start_customers,
};
use secrecy::SecretString;
use std::path::{Path, PathBuf};
use tokio::sync::mpsc;
use trunkline::base::ids::{AgentId, CallId, LegId};
use trunkline::base::phone::Dialable;
use trunkline::floor::effect::{CallResult, HangUpCause, SwitchCommand};
use trunkline::floor::input::{Input, LegChange, LegLabel};
use trunkline::floor::make::Make;
use trunkline::floor::result::call_result;
use trunkline::sim::cdr::CdrTarget;
use trunkline::sim::customer::Customers;
use trunkline::sim::server::{SimConfig, SimHandle, start};
use trunkline::sim::world::WorldConfig;
use trunkline::switch::cdr::LegCdr;
use uuid::Uuid;

/// The desk phone, which can be put down.
enum Handset {
    Real(Box<Phone>),
    Simulated(SimHandle),
}

/// A switch to be examined.
struct Examined {
    port: u16,
    work: PathBuf,
    phone: Handset,
    posted: mpsc::UnboundedReceiver<LegCdr>,
}

#[tokio::test(flavor = "multi_thread")]
async fn the_simulated_switch_does_what_the_floor_asks() {
    let folder = tempfile::tempdir().unwrap();
    let (records, posted) = mpsc::unbounded_channel();
    let http_port = serve_http(&[("customers", 1)], records).await;
    let mut world = WorldConfig { customers: Customers::Scripted, ..WorldConfig::default() };
    world.phones.known = Some(["1001".to_owned()].into());
    world.trunk.gateways = Some(["customers".to_owned()].into());
    let mut config = SimConfig::new(SecretString::from(PASSWORD), world);
    config.cdr = Some(CdrTarget {
        authority: format!("127.0.0.1:{http_port}"),
        path: "/switch/cdr".into(),
        user: "freeswitch".into(),
        password: SecretString::from("secret"),
        spool: None,
    });
    let simulator = start(config).await.unwrap();
    let work = folder.path().to_owned();
    let port = simulator.addr.port();
    examine(Examined { port, work, phone: Handset::Simulated(simulator), posted }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_switch_does_what_the_floor_asks() {
    if !real_switch_wanted() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (records, posted) = mpsc::unbounded_channel();
    let (customers_port, phone_port, port) = (free_port(), free_port(), free_port());
    let http_port = serve_http(&[("customers", customers_port)], records).await;
    let switch = Switch::start(folder.path(), http_port, port, phone_port, free_port()).await;
    let _customers = start_customers(folder.path(), customers_port);
    let mut phone = Phone::start(phone_port, &["--phone".into(), format!("1001:{PHONE_SECRET}")]);
    phone.wait_for("registered").await;
    examine(Examined { port, work: switch.work.clone(), phone: Handset::Real(Box::new(phone)), posted })
        .await;
}

async fn examine(mut switch: Examined) {
    let mut desk = Desk::start(switch.port, &switch.work);
    let Input::SwitchUp { core, channels } = desk.next().await else { panic!("up") };
    assert!(channels.is_empty() && Uuid::parse_str(&core).is_ok(), "{core} {channels:?}");
    let agent = ring_the_agent(&mut desk).await;
    let (call, customer) = two_conversations(&mut desk, agent).await;
    calls_that_reach_nobody(&mut desk).await;
    let mut desk = after_a_restart(desk, agent, &core, switch.port, &switch.work).await;
    the_agents_leg_ends(&mut desk, &mut switch.phone, agent).await;

    let record = loop {
        let record = tokio::time::timeout(PATIENCE, switch.posted.recv()).await.expect("a record").unwrap();
        if record.leg == customer {
            break record;
        }
    };
    assert_eq!(record.label, Some(LegLabel::Customer { call }));
    assert_eq!(record.hang_up.cause, "NORMAL_CLEARING");
    assert_eq!(record.bridged_to, Some(agent));
    assert!(record.started_at < record.answered_at.unwrap() && record.answered_at.unwrap() < record.ended_at);
}

/// An off-hook agent's phone, rung by its directory entry.
async fn ring_the_agent(desk: &mut Desk) -> LegId {
    let leg = LegId(Uuid::new_v4());
    let command = SwitchCommand::RingAgent {
        agent: AgentId(7),
        leg,
        extension: Dialable::new("1001").unwrap(),
        caller_id: Dialable::new("02112345678").unwrap(),
        nailed: true,
        call: None,
        ring_seconds: 20,
        make: Make::Other,
    };
    desk.handle.send(command).unwrap();
    desk.expect(leg, &answered()).await;
    leg
}

/// The agent's leg outlives two conversations, one ended by the customer and
/// recorded, one ended by us. Gives the first.
async fn two_conversations(desk: &mut Desk, agent: LegId) -> (CallId, LegId) {
    // This customer hangs up after 3 s.
    let (call, customer) = desk.dial("customers", "13800138020");
    desk.expect(customer, &reached()).await;
    desk.bridge(customer, agent);
    desk.expect(customer, &[LegChange::Bridged { other: agent }]).await;
    desk.expect(agent, &[LegChange::Bridged { other: customer }]).await;
    desk.handle.send(SwitchCommand::StartRecording { leg: customer, call }).unwrap();
    let LegChange::RecordingStarted { path } = desk.change(customer).await else { panic!("recording") };
    assert!(path.contains(&format!("/{call}-")), "{path}");
    let mut closed = None;
    let hang_up = loop {
        match desk.change(customer).await {
            LegChange::RecordingStopped { path } => closed = Some(path),
            LegChange::HungUp(hang_up) => break hang_up,
            LegChange::Unbridged { other } => assert_eq!(other, agent),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(closed.as_ref(), Some(&path), "closed before the leg ends");
    assert_eq!(call_result(&hang_up, true, true, false), CallResult::Answered);
    // Two channels of 16 bits, 8000 times a second, for two seconds at least.
    assert!(std::fs::metadata(&path).unwrap().len() > 2 * 32_000, "{path} holds both sides");
    desk.freed(agent, customer).await;

    let (_, second) = desk.dial("customers", "13800138000");
    desk.expect(second, &reached()).await;
    desk.bridge(second, agent);
    desk.expect(agent, &[LegChange::Bridged { other: second }]).await;
    desk.handle.send(SwitchCommand::HangUp { leg: second, cause: HangUpCause::NormalClearing }).unwrap();
    assert_eq!(desk.end(second).await.cause, "NORMAL_CLEARING");
    desk.freed(agent, second).await;
    (call, customer)
}

/// Each way of not being reached leads to its result, told once.
async fn calls_that_reach_nobody(desk: &mut Desk) {
    for (gateway, number, expected) in [
        ("customers", "13800138086", CallResult::Busy),
        ("customers", "13800138003", CallResult::Rejected),
        ("customers", "13800138004", CallResult::InvalidNumber),
        ("customers", "13800138080", CallResult::Unreachable),
        ("customers", "13800138053", CallResult::Failed),
        ("no-such-gateway", "13800138000", CallResult::Failed),
    ] {
        let (_, leg) = desk.dial(gateway, number);
        let hang_up = desk.end(leg).await;
        assert_eq!(
            call_result(&hang_up, false, false, false),
            expected,
            "{number} over {gateway}: {hang_up:?}"
        );
    }
    let (_, leg) = desk.dial("customers", "13800138099");
    desk.expect(leg, &[LegChange::Created, LegChange::Ringing { early_media: false }]).await;
    desk.handle.send(SwitchCommand::HangUp { leg, cause: HangUpCause::OriginatorCancel }).unwrap();
    let hang_up = desk.end(leg).await;
    assert_eq!(call_result(&hang_up, false, false, false), CallResult::Cancelled, "{hang_up:?}");
    assert!(desk.aside.is_empty(), "told twice: {:?}", desk.aside);
}

/// A new link finds the agent's leg with its label, bridged to the customer.
async fn after_a_restart(desk: Desk, agent: LegId, core: &str, port: u16, work: &Path) -> Desk {
    let mut desk = desk;
    let (call, customer) = desk.dial("customers", "13800138000");
    desk.expect(customer, &reached()).await;
    desk.bridge(customer, agent);
    desk.expect(agent, &[LegChange::Bridged { other: customer }]).await;
    desk.shutdown.cancel();
    let mut desk = Desk::start(port, work);
    let Input::SwitchUp { core: again, channels } = desk.next().await else { panic!("up") };
    assert_eq!(again, core);
    let of = |leg| channels.iter().find(|channel| channel.leg == leg).unwrap();
    assert_eq!(of(agent).label, Some(LegLabel::Agent { agent: AgentId(7), nailed: true, call: None }));
    assert_eq!(of(customer).label, Some(LegLabel::Customer { call }));
    assert_eq!((of(agent).bridged_to, of(customer).bridged_to), (Some(customer), Some(agent)));
    assert!(of(agent).answered && of(customer).answered && channels.len() == 2);
    desk.handle.send(SwitchCommand::HangUp { leg: customer, cause: HangUpCause::NormalClearing }).unwrap();
    desk.end(customer).await;
    desk.freed(agent, customer).await;
    desk
}

/// The customer must not stay behind in silence.
async fn the_agents_leg_ends(desk: &mut Desk, phone: &mut Handset, agent: LegId) {
    let (_, customer) = desk.dial("customers", "13800138000");
    desk.expect(customer, &reached()).await;
    desk.bridge(customer, agent);
    desk.expect(customer, &[LegChange::Bridged { other: agent }]).await;
    match phone {
        Handset::Real(phone) => phone.order("1001 hangup").await,
        Handset::Simulated(switch) => assert!(switch.far_end_hangs_up(agent)),
    }
    assert_eq!(desk.end(agent).await.cause, "NORMAL_CLEARING");
    assert_eq!(desk.end(customer).await.cause, "NORMAL_CLEARING");
    desk.handle.send(SwitchCommand::Check { leg: customer }).unwrap();
    loop {
        match desk.next().await {
            Input::CommandFailed { leg, .. } => break assert_eq!(leg, customer),
            Input::Switch(_) => {}
            other => panic!("{other:?}"),
        }
    }
}
