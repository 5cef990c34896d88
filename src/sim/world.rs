//! The switch with its customers, phones and trunk: pure, seeded, told the
//! time.
//!
//! In: [`WorldCommand`]s at a time. Out: at once a [`Reply`], which like a real
//! switch's reply proves nothing; later [`WorldEvent`]s from
//! [`World::advance`]. What each command leads to, and when, was measured on
//! FreeSWITCH 1.10.12; the steps are in `steps.rs`.

use crate::base::clock::Moment;
use crate::base::ids::LegId;
use crate::sim::apps::App;
use crate::sim::chance::Chance;
use crate::sim::customer::{Conduct, CustomerShares, Customers, TRUNK_FAILURE};
use crate::sim::event::{EventKind, WorldEvent};
use crate::sim::leg::{Ending, Leg, LegState, Origin, OtherLeg, Target};
use crate::sim::phone::{Phones, SimPhone};
use crate::sim::steps::Step;
use foldhash::{HashMap, HashMapExt};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::sync::Arc;
use uuid::Uuid;

/// How the world is furnished.
#[derive(Debug, Clone, PartialEq)]
pub struct WorldConfig {
    /// The source of every draw.
    pub seed: u64,
    /// Who answers at the other end of the trunk.
    pub customers: Customers,
    /// The desk phones.
    pub phones: Phones,
    /// The trunk.
    pub trunk: Trunk,
    /// Factor on talk times and patience in per cent, to watch a day pass
    /// quickly; 100 is life-like.
    pub talk_percent: u32,
}

impl Default for WorldConfig {
    fn default() -> Self {
        Self {
            seed: 1,
            customers: Customers::Drawn(CustomerShares::default()),
            phones: Phones::default(),
            trunk: Trunk::default(),
            talk_percent: 100,
        }
    }
}

/// The way to the customers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trunk {
    /// The gateways that exist; `None`: every one does.
    pub gateways: Option<BTreeSet<String>>,
    /// How many calls (per mille) fail with 503.
    pub failure_permille: u32,
    /// An outage: every call fails at once with 503.
    pub down: bool,
}

/// A leg to be started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Originate {
    /// Its UUID.
    pub leg: LegId,
    /// Whom to call.
    pub target: Target,
    /// The number shown.
    pub caller_id: String,
    /// How long it may ring, in seconds.
    pub ring_seconds: u32,
    /// What runs once it is answered.
    pub apps: Vec<App>,
    /// Channel variables.
    pub variables: BTreeMap<String, String>,
    /// The background job that is to hear of the answer.
    pub job: Option<Uuid>,
}

/// What a switch can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorldCommand {
    /// Start a leg.
    Originate(Originate),
    /// Connect two answered legs (`uuid_bridge`).
    Bridge {
        /// The leg named first, which gets CHANNEL_BRIDGE.
        first: LegId,
        /// The other.
        second: LegId,
    },
    /// End a leg (`uuid_kill`).
    Kill {
        /// Which.
        leg: LegId,
        /// With which cause.
        cause: &'static str,
    },
    /// Put a leg on hold or take it off (`uuid_hold`).
    Hold {
        /// Which.
        leg: LegId,
        /// On or off.
        on: bool,
    },
    /// Record a leg (`uuid_record start`).
    Record {
        /// Which.
        leg: LegId,
        /// Into this file.
        path: String,
    },
    /// Stop recording it (`uuid_record stop`).
    StopRecording {
        /// Which.
        leg: LegId,
    },
    /// Set a channel variable (`uuid_setvar`); an empty value removes it.
    SetVariable {
        /// Of which leg.
        leg: LegId,
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
    /// Send a leg from where it is to these applications (`uuid_transfer`).
    Transfer {
        /// Which.
        leg: LegId,
        /// One after the other.
        apps: Vec<App>,
    },
    /// Silence what a leg sends, or let it through (`uuid_audio`).
    Mute {
        /// Which.
        leg: LegId,
        /// Silence.
        on: bool,
    },
    /// Send keys to a leg's far end (`uuid_send_dtmf`).
    SendKeys {
        /// Which.
        leg: LegId,
    },
    /// Act as if a leg's far end had pressed these keys (`uuid_recv_dtmf`).
    TakeKeys {
        /// Which.
        leg: LegId,
        /// The keys.
        keys: String,
    },
    /// Silence in a recording that goes on, or sound again (`uuid_record
    /// mask`).
    Mask {
        /// The leg recorded.
        leg: LegId,
        /// The file.
        path: String,
        /// Silence.
        on: bool,
    },
    /// Lay a sound over what a leg hears, or take it away (`uuid_displace`).
    Displace {
        /// Which.
        leg: LegId,
        /// The sound.
        file: String,
        /// Lay it over.
        on: bool,
    },
    /// Answer a customer who calls (`uuid_answer`).
    AnswerCaller {
        /// Which.
        leg: LegId,
    },
    /// Ask a ringing phone to answer (`uuid_phone_event talk`).
    AskToAnswer {
        /// Which.
        leg: LegId,
    },
    /// Take a bridge apart and park both legs (`uuid_transfer -both park:`).
    ParkBoth {
        /// Either leg of the bridge.
        leg: LegId,
    },
}

/// The switch's answer at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// Taken.
    Ok,
    /// There is no such leg.
    NoSuchLeg,
    /// The command makes no sense for this leg now.
    Failed,
}

/// The simulated world.
#[derive(Debug)]
pub struct World {
    pub(super) config: WorldConfig,
    pub(super) chance: Chance,
    pub(super) entries: HashMap<LegId, Entry>,
    agenda: BinaryHeap<Reverse<Due>>,
    order: u64,
    sessions: u64,
    pub(super) out: Vec<WorldEvent>,
}

/// A leg with what is not seen from outside.
#[derive(Debug)]
pub(super) struct Entry {
    pub leg: Leg,
    pub conduct: Conduct,
    /// Its state before it was hung up.
    pub before: LegState,
    /// Counts up whenever the far end's plan to hang up changes.
    pub plan: u32,
    /// Counts up whenever the leg is ordered to another place.
    pub order: u32,
    /// The background job has been answered.
    pub job_done: bool,
    /// Parked while it rang.
    pub parked_early: bool,
    /// Legs that listen to this one.
    pub listeners: Vec<LegId>,
    /// The applications after the one that waits for a key.
    pub rest: Vec<App>,
}

impl Entry {
    pub fn new(leg: Leg, conduct: Conduct) -> Self {
        Self {
            leg,
            conduct,
            before: LegState::New,
            plan: 0,
            order: 0,
            job_done: false,
            parked_early: false,
            listeners: Vec::new(),
            rest: Vec::new(),
        }
    }
}

/// Something that will happen, ordered by time and then by when it was
/// planned.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Due {
    at: Moment,
    order: u64,
    leg: LegId,
    step: Step,
}

impl World {
    /// A world without calls.
    pub fn new(config: WorldConfig) -> Self {
        Self {
            chance: Chance::new(config.seed),
            config,
            entries: HashMap::new(),
            agenda: BinaryHeap::new(),
            order: 0,
            sessions: 0,
            out: Vec::new(),
        }
    }

    /// Carries a command out. Events that follow at once are among those of
    /// the next [`World::advance`].
    pub fn command(&mut self, now: Moment, command: WorldCommand) -> Reply {
        self.run_until(now);
        match command {
            WorldCommand::Originate(originate) => self.originate(now, originate),
            WorldCommand::Bridge { first, second } => self.order_bridge(now, first, second),
            WorldCommand::Kill { leg, cause } => {
                if !self.is_up(leg) {
                    return Reply::NoSuchLeg;
                }
                self.hang_up(now, leg, cause, None, false);
                Reply::Ok
            }
            WorldCommand::Hold { leg, on } => self.hold(now, leg, on),
            WorldCommand::Record { leg, path } => self.record(now, leg, path),
            WorldCommand::StopRecording { leg } => {
                if self.is_up(leg) && self.stop_recording(now, leg) {
                    Reply::Ok
                } else {
                    Reply::Failed
                }
            }
            WorldCommand::Transfer { leg, apps } => self.order_transfer(now, leg, apps),
            WorldCommand::Mute { leg, on } => self.mute(now, leg, on),
            WorldCommand::SendKeys { leg } => {
                if self.is_up(leg) {
                    Reply::Ok
                } else {
                    Reply::NoSuchLeg
                }
            }
            WorldCommand::TakeKeys { leg, keys } => self.take_keys(now, leg, &keys),
            WorldCommand::Mask { leg, path, on } => self.mask(now, leg, &path, on),
            WorldCommand::Displace { leg, file, on } => self.displace(now, leg, file, on),
            WorldCommand::AnswerCaller { leg } => self.answer_caller(now, leg),
            WorldCommand::AskToAnswer { leg } => self.ask_to_answer(now, leg),
            WorldCommand::SetVariable { leg, name, value } => self.set_variable(leg, name, value),
            WorldCommand::ParkBoth { leg } => {
                if self.leg(leg).and_then(Leg::bridged_to).is_none() {
                    return Reply::NoSuchLeg;
                }
                self.plan(now + 20, leg, Step::ParkBoth);
                Reply::Ok
            }
        }
    }

    /// When the next thing happens; `None`: nothing is planned.
    pub fn next_at(&self) -> Option<Moment> {
        if let Some(event) = self.out.first() {
            return Some(event.at);
        }
        self.agenda.peek().map(|Reverse(due)| due.at)
    }

    /// Everything that has happened up to now and was not told yet, in order.
    pub fn advance(&mut self, now: Moment) -> Vec<WorldEvent> {
        self.run_until(now);
        std::mem::take(&mut self.out)
    }

    /// A leg that exists and can be reached by commands.
    pub fn leg(&self, leg: LegId) -> Option<&Leg> {
        self.entries.get(&leg).map(|entry| &entry.leg).filter(|leg| leg.is_up())
    }

    /// Every leg that can be reached, the oldest first.
    pub fn legs(&self) -> Vec<&Leg> {
        let mut legs: Vec<&Leg> = self.entries.values().map(|e| &e.leg).filter(|l| l.is_up()).collect();
        legs.sort_by_key(|leg| leg.origin.session);
        legs
    }

    /// How many legs have been started.
    pub fn sessions_started(&self) -> u64 {
        self.sessions
    }

    /// The far end of this leg hangs up now; false when there is no such leg.
    pub fn far_end_hangs_up(&mut self, now: Moment, leg: LegId) -> bool {
        self.run_until(now);
        let up = self.is_up(leg);
        if up {
            self.hang_up(now, leg, "NORMAL_CLEARING", None, true);
        }
        up
    }

    /// The switch process dies and starts again: every leg is gone, without a
    /// word.
    pub fn restart(&mut self) {
        self.entries.clear();
        self.agenda.clear();
        self.out.clear();
    }

    /// The trunk fails, or works again.
    pub fn set_trunk_down(&mut self, down: bool) {
        self.config.trunk.down = down;
    }

    /// From now on a desk phone does this with every call; `None`: what phones
    /// do.
    pub fn set_phone(&mut self, extension: &str, conduct: Option<Conduct>) {
        let scripted = &mut self.config.phones.scripted;
        match conduct {
            Some(conduct) => scripted.insert(extension.to_owned(), conduct),
            None => scripted.remove(extension),
        };
    }

    /// A desk phone takes its registration back, or registers again.
    pub fn set_registered(&mut self, now: Moment, extension: &str, registered: bool) {
        self.run_until(now);
        let phone = SimPhone::new(extension);
        let unregistered = &mut self.config.phones.unregistered;
        let kind = if registered {
            unregistered.remove(extension);
            EventKind::Registered(phone)
        } else {
            unregistered.insert(extension.to_owned());
            EventKind::Unregistered(phone)
        };
        self.out.push(WorldEvent { at: now, kind, leg: None });
    }

    /// The registration of a desk phone that is gone without a word runs out.
    pub fn expire(&mut self, now: Moment, extension: &str) {
        self.run_until(now);
        self.config.phones.unregistered.insert(extension.to_owned());
        let kind = EventKind::Expired(SimPhone::new(extension));
        self.out.push(WorldEvent { at: now, kind, leg: None });
    }

    /// The desk phones that are registered.
    pub fn registered_phones(&self) -> Vec<SimPhone> {
        self.config.phones.registered()
    }

    pub(super) fn run_until(&mut self, now: Moment) {
        while self.agenda.peek().is_some_and(|Reverse(due)| due.at <= now) {
            if let Some(Reverse(due)) = self.agenda.pop() {
                self.step(due.at, due.leg, due.step);
            }
        }
    }

    pub(super) fn plan(&mut self, at: Moment, leg: LegId, step: Step) {
        self.order += 1;
        self.agenda.push(Reverse(Due { at, order: self.order, leg, step }));
    }

    pub(super) fn is_up(&self, leg: LegId) -> bool {
        self.leg(leg).is_some()
    }

    /// Tells of an event of a leg that exists.
    pub(super) fn emit(&mut self, at: Moment, leg: LegId, kind: EventKind) {
        if let Some(entry) = self.entries.get(&leg) {
            self.out.push(WorldEvent { at, kind, leg: Some(Box::new(entry.leg.clone())) });
        }
    }

    /// Ends a leg; what follows on the switch comes in [`Step::End`].
    pub(super) fn hang_up(
        &mut self,
        at: Moment,
        leg: LegId,
        cause: &'static str,
        sip_status: Option<u16>,
        by_far_end: bool,
    ) {
        let Some(entry) = self.entries.get_mut(&leg).filter(|entry| entry.leg.is_up()) else { return };
        entry.before = entry.leg.state;
        entry.leg.state = LegState::Ending;
        entry.leg.ending = Some(Ending { cause, sip_status, by_far_end, at });
        self.emit(at, leg, EventKind::Hangup);
        // The media clock ticks every 20 ms; a refusal needs no tick.
        let delay =
            if sip_status.is_some() { self.chance.between(0, 1) * 20 } else { self.chance.between(18, 24) };
        self.plan(at + delay, leg, Step::End);
    }

    fn originate(&mut self, now: Moment, asked: Originate) -> Reply {
        let (leg, job) = (asked.leg, asked.job);
        let conduct = match self.decide(now, &asked) {
            Ok(conduct) => conduct,
            Err(cause) => {
                self.plan(now + 4, leg, Step::JobFailed { job, cause });
                return Reply::Ok;
            }
        };
        let session = self.next_session();
        let ring_seconds = asked.ring_seconds.max(1);
        let channel_name = match &asked.target {
            Target::Customer { number, .. } => format!("sofia/external/{number}"),
            Target::Phone { extension } => format!("sofia/internal/{extension}@127.0.0.1:5060"),
            Target::Centre { called, .. } => format!("loopback/{called}"),
        };
        let origin = Origin {
            leg,
            target: asked.target,
            channel_name,
            caller_id: asked.caller_id,
            ring_seconds,
            apps: asked.apps,
            job,
            session,
            created_at: now,
        };
        let entry = Entry::new(Leg::new(origin, asked.variables), conduct.clone());
        self.entries.insert(leg, entry);
        self.emit(now, leg, EventKind::Outgoing);
        self.plan_far_end(now, leg, conduct, ring_seconds);
        Reply::Ok
    }

    pub(super) fn next_session(&mut self) -> u64 {
        self.sessions += 1;
        self.sessions
    }

    /// What the called party will do; `Err` when the switch refuses before
    /// there is a leg.
    fn decide(&mut self, now: Moment, asked: &Originate) -> Result<Conduct, &'static str> {
        if self.entries.contains_key(&asked.leg) {
            return Err("DESTINATION_OUT_OF_ORDER");
        }
        match &asked.target {
            // Nobody dials the centre from the centre.
            Target::Centre { .. } => Err("NO_ROUTE_DESTINATION"),
            Target::Phone { extension } => self.config.phones.conduct(extension, &mut self.chance),
            Target::Customer { gateway, number } => {
                let trunk = &self.config.trunk;
                if trunk.gateways.as_ref().is_some_and(|known| !known.contains(gateway)) {
                    return Err("INVALID_GATEWAY");
                }
                if trunk.down {
                    return Ok(Conduct::Refuses {
                        after_ms: 2,
                        cause: "NORMAL_TEMPORARY_FAILURE",
                        sip_status: 503,
                    });
                }
                if self.chance.permille(trunk.failure_permille) {
                    return Ok(TRUNK_FAILURE);
                }
                let hour = now.0.div_euclid(3_600_000).rem_euclid(24) as u32;
                Ok(self.config.customers.conduct(number, hour, &mut self.chance))
            }
        }
    }

    fn plan_far_end(&mut self, now: Moment, leg: LegId, conduct: Conduct, ring_seconds: u32) {
        let created = now + self.chance.between(0, 1) * 20;
        self.plan(created, leg, Step::Create);
        // The switch counts whole seconds of the wall clock, so that it gives
        // up to a second early.
        let gives_up = Moment((now.0.div_euclid(1000) + i64::from(ring_seconds)) * 1000);
        let rings = created + self.chance.between(1, 20);
        match conduct {
            Conduct::Refuses { after_ms, cause, sip_status } => {
                self.plan(created + after_ms, leg, Step::Refuse { cause, sip_status });
            }
            Conduct::Answers { after_ms, .. } if rings + after_ms < gives_up => {
                self.plan(rings, leg, Step::Ring);
                self.plan(rings + after_ms, leg, Step::Answer);
            }
            Conduct::Answers { .. } | Conduct::LetsItRing => {
                self.plan(rings, leg, Step::Ring);
                self.plan(gives_up.max(rings), leg, Step::RingOut);
            }
        }
    }

    pub(super) fn set_variable(&mut self, leg: LegId, name: String, value: String) -> Reply {
        let Some(entry) = self.entries.get_mut(&leg).filter(|e| e.leg.is_up()) else {
            return Reply::NoSuchLeg;
        };
        let variables = Arc::make_mut(&mut entry.leg.variables);
        if value.is_empty() {
            variables.remove(&name);
        } else {
            variables.insert(name, value);
        }
        Reply::Ok
    }

    /// Writes down on both legs that they are being joined.
    pub(super) fn introduce(&mut self, first: LegId, second: LegId) {
        let origin = |world: &Self, leg: LegId| world.entries.get(&leg).map(|e| Arc::clone(&e.leg.origin));
        let (Some(a), Some(b)) = (origin(self, first), origin(self, second)) else { return };
        for (leg, other, we_are_first) in [(first, b, true), (second, a, false)] {
            if let Some(entry) = self.entries.get_mut(&leg) {
                entry.leg.other = Some(OtherLeg { origin: other, we_are_first, hangup_cause: None });
            }
        }
    }
}
