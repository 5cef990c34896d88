//! Callers on every switch: the floor itself behind the production link, with
//! customers who really call. They wait with music, are connected with the agent
//! who has been ready longest, give up, are handed to a queue by an agent, go on
//! when they have waited too long, or leave a message.
//!
//! The real one runs when `TRUNKLINE_REAL_SWITCH=1`, as in the contract; its
//! callers are SIPp's (tests/switch/caller.xml).

use super::announce::callers_are_told_their_place;
use super::callback::called_back;
use super::rig::{
    Desk, PASSWORD, PATIENCE, PHONE_SECRET, PHONES, Phone, Switch, free_port, real_switch_wanted, script,
    serve_http, start_customers,
};
use super::ring_all::all_phones_ring;
use secrecy::SecretString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use trunkline::base::clock;
use trunkline::base::ids::{AgentId, CallId, CustomerId, LegId, QueueId};
use trunkline::base::phone::Dialable;
use trunkline::floor::Floor;
use trunkline::floor::effect::{AgentStateKind, CallResult, Effect, EndedBy, Fact, SwitchCommand, Tell};
use trunkline::floor::input::{AgentCommand, AgentProfile, CommandName, Input, Party, PhoneMode, Ticket};
use trunkline::floor::kept::Callback;
use trunkline::floor::queue::{Known, Member, Overflow, QueueCounts, QueueOutcome, QueueProfile, Strategy};
use trunkline::floor::voicemail::Voicemail;
use trunkline::recordings::wav::duration_ms;
use trunkline::sim::callers::CallIn;
use trunkline::sim::customer::Customers;
use trunkline::sim::server::{SimConfig, SimHandle, start};
use trunkline::sim::world::WorldConfig;
use uuid::Uuid;

pub const SERVICE: QueueId = QueueId(1);
const SECOND: QueueId = QueueId(2);
/// Leads to the first queue.
pub const CALLED: &str = "02160000001";
/// What a customer sends, in Hz.
pub const CUSTOMER: u64 = 400;
/// Long enough for a caller who stays until they are hung up.
pub const STAYS: i64 = 90_000;

/// Where customers call from.
pub enum Callers {
    Real { work: PathBuf, trunk_port: u16, desk: Box<Phone>, calls: Vec<Child> },
    Simulated(SimHandle),
}

impl Callers {
    /// This customer calls, and hangs up after so long.
    pub fn call(&mut self, number: &str, called: &str, stays_ms: i64) {
        match self {
            Callers::Simulated(switch) => {
                let call = CallIn {
                    leg: LegId(Uuid::new_v4()),
                    gateway: "customers".into(),
                    called: called.into(),
                    number: Some(number.into()),
                    patience_ms: Some(stays_ms),
                    talk_ms: Some(stays_ms),
                };
                assert!(switch.call_in(call));
            }
            Callers::Real { .. } => self.call_as(number, called, stays_ms, |scenario| scenario),
        }
    }

    /// The same on a real switch, with another course of the call.
    pub fn call_as(&mut self, number: &str, called: &str, stays_ms: i64, change: impl Fn(String) -> String) {
        match self {
            Callers::Simulated(_) => panic!("a simulated caller has no scenario"),
            Callers::Real { work, trunk_port, calls, .. } => {
                let scenario = change(std::fs::read_to_string(script("caller.xml")).unwrap());
                let scenario = scenario.replace("NUMBER", number).replace("STAYS_MS", &stays_ms.to_string());
                let file = work.join(format!("caller-{number}.xml"));
                std::fs::write(&file, scenario).unwrap();
                let (port, media) = (free_port().to_string(), free_port().to_string());
                let child = Command::new("sipp")
                    .arg(format!("127.0.0.1:{trunk_port}"))
                    .arg("-sf")
                    .arg(file)
                    .args(["-s", called, "-m", "1", "-l", "1", "-i", "127.0.0.1", "-mi", "127.0.0.1"])
                    .args(["-p", &port, "-mp", &media, "-nostdin"])
                    // Where start-customers put the sound.
                    .current_dir(work.join("customers"))
                    .stdin(Stdio::null())
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .kill_on_drop(true)
                    .spawn()
                    .unwrap();
                calls.push(child);
            }
        }
    }

    /// A desk phone hears just these tones. The simulated switch has no sound.
    pub async fn hears(&mut self, phone: &str, tones: &[u64]) {
        if let Callers::Real { desk, .. } = self {
            desk.hears(phone, tones).await;
        }
    }
}

/// The floor at work behind a link, and all that it wanted done.
pub struct Centre {
    pub floor: Floor,
    pub desk: Desk,
    pub told: Vec<Effect>,
    read: usize,
    tickets: u64,
}

impl Centre {
    pub fn new(floor: Floor, desk: Desk) -> Self {
        Self { floor, desk, told: Vec::new(), read: 0, tickets: 0 }
    }

    /// What is printed is shown when the test fails.
    pub fn give(&mut self, input: Input) {
        let now = clock::now();
        if input != Input::Tick {
            eprintln!("{} {input:?}", now.0 % 1_000_000);
        }
        let effects = self.floor.apply(now, input);
        assert_eq!(self.floor.violations(), Vec::<String>::new());
        for effect in &effects {
            if matches!(effect, Effect::Switch(_) | Effect::Record(_) | Effect::Answer { .. }) {
                eprintln!("    {effect:?}");
            }
            match effect {
                Effect::Switch(command) => self.desk.handle.send(command.clone()).unwrap(),
                Effect::WantCaller { call, number } => {
                    let (e164, callback) = (Some(format!("+86{number}")), Some(number.clone()));
                    let known = Known { e164, customer: Some(CustomerId(5)), own_agent: None, callback };
                    self.told.push(effect.clone());
                    self.give(Input::Caller { call: *call, known });
                    continue;
                }
                _ => {}
            }
            self.told.push(effect.clone());
        }
    }

    /// Lets things happen until the floor wants this done, after what was looked
    /// for before.
    pub async fn until<T>(&mut self, what: &str, fits: impl Fn(&Effect) -> Option<T>) -> T {
        let search = async {
            loop {
                while self.read < self.told.len() {
                    self.read += 1;
                    if let Some(found) = fits(&self.told[self.read - 1]) {
                        return found;
                    }
                }
                // A leg may have ended by itself before it was hung up or asked for.
                let input = self.step().await;
                let failed = matches!(input, Input::CommandFailed { command, .. } if !matches!(command, CommandName::HangUp | CommandName::Exists));
                assert!(!failed, "{input:?}");
            }
        };
        tokio::time::timeout(PATIENCE + PATIENCE, search)
            .await
            .unwrap_or_else(|_| panic!("{what} never came"))
    }

    /// What happens next, or the time that passes.
    pub async fn step(&mut self) -> Input {
        let wait = self.floor.next_wakeup().map_or(1_000, |at| at.since_ms(clock::now()));
        let wait = Duration::from_millis(wait.clamp(0, 1_000).unsigned_abs());
        let input = tokio::time::timeout(wait, self.desk.next()).await.unwrap_or(Input::Tick);
        self.give(input.clone());
        input
    }

    pub fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }

    pub fn ask(&mut self, agent: i64, command: AgentCommand) -> Ticket {
        let ticket = self.ticket();
        self.give(Input::Agent { agent: AgentId(agent), command, ticket });
        ticket
    }

    pub async fn is(&mut self, agent: i64, kind: AgentStateKind) {
        let now = |floor: &Floor| floor.agent_live(AgentId(agent)).map(|live| live.kind);
        if now(&self.floor) != Some(kind) {
            let entered = |effect: &Effect| match effect {
                Effect::Record(Fact::AgentState { agent: who, kind: now, .. }) => {
                    (who.0 == agent && *now == kind).then_some(())
                }
                _ => None,
            };
            self.until(&format!("{kind:?} of {agent}"), entered).await;
        }
    }

    pub async fn arrived(&mut self) -> CallId {
        let arrived = |effect: &Effect| match effect {
            Effect::Record(Fact::CallArrived { call, called, number, .. }) => {
                assert_eq!(called.as_str(), CALLED);
                assert!(number.is_some());
                Some(*call)
            }
            _ => None,
        };
        self.until("a caller", arrived).await
    }

    /// The switch plays music to the caller, and the call waits.
    async fn waits_with_music(&mut self, call: CallId) {
        let asked =
            |effect: &Effect| matches!(effect, Effect::Switch(SwitchCommand::Entertain { .. })).then_some(());
        self.until("music", asked).await;
        let live = self.floor.calls_live().into_iter().find(|live| live.call == call).unwrap();
        assert!(live.queued_at.is_some() && live.agent.is_none(), "{live:?}");
    }

    pub async fn connected(&mut self, call: CallId) -> AgentId {
        let connected = |effect: &Effect| match effect {
            Effect::Record(Fact::CallConnected { call: which, agent, .. }) => {
                (*which == call).then_some(*agent)
            }
            _ => None,
        };
        self.until("the connection", connected).await
    }

    pub async fn left_queue(&mut self, call: CallId) -> QueueOutcome {
        let left = |effect: &Effect| match effect {
            Effect::Record(Fact::QueueLeft { call: which, outcome, .. }) => {
                (*which == call).then_some(*outcome)
            }
            _ => None,
        };
        self.until("the end of the wait", left).await
    }

    /// The file to which the caller's message goes.
    async fn message(&mut self, call: CallId) -> String {
        let began = |effect: &Effect| match effect {
            Effect::Record(Fact::MessageStarted { call: which, queue, path, .. }) => {
                assert_eq!((*which, *queue), (call, SERVICE));
                Some(path.clone())
            }
            _ => None,
        };
        self.until("the message", began).await
    }

    /// The switch has closed the file, before or after the end of the call.
    async fn closed(&mut self, file: &str) {
        let closed = |effect: &Effect| {
            let of_file = |path: &String| path == file;
            matches!(effect, Effect::Record(Fact::RecordingStopped { path, .. }) if of_file(path))
                .then_some(())
        };
        if !self.told.iter().any(|effect| closed(effect).is_some()) {
            self.until("the end of the recording", closed).await;
        }
    }

    pub async fn ended(&mut self, call: CallId) -> CallResult {
        let ended = |effect: &Effect| match effect {
            Effect::Record(Fact::CallEnded { call: which, result, .. }) => {
                (*which == call).then_some(*result)
            }
            _ => None,
        };
        self.until("the end of the call", ended).await
    }
}

pub fn queue(id: QueueId, members: &[i64], called: &str, wait_ms_max: i64) -> QueueProfile {
    let number = Dialable::new(called).unwrap();
    QueueProfile {
        queue: id,
        open: true,
        numbers: vec![number.clone()],
        strategy: Strategy::LongestIdle,
        members: members.iter().map(|agent| Member { agent: AgentId(*agent), level: 1 }).collect(),
        priority: 0,
        inbound_first: true,
        own_agent_ms: 0,
        wait_ms_max,
        overflow: Overflow::Outside(Dialable::new("13800138000").unwrap()),
        wrap_up_seconds: 0,
        short_abandon_ms: 1_000,
        service_level_ms: 20_000,
        gateway: "customers".into(),
        caller_id: number,
        music: None,
        message: None,
        hours: None,
        callback: Callback::default(),
        announcements: None,
        voicemail: Voicemail::default(),
        counts: QueueCounts::default(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_are_served_on_the_simulated_switch() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = WorldConfig { customers: Customers::Scripted, ..WorldConfig::default() };
    world.phones.known = Some(PHONES.iter().map(|phone| (*phone).to_owned()).collect());
    world.trunk.gateways = Some(["customers".to_owned()].into());
    let simulator = start(SimConfig::new(SecretString::from(PASSWORD), world)).await.unwrap();
    let port = simulator.addr.port();
    serve(port, folder.path(), Callers::Simulated(simulator)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_are_served_on_a_real_switch() {
    if !real_switch_wanted() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (records, _posted) = mpsc::unbounded_channel();
    let customers_port = free_port();
    let http_port = serve_http(&[("customers", customers_port)], records).await;
    let (port, phone_port, trunk_port) = (free_port(), free_port(), free_port());
    let switch = Switch::start(folder.path(), http_port, port, phone_port, trunk_port).await;
    let _customers = start_customers(folder.path(), customers_port);
    let telephones: Vec<String> =
        PHONES.iter().flat_map(|phone| ["--phone".to_owned(), format!("{phone}:{PHONE_SECRET}")]).collect();
    let mut desk = Phone::start(phone_port, &telephones);
    for _ in PHONES {
        desk.wait_for("registered").await;
    }
    let work = switch.work.clone();
    let callers = Callers::Real { work: work.clone(), trunk_port, desk: Box::new(desk), calls: Vec::new() };
    serve(port, &work, callers).await;
}

async fn serve(port: u16, work: &Path, mut callers: Callers) {
    let mut desk = Desk::start(port, work);
    let up @ Input::SwitchUp { .. } = desk.next().await else { panic!("up") };
    let mut centre = Centre::new(Floor::new(7), desk);
    for agent in [1, 2] {
        let extension = Dialable::new(PHONES[agent as usize - 1]).unwrap();
        let profile = AgentProfile::new(AgentId(agent), extension, PhoneMode::OffHook);
        centre.give(Input::AgentProfile(profile));
    }
    centre.give(Input::queue(queue(SERVICE, &[1, 2], CALLED, 60_000)));
    centre.give(Input::queue(queue(SECOND, &[2], "02160000002", 60_000)));
    centre.give(up);

    waits_and_is_bridged(&mut centre, &mut callers).await;
    gives_up(&mut centre, &mut callers).await;
    is_handed_to_a_queue(&mut centre, &mut callers).await;
    goes_to_the_longest_idle(&mut centre, &mut callers).await;
    overflows(&mut centre, &mut callers).await;
    called_back(&mut centre, &mut callers).await;
    all_phones_ring(&mut centre, &mut callers).await;
    callers_are_told_their_place(&mut centre, &mut callers, work).await;
    leaves_a_message(&mut centre, &mut callers).await;
    is_cut_off(&mut centre, &mut callers).await;
}

/// Nobody is free: the caller hears music until somebody is, and has talked when
/// they hang up.
async fn waits_and_is_bridged(centre: &mut Centre, callers: &mut Callers) {
    callers.call("13800138031", CALLED, 9_000);
    let call = centre.arrived().await;
    centre.waits_with_music(call).await;
    centre.ask(1, AgentCommand::LogIn);
    centre.ask(1, AgentCommand::Ready);
    let popped = |effect: &Effect| match effect {
        Effect::Tell(Tell::ScreenPop { agent, customer, queue, .. }) => Some((agent.0, *customer, *queue)),
        _ => None,
    };
    let pop = centre.until("the screen pop", popped).await;
    assert_eq!(pop, (1, Some(CustomerId(5)), Some(SERVICE)));
    assert_eq!(centre.connected(call).await, AgentId(1));
    assert_eq!(centre.left_queue(call).await, QueueOutcome::Answered);
    callers.hears("1001", &[CUSTOMER]).await;
    assert_eq!(centre.ended(call).await, CallResult::Answered);
    centre.is(1, AgentStateKind::WrapUp).await;
    callers.hears("1001", &[]).await;
}

/// The only agent is in after-call work: the caller leaves before.
async fn gives_up(centre: &mut Centre, callers: &mut Callers) {
    callers.call("13800138032", CALLED, 3_000);
    let call = centre.arrived().await;
    centre.waits_with_music(call).await;
    assert_eq!(centre.left_queue(call).await, QueueOutcome::Abandoned);
    assert_eq!(centre.ended(call).await, CallResult::Abandoned);
}

/// The first agent hands the caller over to a queue of the second.
async fn is_handed_to_a_queue(centre: &mut Centre, callers: &mut Callers) {
    centre.ask(1, AgentCommand::Ready);
    callers.call("13800138033", CALLED, STAYS);
    let call = centre.arrived().await;
    assert_eq!(centre.connected(call).await, AgentId(1));
    callers.hears("1001", &[CUSTOMER]).await;
    let ticket = centre.ask(1, AgentCommand::Transfer { to: Party::Queue(SECOND), note: None });
    let answered = |effect: &Effect| match effect {
        Effect::Answer { ticket: which, refusal } if *which == ticket => Some(refusal.clone()),
        _ => None,
    };
    assert_eq!(centre.until("the answer", answered).await, None);
    callers.hears("1001", &[]).await;
    centre.ask(2, AgentCommand::LogIn);
    centre.ask(2, AgentCommand::Ready);
    let handed = |effect: &Effect| match effect {
        Effect::Record(Fact::CallHanded { call: which, agent, .. }) if *which == call => Some(*agent),
        _ => None,
    };
    assert_eq!(centre.until("the second agent", handed).await, Some(AgentId(2)));
    callers.hears("1002", &[CUSTOMER]).await;
    centre.ask(2, AgentCommand::HangUp);
    assert_eq!(centre.ended(call).await, CallResult::Answered);
}

/// Both are ready, the second one longer: no music is needed.
async fn goes_to_the_longest_idle(centre: &mut Centre, callers: &mut Callers) {
    centre.is(2, AgentStateKind::WrapUp).await;
    centre.ask(2, AgentCommand::Ready);
    centre.is(2, AgentStateKind::Ready).await;
    // Not in the same millisecond.
    let since = clock::now();
    while clock::now() <= since {
        tokio::task::yield_now().await;
    }
    centre.ask(1, AgentCommand::Ready);
    centre.is(1, AgentStateKind::Ready).await;
    callers.call("13800138034", CALLED, STAYS);
    let call = centre.arrived().await;
    assert_eq!(centre.connected(call).await, AgentId(2));
    centre.ask(2, AgentCommand::HangUp);
    assert_eq!(centre.ended(call).await, CallResult::Answered);
    centre.ask(1, AgentCommand::Pause { reason: "break".into() });
}

/// Everybody is busy until the longest wait is over: the caller is connected with
/// a number outside, and both end together.
async fn overflows(centre: &mut Centre, callers: &mut Callers) {
    centre.give(Input::queue(queue(SERVICE, &[1, 2], CALLED, 4_000)));
    callers.call("13800138035", CALLED, 12_000);
    let call = centre.arrived().await;
    centre.waits_with_music(call).await;
    assert_eq!(centre.left_queue(call).await, QueueOutcome::Overflowed);
    let rung = |effect: &Effect| match effect {
        Effect::Switch(SwitchCommand::DialThird { leg, .. }) => Some(*leg),
        _ => None,
    };
    let outside = centre.until("the number outside", rung).await;
    let handed = |effect: &Effect| match effect {
        Effect::Record(Fact::CallHanded { agent: None, leg, .. }) => Some(*leg),
        _ => None,
    };
    assert_eq!(centre.until("the conversation outside", handed).await, outside);
    assert_eq!(centre.ended(call).await, CallResult::Overflowed);
    // The outside leg ends with the caller: by itself, or because we say so.
    let ends = |effect: &Effect| {
        matches!(effect, Effect::Switch(SwitchCommand::HangUp { leg, .. })
            | Effect::Record(Fact::CallLegEnded { leg, .. }) if *leg == outside)
    };
    assert!(centre.told.iter().any(ends));
}

/// Messages after the longest wait, of so many seconds at most.
fn taking_messages(seconds_max: u32) -> Input {
    let voicemail = Voicemail { greeting: None, seconds_max };
    let overflow = Overflow::Voicemail;
    Input::queue(QueueProfile { overflow, voicemail, ..queue(SERVICE, &[1, 2], CALLED, 3_000) })
}

/// What a message holds: the caller's tone in one channel, and how long.
fn spoken(file: &str) -> (u64, i64) {
    let bytes = std::fs::read(file).unwrap();
    assert_eq!((&bytes[..4], bytes[22]), (&b"RIFF"[..], 1), "one channel");
    let ms = duration_ms(&bytes, bytes.len() as u64).expect("a length");
    let data = bytes.windows(4).position(|four| four == b"data").expect("samples") + 8;
    let samples: Vec<i16> =
        bytes[data..].chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    // A second from the middle: the first packets may still be on their way.
    let middle = &samples[samples.len() / 2 - 4_000..][..8_000];
    let rises = middle.windows(2).filter(|pair| pair[0] < 0 && pair[1] >= 0).count();
    (rises as u64, ms)
}

/// Everybody is busy: the caller says what they have to say and hangs up.
async fn leaves_a_message(centre: &mut Centre, callers: &mut Callers) {
    centre.give(taking_messages(30));
    callers.call("13800138036", CALLED, 9_000);
    let call = centre.arrived().await;
    centre.waits_with_music(call).await;
    assert_eq!(centre.left_queue(call).await, QueueOutcome::Overflowed);
    let file = centre.message(call).await;
    assert_eq!(centre.ended(call).await, CallResult::Voicemail);
    centre.closed(&file).await;
    let (tone, ms) = spoken(&file);
    assert!(tone.abs_diff(CUSTOMER) <= 5, "{tone} Hz");
    assert!((3_000..=9_500).contains(&ms), "{ms} ms");
}

/// Who speaks too long is hung up by the switch, and what they said is kept.
async fn is_cut_off(centre: &mut Centre, callers: &mut Callers) {
    centre.give(taking_messages(4));
    callers.call("13800138037", CALLED, STAYS);
    let call = centre.arrived().await;
    let file = centre.message(call).await;
    let ended = |effect: &Effect| match effect {
        Effect::Record(Fact::CallEnded { call: which, result, ended_by, .. }) => {
            (*which == call).then_some((*result, *ended_by))
        }
        _ => None,
    };
    let end = centre.until("the end of the call", ended).await;
    assert_eq!(end, (CallResult::Voicemail, EndedBy::System));
    centre.closed(&file).await;
    let (tone, ms) = spoken(&file);
    assert!(tone.abs_diff(CUSTOMER) <= 5, "{tone} Hz");
    assert!((3_500..=4_500).contains(&ms), "{ms} ms");
}
