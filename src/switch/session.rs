//! One connection to the switch, from the wait until it can take calls to its
//! end.
//!
//! In: requests, and the switch's events. Out: inputs for the floor, and why
//! the connection ended. What is asked of the switch, and its answers, are in
//! `session/under_way.rs`.

mod held;
mod under_way;

use crate::base::clock::{self, Moment, Stopwatch};
use crate::base::ids::{AgentId, LegId};
use crate::floor::input::{ChannelSnapshot, Input, LegLabel};
use crate::floor::phone::PhoneNews;
use crate::switch::decode;
use crate::switch::delays::Delays;
use crate::switch::encode::Site;
use crate::switch::event_log::EventLog;
use crate::switch::link::{Backoff, LinkConfig, Request};
use crate::switch::meters;
use crate::switch::problem::{Problem, address};
use crate::switch::snapshot::{self, RollCall};
use crate::switch::socket::{Heard, Socket};
use crate::switch::wire::{Failure, Wire};
use freeswitch_esl::{EslCommand, EslError, EslEvent, EslEventType, EventFormat, EventSubscription};
use futures_util::{FutureExt, StreamExt};
use held::{Held, PARKED_WITHIN};
use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
pub(super) use under_way::refuse;
use under_way::{Answered, UnderWay};

/// How often we look whether events were dropped. Also the shortest time
/// between two full lists of channels, however many are dropped.
const LOSS_CHECK_EVERY: Duration = Duration::from_millis(250);
/// After its ringing time and this, the result of an originate is not waited
/// for any more, in milliseconds.
const ORIGINATE_GRACE_MS: i64 = 60_000;
/// Roll calls that come soon after a list of channels: one leg that it did not
/// have yet is missed in two of them.
const ROLLS_SOON: u8 = 2;
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
    /// Whether it is where it was to go when answered.
    parked: bool,
    /// When its result is not waited for any more.
    until: Moment,
}

/// An open connection.
pub(super) struct Session<'a> {
    config: &'a LinkConfig,
    site: Site,
    inputs: &'a mpsc::Sender<Input>,
    wire: Wire,
    events: mpsc::Receiver<Heard>,
    under_way: UnderWay,
    /// Bridges of legs that are not parked yet, the first one first.
    held: VecDeque<Held>,
    /// Answers that came with the end of the connection.
    unsettled: Vec<Answered>,
    delays: Delays,
    log: Option<EventLog>,
    roll: RollCall,
    /// How many more roll calls come before their time, and when the last was,
    /// or the list.
    rolls_soon: u8,
    listed_at: Instant,
    /// Whose desk phone a leg is.
    agents: HashMap<LegId, AgentId>,
    /// Originates whose result is not in yet.
    pending: HashMap<LegId, Pending>,
    /// When the switch was last heard.
    heard_at: Moment,
    /// A command was not answered in time.
    suspect: bool,
    /// It was asked whether it is there.
    on_trial: bool,
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
        let (socket, events) = Socket::open(config).await?;
        subscribe(config, &socket).await?;
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
            wire: Wire { socket, address: address(config), command_timeout: config.command_timeout },
            events,
            under_way: UnderWay::new(),
            held: VecDeque::new(),
            unsettled: Vec::new(),
            delays: Delays::default(),
            log,
            roll: RollCall::default(),
            rolls_soon: 0,
            listed_at: Instant::now(),
            agents: HashMap::new(),
            pending: HashMap::new(),
            heard_at: clock::now(),
            suspect: false,
            on_trial: false,
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
            Ok(()) => End::Stop,
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
            let soon = (self.rolls_soon > 0).then_some(self.listed_at);
            self.try_if_quiet();
            // Every branch runs to its end once chosen: only the waiting is
            // given up, and that is safe for all of them.
            let open = tokio::select! {
                // An answer comes before the events that the switch sent after
                // it, and what is asked before what is only told.
                biased;
                () = shutdown.cancelled() => return Ok(()),
                _ = loss_check.tick() => {
                    self.note_dropped();
                    if self.resync_due { self.resync(requests).await? } else { true }
                }
                _ = roll_call.tick() => { self.call_the_roll(); true }
                () = passed(soon, self.config.list_lag) => {
                    self.rolls_soon -= 1;
                    self.listed_at = Instant::now();
                    self.call_the_roll();
                    true
                }
                () = passed(self.held_since(), PARKED_WITHIN) => { self.let_go(); true }
                () = passed(self.wire.socket.waits_since(), self.config.stall_after), if !self.stalled => {
                    self.note_stall().await
                }
                Some(answered) = self.under_way.next() => {
                    if self.wire.socket.is_over() {
                        // First the last events, and that the switch is away.
                        self.unsettled.push(answered);
                        true
                    } else {
                        self.settle(answered).await?
                    }
                }
                // On a connection that may be dead nothing more is asked.
                request = requests.recv(), if !self.on_trial => match request {
                    None => return Ok(()),
                    Some(request) => { self.carry_out(request); true }
                },
                event = self.events.recv() => match event {
                    None => return Err(self.wire.socket.ended()),
                    Some((event, at)) => self.received(event, at).await,
                },
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
                event = self.events.recv() => match event {
                    None => return Err(self.wire.socket.ended()),
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
        let channels = self.list().await?;
        let Some(channels) = channels else { return Ok(false) };
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
        meters::connected();
        tracing::info!(switch.core = %core, switch.channels = channels.len(), "connected to the switch");
        self.up = true;
        if !self.tell(Input::SwitchUp { core, channels }).await {
            return Ok(false);
        }
        self.rescan_gateways();
        Ok(true)
    }

    /// After lost events: the whole truth once more. Commands that wait are
    /// sent first, so that their legs are in it or among the pending ones.
    async fn resync(&mut self, requests: &mut mpsc::Receiver<Request>) -> Result<bool, Problem> {
        while let Ok(request) = requests.try_recv() {
            self.carry_out(request);
        }
        let Some(mut channels) = self.list().await? else { return Ok(false) };
        // What was asked before the list has its answer by now.
        while let Some(Some(answered)) = self.under_way.next().now_or_never() {
            if !self.settle(answered).await? {
                return Ok(false);
            }
        }
        (self.resync_due, self.stalled) = (false, false);
        let core = self.wire.core().await?;
        if !self.list_phones().await {
            return Ok(false);
        }
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

    /// The list of channels, and before it for the floor the events that are
    /// older: after it they would tell of things that are over as if they were
    /// new. `None`: nobody reads the inputs any more.
    async fn list(&mut self) -> Result<Option<Vec<ChannelSnapshot>>, Problem> {
        let legs = self.wire.legs().await?;
        for _ in 0..self.events.len() {
            let Ok((event, at)) = self.events.try_recv() else { break };
            if !self.received(event, at).await {
                return Ok(None);
            }
        }
        let channels = self.wire.channels(legs).await?;
        // It is a table that lags behind.
        (self.rolls_soon, self.listed_at) = (ROLLS_SOON, Instant::now());
        self.roll.reset(channels.iter().map(|channel| channel.leg));
        self.agents.extend(channels.iter().filter_map(|channel| match channel.label {
            Some(LegLabel::Agent { agent, .. }) => Some((channel.leg, agent)),
            _ => None,
        }));
        Ok(Some(channels))
    }

    async fn received(&mut self, event: Result<EslEvent, EslError>, at: Stopwatch) -> bool {
        self.heard_at = clock::now();
        let event = match event {
            Ok(event) => event,
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
                match self.pending.get_mut(&leg) {
                    Some(pending) => pending.made = true,
                    // Asked for before this connection and made after its list:
                    // the floor may not know it, but the list tells it whose it is.
                    None => self.resync_due |= snapshot::label(|name| event.variable_str(name)).is_some(),
                }
            }
            (Some(EslEventType::ChannelPark), Some(leg)) => {
                if let Some(pending) = self.pending.get_mut(&leg) {
                    pending.parked = true;
                }
                self.let_go();
            }
            (Some(EslEventType::ChannelHangupComplete), Some(leg)) => {
                self.roll.gone(leg);
                self.agents.remove(&leg);
            }
            (Some(EslEventType::BackgroundJob), _) => {
                // Once there was a channel, its own end says more (the SIP
                // status), and comes for certain, if sometimes after the job's
                // (tests/data/esl/originate_no_answer_timeout.jsonl).
                let pending = decode::originated_leg(event).and_then(|leg| self.pending.remove(&leg));
                self.let_go();
                return !pending.is_some_and(|pending| pending.made);
            }
            _ => {}
        }
        true
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
        let dropped = self.wire.socket.dropped();
        if dropped > self.dropped {
            meters::lost(dropped - self.dropped);
            self.dropped = dropped;
            self.resync_due = true;
        }
    }

    /// False: nobody reads the inputs any more.
    fn tell(&self, input: Input) -> impl Future<Output = bool> + Send + use<'a> {
        let inputs = self.inputs;
        async move { inputs.send(input).await.is_ok() }
    }
}

/// Asks for the events.
async fn subscribe(config: &LinkConfig, socket: &Socket) -> Result<(), Problem> {
    let unusable = |reason: String| Problem::Unusable(address(config), reason);
    let mut wanted = EventSubscription::new(EventFormat::Plain).events(decode::EVENTS);
    for subclass in decode::CUSTOM_EVENTS {
        wanted = wanted.custom_subclass(subclass).map_err(|error| unusable(error.to_string()))?;
    }
    let events = wanted.to_event_string().unwrap_or_default();
    let command = EslCommand::Events { format: wanted.format().to_string(), events };
    let answer = socket.post(&command, config.command_timeout).await;
    match answer.and_then(|response| response.into_result().map_err(Failure::from)) {
        Ok(_) => Ok(()),
        Err(Failure::NoAnswer(reason) | Failure::Refused(reason)) => Err(unusable(reason)),
    }
}

/// Waits until so long after `since`; forever when nothing is waited for.
async fn passed(since: Option<Instant>, wait: Duration) {
    match since {
        Some(since) => tokio::time::sleep_until(since + wait).await,
        None => std::future::pending().await,
    }
}

/// A ticker that waits a whole period before its first tick and does not make
/// up for missed ones.
fn every(period: Duration) -> tokio::time::Interval {
    let mut ticks = tokio::time::interval_at(tokio::time::Instant::now() + period, period);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    ticks
}
