//! What the contract needs to examine a switch: the link with what it tells,
//! and around a real switch its web server, telephones and customers.

use axum::extract::Form;
use axum::routing::post;
use secrecy::SecretString;
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::TcpListener;
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use trunkline::base::ids::{CallId, LegId};
use trunkline::base::phone::Dialable;
use trunkline::floor::effect::SwitchCommand;
use trunkline::floor::input::{HangUp, Input, LegChange};
use trunkline::switch::cdr::{self, LegCdr};
use trunkline::switch::directory::{
    DeskPhone, DirectoryRequest, GatewaySettings, carrier_addresses_answer, gateways_answer, not_found,
    phone_answer,
};
use trunkline::switch::link::{LinkConfig, LinkHandle, spawn};
use uuid::Uuid;

pub const PATIENCE: Duration = Duration::from_secs(20);
/// How long sound may take to settle, and how often it is asked for.
const AUDIO_PATIENCE: Duration = Duration::from_secs(8);
const POLL: Duration = Duration::from_millis(100);
pub const DOMAIN: &str = "trunkline";
/// Of the Event Socket.
pub const PASSWORD: &str = "event-socket";
/// Every character that XML or the switch could trip over.
pub const PHONE_SECRET: &str = "p<a>s&s\"'$${x}";

/// The desk phones there are.
pub const PHONES: [&str; 3] = ["1001", "1002", "1003"];

/// Whether tests with a real switch are to run; says so when they are not.
pub fn real_switch_wanted() -> bool {
    let wanted = std::env::var("TRUNKLINE_REAL_SWITCH").as_deref() == Ok("1");
    if !wanted {
        eprintln!("skipped: TRUNKLINE_REAL_SWITCH=1 runs this test with a real FreeSWITCH");
    }
    wanted
}

/// Customers at the end of a trunk, until dropped.
pub fn start_customers(work: &Path, port: u16) -> Child {
    Command::new(script("start-customers"))
        .env("CUSTOMERS_WORK_DIR", work.join("customers"))
        .env("CUSTOMERS_PORT", port.to_string())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

/// A port that is free now over UDP and TCP, with free ones after it. Below those
/// that programs are given by chance: a switch takes seconds to open it, and
/// hundreds of tests open ports meanwhile. Below the switch's ports for sound, too.
pub fn free_port() -> u16 {
    static TAKEN: AtomicU16 = AtomicU16::new(0);
    let start = (std::process::id() % 250) as u16;
    let free = |port| {
        let at = (std::net::Ipv4Addr::LOCALHOST, port);
        UdpSocket::bind(at).is_ok() && std::net::TcpListener::bind(at).is_ok()
    };
    loop {
        let step = start.wrapping_add(TAKEN.fetch_add(1, Ordering::Relaxed)) % 250;
        let port = 10_240 + step * 20;
        if (port..port + 20).all(free) {
            return port;
        }
    }
}

/// What the switch asks over HTTP, and the records it posts. Gateways by name
/// and port; every phone from 1001 to 1003 has the same secret.
pub async fn serve_http(gateways: &[(&str, u16)], records: mpsc::UnboundedSender<LegCdr>) -> u16 {
    let settings = gateways.iter().map(|(name, port)| GatewaySettings {
        name: (*name).into(),
        proxy: format!("127.0.0.1:{port}"),
        username: None,
        secret: None,
        register: false,
    });
    let gateways: Arc<Vec<GatewaySettings>> = Arc::new(settings.collect());
    let directory = move |Form(fields): Form<Vec<(String, String)>>| async move {
        match DirectoryRequest::from_form(&fields, DOMAIN) {
            DirectoryRequest::Phone { extension } if PHONES.contains(&extension.as_str()) => {
                phone_answer(DOMAIN, &DeskPhone { extension, secret: PHONE_SECRET.into() })
            }
            DirectoryRequest::Gateways => gateways_answer(DOMAIN, &gateways),
            DirectoryRequest::CarrierAddresses => carrier_addresses_answer(DOMAIN, &gateways),
            DirectoryRequest::Phone { .. } | DirectoryRequest::Other => not_found(),
        }
    };
    let record = move |body: String| async move { drop(records.send(cdr::parse(&body).unwrap())) };
    let app =
        axum::Router::new().route("/switch/directory", post(directory)).route("/switch/cdr", post(record));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, app).await });
    port
}

/// A private switch; stopped when dropped.
pub struct Switch {
    pub work: PathBuf,
    environment: Vec<(&'static str, String)>,
}

pub fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/switch").join(name)
}

impl Switch {
    pub async fn start(work: &Path, http_port: u16, esl_port: u16, sip_port: u16, trunk_port: u16) -> Self {
        let environment = vec![
            ("SWITCH_WORK_DIR", work.to_string_lossy().into_owned()),
            ("TRUNKLINE_URL", format!("http://127.0.0.1:{http_port}")),
            ("TRUNKLINE_SWITCH_SECRET", "secret".into()),
            ("TRUNKLINE_ESL_PORT", esl_port.to_string()),
            ("TRUNKLINE_ESL_PASSWORD", PASSWORD.into()),
            ("TRUNKLINE_SIP_PORT", sip_port.to_string()),
            ("TRUNKLINE_TRUNK_PORT", trunk_port.to_string()),
            // One pure tone, to be told from those of the phones.
            ("TRUNKLINE_HOLD_MUSIC", "tone_stream://v=-10;%(1000,0,1600);loops=-1".into()),
        ];
        let switch = Self { work: work.to_owned(), environment };
        let status = Command::new(script("start-switch"))
            .arg("start")
            .envs(switch.environment.clone())
            .stdout(Stdio::null())
            .status()
            .await
            .unwrap();
        assert!(status.success(), "start-switch: {status}");
        switch
    }
}

impl Drop for Switch {
    fn drop(&mut self) {
        let _ = std::process::Command::new(script("start-switch"))
            .arg("kill")
            .envs(self.environment.clone())
            .status();
    }
}

/// Telephones that answer by themselves and know what they hear.
pub struct Phone {
    _child: Child,
    pub orders: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Phone {
    /// `telephones` are further arguments of desk_phone.py.
    pub fn start(sip_port: u16, telephones: &[String]) -> Self {
        let mut child = Command::new("python3")
            .arg(script("desk_phone.py"))
            .args(["--switch", &format!("127.0.0.1:{sip_port}")])
            .args(["--answer-after", "0.2"])
            .args(telephones)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let orders = child.stdin.take().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { _child: child, orders, lines }
    }

    pub async fn order(&mut self, order: &str) {
        self.orders.write_all(format!("{order}\n").as_bytes()).await.unwrap();
    }

    /// Waits until the telephone hears these tones and no others, in Hz.
    pub async fn hears(&mut self, telephone: &str, tones: &[u64]) {
        let mut heard = Vec::new();
        let settled = async {
            loop {
                self.order(&format!("{telephone} hears")).await;
                heard = self.heard(telephone).await;
                if heard == tones {
                    return;
                }
                tokio::time::sleep(POLL).await;
            }
        };
        let in_time = tokio::time::timeout(AUDIO_PATIENCE, settled).await;
        assert!(in_time.is_ok(), "{telephone} hears {heard:?} and not {tones:?}");
    }

    async fn heard(&mut self, telephone: &str) -> Vec<u64> {
        loop {
            let line = self.lines.next_line().await.unwrap().expect("the telephones run");
            let said: serde_json::Value = serde_json::from_str(&line).unwrap();
            if said["event"] == "hears" && said["phone"] == telephone {
                return said["tones"].as_array().unwrap().iter().filter_map(|tone| tone.as_u64()).collect();
            }
        }
    }

    pub async fn wait_for(&mut self, event: &str) {
        self.said(event).await;
    }

    /// What the phones say of the next event of this name.
    pub async fn said(&mut self, event: &str) -> serde_json::Value {
        let found = async {
            while let Some(line) = self.lines.next_line().await.unwrap() {
                let said: serde_json::Value = serde_json::from_str(&line).unwrap();
                if said["event"] == event {
                    return said;
                }
            }
            panic!("the phone ended before {event}");
        };
        tokio::time::timeout(PATIENCE, found).await.unwrap_or_else(|_| panic!("no {event}"))
    }
}

/// A link and what it tells, one leg at a time.
pub struct Desk {
    pub handle: LinkHandle,
    inputs: mpsc::Receiver<Input>,
    pub shutdown: CancellationToken,
    /// What was told of other legs than the one asked for.
    pub aside: Vec<Input>,
}

impl Desk {
    pub fn start(port: u16, work: &Path) -> Self {
        let password = SecretString::from(PASSWORD);
        let config = LinkConfig::new("127.0.0.1", port, password, DOMAIN, work.join("recordings"));
        let (sender, inputs) = mpsc::channel(1_000);
        let shutdown = CancellationToken::new();
        Self { handle: spawn(config, sender, shutdown.clone()), inputs, shutdown, aside: Vec::new() }
    }

    /// What is told next, but for news of desk phones.
    pub async fn next(&mut self) -> Input {
        loop {
            let input = self.any().await;
            if !matches!(input, Input::Phone(_)) {
                return input;
            }
        }
    }

    /// What is told next.
    pub async fn any(&mut self) -> Input {
        tokio::time::timeout(PATIENCE, self.any_at_last()).await.expect("in time")
    }

    /// The same, however long it takes.
    pub async fn any_at_last(&mut self) -> Input {
        self.inputs.recv().await.expect("the link runs")
    }

    /// The next change of this leg; those of others are kept for later.
    pub async fn change(&mut self, leg: LegId) -> LegChange {
        let of_leg = |input: &Input| matches!(input, Input::Switch(event) if event.leg == leg);
        loop {
            if let Some(at) = self.aside.iter().position(of_leg) {
                let Input::Switch(event) = self.aside.remove(at) else { unreachable!() };
                return event.what;
            }
            let input = self.next().await;
            assert!(!matches!(input, Input::CommandFailed { .. } | Input::SwitchDown { .. }), "{input:?}");
            self.aside.push(input);
        }
    }

    pub async fn expect(&mut self, leg: LegId, changes: &[LegChange]) {
        for expected in changes {
            assert_eq!(&self.change(leg).await, expected, "of {leg}");
        }
    }

    /// A nailed leg is parked again; the switch says so before or after it says
    /// that the two are apart.
    pub async fn freed(&mut self, leg: LegId, from: LegId) {
        let apart = LegChange::Unbridged { other: from };
        match self.change(leg).await {
            LegChange::Parked => assert_eq!(self.change(leg).await, apart),
            first => {
                assert_eq!(first, apart);
                assert_eq!(self.change(leg).await, LegChange::Parked);
            }
        }
    }

    pub async fn end(&mut self, leg: LegId) -> HangUp {
        loop {
            if let LegChange::HungUp(hang_up) = self.change(leg).await {
                return hang_up;
            }
        }
    }

    pub fn dial(&self, gateway: &str, number: &str) -> (CallId, LegId) {
        let (call, leg) = (CallId(Uuid::new_v4()), LegId(Uuid::new_v4()));
        let command = SwitchCommand::DialCustomer {
            call,
            leg,
            gateway: gateway.into(),
            number: Dialable::new(number).unwrap(),
            caller_id: Dialable::new("02112345678").unwrap(),
            ring_seconds: 20,
        };
        self.handle.send(command).unwrap();
        (call, leg)
    }

    pub fn bridge(&self, customer: LegId, agent: LegId) {
        self.handle.send(SwitchCommand::Bridge { first: customer, second: agent, stays: None }).unwrap();
    }
}

/// What a customer's leg does, which is parked before the answer.
pub fn reached() -> [LegChange; 3] {
    [LegChange::Created, LegChange::Ringing { early_media: false }, LegChange::Answered]
}

/// What any other leg that is dialled does.
pub fn answered() -> [LegChange; 4] {
    [LegChange::Created, LegChange::Ringing { early_media: false }, LegChange::Answered, LegChange::Parked]
}
