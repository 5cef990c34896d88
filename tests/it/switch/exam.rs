//! What an examination of call control needs: people at their telephones, a
//! link to the switch in question, orders and the events that must follow, and
//! an ear for tones in a recording.

use super::rig::{
    Desk, PASSWORD, PATIENCE, PHONE_SECRET, PHONES, Phone, Switch, answered, free_port, reached,
    real_switch_wanted, serve_http, start_customers,
};
use secrecy::SecretString;
use std::path::PathBuf;
use tempfile::TempDir;
use tokio::process::Child;
use tokio::sync::mpsc;
use trunkline::base::ids::{AgentId, CallId, LegId};
use trunkline::base::phone::Dialable;
use trunkline::floor::effect::{HangUpCause, SwitchCommand};
use trunkline::floor::input::{ChannelSnapshot, CommandName, Input, LegChange, MonitorMode};
use trunkline::floor::make::Make;
use trunkline::sim::customer::{Conduct, Customers};
use trunkline::sim::server::{SimConfig, SimHandle, start};
use trunkline::sim::world::WorldConfig;
use uuid::Uuid;

/// What each of them sends, in Hz; the music is the switch's.
pub const CUSTOMER: u64 = 400;
pub const AGENT: u64 = 700;
pub const COLLEAGUE: u64 = 1000;
pub const SUPERVISOR: u64 = 1300;
pub const MUSIC: u64 = 1600;
pub const OUTSIDE: u64 = 1900;
/// What the supervisor sends while they whisper, to be told from what they say
/// aloud.
pub const WHISPER: u64 = 1500;
/// What they say next aloud.
pub const LATER: u64 = 1800;

/// The people at their telephones.
pub enum Telephones {
    /// Desk phones, and customers' telephones beyond the trunk.
    Real {
        desk: Box<Phone>,
        lines: Box<Phone>,
    },
    Simulated(SimHandle),
}

impl Telephones {
    pub fn of(&mut self, name: &str) -> Option<&mut Phone> {
        match self {
            Telephones::Real { desk, .. } if PHONES.contains(&name) => Some(desk),
            Telephones::Real { lines, .. } => Some(lines),
            Telephones::Simulated(_) => None,
        }
    }

    /// Each hears exactly these tones. The simulated switch has no sound.
    pub async fn hear(&mut self, expected: &[(&str, &[u64])]) {
        for (name, tones) in expected {
            if let Some(phone) = self.of(name) {
                phone.hears(name, tones).await;
            }
        }
    }

    pub async fn hang_up(&mut self, name: &str, leg: LegId) {
        match self.of(name) {
            Some(phone) => phone.order(&format!("{name} hangup")).await,
            None => {
                if let Telephones::Simulated(switch) = self {
                    assert!(switch.far_end_hangs_up(leg));
                }
            }
        }
    }

    /// This desk phone sends another tone from now on.
    pub async fn tone(&mut self, name: &str, hertz: u64) {
        if let Some(phone) = self.of(name) {
            phone.order(&format!("{name} tone {hertz}")).await;
        }
    }

    /// This desk phone rings until it is asked to answer, or answers again.
    pub async fn ring_on(&mut self, name: &str, on: bool) {
        if let Some(phone) = self.of(name) {
            phone.order(&format!("{name} answer-after {}", if on { "never" } else { "0.2" })).await;
        }
    }
}

/// A switch with three desk phones, a customer's telephone behind the trunk
/// `line`, another outside, and customers who do as their number says.
pub struct Place {
    pub port: u16,
    pub work: PathBuf,
    pub people: Telephones,
    /// What ends with it: the switch before its folder, which names its process.
    _kept: (Option<(Switch, Child)>, TempDir),
}

impl Place {
    pub async fn simulated() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut world = WorldConfig { customers: Customers::Scripted, ..WorldConfig::default() };
        world.phones.known = Some(PHONES.iter().map(|phone| (*phone).to_owned()).collect());
        let gateways = ["customers", "line", "outside"];
        world.trunk.gateways = Some(gateways.iter().map(|gateway| (*gateway).to_owned()).collect());
        let switch = start(SimConfig::new(SecretString::from(PASSWORD), world)).await.unwrap();
        let (port, work) = (switch.addr.port(), folder.path().to_owned());
        Self { port, work, people: Telephones::Simulated(switch), _kept: (None, folder) }
    }

    /// None when no real switch is wanted.
    pub async fn real() -> Option<Self> {
        if !real_switch_wanted() {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let (records, _posted) = mpsc::unbounded_channel();
        let (customers, line, outside) = (free_port(), free_port(), free_port());
        let gateways = [("customers", customers), ("line", line), ("outside", outside)];
        let http_port = serve_http(&gateways, records).await;
        let (port, phone_port, trunk_port) = (free_port(), free_port(), free_port());
        let switch = Switch::start(folder.path(), http_port, port, phone_port, trunk_port).await;
        let customers = start_customers(folder.path(), customers);
        let phones = PHONES.iter().zip([AGENT, COLLEAGUE, SUPERVISOR]);
        let phones =
            phones.flat_map(|(phone, tone)| ["--phone".into(), format!("{phone}:{PHONE_SECRET}:{tone}")]);
        let mut desk = Phone::start(phone_port, &phones.collect::<Vec<_>>());
        let lines = [("line", line, CUSTOMER), ("outside", outside, OUTSIDE)];
        let lines =
            lines.iter().flat_map(|(name, port, tone)| ["--line".into(), format!("{name}:{port}:{tone}")]);
        let lines = Phone::start(trunk_port, &lines.collect::<Vec<_>>());
        for _ in PHONES {
            desk.wait_for("registered").await;
        }
        let people = Telephones::Real { desk: Box::new(desk), lines: Box::new(lines) };
        let work = switch.work.clone();
        Some(Self { port, work, people, _kept: (Some((switch, customers)), folder) })
    }
}

/// What a desk phone does with every call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneDoes {
    Answer,
    RingOn,
    /// With this SIP status, and what the switch makes of it.
    Refuse(u16, &'static str),
}

impl Telephones {
    pub async fn does(&mut self, name: &str, what: PhoneDoes) {
        if let Some(phone) = self.of(name) {
            let (refuses, answers) = match what {
                PhoneDoes::Answer => ("none".to_owned(), "0.2"),
                PhoneDoes::RingOn => ("none".to_owned(), "never"),
                PhoneDoes::Refuse(status, _) => (status.to_string(), "0.2"),
            };
            phone.order(&format!("{name} refuses {refuses}")).await;
            phone.order(&format!("{name} answer-after {answers}")).await;
        } else if let Telephones::Simulated(switch) = self {
            let conduct = match what {
                PhoneDoes::Answer => None,
                PhoneDoes::RingOn => Some(Conduct::LetsItRing),
                PhoneDoes::Refuse(sip_status, cause) => {
                    Some(Conduct::Refuses { after_ms: 200, cause, sip_status })
                }
            };
            switch.set_phone(name, conduct);
        }
    }
}

/// A switch to be examined, and the link to it.
pub struct Exam {
    pub desk: Desk,
    pub people: Telephones,
    pub port: u16,
    pub work: PathBuf,
}

pub fn number(text: &str) -> Dialable {
    Dialable::new(text).unwrap()
}

pub fn fresh() -> LegId {
    LegId(Uuid::new_v4())
}

impl Exam {
    pub fn send(&self, command: SwitchCommand) {
        self.desk.handle.send(command).unwrap();
    }

    pub fn ringing(&self, agent: i64, extension: &str, nailed: bool) -> LegId {
        let leg = fresh();
        self.send(SwitchCommand::RingAgent {
            agent: AgentId(agent),
            leg,
            extension: number(extension),
            caller_id: number("02112345678"),
            nailed,
            call: (!nailed).then(|| CallId(Uuid::new_v4())),
            ring_seconds: 20,
            make: Make::Other,
        });
        leg
    }

    /// A desk phone, parked.
    pub async fn ring(&mut self, agent: i64, extension: &str, nailed: bool) -> LegId {
        let leg = self.ringing(agent, extension, nailed);
        self.desk.expect(leg, &answered()).await;
        leg
    }

    /// The next changes of a leg, in whatever order.
    pub async fn among(&mut self, leg: LegId, expected: &[LegChange]) {
        let mut missing = expected.to_vec();
        while !missing.is_empty() {
            let change = self.desk.change(leg).await;
            let at = missing.iter().position(|wanted| *wanted == change);
            missing.remove(at.unwrap_or_else(|| panic!("{change:?} of {leg}, and not {missing:?}")));
        }
    }

    /// Joins two legs, which may have to leave others for it.
    pub async fn bridge(&mut self, first: LegId, second: LegId) {
        self.send(SwitchCommand::Bridge { first, second, stays: None });
        for (leg, other) in [(first, second), (second, first)] {
            let joined = LegChange::Bridged { other };
            loop {
                match self.desk.change(leg).await {
                    LegChange::Unbridged { .. } => {}
                    change => break assert_eq!(change, joined, "of {leg}"),
                }
            }
        }
    }

    /// A supervisor takes part in another way, as the switch proves.
    pub async fn take_part(&mut self, ear: LegId, mode: MonitorMode) {
        self.send(SwitchCommand::SetMonitorMode { leg: ear, mode });
        self.desk.expect(ear, &[LegChange::Key(mode.key())]).await;
    }

    /// Records what a supervisor says; gives the file.
    pub async fn record_voice(&mut self, ear: LegId, call: CallId) -> String {
        self.send(SwitchCommand::RecordVoice { leg: ear, call, supervisor: AgentId(3) });
        let LegChange::RecordingStarted { path } = self.desk.change(ear).await else { panic!("recording") };
        path
    }

    /// A recorded leg ends: the file that was closed before.
    pub async fn closed_at_the_end(&mut self, leg: LegId) -> Option<String> {
        let mut closed = None;
        loop {
            match self.desk.change(leg).await {
                LegChange::RecordingStopped { path } => closed = Some(path),
                LegChange::HungUp(hang_up) => {
                    assert_eq!(hang_up.cause, "NORMAL_CLEARING");
                    return closed;
                }
                LegChange::Unbridged { .. } => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// A customer on the line who talks with the agent.
    pub async fn talk(&mut self, agent: LegId) -> (CallId, LegId) {
        let (call, customer) = self.desk.dial("line", "13800138000");
        self.desk.expect(customer, &reached()).await;
        self.bridge(customer, agent).await;
        (call, customer)
    }

    /// Music for a leg that talks with another, which is parked by it.
    pub async fn hold(&mut self, leg: LegId, partner: LegId) {
        self.send(SwitchCommand::PlayMusic { leg, partner: Some(partner) });
        let apart = |other| LegChange::Unbridged { other };
        self.among(leg, &[apart(partner), LegChange::MusicStarted]).await;
        self.among(partner, &[apart(leg), LegChange::Parked]).await;
    }

    /// An answer that no event proves.
    pub async fn reply(&mut self, leg: LegId, command: CommandName) -> Result<(), String> {
        loop {
            match self.desk.next().await {
                Input::CommandDone { leg: of, command: done } if (of, done) == (leg, command) => {
                    return Ok(());
                }
                Input::CommandFailed { leg: of, command: failed, reason }
                    if (of, failed) == (leg, command) =>
                {
                    return Err(reason);
                }
                input @ Input::Switch(_) => self.desk.aside.push(input),
                other => panic!("{other:?} while waiting for {command:?}"),
            }
        }
    }

    pub async fn refused(&mut self, command: SwitchCommand) {
        let (leg, name) = command.subject();
        self.send(command);
        assert!(self.reply(leg, name).await.is_err(), "{name:?} is done for a leg that is gone");
    }

    pub async fn hang_up(&mut self, leg: LegId) {
        self.send(SwitchCommand::HangUp { leg, cause: HangUpCause::NormalClearing });
        assert_eq!(self.desk.end(leg).await.cause, "NORMAL_CLEARING");
    }

    /// What another link finds of a leg on connecting. The switch's list lags.
    pub async fn found(&mut self, leg: LegId) -> ChannelSnapshot {
        let listed = async {
            loop {
                let mut other = Desk::start(self.port, &self.work);
                let Input::SwitchUp { channels, .. } = other.next().await else { panic!("up") };
                other.shutdown.cancel();
                if let Some(found) = channels.into_iter().find(|channel| channel.leg == leg) {
                    return found;
                }
            }
        };
        tokio::time::timeout(PATIENCE, listed).await.expect("the leg is listed")
    }

    /// Two who talked have gone into a room, one first; whether the other is
    /// parked for a moment depends.
    pub async fn both_in_room(&mut self, first: LegId, second: LegId) {
        for (leg, other) in [(first, second), (second, first)] {
            let mut missing = vec![LegChange::Unbridged { other }, LegChange::JoinedRoom];
            while !missing.is_empty() {
                let change = self.desk.change(leg).await;
                let at = missing.iter().position(|wanted| *wanted == change);
                match at {
                    Some(at) => drop(missing.remove(at)),
                    None => assert_eq!(change, LegChange::Parked, "of {leg}, and not {missing:?}"),
                }
            }
        }
    }

    /// A supervisor's phone, on an agent's leg.
    pub async fn listen(&mut self, target: LegId, mode: MonitorMode) -> LegId {
        self.ear(target, mode, true).await
    }

    /// The same; whether keys change how they listen can be chosen.
    pub async fn ear(&mut self, target: LegId, mode: MonitorMode, phone_keys: bool) -> LegId {
        let leg = fresh();
        self.send(SwitchCommand::Monitor {
            supervisor: AgentId(3),
            leg,
            extension: number("1003"),
            target,
            mode,
            phone_keys,
            ring_seconds: 20,
            make: Make::Other,
        });
        self.desk.expect(leg, &answered()[..3]).await;
        self.desk.expect(target, &[LegChange::Overheard(true)]).await;
        leg
    }

    pub fn outside(&self, call: CallId, gateway: &str, to: &str, ring_seconds: u32) -> LegId {
        let leg = fresh();
        self.send(SwitchCommand::DialThird {
            call,
            leg,
            gateway: gateway.into(),
            number: number(to),
            caller_id: number("02112345678"),
            ring_seconds,
        });
        leg
    }
}

/// The tones of each channel of a file of 16 bits and 8000 frames a second,
/// anywhere in it, in Hz.
pub fn tones_of<const CHANNELS: usize>(path: &str) -> [Vec<u64>; CHANNELS] {
    let bytes = std::fs::read(path).unwrap();
    assert_eq!(usize::from(bytes[22]), CHANNELS, "channels of {path}");
    let data = bytes.windows(4).position(|name| name == b"data").expect("a WAV file") + 8;
    let samples: Vec<f64> =
        bytes[data..].chunks_exact(2).map(|b| f64::from(i16::from_le_bytes([b[0], b[1]]))).collect();
    std::array::from_fn(|side| {
        let side: Vec<f64> = samples.iter().skip(side).step_by(CHANNELS).copied().collect();
        // Quarters of a second: a tone must last that long.
        let stands_out = |hertz: u64| side.chunks_exact(2_000).any(|part| strength(part, hertz) > 400.0);
        (2..=20).map(|n| n * 100).filter(|hertz| stands_out(*hertz)).collect()
    })
}

/// The amplitude of a tone (Goertzel).
fn strength(samples: &[f64], hertz: u64) -> f64 {
    let factor = 2.0 * (std::f64::consts::TAU * hertz as f64 / 8_000.0).cos();
    let (mut one, mut two) = (0.0, 0.0);
    for sample in samples {
        (one, two) = (sample + factor * one - two, one);
    }
    let power: f64 = one * one + two * two - factor * one * two;
    2.0 * power.max(0.0).sqrt() / samples.len() as f64
}
