//! The loop: take an input, apply it, carry its effects out.

use super::loader::Loader;
use super::writer::{self, Entry, Writer};
use super::{Answer, Ask, Command, Parts, SwitchPort};
use crate::base::clock::{self, Moment};
use crate::base::ids::{AgentId, LegId};
use crate::base::limits;
use crate::floor::Floor;
use crate::floor::effect::{Effect, Fact, SwitchCommand};
use crate::floor::input::{Input, Ticket};
use crate::floor::refusal::Refusal;
use crate::live::hub::Hub;
use crate::store::changes::{Change, ChangeListener};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// How long the loop sleeps at most, so that a clock set forward is noticed.
const NAP_MS_MAX: i64 = 1_000;
/// How often campaigns are read again although nothing was told: calling
/// hours begin with a new day.
const RELOAD_EVERY_MS: i64 = 60_000;

pub(super) struct Driver {
    floor: Floor,
    hub: Hub,
    loader: Loader,
    changes: ChangeListener,
    shutdown: CancellationToken,
    db: crate::store::Db,
    last_ticket: u64,
    /// Who waits for which answer. The floor answers every ticket, at its
    /// deadline at the latest.
    asked: HashMap<Ticket, (AgentId, Answer)>,
}

/// Where effects go while the loop runs.
struct Outlets {
    switch: Arc<dyn SwitchPort>,
    facts: mpsc::Sender<Entry>,
    inputs: mpsc::Sender<Input>,
    lagging: bool,
}

impl Driver {
    pub(super) fn prepare(parts: Parts) -> Self {
        let Parts { db, changes, hub, zone, home, run, shutdown } = parts;
        let changes_heard = changes.listen();
        let loader = Loader { db: db.clone(), hub: hub.clone(), zone, home };
        Self {
            floor: Floor::new(run),
            hub,
            loader,
            changes: changes_heard,
            shutdown,
            db,
            last_ticket: 0,
            asked: HashMap::new(),
        }
    }

    pub(super) async fn run(
        mut self,
        switch: Arc<dyn SwitchPort>,
        mut from_switch: mpsc::Receiver<Input>,
        mut commands: mpsc::Receiver<Command>,
    ) {
        let (inputs, mut from_inside) = mpsc::channel(limits::FLOOR_INPUTS);
        let (facts, queue) = mpsc::channel(limits::FACTS_WAITING);
        let writer = Writer::new(self.db.clone(), switch.clone(), inputs.clone(), self.loader.zone);
        let writer = tokio::spawn(writer.run(queue));
        let mut out = Outlets { switch, facts, inputs, lagging: false };
        for input in self.loader.first_inputs().await {
            self.apply(&mut out, input);
        }
        let mut reload_at = clock::now() + RELOAD_EVERY_MS;
        loop {
            let now = clock::now();
            if now >= reload_at {
                reload_at = now + RELOAD_EVERY_MS;
                self.loader.spawn_caller_ids(out.inputs.clone());
                self.loader.spawn_campaigns(out.inputs.clone());
                self.loader.spawn_do_not_call(out.inputs.clone());
            }
            // The switch first: a customer is waiting there.
            tokio::select! {
                biased;
                () = self.shutdown.cancelled() => break,
                Some(input) = from_switch.recv() => self.apply(&mut out, input),
                Some(command) = commands.recv() => self.apply_command(&mut out, command),
                Some(input) = from_inside.recv() => self.apply(&mut out, input),
                Some(change) = self.changes.next() => self.follow(&out, change),
                () = sleep_until(self.floor.next_wakeup(), now) => self.apply(&mut out, Input::Tick),
            }
        }
        drop(out);
        if let Err(error) = writer.await {
            tracing::error!(%error, "the writer of facts ended badly");
        }
    }

    fn apply_command(&mut self, out: &mut Outlets, command: Command) {
        let (ask, answer) = match command {
            Command::Ask(ask, answer) => (ask, answer),
            Command::RecordingSpace(space) => return self.apply(out, Input::RecordingSpace(space)),
        };
        self.last_ticket += 1;
        let ticket = Ticket(self.last_ticket);
        let (person, input) = match ask {
            Ask::Agent(agent, command) => (agent, Input::Agent { agent, command, ticket }),
            Ask::Supervisor(supervisor, command) => {
                (supervisor, Input::Supervisor { supervisor, command, ticket })
            }
        };
        self.asked.insert(ticket, (person, answer));
        self.apply(out, input);
    }

    fn answer(&mut self, ticket: Ticket, refusal: Option<Refusal>) {
        let Some((person, answer)) = self.asked.remove(&ticket) else { return };
        // Whoever asked may have gone away; the command stands.
        let _ = answer.send(match refusal {
            Some(refusal) => Err(refusal),
            None => Ok(self.floor.agent_live(person)),
        });
    }

    fn apply(&mut self, out: &mut Outlets, input: Input) {
        let started = clock::now();
        let leg = event_leg(&input);
        let effects = self.floor.apply(started, input);
        for effect in effects {
            match effect {
                Effect::Switch(command @ SwitchCommand::DialCustomer { call, .. }) => {
                    let until = self.floor.may_dial_until(call);
                    out.write(Entry::Dial { command, until });
                }
                Effect::Switch(command) => {
                    let at_once = leg == Some(command.subject().0);
                    let send = if at_once { SwitchPort::send_at_once } else { SwitchPort::send };
                    if !send(&*out.switch, command.clone()) {
                        tracing::warn!(?command, "the switch link takes no command now");
                    }
                }
                Effect::Record(Fact::Ignored { why, .. }) => tracing::warn!(why, "ignored by the floor"),
                Effect::Record(fact) => out.write(Entry::Fact(fact)),
                Effect::Tell(tell) => self.hub.publish(tell),
                Effect::WantLeads { campaign, count } => {
                    self.loader.spawn_claim(campaign, count, out.inputs.clone());
                }
                Effect::WantCaller { call, number } => {
                    let queue = self.floor.queue_of(call);
                    self.loader.spawn_caller(call, queue, number, out.inputs.clone());
                }
                Effect::ReturnLeads { leads, .. } => self.loader.spawn_release(leads),
                Effect::Answer { ticket, refusal } => self.answer(ticket, refusal),
            }
        }
        metrics::histogram!("floor_input_seconds").record(clock::now().since_ms(started) as f64 / 1_000.0);
        self.watch_the_queue(out);
    }

    /// No new attempts while many facts wait to be written.
    fn watch_the_queue(&mut self, out: &mut Outlets) {
        let waiting = out.facts.max_capacity() - out.facts.capacity();
        let lagging = waiting > limits::FACTS_WAITING_BEFORE_DIALLING_STOPS;
        if lagging != out.lagging {
            out.lagging = lagging;
            tracing::warn!(waiting, lagging, "facts waiting to be written");
            // The writer reports a store that is away; this reports a slow one.
            let _ = out.inputs.try_send(Input::StoreLagging(lagging));
        }
    }

    fn follow(&self, out: &Outlets, change: Change) {
        match change {
            Change::Campaign(campaign) => self.loader.spawn_campaign(campaign, out.inputs.clone()),
            Change::Queue(queue) => self.loader.spawn_queue(queue, out.inputs.clone()),
            Change::Agent(agent) => {
                self.loader.spawn_agent(agent, out.inputs.clone());
                // Of a queue's members, those count who can take calls.
                self.loader.spawn_queues(out.inputs.clone());
            }
            Change::Leads(_) => self.loader.spawn_campaigns(out.inputs.clone()),
            Change::Numbers => self.look_up_callers(out),
            Change::DoNotCall => self.loader.spawn_do_not_call(out.inputs.clone()),
            Change::CallerIds => self.loader.spawn_caller_ids(out.inputs.clone()),
            Change::Gateways => {
                self.loader.spawn_gateways(out.switch.clone(), out.inputs.clone());
                // A campaign names its gateway, and so does a queue.
                self.loader.spawn_campaigns(out.inputs.clone());
                self.loader.spawn_queues(out.inputs.clone());
            }
            Change::Everything => {
                self.loader.spawn_caller_ids(out.inputs.clone());
                self.loader.spawn_campaigns(out.inputs.clone());
                self.loader.spawn_queues(out.inputs.clone());
                self.loader.spawn_agents(out.inputs.clone());
                self.loader.spawn_gateways(out.switch.clone(), out.inputs.clone());
                self.loader.spawn_do_not_call(out.inputs.clone());
                self.look_up_callers(out);
            }
        }
    }

    /// Asks again who they are that call and nobody knows.
    fn look_up_callers(&self, out: &Outlets) {
        for live in self.floor.calls_live() {
            if let (None, None, Some(number)) = (live.campaign, live.customer, live.number) {
                self.loader.spawn_caller(live.call, live.queue, number, out.inputs.clone());
            }
        }
    }
}

impl Outlets {
    fn write(&self, entry: Entry) {
        if let Err(refused) = self.facts.try_send(entry) {
            // Dialling stopped long before the queue was full; what is lost
            // here is at least in the log.
            tracing::error!(entry = ?writer::refused(refused), "the queue of facts is full: NOT WRITTEN");
        }
    }
}

/// The leg that the switch said something of.
fn event_leg(input: &Input) -> Option<LegId> {
    match input {
        Input::Switch(event) => Some(event.leg),
        _ => None,
    }
}

async fn sleep_until(due: Option<Moment>, now: Moment) {
    let ms = due.map_or(NAP_MS_MAX, |due| due.since_ms(now)).clamp(0, NAP_MS_MAX);
    tokio::time::sleep(Duration::from_millis(ms.unsigned_abs())).await;
}
