//! The link between the floor and the simulated switch, with what goes wrong
//! on it: events lost, late or out of order between legs, commands that fail or
//! whose answer is lost, and cuts.
//!
//! It stands for the production link, which speaks TCP and real time, and keeps
//! its promises: events as the floor's inputs, refused commands as
//! `CommandFailed`, a list of channels after every connection and after losses
//! that are noticed.

use super::Due;
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, LegId};
use crate::floor::effect::{HangUpCause, SwitchCommand};
use crate::floor::input::{ChannelSnapshot, HangUp, Input, LegChange, LegEvent, LegLabel};
use crate::sim::apps::App;
use crate::sim::chance::Chance;
use crate::sim::event::{EventKind, WorldEvent};
use crate::sim::leg::{Leg, Target};
use crate::sim::world::{Originate, Reply, World, WorldCommand};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Per mille of events that are lost, or come late.
const LOST: u32 = 2;
const LATE: u32 = 10;
/// Per mille of commands that fail, or whose answer is lost.
const FAILED: u32 = 3;

/// The link.
#[derive(Debug)]
pub(super) struct Wire {
    chance: Chance,
    faulty: bool,
    up: bool,
    connection: u32,
    core: Uuid,
    /// No event of a leg overtakes an earlier one of the same leg.
    not_before: HashMap<LegId, Moment>,
    /// Asked for while there was no connection.
    held: Vec<SwitchCommand>,
    /// Originates whose outcome is not known yet.
    pending: BTreeMap<LegId, LegLabel>,
    faults: BTreeMap<&'static str, u64>,
}

impl Wire {
    pub fn new(mut chance: Chance, faulty: bool) -> Self {
        let core = chance.uuid();
        Self {
            chance,
            faulty,
            up: false,
            connection: 0,
            core,
            not_before: HashMap::new(),
            held: Vec::new(),
            pending: BTreeMap::new(),
            faults: BTreeMap::new(),
        }
    }

    pub fn faults(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.faults.iter().map(|(name, count)| (*name, *count))
    }

    /// Whether what was sent over this connection still arrives.
    pub fn stands(&self, connection: u32) -> bool {
        self.up && self.connection == connection
    }

    pub fn is_up(&self) -> bool {
        self.up
    }

    /// The connection breaks.
    pub fn cut(&mut self) -> Input {
        self.up = false;
        self.pending.clear();
        Input::SwitchDown { reason: "the connection to the switch broke".into() }
    }

    /// The switch's process is another one from now on.
    pub fn new_core(&mut self) {
        self.core = self.chance.uuid();
    }

    /// What was asked for in vain meanwhile: told before the connection is.
    pub fn refuse_held(&mut self) -> Vec<Input> {
        let held = std::mem::take(&mut self.held);
        held.iter().map(|command| failed(command, "no connection to the switch")).collect()
    }

    /// The connection stands (again).
    pub fn connect(&mut self, world: &World) -> Input {
        self.up = true;
        self.connection += 1;
        self.not_before.clear();
        self.channels(world)
    }

    /// The whole truth, on connecting and after losses.
    pub fn channels(&self, world: &World) -> Input {
        let mut channels: Vec<ChannelSnapshot> = world.legs().into_iter().map(snapshot).collect();
        for (leg, label) in &self.pending {
            if !channels.iter().any(|channel| channel.leg == *leg) {
                let label = Some(label.clone());
                channels.push(ChannelSnapshot::new(*leg, label, false, None));
            }
        }
        Input::SwitchUp { core: self.core.to_string(), channels }
    }

    /// An event of the switch on its way to the floor.
    pub fn deliver(&mut self, now: Moment, event: &WorldEvent) -> Vec<(Moment, Due)> {
        if let EventKind::Job { leg, .. } = &event.kind {
            self.pending.remove(leg);
        }
        if !self.up {
            return Vec::new();
        }
        let mut due = Vec::new();
        for (leg, input) in decode(event) {
            if self.faulty && self.chance.permille(LOST) {
                *self.faults.entry("events lost").or_default() += 1;
                // Some losses are noticed, by a full queue or a roll call.
                if self.chance.permille(500) {
                    let at = now + self.chance.between(250, 15_000);
                    due.push((at, Due::Fault(super::Fault::Resync)));
                }
                continue;
            }
            let mut at = now + self.chance.between(0, 3);
            if self.faulty && self.chance.permille(LATE) {
                *self.faults.entry("events late").or_default() += 1;
                at = at + self.chance.between(5, 1_500);
            }
            let earliest = self.not_before.entry(leg).or_insert(at);
            at = at.max(*earliest);
            *earliest = at;
            due.push((at, Due::Event { connection: self.connection, input }));
        }
        if event.kind == EventKind::Destroy
            && let Some(leg) = &event.leg
        {
            self.not_before.remove(&leg.id());
        }
        due
    }

    /// Carries a command out, and says what comes back.
    pub fn obey(&mut self, now: Moment, world: &mut World, command: SwitchCommand) -> Vec<(Moment, Due)> {
        if !self.up {
            self.held.push(command);
            return Vec::new();
        }
        let bad_luck = self.faulty && self.chance.permille(FAILED);
        // A hang-up whose connection stands is carried out, or there is
        // nothing to hang up; only its answer can be lost.
        let can_fail = !matches!(command, SwitchCommand::HangUp { .. } | SwitchCommand::Check { .. });
        let done = if bad_luck && can_fail && self.chance.permille(500) {
            *self.faults.entry("commands failed").or_default() += 1;
            false
        } else {
            let done = self.execute(now, world, &command);
            if bad_luck {
                *self.faults.entry("answers lost").or_default() += 1;
            }
            done && !bad_luck
        };
        // Silence is no answer to the question whether a leg exists.
        if done || (bad_luck && matches!(command, SwitchCommand::Check { .. })) {
            return Vec::new();
        }
        vec![(now + self.chance.between(1, 4), Due::Input(failed(&command, "refused or not answered")))]
    }

    fn execute(&mut self, now: Moment, world: &mut World, command: &SwitchCommand) -> bool {
        let order = match command {
            SwitchCommand::Check { leg } => return world.leg(*leg).is_some(),
            SwitchCommand::DialCustomer { leg, call, .. } => {
                self.pending.insert(*leg, LegLabel::Customer { call: *call });
                WorldCommand::Originate(customer(command))
            }
            SwitchCommand::RingAgent { leg, agent, nailed, call, .. } => {
                let label = LegLabel::Agent { agent: *agent, nailed: *nailed, call: *call };
                self.pending.insert(*leg, label);
                WorldCommand::Originate(phone(command))
            }
            SwitchCommand::Bridge { first, second } => {
                WorldCommand::Bridge { first: *first, second: *second }
            }
            SwitchCommand::HangUp { leg, cause } => {
                let cause = match cause {
                    HangUpCause::NormalClearing => "NORMAL_CLEARING",
                    HangUpCause::OriginatorCancel => "ORIGINATOR_CANCEL",
                };
                WorldCommand::Kill { leg: *leg, cause }
            }
            SwitchCommand::StartRecording { leg, call } => {
                WorldCommand::Record { leg: *leg, path: format!("/recordings/{call}.wav") }
            }
            _ => return false,
        };
        world.command(now, order) == Reply::Ok
    }
}

fn customer(command: &SwitchCommand) -> Originate {
    let SwitchCommand::DialCustomer { call, leg, gateway, number, caller_id, ring_seconds } = command else {
        unreachable!("called for this command only")
    };
    Originate {
        leg: *leg,
        target: Target::Customer { gateway: gateway.clone(), number: number.to_string() },
        caller_id: caller_id.to_string(),
        ring_seconds: *ring_seconds,
        apps: vec![App::new("park", "")],
        variables: variables([
            ("tl_role", "customer".to_owned()),
            ("tl_call", call.to_string()),
            ("park_timeout", "120:NORMAL_CLEARING".to_owned()),
        ]),
        job: Some(leg.0),
    }
}

fn phone(command: &SwitchCommand) -> Originate {
    let SwitchCommand::RingAgent { agent, leg, extension, caller_id, nailed, call, ring_seconds } = command
    else {
        unreachable!("called for this command only")
    };
    let mut variables = variables([
        ("tl_role", "agent".to_owned()),
        ("tl_agent", agent.to_string()),
        ("tl_nailed", nailed.to_string()),
        ("park_after_bridge", nailed.to_string()),
    ]);
    variables.extend(call.map(|call| ("tl_call".to_owned(), call.to_string())));
    Originate {
        leg: *leg,
        target: Target::Phone { extension: extension.to_string() },
        caller_id: caller_id.to_string(),
        ring_seconds: *ring_seconds,
        apps: vec![App::new("park", "")],
        variables,
        job: Some(leg.0),
    }
}

fn variables<const N: usize>(pairs: [(&str, String); N]) -> BTreeMap<String, String> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn failed(command: &SwitchCommand, reason: &str) -> Input {
    let (leg, name) = command.subject();
    Input::CommandFailed { leg, command: name, reason: reason.to_owned() }
}

/// What an event means to the floor, as the production link reads it.
fn decode(event: &WorldEvent) -> Vec<(LegId, Input)> {
    let tell = |leg: LegId, what: LegChange| (leg, Input::Switch(LegEvent { leg, what }));
    if let EventKind::Job { leg, failure: Some(cause), .. } = &event.kind {
        return vec![tell(*leg, LegChange::HungUp(HangUp::cause(cause)))];
    }
    let Some(leg) = &event.leg else { return Vec::new() };
    let id = leg.id();
    let what = match &event.kind {
        EventKind::Create => LegChange::Created,
        EventKind::Progress => LegChange::Ringing { early_media: false },
        EventKind::Answer => LegChange::Answered,
        EventKind::Park => LegChange::Parked,
        EventKind::Bridge { a, b } => {
            return vec![
                tell(*a, LegChange::Bridged { other: *b }),
                tell(*b, LegChange::Bridged { other: *a }),
            ];
        }
        EventKind::Unbridge { a, b } => {
            return vec![
                tell(*a, LegChange::Unbridged { other: *b }),
                tell(*b, LegChange::Unbridged { other: *a }),
            ];
        }
        EventKind::RecordStart { path } => LegChange::RecordingStarted { path: path.clone() },
        EventKind::RecordStop { path, .. } => LegChange::RecordingStopped { path: path.clone() },
        EventKind::HangupComplete => {
            let ending = leg.ending;
            LegChange::HungUp(HangUp {
                cause: ending.map_or_else(String::new, |ending| ending.cause.to_owned()),
                sip_status: ending.and_then(|ending| ending.sip_status),
                by_far_end: ending.map(|ending| ending.by_far_end),
            })
        }
        _ => return Vec::new(),
    };
    vec![tell(id, what)]
}

fn snapshot(leg: &Leg) -> ChannelSnapshot {
    ChannelSnapshot {
        leg: leg.id(),
        label: label(leg),
        answered: leg.answered_at.is_some(),
        bridged_to: leg.bridged_to(),
        on_music: false,
        in_room: None,
    }
}

fn label(leg: &Leg) -> Option<LegLabel> {
    let call: Option<CallId> = leg.variable("tl_call").and_then(|text| text.parse().ok());
    match leg.variable("tl_role")? {
        "customer" => Some(LegLabel::Customer { call: call? }),
        "agent" => Some(LegLabel::Agent {
            agent: AgentId(leg.variable("tl_agent")?.parse().ok()?),
            nailed: leg.is_true("tl_nailed"),
            call,
        }),
        _ => None,
    }
}
