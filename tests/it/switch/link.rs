//! The link against a scripted switch: connecting, waiting for one that is
//! starting, reconnecting, deadlines, lost events. Nothing here waits for a time to pass, only for things to
//! happen, each at most [`PATIENCE`].

mod under_way;

use freeswitch_esl::mock::{MockBackgroundJob, MockConnection, MockEslServer};
use secrecy::SecretString;
use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use trunkline::base::ids::{AgentId, CallId, LegId};
use trunkline::base::phone::Dialable;
use trunkline::floor::effect::{HangUpCause, SwitchCommand};
use trunkline::floor::input::{ChannelSnapshot, CommandName, HangUp, Input, LegChange, LegEvent, LegLabel};
use trunkline::switch::link::{LinkConfig, LinkHandle, spawn};
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(20);
const PASSWORD: &str = "right";

fn leg(n: u128) -> LegId {
    LegId(Uuid::from_u128(n))
}

fn call(n: u128) -> CallId {
    CallId(Uuid::from_u128(n))
}

async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what).await.expect("should have happened by now")
}

/// A link to a switch, with what it tells the floor.
struct Link {
    handle: LinkHandle,
    inputs: mpsc::Receiver<Input>,
    shutdown: CancellationToken,
}

impl Link {
    fn start(port: u16, change: impl FnOnce(&mut LinkConfig)) -> Self {
        Self::with_room_for(1_000, port, change)
    }

    fn with_room_for(inputs_max: usize, port: u16, change: impl FnOnce(&mut LinkConfig)) -> Self {
        let password = SecretString::from(PASSWORD);
        let mut config = LinkConfig::new("127.0.0.1", port, password, "trunkline", PathBuf::from("/rec"));
        config.backoff_min = Duration::from_millis(5);
        config.backoff_max = Duration::from_millis(20);
        config.list_lag = PATIENCE * 4;
        change(&mut config);
        let (sender, inputs) = mpsc::channel(inputs_max);
        let shutdown = CancellationToken::new();
        Self { handle: spawn(config, sender, shutdown.clone()), inputs, shutdown }
    }

    async fn next(&mut self) -> Input {
        soon(self.inputs.recv()).await.expect("the link runs")
    }

    async fn down(&mut self) -> String {
        match self.next().await {
            Input::SwitchDown { reason } => reason,
            other => panic!("{other:?}"),
        }
    }

    async fn failed(&mut self) -> (LegId, CommandName, String) {
        match self.next().await {
            Input::CommandFailed { leg, command, reason } => (leg, command, reason),
            other => panic!("{other:?}"),
        }
    }
}

async fn switch() -> MockEslServer {
    MockEslServer::bind("127.0.0.1:0", PASSWORD).await.unwrap()
}

/// The next command that the switch gets, without its end.
async fn command(conn: &mut MockConnection) -> String {
    soon(conn.read_command()).await.unwrap().trim_end().to_owned()
}

/// The answer to `sofia status` of a switch whose named profiles run.
fn status(profiles: &[&str]) -> String {
    let line = "=".repeat(97);
    let row = |name: &&str| {
        format!("{name:>25}\tprofile\t             sip:mod_sofia@127.0.0.1:58999\tRUNNING (0)\n")
    };
    let rows: String = profiles.iter().map(row).collect();
    let head = "                     Name\t   Type\t                                      Data\tState";
    format!("{head}\n{line}\n{rows}{line}\n{} profiles 0 aliases\n", profiles.len())
}

/// Takes the log-in's subscription.
async fn take_subscription(conn: &mut MockConnection) {
    let subscribe = command(conn).await;
    assert!(
        subscribe.starts_with("event plain ") && subscribe.contains("CHANNEL_HANGUP_COMPLETE"),
        "{subscribe}"
    );
    conn.reply_ok().await.unwrap();
}

async fn answer_status(conn: &mut MockConnection, answer: &str) {
    assert_eq!(command(conn).await, "api sofia status");
    conn.reply_api(answer).await.unwrap();
}

/// Plays an idle switch until the link is up.
async fn come_up(conn: &mut MockConnection, core: &str) {
    take_subscription(conn).await;
    answer_status(conn, &status(&["external", "internal"])).await;
    list_no_channels(conn, core).await;
}

async fn list_no_channels(conn: &mut MockConnection, core: &str) {
    assert_eq!(command(conn).await, "api show channels as json");
    conn.reply_api("{\"row_count\": 0}\n").await.unwrap();
    assert_eq!(command(conn).await, "api global_getvar core_uuid");
    conn.reply_api(core).await.unwrap();
    list_no_phones(conn).await;
    take_rescan(conn).await;
}

/// A switch that cannot list its phones: nothing is told of them.
async fn list_no_phones(conn: &mut MockConnection) {
    assert_eq!(command(conn).await, PHONES);
    conn.reply_api("-ERR no such profile\n").await.unwrap();
}

/// The question for the registered phones.
const PHONES: &str = "api sofia xmlstatus profile internal reg";

async fn take_rescan(conn: &mut MockConnection) {
    for expect in ["bgapi sofia profile external rescan", "bgapi reloadacl"] {
        assert_eq!(command(conn).await, expect);
        conn.reply_bgapi("00000000-0000-0000-0000-0000000000aa").await.unwrap();
    }
}

/// A link that is up, and the switch's end of it.
async fn connected(change: impl FnOnce(&mut LinkConfig)) -> (Link, MockEslServer, MockConnection) {
    let server = switch().await;
    let mut link = Link::start(server.port(), change);
    let mut conn = soon(server.accept()).await.unwrap();
    come_up(&mut conn, "core-1").await;
    assert_eq!(link.next().await, Input::SwitchUp { core: "core-1".into(), channels: vec![] });
    (link, server, conn)
}

fn dial(n: u128, gateway: &str) -> SwitchCommand {
    SwitchCommand::DialCustomer {
        call: call(n),
        leg: leg(n),
        gateway: gateway.into(),
        number: Dialable::new("13800138000").unwrap(),
        caller_id: Dialable::new("02112345678").unwrap(),
        ring_seconds: 30,
    }
}

fn hang_up(n: u128) -> SwitchCommand {
    SwitchCommand::HangUp { leg: leg(n), cause: HangUpCause::NormalClearing }
}

fn change(n: u128, what: LegChange) -> Input {
    Input::Switch(LegEvent { leg: leg(n), what })
}

async fn event(conn: &mut MockConnection, name: &str, headers: &[(&str, String)]) {
    conn.send_event_plain(name, headers.iter().map(|(k, v)| (*k, v.as_str()))).await.unwrap();
}

fn unique(n: u128) -> (&'static str, String) {
    ("Unique-ID", leg(n).to_string())
}

async fn job_result(conn: &mut MockConnection, n: u128, body: &str) {
    let arg = format!("{{origination_uuid={},tl_role=customer}}sofia/gateway/gw/138 &park()", leg(n));
    let job = MockBackgroundJob::new("00000000-0000-0000-0000-0000000000bb", "originate").with_arg(arg);
    conn.send_background_job(&job, body).await.unwrap();
}

#[tokio::test]
async fn what_the_switch_has_is_adopted_with_our_labels() {
    let server = switch().await;
    let mut link = Link::start(server.port(), |_| {});
    let mut conn = soon(server.accept()).await.unwrap();
    take_subscription(&mut conn).await;
    answer_status(&mut conn, &status(&["external", "internal"])).await;
    assert_eq!(command(&mut conn).await, "api show channels as json");
    let rows = [1, 2, 3, 4].map(|n| format!("{{\"uuid\":\"{}\"}}", leg(n))).join(",");
    conn.reply_api(&format!("{{\"row_count\":4,\"rows\":[{rows}]}}\n")).await.unwrap();
    let bridged_customer = format!(
        r#"{{"Channel-State":"CS_SOFT_EXECUTE","Answer-State":"answered","variable_signal_bond":"{}",
            "variable_tl_role":"customer","variable_tl_call":"{}"}}"#,
        leg(2),
        call(9)
    );
    let bridged_agent = format!(
        r#"{{"Channel-State":"CS_EXCHANGE_MEDIA","Answer-State":"answered","variable_signal_bond":"{}",
            "variable_tl_role":"agent","variable_tl_agent":"7","variable_tl_nailed":"true"}}"#,
        leg(1)
    );
    for (n, dump) in [
        (1, bridged_customer),
        (2, bridged_agent),
        (3, r#"{"Answer-State":"ringing"}"#.into()),
        (4, "-ERR No such channel!\n".into()),
    ] {
        assert_eq!(command(&mut conn).await, format!("api uuid_dump {} json", leg(n)));
        conn.reply_api(&dump).await.unwrap();
    }
    assert_eq!(command(&mut conn).await, "api global_getvar core_uuid");
    conn.reply_api("core-1").await.unwrap();
    list_no_phones(&mut conn).await;
    let customer = Some(LegLabel::Customer { call: call(9) });
    let agent = Some(LegLabel::Agent { agent: AgentId(7), nailed: true, call: None });
    let channels = vec![
        ChannelSnapshot::new(leg(1), customer, true, Some(leg(2))),
        ChannelSnapshot::new(leg(2), agent, true, Some(leg(1))),
        ChannelSnapshot::new(leg(3), None, false, None),
    ];
    assert_eq!(link.next().await, Input::SwitchUp { core: "core-1".into(), channels });
    take_rescan(&mut conn).await;
}

#[tokio::test]
async fn events_become_inputs_in_their_order() {
    let (mut link, _server, mut conn) = connected(|_| {}).await;
    event(&mut conn, "CHANNEL_ANSWER", &[unique(1)]).await;
    let names =
        [unique(1), ("Bridge-A-Unique-ID", leg(1).to_string()), ("Bridge-B-Unique-ID", leg(2).to_string())];
    event(&mut conn, "CHANNEL_BRIDGE", &names).await;
    conn.send_heartbeat().await.unwrap();
    let ended = [unique(1), ("Hangup-Cause", "USER_BUSY".into()), ("variable_sip_term_status", "486".into())];
    event(&mut conn, "CHANNEL_HANGUP_COMPLETE", &ended).await;
    assert_eq!(link.next().await, change(1, LegChange::Answered));
    assert_eq!(link.next().await, change(1, LegChange::Bridged { other: leg(2) }));
    assert_eq!(link.next().await, change(2, LegChange::Bridged { other: leg(1) }));
    let end = HangUp { sip_status: Some(486), ..HangUp::cause("USER_BUSY") };
    assert_eq!(link.next().await, change(1, LegChange::HungUp(end)));
}

#[tokio::test]
async fn after_a_break_it_connects_again_and_old_commands_are_refused() {
    let (mut link, server, conn) = connected(|_| {}).await;
    drop(conn);
    let reason = link.down().await;
    assert!(reason.contains("broke"), "{reason}");
    // The next attempt is held in its log-in, so the command waits for it.
    link.handle.send(dial(5, "gw")).unwrap();
    link.handle.send(SwitchCommand::Check { leg: leg(6) }).unwrap();
    let mut conn = soon(server.accept()).await.unwrap();
    // A switch that was restarted has another id.
    come_up(&mut conn, "core-2").await;
    let (failed, name, reason) = link.failed().await;
    assert_eq!((failed, name), (leg(5), CommandName::Originate));
    assert!(reason.contains("not connected"), "{reason}");
    // Not "the leg is gone": nobody could ask.
    assert_eq!(link.next().await, Input::SwitchUp { core: "core-2".into(), channels: vec![] });
    link.handle.send(hang_up(1)).unwrap();
    assert_eq!(command(&mut conn).await, format!("api uuid_kill {} NORMAL_CLEARING", leg(1)));
}

/// A switch that is starting, which answers as `says` until it is ready and
/// tells of a leg after each answer before that. Gives its connection back.
fn starting(mut conn: MockConnection, says: watch::Receiver<String>) -> JoinHandle<MockConnection> {
    let ready = status(&["external", "internal"]);
    tokio::spawn(async move {
        loop {
            assert_eq!(command(&mut conn).await, "api sofia status");
            let answer = says.borrow().clone();
            conn.reply_api(&answer).await.unwrap();
            if answer == ready {
                return conn;
            }
            event(&mut conn, "CHANNEL_ANSWER", &[unique(1)]).await;
        }
    })
}

#[tokio::test]
async fn a_switch_that_is_starting_is_down_until_its_profiles_run() {
    let server = switch().await;
    let mut link = Link::start(server.port(), |config| config.ready_patience = Duration::from_secs(3_600));
    let mut conn = soon(server.accept()).await.unwrap();
    take_subscription(&mut conn).await;
    // The Event Socket opens before SIP is there at all.
    let (says, heard) = watch::channel("-ERR sofia Command not found!\n".to_owned());
    let conn = starting(conn, heard);
    let reason = link.down().await;
    assert!(reason.contains("starting") && reason.contains("(internal, external)"), "{reason}");
    link.handle.send(dial(5, "gw")).unwrap();
    let (failed, name, _) = link.failed().await;
    assert_eq!((failed, name), (leg(5), CommandName::Originate));
    says.send(status(&["internal"])).unwrap();
    let reason = link.down().await;
    assert!(reason.contains("starting") && reason.contains("(external)"), "{reason}");
    says.send(status(&["external", "internal"])).unwrap();
    let mut conn = soon(conn).await.unwrap();
    list_no_channels(&mut conn, "core-1").await;
    assert_eq!(link.next().await, Input::SwitchUp { core: "core-1".into(), channels: vec![] });
    // Nothing of before comes after.
    event(&mut conn, "CHANNEL_ANSWER", &[unique(2)]).await;
    assert_eq!(link.next().await, change(2, LegChange::Answered));
}

#[tokio::test]
async fn a_profile_that_never_comes_up_is_named_and_asked_for_again() {
    let server = switch().await;
    let mut link = Link::start(server.port(), |config| config.ready_patience = Duration::from_millis(30));
    let mut conn = soon(server.accept()).await.unwrap();
    take_subscription(&mut conn).await;
    let (says, heard) = watch::channel(status(&["internal"]));
    let conn = starting(conn, heard);
    let reason = link.down().await;
    assert!(reason.contains("starting"), "{reason}");
    let reason = link.down().await;
    for part in ["do not run: external.", "freeswitch.log", "port"] {
        assert!(reason.contains(part), "{reason}");
    }
    // It is not told again, but asked again.
    says.send(status(&["external", "internal"])).unwrap();
    list_no_channels(&mut soon(conn).await.unwrap(), "core-1").await;
    assert_eq!(link.next().await, Input::SwitchUp { core: "core-1".into(), channels: vec![] });
}

#[tokio::test]
async fn a_break_and_a_stop_are_noticed_while_it_waits_for_the_profiles() {
    for stop in [false, true] {
        let server = switch().await;
        // It would not ask again before the test has failed.
        let mut link = Link::start(server.port(), |config| {
            config.backoff_min = PATIENCE * 4;
            config.backoff_max = PATIENCE * 4;
        });
        let mut conn = soon(server.accept()).await.unwrap();
        take_subscription(&mut conn).await;
        answer_status(&mut conn, &status(&[])).await;
        let reason = link.down().await;
        assert!(reason.contains("starting"), "{reason}");
        if stop {
            link.shutdown.cancel();
            assert_eq!(soon(link.inputs.recv()).await, None);
        } else {
            drop(conn);
            let reason = link.down().await;
            assert!(reason.contains("broke"), "{reason}");
        }
    }
}

#[tokio::test]
async fn a_wrong_password_is_told_once_however_often_it_is_tried() {
    let server = MockEslServer::bind("127.0.0.1:0", "another").await.unwrap();
    let mut link = Link::start(server.port(), |_| {});
    for _ in 0..4 {
        soon(server.accept()).await.unwrap_err();
    }
    let reason = link.down().await;
    assert!(reason.contains("password"), "{reason}");
    assert!(link.inputs.try_recv().is_err());
}

#[tokio::test]
async fn an_access_list_and_a_dead_port_are_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut link = Link::start(listener.local_addr().unwrap().port(), |_| {});
    let (mut stream, _) = soon(listener.accept()).await.unwrap();
    let rejection = "Content-Type: text/rude-rejection\nContent-Length: 24\n\nAccess Denied, go away.\n";
    stream.write_all(rejection.as_bytes()).await.unwrap();
    let reason = link.down().await;
    assert!(reason.contains("access list"), "{reason}");
    drop((stream, listener));
    let reason = link.down().await;
    assert!(reason.contains("cannot connect"), "{reason}");
}

#[tokio::test]
async fn a_command_has_a_deadline_and_a_late_answer_is_nobody_elses() {
    let (mut link, _server, mut conn) =
        connected(|config| config.command_timeout = Duration::from_millis(300)).await;
    link.handle.send(hang_up(1)).unwrap();
    assert!(command(&mut conn).await.starts_with("api uuid_kill"));
    let (failed, name, reason) = link.failed().await;
    assert_eq!((failed, name), (leg(1), CommandName::HangUp));
    assert!(reason.contains("no answer within 300 ms"), "{reason}");
    // It is asked whether it is there; the answer to the first comes before.
    assert_eq!(command(&mut conn).await, "api global_getvar core_uuid");
    conn.reply_api("+OK\n").await.unwrap();
    conn.reply_api("core-1").await.unwrap();
    link.handle.send(SwitchCommand::Check { leg: leg(2) }).unwrap();
    assert_eq!(command(&mut conn).await, format!("api uuid_exists {}", leg(2)));
    conn.reply_api("false").await.unwrap();
    let (failed, name, _) = link.failed().await;
    assert_eq!((failed, name), (leg(2), CommandName::Exists));
}

#[tokio::test]
async fn a_command_that_could_be_an_injection_never_reaches_the_switch() {
    let (mut link, _server, mut conn) = connected(|_| {}).await;
    for gateway in ["gw}\n\napi shutdown", "gw,tl_role=agent", "gw 1", "gw'"] {
        link.handle.send(dial(1, gateway)).unwrap();
        let (failed, name, reason) = link.failed().await;
        assert_eq!((failed, name), (leg(1), CommandName::Originate));
        assert!(reason.contains("gateway"), "{reason}");
    }
    link.handle.forget_gateway("gw\n\napi shutdown").unwrap();
    link.handle.forget_gateway("gw").unwrap();
    assert_eq!(command(&mut conn).await, "api sofia profile external killgw gw");
    conn.reply_api("+OK gateway marked for deletion.").await.unwrap();
    link.handle.rescan_gateways().unwrap();
    take_rescan(&mut conn).await;
}

#[tokio::test]
async fn an_originate_fails_at_once_or_by_its_job_or_by_its_channel() {
    let (mut link, _server, mut conn) = connected(|_| {}).await;
    // Refused at once.
    link.handle.send(dial(1, "gw")).unwrap();
    let line = command(&mut conn).await;
    assert!(line.starts_with(&format!("bgapi originate {{origination_uuid={},", leg(1))), "{line}");
    conn.reply_err("permission denied").await.unwrap();
    let (failed, name, reason) = link.failed().await;
    assert_eq!((failed, name, reason.as_str()), (leg(1), CommandName::Originate, "-ERR permission denied"));
    // No channel was ever made.
    for n in [2, 3] {
        link.handle.send(dial(n, "gw")).unwrap();
        command(&mut conn).await;
        conn.reply_bgapi("00000000-0000-0000-0000-0000000000bb").await.unwrap();
    }
    job_result(&mut conn, 2, "-ERR INVALID_GATEWAY\n").await;
    assert_eq!(link.next().await, change(2, LegChange::HungUp(HangUp::cause("INVALID_GATEWAY"))));
    // There was a channel: its own end counts, even when it comes later.
    event(&mut conn, "CHANNEL_CREATE", &[unique(3)]).await;
    job_result(&mut conn, 3, "-ERR CALL_REJECTED\n").await;
    let ended =
        [unique(3), ("Hangup-Cause", "CALL_REJECTED".into()), ("variable_sip_term_status", "403".into())];
    event(&mut conn, "CHANNEL_HANGUP_COMPLETE", &ended).await;
    assert_eq!(link.next().await, change(3, LegChange::Created));
    let end = HangUp { sip_status: Some(403), ..HangUp::cause("CALL_REJECTED") };
    assert_eq!(link.next().await, change(3, LegChange::HungUp(end)));
    // An originate of a run before, or of somebody else: the job is all we know.
    job_result(&mut conn, 4, "-ERR NO_ANSWER\n").await;
    assert_eq!(link.next().await, change(4, LegChange::HungUp(HangUp::cause("NO_ANSWER"))));
}

#[tokio::test]
async fn a_missed_event_is_noticed_by_the_roll_call() {
    let (mut link, _server, mut conn) =
        connected(|config| config.roll_call_every = Duration::from_millis(30)).await;
    // Known, and the switch has it: nothing to notice. Its originate goes on.
    event(&mut conn, "CHANNEL_CREATE", &[unique(1)]).await;
    link.handle.send(dial(5, "gw")).unwrap();
    let list = format!("{{\"rows\":[{{\"uuid\":\"{}\"}},{{\"uuid\":\"{}\"}}]}}", leg(1), leg(2));
    let answer = tokio::spawn(async move {
        // Leg 2 is there without an event ever having told of it.
        loop {
            let asked = soon(conn.read_command()).await.unwrap();
            match asked.trim_end() {
                "api show channels as json" => conn.reply_api(&list).await.unwrap(),

                "api global_getvar core_uuid" => conn.reply_api("core-1").await.unwrap(),
                PHONES => conn.reply_api("-ERR no such profile\n").await.unwrap(),
                dump if dump.starts_with("api uuid_dump") => conn.reply_api("{}").await.unwrap(),
                dial if dial.starts_with("bgapi originate") => conn.reply_bgapi("b").await.unwrap(),
                other => panic!("{other}"),
            }
        }
    });
    assert_eq!(link.next().await, change(1, LegChange::Created));
    let Input::SwitchUp { core, channels } = link.next().await else { panic!("resync") };
    answer.abort();
    assert_eq!(core, "core-1");
    // The originate under way has no channel yet and must not be taken for gone.
    let legs: Vec<_> = channels.iter().map(|channel| channel.leg).collect();
    assert_eq!(legs, [leg(1), leg(2), leg(5)]);
    assert_eq!(channels[2].label, Some(LegLabel::Customer { call: call(5) }));
}

#[tokio::test]
async fn a_flood_that_overflows_the_queue_ends_in_a_resync() {
    let server = switch().await;
    // The floor stands still: the link cannot get rid of what it reads.
    let mut link = Link::with_room_for(1, server.port(), |_| {});
    let mut conn = soon(server.accept()).await.unwrap();
    come_up(&mut conn, "core-1").await;
    let one = format!("Event-Name: CHANNEL_PARK\nUnique-ID: {}\n\n", leg(1));
    let frame = format!("Content-Length: {}\nContent-Type: text/event-plain\n\n{one}", one.len());
    for _ in 0..25 {
        soon(conn.send_raw(&frame.repeat(1_000))).await.unwrap();
    }
    let answer = tokio::spawn(async move {
        loop {
            match soon(conn.read_command()).await.unwrap().trim_end() {
                "api show channels as json" => conn.reply_api("{\"row_count\":0}").await.unwrap(),
                "api global_getvar core_uuid" => conn.reply_api("core-1").await.unwrap(),
                PHONES => conn.reply_api("-ERR no such profile\n").await.unwrap(),
                other => panic!("{other}"),
            }
        }
    });
    let up = Input::SwitchUp { core: "core-1".into(), channels: vec![] };
    assert_eq!(link.next().await, up);
    let mut parked = 0;
    while link.next().await != up {
        parked += 1;
    }
    assert!(parked > 0);
    answer.abort();
}

#[tokio::test]
async fn a_switch_that_falls_silent_is_given_up() {
    let (mut link, server, _conn) = connected(|config| config.silence_max = Duration::from_secs(1)).await;
    let reason = link.down().await;
    assert!(reason.contains("silent for 1 s"), "{reason}");
    soon(server.accept()).await.unwrap();
}

#[tokio::test]
async fn a_switch_with_nothing_to_say_is_asked_and_kept() {
    let (mut link, _server, mut conn) =
        connected(|config| config.quiet_max = Duration::from_millis(100)).await;
    for _ in 0..2 {
        assert_eq!(command(&mut conn).await, "api global_getvar core_uuid");
        conn.reply_api("core-1").await.unwrap();
    }
    event(&mut conn, "CHANNEL_ANSWER", &[unique(1)]).await;
    assert_eq!(link.next().await, change(1, LegChange::Answered));
}

#[tokio::test]
async fn every_event_is_in_the_raw_log() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.jsonl");
    let log = path.clone();
    let (mut link, _server, mut conn) = connected(move |config| config.event_log = Some(log)).await;
    conn.send_heartbeat().await.unwrap();
    let headers = [unique(1), ("variable_tl_call", call(9).to_string())];
    event(&mut conn, "CHANNEL_ANSWER", &headers).await;
    assert_eq!(link.next().await, change(1, LegChange::Answered));
    let text = std::fs::read_to_string(path).unwrap();
    let lines: Vec<serde_json::Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["name"], "HEARTBEAT");
    assert_eq!(
        (&lines[1]["name"], &lines[1]["uuid"]),
        (&"CHANNEL_ANSWER".into(), &leg(1).to_string().into())
    );
    assert_eq!(lines[1]["tl_call"], call(9).to_string());
    assert!(lines[1]["t_ms"].is_i64());
}

#[tokio::test]
async fn stopping_closes_the_connection_and_leaves_the_calls_alone() {
    let (mut link, _server, mut conn) = connected(|_| {}).await;
    link.shutdown.cancel();
    // Not one command more.
    assert_eq!(soon(conn.read_command()).await.unwrap_err().kind(), std::io::ErrorKind::UnexpectedEof);
    assert_eq!(soon(link.inputs.recv()).await, None);
}
