//! The simulated switch on the Event Socket: what the production link connects
//! to, unchanged, when there is no FreeSWITCH.
//!
//! In: [`SimConfig`]. Out: a [`SimHandle`] with the address, and the faults
//! that tests inject. It listens on the loopback interface only.

use crate::base::clock::{self, Moment};
use crate::base::ids::LegId;
use crate::sim::callers::CallIn;
use crate::sim::cdr;
use crate::sim::chance::Chance;
use crate::sim::connection;
use crate::sim::customer::Conduct;
use crate::sim::event::{EventKind, WorldEvent};
use crate::sim::headers::{self, Headers, Identity};
use crate::sim::leg::Leg;
use crate::sim::protocol::Subscription;
use crate::sim::recorder::{self, Sides};
use crate::sim::world::{World, WorldCommand, WorldConfig};
use crate::sim::{commands, commands::Answer, registrar};
use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Frames waiting for one client; more are dropped, as on the real switch.
const OUTBOX_FRAMES: usize = 20_000;
/// Without anything planned the driver looks at the clock so often.
const IDLE: Duration = Duration::from_secs(1);

/// How the simulated switch is set up.
#[derive(Debug, Clone)]
pub struct SimConfig {
    /// The port on 127.0.0.1; 0: any that is free.
    pub port: u16,
    /// The Event Socket's password.
    pub password: SecretString,
    /// Customers, phones, trunk, seed and speed.
    pub world: WorldConfig,
    /// How often HEARTBEAT is sent.
    pub heartbeat: Duration,
    /// Where call records are posted; `None`: nowhere.
    pub cdr: Option<cdr::CdrTarget>,
}

impl SimConfig {
    /// A switch on any free port, with the real one's heartbeat.
    pub fn new(password: SecretString, world: WorldConfig) -> Self {
        Self { port: 0, password, world, heartbeat: Duration::from_secs(20), cdr: None }
    }
}

/// A running simulated switch; it stops when the last handle is stopped or
/// dropped.
#[derive(Debug)]
pub struct SimHandle {
    /// Where it listens.
    pub addr: SocketAddr,
    shared: Arc<Shared>,
}

/// What the tasks of one switch share.
#[derive(Debug)]
pub(super) struct Shared {
    core: Mutex<Core>,
    /// Something new is planned.
    changed: Notify,
    /// Nothing is written while true.
    pub stalled: watch::Sender<bool>,
    pub password: SecretString,
    pub stop: CancellationToken,
}

/// The switch's inside.
#[derive(Debug)]
pub(super) struct Core {
    pub world: World,
    identity: Identity,
    ids: Chance,
    sequence: u64,
    jobs: HashMap<Uuid, (String, String)>,
    waiters: HashMap<Uuid, oneshot::Sender<String>>,
    clients: Vec<Client>,
    next_client: u64,
    lose: u32,
    refuse: bool,
    connections: CancellationToken,
    heartbeat: Duration,
    heartbeat_at: Moment,
    cdrs: Option<mpsc::Sender<cdr::LegRecord>>,
}

#[derive(Debug)]
struct Client {
    id: u64,
    outbox: mpsc::Sender<Bytes>,
    subscription: Subscription,
}

/// A client's place in the switch.
pub(super) struct Seat {
    pub id: u64,
    pub inbox: mpsc::Receiver<Bytes>,
    pub outbox: mpsc::Sender<Bytes>,
    pub closed: CancellationToken,
}

/// Starts a switch.
pub async fn start(config: SimConfig) -> std::io::Result<SimHandle> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, config.port)).await?;
    let addr = listener.local_addr()?;
    let now = clock::now();
    let stop = CancellationToken::new();
    let ids = Chance::new(config.world.seed ^ 0x5eed_1d5e);
    // Every start of a switch is a core of its own, whatever the seed.
    let identity = Identity { core: Uuid::new_v4(), hostname: "simulator".into(), started_at: now };
    let core = Core {
        world: World::new(config.world),
        identity,
        ids,
        sequence: 0,
        jobs: HashMap::new(),
        waiters: HashMap::new(),
        clients: Vec::new(),
        next_client: 0,
        lose: 0,
        refuse: false,
        connections: stop.child_token(),
        heartbeat: config.heartbeat,
        heartbeat_at: now + millis(config.heartbeat),
        cdrs: config.cdr.map(|target| cdr::spawn(target, stop.clone())),
    };
    let shared = Arc::new(Shared {
        core: Mutex::new(core),
        changed: Notify::new(),
        stalled: watch::Sender::new(false),
        password: config.password,
        stop,
    });
    tokio::spawn(drive(Arc::clone(&shared)));
    tokio::spawn(connection::accept(listener, Arc::clone(&shared)));
    tracing::info!(%addr, "the simulated switch listens");
    Ok(SimHandle { addr, shared })
}

/// Lets the world's time pass, for as long as the switch runs.
async fn drive(shared: Arc<Shared>) {
    loop {
        let changed = shared.changed.notified();
        let wait = {
            let mut core = shared.lock();
            let now = clock::now();
            core.pump(now);
            let next = core.world.next_at().map_or(core.heartbeat_at, |at| at.min(core.heartbeat_at));
            Duration::from_millis(u64::try_from(next.since_ms(now)).unwrap_or_default()).min(IDLE)
        };
        tokio::select! {
            () = shared.stop.cancelled() => return,
            () = changed => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

impl Shared {
    /// The inside; a panic elsewhere leaves it usable.
    pub fn lock(&self) -> MutexGuard<'_, Core> {
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn password_is(&self, given: &str) -> bool {
        self.password.expose_secret() == given
    }

    /// Runs an API command; the receiver gets the text, at once or, for an
    /// originate, when it has an outcome.
    pub fn api(&self, line: &str) -> oneshot::Receiver<String> {
        let (done, text) = oneshot::channel();
        let mut core = self.lock();
        let now = clock::now();
        core.pump(now);
        let job = core.ids.uuid();
        match core.run(now, line, job) {
            // The client may be gone, and then does not care.
            Answer::Text(text) => drop(done.send(text)),
            Answer::Later => {
                core.waiters.insert(job, done);
            }
        }
        text
    }

    /// Tells the driver that there is something to do or to send.
    pub fn wake(&self) {
        self.changed.notify_one();
    }
}

impl Core {
    /// Takes a client in; `None` while the switch refuses connections.
    pub fn seat(&mut self) -> Option<Seat> {
        if self.refuse {
            return None;
        }
        let (outbox, inbox) = mpsc::channel(OUTBOX_FRAMES);
        self.next_client += 1;
        let id = self.next_client;
        self.clients.push(Client { id, outbox: outbox.clone(), subscription: Subscription::default() });
        Some(Seat { id, inbox, outbox, closed: self.connections.child_token() })
    }

    pub fn leave(&mut self, id: u64) {
        self.clients.retain(|client| client.id != id);
    }

    pub fn subscription(&mut self, id: u64) -> Option<&mut Subscription> {
        self.clients.iter_mut().find(|client| client.id == id).map(|client| &mut client.subscription)
    }

    fn run(&mut self, now: Moment, line: &str, job: Uuid) -> Answer {
        commands::run(&mut self.world, &self.identity, now, line, job)
    }

    /// Runs a background job; its reply must be written before
    /// [`Core::finish_job`] or the next [`Core::pump`] tells of it.
    pub fn start_job(&mut self, line: &str, job: Option<Uuid>) -> (Uuid, Answer) {
        let now = clock::now();
        self.pump(now);
        let job = job.unwrap_or_else(|| self.ids.uuid());
        let (name, arguments) = line.split_once(' ').unwrap_or((line, ""));
        self.jobs.insert(job, (name.to_owned(), arguments.to_owned()));
        let answer = self.run(now, line, job);
        (job, answer)
    }

    /// Tells of a job that is done.
    pub fn finish_job(&mut self, at: Moment, job: Uuid, text: &str) {
        if let Some(waiter) = self.waiters.remove(&job) {
            // As above: the client may be gone.
            let _ = waiter.send(text.to_owned());
            return;
        }
        let (name, arguments) = self.jobs.remove(&job).unwrap_or_default();
        let more = vec![
            ("Job-UUID".to_owned(), job.to_string()),
            ("Job-Command".to_owned(), name),
            ("Job-Command-Arg".to_owned(), arguments),
        ];
        self.publish(at, "BACKGROUND_JOB", None, |_| more, text);
    }

    /// Lets time pass and sends what has happened.
    pub fn pump(&mut self, now: Moment) {
        for event in self.world.advance(now) {
            self.tell(&event);
        }
        if now >= self.heartbeat_at {
            self.heartbeat_at = now + millis(self.heartbeat);
            self.tell_heartbeat(now);
        }
    }

    fn tell(&mut self, event: &WorldEvent) {
        match (&event.kind, &event.leg) {
            (EventKind::Job { job, leg, failure }, _) => {
                let text = failure.map_or_else(|| format!("+OK {leg}\n"), |cause| format!("-ERR {cause}\n"));
                self.finish_job(event.at, *job, &text);
            }
            (kind, Some(leg)) => {
                let written = match kind {
                    // Begun by an application of the leg, and not by a command.
                    EventKind::RecordStart { path } if !Path::new(path).exists() => {
                        recorder::start(path, Sides::of(leg))
                    }
                    EventKind::RecordStop { path, ms, masked } => {
                        recorder::finish(path, Sides::of(leg), *ms, masked)
                    }
                    _ => Ok(()),
                };
                if let Err(error) = written {
                    tracing::warn!(%error, "a recording cannot be written");
                }
                if *kind == EventKind::Destroy {
                    self.report(leg);
                }
                let more = |_: &Identity| headers::of_event(event, leg);
                self.publish(event.at, kind.name(), kind.subclass(), more, "");
            }
            (
                kind @ (EventKind::Registered(phone)
                | EventKind::Unregistered(phone)
                | EventKind::Expired(phone)),
                None,
            ) => {
                let more = |_: &Identity| registrar::of_event(kind, phone, event.at);
                self.publish(event.at, kind.name(), kind.subclass(), more, "");
            }
            (_, None) => {}
        }
    }

    /// Sends a leg's call record on its way.
    fn report(&self, leg: &Leg) {
        if let Some(cdrs) = &self.cdrs
            && cdrs.try_send(cdr::record(&self.identity, leg)).is_err()
        {
            tracing::warn!(leg.id = %leg.id(), "too many call records wait: one is lost");
        }
    }

    fn tell_heartbeat(&mut self, now: Moment) {
        let sessions = self.world.legs().len();
        let up_ms = now.since_ms(self.identity.started_at);
        let more = vec![
            ("Event-Info".to_owned(), "System Ready".to_owned()),
            ("Uptime-msec".to_owned(), up_ms.to_string()),
            ("Session-Count".to_owned(), sessions.to_string()),
            ("Max-Sessions".to_owned(), "1000".to_owned()),
            ("Session-Since-Startup".to_owned(), self.world.sessions_started().to_string()),
            ("Heartbeat-Interval".to_owned(), self.heartbeat.as_secs().to_string()),
        ];
        self.publish(now, "HEARTBEAT", None, |_| more, "");
    }

    /// Sends one event to everybody who wants it.
    fn publish(
        &mut self,
        at: Moment,
        name: &str,
        subclass: Option<&str>,
        more: impl FnOnce(&Identity) -> Headers,
        body: &str,
    ) {
        self.sequence += 1;
        if self.lose > 0 {
            self.lose -= 1;
            return;
        }
        if !self.clients.iter().any(|client| client.subscription.wants(name, subclass)) {
            return;
        }
        let mut all = headers::preamble(&self.identity, name, at, self.sequence);
        all.extend(more(&self.identity));
        let frame = Bytes::from(headers::frame(&all, body));
        for client in self.clients.iter().filter(|client| client.subscription.wants(name, subclass)) {
            if client.outbox.try_send(frame.clone()).is_err() {
                tracing::warn!(client = client.id, name, "a client reads too slowly: an event is lost");
            }
        }
    }
}

impl SimHandle {
    /// Stops the switch: connections are closed, calls are gone.
    pub fn stop(&self) {
        self.shared.stop.cancel();
    }

    /// Cuts every connection; the calls go on.
    pub fn drop_connections(&self) {
        let mut core = self.shared.lock();
        let fresh = self.shared.stop.child_token();
        std::mem::replace(&mut core.connections, fresh).cancel();
    }

    /// Cuts every connection and lets nobody in until called with `false`; the
    /// calls go on.
    pub fn refuse_connections(&self, refuse: bool) {
        self.shared.lock().refuse = refuse;
        if refuse {
            self.drop_connections();
        }
    }

    /// Writes nothing to anybody until called with `false`.
    pub fn stall(&self, stalled: bool) {
        self.shared.stalled.send_replace(stalled);
    }

    /// The switch's process dies and starts again: all calls are gone without a
    /// word, connections are cut, and its core has a new id.
    pub fn restart_switch(&self) {
        {
            let mut core = self.shared.lock();
            core.world.restart();
            core.jobs.clear();
            core.waiters.clear();
            core.sequence = 0;
            core.identity.core = core.ids.uuid();
            core.identity.started_at = clock::now();
        }
        self.drop_connections();
    }

    /// Loses the next `count` events.
    pub fn lose_events(&self, count: u32) {
        self.shared.lock().lose = count;
    }

    /// The far end of this leg, a customer or a desk phone, hangs up now;
    /// false when there is no such leg.
    pub fn far_end_hangs_up(&self, leg: LegId) -> bool {
        let done = self.shared.lock().world.far_end_hangs_up(clock::now(), leg);
        self.shared.wake();
        done
    }

    /// From now on a desk phone does this with every call; `None`: what phones
    /// do.
    pub fn set_phone(&self, extension: &str, conduct: Option<Conduct>) {
        self.shared.lock().world.set_phone(extension, conduct);
    }

    /// A desk phone takes its registration back, or registers (again).
    pub fn set_registered(&self, extension: &str, registered: bool) {
        self.shared.lock().world.set_registered(clock::now(), extension, registered);
        self.shared.wake();
    }

    /// The registration of a desk phone that is gone without a word runs out.
    pub fn expire(&self, extension: &str) {
        self.shared.lock().world.expire(clock::now(), extension);
        self.shared.wake();
    }

    /// The trunk fails, or works again.
    pub fn set_trunk_down(&self, down: bool) {
        self.shared.lock().world.set_trunk_down(down);
    }

    /// A customer calls now; false when their leg's id is in use.
    pub fn call_in(&self, call: CallIn) -> bool {
        self.lines().call_in(call)
    }

    /// The far end of a leg presses a key.
    pub fn press(&self, leg: LegId, key: char) {
        let keys = key.to_string();
        self.shared.lock().world.command(clock::now(), WorldCommand::TakeKeys { leg, keys });
        self.shared.wake();
    }

    /// The lines over which customers call, for somebody who does not keep the
    /// switch running.
    pub fn lines(&self) -> Lines {
        Lines { shared: Arc::clone(&self.shared) }
    }

    /// Every leg that is up, the oldest first.
    pub fn legs(&self) -> Vec<Leg> {
        self.shared.lock().world.legs().into_iter().cloned().collect()
    }
}

/// The lines over which customers call.
#[derive(Debug, Clone)]
pub struct Lines {
    shared: Arc<Shared>,
}

impl Lines {
    /// A customer calls now; false when their leg's id is in use.
    pub fn call_in(&self, call: CallIn) -> bool {
        let done = self.shared.lock().world.call_in(clock::now(), call);
        self.shared.wake();
        done
    }
}

impl Drop for SimHandle {
    fn drop(&mut self) {
        self.stop();
    }
}
