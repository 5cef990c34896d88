//! One connection to the switch, from the wait until it can take calls to its
//! end.
//!
//! In: requests, and the switch's events. Out: inputs for the floor, and why
//! the connection ended.

use crate::base::clock::{self, Moment, Stopwatch};
use crate::base::ids::LegId;
use crate::base::limits;
use crate::floor::effect::SwitchCommand;
use crate::floor::input::{ChannelSnapshot, CommandName, Input, LegLabel};
use crate::floor::phone::PhoneNews;
use crate::switch::decode;
use crate::switch::delays::Delays;
use crate::switch::ears::Ears;
use crate::switch::encode::{self, Line, Site};
use crate::switch::event_log::EventLog;
use crate::switch::link::{Backoff, LinkConfig, Request};
use crate::switch::meters;
use crate::switch::orders::{launched, metric_name, proved_by_reply};
use crate::switch::problem::{Problem, address};
use crate::switch::snapshot::{self, RollCall};
use crate::switch::wire::{Failure, Wire};
use freeswitch_esl::{
    AuthMethod, EslClient, EslConnectOptions, EslError, EslEvent, EslEventType, EventFormat,
    EventSubscription,
};
use secrecy::ExposeSecret;
use std::collections::HashMap;
use std::future::Future;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How often we look whether events were dropped. Also the shortest time
/// between two full lists of channels, however many are dropped.
const LOSS_CHECK_EVERY: Duration = Duration::from_millis(250);
/// After its ringing time and this, the result of an originate is not waited
/// for any more, in milliseconds.
const ORIGINATE_GRACE_MS: i64 = 60_000;
/// The longest wait before a switch that is starting is asked again.
const READY_ASK_EVERY: Duration = Duration::from_secs(2);

/// How a connection ended.
pub(super) enum End {
    /// Trunkline is stopping.
    Stop,
    /// It is gone.
    Broken(Problem),
}

/// An originate under way. Its channel may not exist yet, and must then not be
/// taken for gone.
struct Pending {
    label: LegLabel,
    /// Whether its channel was made.
    made: bool,
    /// When its result is not waited for any more.
    until: Moment,
}

/// An open connection.
pub(super) struct Session<'a> {
    config: &'a LinkConfig,
    site: Site,
    inputs: &'a mpsc::Sender<Input>,
    wire: Wire,
    events: Ears,
    delays: Delays,
    log: Option<EventLog>,
    roll: RollCall,
    /// Originates whose result is not in yet.
    pending: HashMap<LegId, Pending>,
    /// When the switch was last heard.
    heard_at: Moment,
    /// A command was not answered in time.
    suspect: bool,
    /// The floor was told that the switch does not answer.
    stalled: bool,
    dropped: u64,
    resync_due: bool,
    up: bool,
    /// The last reason why the switch cannot be used, as the floor has it.
    waits_for: Option<String>,
}

impl<'a> Session<'a> {
    /// Connects, logs in and subscribes.
    pub(super) async fn open(
        config: &'a LinkConfig,
        inputs: &'a mpsc::Sender<Input>,
    ) -> Result<Self, Problem> {
        let options = EslConnectOptions::new()
            .with_event_queue_size(limits::SWITCH_EVENTS)
            .with_connect_timeout(config.connect_timeout);
        let auth = AuthMethod::password(config.password.expose_secret());
        let (client, events) = EslClient::connect_with_auth(&config.host, config.port, auth, options)
            .await
            .map_err(|error| Problem::connecting(config, &error))?;
        client.set_command_timeout(config.command_timeout);
        let mut subscription = EventSubscription::new(EventFormat::Plain).events(decode::EVENTS);
        for subclass in decode::CUSTOM_EVENTS {
            subscription = subscription
                .custom_subclass(subclass)
                .map_err(|error| Problem::Unusable(address(config), error.to_string()))?;
        }
        client
            .apply_subscription(&subscription)
            .await
            .map_err(|error| Problem::Unusable(address(config), error.to_string()))?;
        client.set_liveness_timeout(config.silence_max);
        let log = match &config.event_log {
            None => None,
            Some(path) => EventLog::open(path)
                .await
                .inspect_err(|error| tracing::error!(%error, "the event log cannot be written"))
                .ok(),
        };
        Ok(Self {
            config,
            site: config.site(),
            inputs,
            wire: Wire { client, address: address(config), command_timeout: config.command_timeout },
            events: Ears::open(events),
            delays: Delays::default(),
            log,
            roll: RollCall::default(),
            pending: HashMap::new(),
            heard_at: clock::now(),
            suspect: false,
            stalled: false,
            dropped: 0,
            resync_due: false,
            up: false,
            waits_for: None,
        })
    }

    /// Whether the floor was told that the switch can be used.
    pub(super) fn was_up(&self) -> bool {
        self.up
    }

    /// Whether the floor was told anything of the switch's state.
    pub(super) fn has_told(&self) -> bool {
        self.up || self.waits_for.is_some()
    }

    /// Serves the connection until it ends.
    pub(super) async fn run(
        &mut self,
        requests: &mut mpsc::Receiver<Request>,
        shutdown: &CancellationToken,
    ) -> End {
        match self.serve(requests, shutdown).await {
            Ok(()) => {
                // The switch sees a proper end; whether it hears it is the same to us.
                let _ = self.wire.client.disconnect().await;
                End::Stop
            }
            Err(problem) => End::Broken(problem),
        }
    }

    async fn serve(
        &mut self,
        requests: &mut mpsc::Receiver<Request>,
        shutdown: &CancellationToken,
    ) -> Result<(), Problem> {
        if !self.wait_until_ready(requests, shutdown).await? || !self.start(requests).await? {
            return Ok(());
        }
        let mut loss_check = every(LOSS_CHECK_EVERY);
        let mut roll_call = every(self.config.roll_call_every);
        loop {
            // Before anything else: commands that wait must not each run into
            // their deadline on a connection that is dead.
            self.try_if_quiet().await?;
            // Every branch runs to its end once chosen: only the waiting is
            // given up, and that is safe for all of them.
            let open = tokio::select! {
                () = shutdown.cancelled() => return Ok(()),
                event = self.events.next() => match event {
                    None => return Err(self.ended()),
                    Some((event, at)) => self.received(event, at).await,
                },
                request = requests.recv() => match request {
                    None => return Ok(()),
                    Some(request) => self.carry_out(request).await,
                },
                _ = loss_check.tick() => {
                    self.note_dropped();
                    if self.resync_due { self.resync(requests).await? } else { true }
                }
                _ = roll_call.tick() => { self.call_the_roll().await; self.list_phones().await }
            };
            if !open {
                return Ok(());
            }
        }
    }

    /// Waits until the SIP profiles run. Meanwhile the switch is of no more use
    /// than one that is away: requests are refused, and events go no further
    /// than the log, because the list of channels comes after. False: stop.
    async fn wait_until_ready(
        &mut self,
        requests: &mut mpsc::Receiver<Request>,
        shutdown: &CancellationToken,
    ) -> Result<bool, Problem> {
        let mut pause = Backoff::new(self.config.backoff_min, self.config.backoff_max.min(READY_ASK_EVERY));
        let mut first_asked_at = None;
        loop {
            let missing = self.wire.missing_profiles().await?;
            if missing.is_empty() {
                return Ok(true);
            }
            let now = clock::now();
            let waited_ms = now.since_ms(*first_asked_at.get_or_insert(now));
            let patience = self.config.ready_patience;
            let problem = if u128::from(waited_ms.unsigned_abs()) < patience.as_millis() {
                Problem::Starting(address(self.config), missing.join(", "))
            } else {
                Problem::ProfileMissing(address(self.config), missing.join(", "), patience.as_secs())
            };
            if !self.tell_waiting(&problem).await || !self.pause(pause.next(), requests, shutdown).await? {
                return Ok(false);
            }
        }
    }

    /// Tells the floor why the switch cannot be used, once as long as it is the
    /// same. False: nobody reads the inputs any more.
    async fn tell_waiting(&mut self, problem: &Problem) -> bool {
        let reason = problem.to_string();
        if self.waits_for.as_ref() == Some(&reason) {
            return true;
        }
        tracing::warn!(switch.reason = %reason, "connected, but the switch takes no calls yet");
        self.waits_for = Some(reason.clone());
        self.tell(Input::SwitchDown { reason }).await
    }

    /// Lets a while pass. False: stop.
    async fn pause(
        &mut self,
        pause: Duration,
        requests: &mut mpsc::Receiver<Request>,
        shutdown: &CancellationToken,
    ) -> Result<bool, Problem> {
        let over = tokio::time::sleep(pause);
        tokio::pin!(over);
        loop {
            tokio::select! {
                // What is over before the list is read must not come after it.
                biased;
                () = shutdown.cancelled() => return Ok(false),
                event = self.events.next() => match event {
                    None => return Err(self.ended()),
                    Some((Ok(event), _)) => self.note(&event).await,
                    // Lost before the list of channels: nothing is missed.
                    Some((Err(_), _)) => {}
                },
                request = requests.recv() => match request {
                    None => return Ok(false),
                    Some(request) => if !refuse(request, self.inputs).await { return Ok(false) },
                },
                () = &mut over => return Ok(true),
            }
        }
    }

    /// Takes the floor up to date. What was asked for while there was no
    /// connection was meant for a world that is gone, and is refused first.
    async fn start(&mut self, requests: &mut mpsc::Receiver<Request>) -> Result<bool, Problem> {
        let channels = self.wire.channels().await?;
        let core = self.wire.core().await?;
        // Before the floor makes agents ready again: only those who can be rung.
        if !self.list_phones().await {
            return Ok(false);
        }
        while let Ok(request) = requests.try_recv() {
            if !refuse(request, self.inputs).await {
                return Ok(false);
            }
        }
        self.roll.reset(channels.iter().map(|channel| channel.leg));
        meters::connected();
        tracing::info!(switch.core = %core, switch.channels = channels.len(), "connected to the switch");
        self.up = true;
        if !self.tell(Input::SwitchUp { core, channels }).await {
            return Ok(false);
        }
        self.wire.rescan_gateways().await;
        Ok(true)
    }

    /// After lost events: the whole truth once more. Commands that wait are
    /// sent first, so that their legs are in it or among the pending ones.
    async fn resync(&mut self, requests: &mut mpsc::Receiver<Request>) -> Result<bool, Problem> {
        (self.resync_due, self.stalled) = (false, false);
        while let Ok(request) = requests.try_recv() {
            if !self.carry_out(request).await {
                return Ok(false);
            }
        }
        let mut channels = self.wire.channels().await?;
        let core = self.wire.core().await?;
        if !self.list_phones().await {
            return Ok(false);
        }
        self.roll.reset(channels.iter().map(|channel| channel.leg));
        let now = clock::now();
        self.pending.retain(|_, pending| pending.until > now);
        for (leg, pending) in &self.pending {
            if !pending.made && !channels.iter().any(|channel| channel.leg == *leg) {
                let label = Some(pending.label.clone());
                channels.push(ChannelSnapshot::new(*leg, label, false, None));
            }
        }
        meters::resynced();
        tracing::warn!(switch.channels = channels.len(), "starting from the switch's list of channels");
        Ok(self.tell(Input::SwitchUp { core, channels }).await)
    }

    async fn received(&mut self, event: Result<EslEvent, EslError>, at: Stopwatch) -> bool {
        self.heard_at = clock::now();
        let event = match event {
            Ok(event) => event,
            Err(EslError::QueueFull) => {
                self.note_dropped();
                return true;
            }
            Err(error) => {
                tracing::error!(%error, "an event of the switch cannot be read");
                meters::lost(1);
                self.resync_due = true;
                return true;
            }
        };
        self.delays.heard(&event, at);
        self.note(&event).await;
        if !self.keep_account(&event) {
            return true;
        }
        for input in decode::decode(&event) {
            if !self.tell(input).await {
                return false;
            }
        }
        true
    }

    /// Finds out whether a silent connection still works.
    async fn try_if_quiet(&mut self) -> Result<(), Problem> {
        let silent = Duration::from_millis(clock::now().since_ms(self.heard_at).unsigned_abs());
        if !self.suspect && silent < self.config.quiet_max {
            return Ok(());
        }
        // Given up half-way: the connection is closed then.
        let tried = tokio::time::timeout(self.config.try_for, self.wire.core());
        match patiently(self.config, self.inputs, &mut self.stalled, tried).await {
            Ok(Ok(_)) => {
                self.resync_due |= self.stalled;
                self.heard_at = clock::now();
                self.suspect = false;
                Ok(())
            }
            Ok(Err(_)) | Err(_) => {
                let silent_ms = clock::now().since_ms(self.heard_at);
                Err(Problem::Silent(silent_ms.unsigned_abs() / 1_000))
            }
        }
    }

    /// Counts an event and writes it into the log.
    async fn note(&mut self, event: &EslEvent) {
        meters::event();
        if let Some(log) = &mut self.log
            && let Err(error) = log.write(event).await
        {
            tracing::error!(%error, "the event log cannot be written; it ends here");
            self.log = None;
        }
    }

    /// Notes which legs there are. False: the event is not for the floor.
    fn keep_account(&mut self, event: &EslEvent) -> bool {
        match (event.event_type(), decode::leg(event)) {
            (Some(EslEventType::ChannelCreate), Some(leg)) => {
                self.roll.created(leg);
                if let Some(pending) = self.pending.get_mut(&leg) {
                    pending.made = true;
                }
            }
            (Some(EslEventType::ChannelHangupComplete), Some(leg)) => self.roll.gone(leg),
            (Some(EslEventType::BackgroundJob), _) => {
                // Once there was a channel, its own end says more (the SIP
                // status), and comes for certain, if sometimes after the job's
                // (tests/data/esl/originate_no_answer_timeout.jsonl).
                let pending = decode::originated_leg(event).and_then(|leg| self.pending.remove(&leg));
                return !pending.is_some_and(|pending| pending.made);
            }
            _ => {}
        }
        true
    }

    async fn carry_out(&mut self, request: Request) -> bool {
        let (command, at_once) = match request {
            Request::RescanGateways => {
                self.wire.rescan_gateways().await;
                return true;
            }
            Request::ForgetGateway(name) => {
                match encode::forget_gateway(&name) {
                    Ok(line) => self.wire.send_aside(&line).await,
                    Err(refused) => tracing::error!(%refused, "a gateway cannot be taken away"),
                }
                return true;
            }
            Request::Command { command, at_once } => (command, at_once),
        };
        let (leg, name) = command.subject();
        if name == CommandName::Bridge {
            self.delays.commanded(leg, at_once);
        }
        match self.obey(&command).await {
            Ok(()) if proved_by_reply(name) => self.tell(Input::CommandDone { leg, command: name }).await,
            Ok(()) => true,
            // Silence is no answer to the question whether a leg exists.
            Err(Failure::NoAnswer(reason)) if name == CommandName::Exists => {
                self.suspect = true;
                tracing::warn!(leg.id = %leg, reason, "could not ask for a leg");
                true
            }
            // It may have happened all the same; its events or the list tell.
            Err(Failure::NoAnswer(reason)) if name == CommandName::Originate => {
                self.suspect = true;
                meters::command_failed(metric_name(name));
                tracing::warn!(leg.id = %leg, reason, "nobody knows yet whether a leg is dialled");
                true
            }
            Err(Failure::NoAnswer(reason)) => {
                self.suspect = true;
                meters::command_failed(metric_name(name));
                self.tell(Input::CommandFailed { leg, command: name, reason }).await
            }
            Err(Failure::Refused(reason)) => {
                meters::command_failed(metric_name(name));
                self.tell(Input::CommandFailed { leg, command: name, reason }).await
            }
        }
    }

    /// Sends the lines of a command, each to its end.
    async fn obey(&mut self, command: &SwitchCommand) -> Result<(), Failure> {
        let (leg, name) = command.subject();
        let recording = match command {
            SwitchCommand::StartRecording { call, .. } => {
                encode::recording_path(&self.site, *call, clock::now(), Uuid::new_v4())
            }
            _ => String::new(),
        };
        let lines = encode::encode(command, &self.site, &recording)
            .map_err(|refused| Failure::Refused(refused.to_string()))?;
        // Noted before it is sent: an originate that is not answered in time may
        // have happened all the same.
        if let Some((label, ring_seconds)) = launched(command)
            && self.pending.len() < limits::SWITCH_COMMANDS
        {
            let until = clock::now() + i64::from(ring_seconds) * 1000 + ORIGINATE_GRACE_MS;
            self.pending.insert(leg, Pending { label, made: false, until });
        }
        for line in lines {
            let sent = self.wire.send(&line, metric_name(name));
            let answer = match patiently(self.config, self.inputs, &mut self.stalled, sent).await {
                Ok(answer) => {
                    self.resync_due |= self.stalled;
                    answer
                }
                Err(Failure::Refused(_)) if matches!(line, Line::Setting(_)) => continue,
                Err(failure) => {
                    if name == CommandName::Originate && matches!(failure, Failure::Refused(_)) {
                        self.pending.remove(&leg);
                    }
                    return Err(failure);
                }
            };
            if name == CommandName::Exists && answer != "true" {
                return Err(Failure::Refused("no such leg".into()));
            }
        }
        Ok(())
    }

    /// Compares the switch's list with ours. When it cannot be had, the next
    /// time will do: a broken or silent connection shows by itself.
    async fn call_the_roll(&mut self) {
        let question = Line::Api("show channels as json".into());
        let asked = self.wire.send(&question, "list");
        let listed = patiently(self.config, self.inputs, &mut self.stalled, asked).await;
        self.resync_due |= self.stalled && listed.is_ok();
        let legs = match listed.map(|list| snapshot::channels(&list)) {
            Ok(Ok(legs)) => legs,
            Ok(Err(error)) => return tracing::warn!(%error, "no roll call"),
            Err(Failure::NoAnswer(reason) | Failure::Refused(reason)) => {
                self.suspect = true;
                return tracing::warn!(reason, "no roll call");
            }
        };
        let lost = self.roll.call(legs);
        if lost > 0 {
            meters::lost(lost as u64);
            self.resync_due = true;
        }
    }

    /// Tells the floor every registration there is. When the list cannot be had,
    /// what is known stays. False: nobody reads the inputs any more.
    async fn list_phones(&mut self) -> bool {
        match self.wire.registrations().await {
            Some(list) => self.tell(Input::Phone(PhoneNews::Listed(list))).await,
            None => true,
        }
    }

    fn note_dropped(&mut self) {
        let dropped = self.wire.client.dropped_event_count();
        if dropped > self.dropped {
            meters::lost(dropped - self.dropped);
            self.dropped = dropped;
            self.resync_due = true;
        }
    }

    fn ended(&self) -> Problem {
        Problem::ended(self.config, self.wire.client.status())
    }

    async fn tell(&self, input: Input) -> bool {
        self.inputs.send(input).await.is_ok()
    }
}

/// Awaits an answer of the switch. When it takes long, the floor is told that
/// the switch is away, so that it does not take silence for failure: what it
/// would do then would be done on top of what is only late. A full list follows
/// when the switch answers again.
async fn patiently<T>(
    config: &LinkConfig,
    inputs: &mpsc::Sender<Input>,
    stalled: &mut bool,
    answer: impl Future<Output = T>,
) -> T {
    tokio::pin!(answer);
    if let Ok(answered) = tokio::time::timeout(config.stall_after, &mut answer).await {
        return answered;
    }
    if !*stalled {
        *stalled = true;
        let reason = Problem::Stalled(address(config)).to_string();
        tracing::warn!(switch.reason = %reason, "waiting for the switch");
        // Nobody reads the inputs at the end alone.
        let _ = inputs.send(Input::SwitchDown { reason }).await;
    }
    answer.await
}

/// Answers a request that cannot be carried out for want of a connection. False:
/// nobody reads the inputs any more.
pub(super) async fn refuse(request: Request, inputs: &mpsc::Sender<Input>) -> bool {
    let Request::Command { command, .. } = request else { return true };
    let (leg, name) = command.subject();
    if name == CommandName::Exists {
        // Not known; the next SwitchUp tells.
        return true;
    }
    let reason = "not connected to the switch".to_owned();
    inputs.send(Input::CommandFailed { leg, command: name, reason }).await.is_ok()
}

/// A ticker that waits a whole period before its first tick and does not make
/// up for missed ones.
fn every(period: Duration) -> tokio::time::Interval {
    let mut ticks = tokio::time::interval_at(tokio::time::Instant::now() + period, period);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    ticks
}
