//! The link between the floor and the simulated switch, with what goes wrong
//! on it: events lost, late or out of order between legs, commands that fail or
//! whose answer is lost, and cuts.
//!
//! It stands for the production link, which speaks TCP and real time, and keeps
//! its promises: events as the floor's inputs, refused commands as
//! `CommandFailed`, a list of channels after every connection and after losses
//! that are noticed.

use super::{Due, orders};
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, LegId};
use crate::base::phone::Dialable;
use crate::floor::effect::SwitchCommand;
use crate::floor::input::{ChannelSnapshot, CommandName, HangUp, Input, LegChange, LegEvent, LegLabel};
use crate::floor::phone::{PhoneNews, Registration};
use crate::sim::chance::Chance;
use crate::sim::event::{EventKind, WorldEvent};
use crate::sim::leg::{Leg, LegState};
use crate::sim::phone::SimPhone;
use crate::sim::world::{Reply, World};
use foldhash::{HashMap, HashMapExt};
use std::collections::BTreeMap;
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

    /// Every registration, as the link asks for it before anything else.
    pub fn phones(&self, world: &World) -> Input {
        let list = world.registered_phones();
        Input::Phone(PhoneNews::Listed(list.into_iter().filter_map(registration).collect()))
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
                if matches!(input, Input::Phone(_)) {
                    // The next list of registrations tells.
                    due.push((now + self.chance.between(250, 30_000), Due::Fault(super::Fault::PhoneList)));
                    continue;
                }
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
        let (leg, name) = command.subject();
        if done && matches!(name, CommandName::SendKeys | CommandName::Mask) {
            let input = Input::CommandDone { leg, command: name };
            return vec![(now + self.chance.between(1, 4), Due::Input(input))];
        }
        // Silence is no answer to the question whether a leg exists.
        if done || (bad_luck && matches!(command, SwitchCommand::Check { .. })) {
            return Vec::new();
        }
        vec![(now + self.chance.between(1, 4), Due::Input(failed(&command, "refused or not answered")))]
    }

    /// Sends the orders of a command, each to its end, as the production link
    /// sends its lines.
    fn execute(&mut self, now: Moment, world: &mut World, command: &SwitchCommand) -> bool {
        if let SwitchCommand::Check { leg } = command {
            return world.leg(*leg).is_some();
        }
        if let Some((leg, label)) = orders::launched(command) {
            self.pending.insert(leg, label);
        }
        orders::orders(command).into_iter().all(|order| world.command(now, order) == Reply::Ok)
    }
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
    if let Some((phone, news)) = phone_news(&event.kind) {
        // Events of one phone come in order, as those of one leg do.
        let number: u128 = phone.extension.parse().unwrap_or_default();
        return vec![(LegId(Uuid::from_u128(number)), Input::Phone(news))];
    }
    let Some(leg) = &event.leg else { return Vec::new() };
    let id = leg.id();
    let what = match &event.kind {
        EventKind::Create => LegChange::Created,
        EventKind::Progress => LegChange::Ringing { early_media: false },
        EventKind::Answer => LegChange::Answered,
        EventKind::Park => match leg.arrival().filter(|_| leg.variable("tl_role").is_none()) {
            Some(arrival) => LegChange::Arrived(arrival),
            None if leg.answered_at.is_none() => return Vec::new(),
            None => LegChange::Parked,
        },
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
        EventKind::PlaybackStart { .. } => LegChange::MusicStarted,
        EventKind::JoinedRoom { .. } => LegChange::JoinedRoom,
        EventKind::MediaBugStart { function: "audio", .. } => LegChange::Muted(true),
        EventKind::MediaBugStop { function: "audio", .. } => LegChange::Muted(false),
        EventKind::MediaBugStart { function: "eavesdrop", .. } => LegChange::Overheard(true),
        EventKind::MediaBugStop { function: "eavesdrop", .. } => LegChange::Overheard(false),
        EventKind::Dtmf { digit } => LegChange::Key(*digit),
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

fn phone_news(kind: &EventKind) -> Option<(&SimPhone, PhoneNews)> {
    let gone = |phone: &SimPhone, expired| {
        Some(PhoneNews::Unregistered { extension: Dialable::new(&phone.extension).ok()?, expired })
    };
    match kind {
        EventKind::Registered(phone) => Some((phone, PhoneNews::Registered(registration(phone.clone())?))),
        EventKind::Unregistered(phone) => Some((phone, gone(phone, false)?)),
        EventKind::Expired(phone) => Some((phone, gone(phone, true)?)),
        _ => None,
    }
}

fn registration(phone: SimPhone) -> Option<Registration> {
    Some(Registration {
        extension: Dialable::new(&phone.extension).ok()?,
        user_agent: Some(phone.user_agent.to_owned()),
        address: Some(format!("{}:{}", phone.ip, phone.port)),
    })
}

fn snapshot(leg: &Leg) -> ChannelSnapshot {
    let room = leg.room.as_ref().filter(|_| leg.state == LegState::InRoom);
    ChannelSnapshot {
        leg: leg.id(),
        label: label(leg),
        answered: leg.answered_at.is_some(),
        bridged_to: leg.bond(),
        on_music: leg.state == LegState::Music,
        leaves_message: leg.is_true("tl_message"),
        in_room: room.and_then(|room| room.parse().ok()),
        arrival: leg.arrival(),
    }
}

fn label(leg: &Leg) -> Option<LegLabel> {
    let call: Option<CallId> = leg.variable("tl_call").and_then(|text| text.parse().ok());
    let number = |name: &str| leg.variable(name).and_then(|text| text.parse().ok()).map(AgentId);
    match leg.variable("tl_role")? {
        "customer" => Some(LegLabel::Customer { call: call? }),
        "agent" => {
            Some(LegLabel::Agent { agent: number("tl_agent")?, nailed: leg.is_true("tl_nailed"), call })
        }
        "third" => {
            let number = Dialable::new(leg.variable("tl_number")?).ok()?;
            Some(LegLabel::Third { call: call?, number })
        }
        "monitor" => Some(LegLabel::Monitor { supervisor: number("tl_supervisor")? }),
        _ => None,
    }
}
