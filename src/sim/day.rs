//! A whole day of a call centre in virtual time: the real floor, the simulated
//! world, and people at the desks, from one seed, with faults if wanted.
//!
//! In: [`DayOptions`]. Out: a [`DaySummary`] with what was achieved and every
//! broken promise found. The floor's own invariants are asked for after each
//! input, and the ledger ([`ledger`]) checks what the floor wrote down. A seed
//! that fails is a bug report: the same options replay it exactly.

mod breaks;
mod caps;
pub mod faults;
mod handling;
pub mod ledger;
mod options;
mod orders;
mod people;
mod previews;
mod queued;
mod store;
#[cfg(test)]
mod tests;
mod trunks;
mod wire;

use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallerIdPoolId, CampaignId, LegId};
use crate::base::phone::Dialable;
use crate::floor::Floor;
use crate::floor::caller_ids::{CallerIdPool, CallerIdsProfile, PoolNumber, Region};
use crate::floor::effect::{Effect, Fact, SwitchCommand};
use crate::floor::input::{AgentProfile, CampaignProfile, DialMode, Input, Party, PhoneMode};
use crate::floor::preview::{PreviewEnd, PreviewRules};
use crate::floor::queue::QueueProfile;
use crate::floor::refusal::Refusal;
use crate::floor::trunks::{GatewayProfile, Standing};
use crate::sim::chance::Chance;
use crate::sim::customer::Customers;
use crate::sim::phone::Phones;
use crate::sim::world::{Trunk, World, WorldCommand, WorldConfig};
use crate::sim::{OPENS, VIOLATIONS_KEPT};
use faults::Fault;
use ledger::Ledger;
pub use options::{CampaignCounts, DayOptions, DaySummary, check_every};
use people::{Act, People};
use previews::PreviewBooks;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use store::Leads;
use trunks::TrunkBooks;
use wire::Wire;

/// How long after closing time calls may take to end.
const DRAIN_MS: i64 = 40 * 60_000;
const POOL: CallerIdPoolId = CallerIdPoolId(1);

/// Something that will happen in the simulation itself.
#[derive(Debug)]
enum Due {
    /// The floor is given an input.
    Input(Input),
    /// An event arrives, if its connection still stands.
    Event { connection: u32, input: Input },
    /// A command reaches the switch.
    Command(SwitchCommand),
    /// The record of an attempt is committed, and it may be dialled.
    Committed(SwitchCommand),
    /// The store delivers leads.
    Leads { campaign: CampaignId, count: usize },
    /// Somebody does something, if they are still where they were.
    Act { agent: AgentId, mood: u32, act: Act },
    /// Somebody calls.
    CallIn,
    /// A customer presses a key.
    Press { leg: LegId, key: char },
    /// A supervisor looks at the floor.
    Watch { supervisor: AgentId },
    /// Something breaks, or is mended.
    Fault(Fault),
}

/// Orders what is due by time, then by when it was planned.
#[derive(Debug)]
struct Entry {
    at: Moment,
    order: u64,
    /// Apart, because the agenda moves its entries about.
    due: Box<Due>,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.order == other.order
    }
}
impl Eq for Entry {}
impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.order).cmp(&(other.at, other.order))
    }
}

/// The simulation.
#[derive(Debug)]
struct Day {
    options: DayOptions,
    now: Moment,
    closes: Moment,
    floor: Floor,
    /// The floor's next timer: it changes only with an input.
    wakeup: Option<Moment>,
    world: World,
    wire: Wire,
    people: People,
    leads: Leads,
    ledger: Ledger,
    trunks: TrunkBooks,
    previews: PreviewBooks,
    chance: Chance,
    campaigns: Vec<CampaignProfile>,
    queues: Vec<QueueProfile>,
    agenda: BinaryHeap<Reverse<Entry>>,
    order: u64,
    summary: DaySummary,
}

/// Runs a day.
pub fn run(options: &DayOptions) -> DaySummary {
    let mut day = Day::new(options.clone());
    day.open();
    while let Some(at) = day.next_at() {
        if at > day.closes + DRAIN_MS {
            break;
        }
        day.now = at;
        day.pass();
    }
    day.close()
}

impl Day {
    fn new(options: DayOptions) -> Self {
        let mut chance = Chance::new(options.seed);
        let closes = OPENS + i64::from(options.minutes) * 60_000;
        let world = World::new(WorldConfig {
            seed: options.seed.wrapping_mul(31).wrapping_add(7),
            customers: Customers::Drawn(options.customers.clone()),
            phones: Phones {
                reject_permille: if options.faults { 10 } else { 0 },
                ignore_permille: if options.faults { 10 } else { 0 },
                ends_call_permille: 150,
                known: Some((1..=*supervisors(&options).end()).map(extension).collect()),
                ..Phones::default()
            },
            trunk: Trunk { failure_permille: if options.faults { 20 } else { 2 }, ..Trunk::default() },
            talk_percent: 100,
        });
        let campaigns = campaigns(&options, closes);
        let queues = if options.callers_per_hour > 0 { queued::queues(&options) } else { Vec::new() };
        Self {
            now: OPENS,
            closes,
            floor: Floor::new(options.seed),
            wakeup: None,
            world,
            wire: Wire::new(chance.fork(), options.faults),
            people: People::new(chance.fork()),
            leads: Leads::new(chance.fork()),
            ledger: Ledger::new(&campaigns, &queues).with_break(breaks::times_without_calls(&options)),
            previews: PreviewBooks::new(&campaigns),
            trunks: TrunkBooks::new(gateways(&options), rates(&campaigns), pool()),
            chance,
            campaigns,
            queues,
            agenda: BinaryHeap::new(),
            order: 0,
            summary: DaySummary {
                seed: options.seed,
                agents: options.agents,
                minutes: options.minutes,
                ..DaySummary::default()
            },
            options,
        }
    }

    fn open(&mut self) {
        self.apply(Input::Gateways(gateways(&self.options)));
        let today = (self.now, self.closes);
        let caller_ids = CallerIdsProfile { pools: vec![pool()], today, counted: Vec::new() };
        self.apply(Input::CallerIds(Box::new(caller_ids)));
        for campaign in self.campaigns.clone() {
            self.apply(Input::Campaign(campaign));
        }
        for queue in self.queues.clone() {
            self.apply(Input::queue(queue));
        }
        if !self.queues.is_empty() {
            self.plan(self.now + 30_000, Due::CallIn);
        }
        for n in 1..=self.options.agents {
            if let Some(profile) = profile(n) {
                self.people.expect(profile.agent);
                self.apply(Input::AgentProfile(profile.clone()));
                let plans = self.people.plan_shift(profile.agent, self.now, self.closes);
                for (at, act) in plans {
                    self.plan(at, Due::Act { agent: profile.agent, mood: people::ANY_MOOD, act });
                }
            }
        }
        for supervisor in supervisors(&self.options) {
            if let Some(profile) = profile(supervisor) {
                self.people.expect_supervisor(profile.agent);
                self.plan(self.now + 60_000, Due::Watch { supervisor: profile.agent });
                self.apply(Input::AgentProfile(profile));
            }
        }
        self.list_phones();
        let up = self.wire.connect(&self.world);
        self.apply(up);
        if self.options.faults {
            for (at, fault) in faults::schedule(&mut self.chance, self.now, self.closes) {
                self.plan(at, Due::Fault(fault));
            }
        }
    }

    fn plan(&mut self, at: Moment, due: Due) {
        self.order += 1;
        self.agenda.push(Reverse(Entry { at: at.max(self.now), order: self.order, due: Box::new(due) }));
    }

    fn next_at(&self) -> Option<Moment> {
        let agenda = self.agenda.peek().map(|Reverse(entry)| entry.at);
        [agenda, self.world.next_at(), self.wakeup].into_iter().flatten().min().map(|at| at.max(self.now))
    }

    /// Everything that happens at this instant.
    fn pass(&mut self) {
        while self.agenda.peek().is_some_and(|Reverse(entry)| entry.at <= self.now) {
            if let Some(Reverse(entry)) = self.agenda.pop() {
                self.take(*entry.due);
            }
        }
        for event in self.world.advance(self.now) {
            if event.leg.as_ref().is_some_and(|leg| leg.whisper_is_recorded()) {
                self.blame(vec!["a whisper is recorded".to_owned()]);
            }
            for (at, due) in self.wire.deliver(self.now, &event) {
                self.plan(at, due);
            }
        }
        if self.wakeup.is_some_and(|at| at <= self.now) {
            self.apply(Input::Tick);
        }
    }

    fn take(&mut self, due: Due) {
        match due {
            Due::Input(input) => self.apply(input),
            Due::Event { connection, input } => {
                if self.wire.stands(connection) {
                    self.apply(input);
                }
            }
            Due::Command(command) => {
                for (at, due) in self.wire.obey(self.now, &mut self.world, command) {
                    self.plan(at, due);
                }
            }
            Due::Committed(command) => self.committed(command),
            Due::Leads { campaign, count } => {
                let leads = self.leads.claim(campaign, count);
                self.apply(Input::Leads { campaign, leads });
            }
            Due::Act { agent, mood, act } => {
                if self.people.still(agent, mood)
                    && let Some(command) = self.people.perform(agent, act, self.now)
                {
                    let ticket = self.ledger.asked(self.now);
                    self.apply(Input::Agent { agent, command, ticket });
                }
            }
            Due::CallIn => self.call_in(),
            Due::Press { leg, key } => {
                self.world.command(self.now, WorldCommand::TakeKeys { leg, keys: key.into() });
            }
            Due::Watch { supervisor } => {
                if let Some(command) = self.people.supervise(supervisor) {
                    let ticket = self.ledger.asked(self.now);
                    self.apply(Input::Supervisor { supervisor, command, ticket });
                }
                if self.now < self.closes {
                    let at = self.now + self.chance.log_normal_ms(8_000, 0.8);
                    self.plan(at, Due::Watch { supervisor });
                }
            }
            Due::Fault(fault) => self.strike(fault),
        }
    }

    /// Somebody calls, and the next one will.
    fn call_in(&mut self) {
        let call = queued::caller(&mut self.chance);
        if let Some((after_ms, key)) = queued::presses(&mut self.chance) {
            self.plan(self.now + after_ms, Due::Press { leg: call.leg, key });
        }
        self.world.call_in(self.now, call);
        let mean = 3_600_000 / i64::from(self.options.callers_per_hour.max(1));
        let at = self.now + self.chance.between(1, 2 * mean);
        if at < self.closes {
            self.plan(at, Due::CallIn);
        }
    }

    /// An attempt goes to the switch once its record is committed; a few
    /// commits fail.
    fn committed(&mut self, command: SwitchCommand) {
        if let SwitchCommand::DialCustomer { call, leg, .. } = &command
            && self.options.faults
            && self.chance.permille(2)
        {
            self.count("attempts not stored");
            self.ledger.not_stored(*call);
            self.previews.not_stored(*call);
            self.trunks.not_stored(*call, *leg);
            return self.apply(Input::AttemptNotStored { call: *call });
        }
        self.take(Due::Command(command));
    }

    fn apply(&mut self, input: Input) {
        let effects = self.floor.apply(self.now, input);
        self.wakeup = self.floor.next_wakeup();
        self.summary.inputs += 1;
        for effect in effects {
            self.carry_out(effect);
        }
        if self.summary.inputs.is_multiple_of(self.options.check_every.max(1)) {
            let broken = self.floor.violations();
            self.blame(broken);
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Switch(command) => {
                let mut broken = self.ledger.command(&command);
                let lives = |leg| self.world.leg(leg).is_some();
                broken.extend(self.trunks.command(self.now, &command, lives));
                self.blame(broken);
                let (delay, due) = match command {
                    dial @ SwitchCommand::DialCustomer { .. } => {
                        (self.chance.between(3, 12), Due::Committed(dial))
                    }
                    command => (self.chance.between(0, 2), Due::Command(command)),
                };
                self.plan(self.now + delay, due);
            }
            Effect::Record(fact) => {
                if let Fact::Ignored { .. } = fact {
                    self.summary.ignored += 1;
                }
                if let Fact::CallEnded { dialled: Some((campaign, lead)), result, .. } = &fact {
                    self.leads.done(*campaign, *lead, *result);
                }
                if let Fact::Previewed(fact) = &fact
                    && fact.end == PreviewEnd::Skipped
                {
                    self.leads.give_back(fact.campaign, &[fact.lead]);
                }
                let mut broken = self.ledger.write(self.now, self.floor.switch_up(), &fact);
                broken.extend(self.previews.fact(&fact));
                broken.extend(self.trunks.fact(self.now, &fact));
                self.blame(broken);
            }
            Effect::Tell(tell) => {
                self.ledger.told(&tell);
                let broken = self.previews.told(&tell);
                self.blame(broken.into_iter().collect());
                for (at, agent, mood, act) in self.people.told(self.now, &tell) {
                    self.plan(at, Due::Act { agent, mood, act });
                }
            }
            Effect::WantLeads { campaign, count } => {
                let delay = self.chance.between(5, 60);
                self.plan(self.now + delay, Due::Leads { campaign, count });
            }
            Effect::WantCaller { call, number } => {
                let known = queued::known(&number, self.options.agents, &mut self.chance);
                // Now and then later than the floor waits for it.
                let delay = self.chance.between(2, 600);
                self.plan(self.now + delay, Due::Input(Input::Caller { call, known }));
            }
            Effect::ReturnLeads { campaign, leads } => self.leads.give_back(campaign, &leads),
            Effect::Answer { ticket, refusal } => {
                let broken = self.ledger.answered(self.now, ticket);
                self.blame(broken);
                let Some(refusal) = refusal else { return };
                self.summary.refused += 1;
                if refusal == Refusal::NotAnAgent && !self.options.faults {
                    self.blame(vec!["an agent of the floor was refused as a stranger".into()]);
                }
            }
        }
    }

    fn count(&mut self, fault: &'static str) {
        *self.summary.faults.entry(fault).or_default() += 1;
    }

    fn blame(&mut self, broken: Vec<String>) {
        for what in broken {
            self.summary.invariant_violations += 1;
            if self.summary.violations.len() < VIOLATIONS_KEPT {
                let seconds = self.now.since_ms(OPENS) as f64 / 1000.0;
                self.summary.violations.push(format!("{seconds:.3} s: {what}"));
            }
        }
    }

    /// The day is over: everybody has gone, and nothing may be left behind.
    fn close(mut self) -> DaySummary {
        let left: Vec<String> = self
            .world
            .legs()
            .iter()
            .map(|leg| {
                format!("leg {} to {} is left behind: {:?}", leg.id(), leg.origin.target.number(), leg.state)
            })
            .collect();
        self.blame(left);
        let calls = self.floor.calls_live().into_iter();
        let left = calls.map(|call| format!("call {} never ended: {:?}", call.call, call.state)).collect();
        self.blame(left);
        let broken = self.ledger.close(self.now);
        self.blame(broken);
        self.blame(self.previews.close());
        self.summary.previews = self.previews.ends();
        for (name, count) in self.wire.faults() {
            *self.summary.faults.entry(name).or_default() += count;
        }
        self.ledger.sum_up(&mut self.summary);
        self.summary
    }
}

/// Two campaigns that share most of the agents: a predictive one with all of
/// them, and a progressive one with every third.
fn campaigns(options: &DayOptions, closes: Moment) -> Vec<CampaignProfile> {
    let every = |step: usize| (1..=options.agents).step_by(step).map(|n| AgentId(i64::from(n))).collect();
    let caller_id = Dialable::new("02112345678");
    let campaign = |id: i64, mode, agents: Vec<AgentId>, caller_id: Dialable| CampaignProfile {
        campaign: CampaignId(id),
        running: true,
        mode,
        ratio_permille: 1_000,
        preview: PreviewRules::default(),
        agents,
        gateway: "carrier_a".into(),
        caller_id,
        caller_id_pool: None,
        ring_seconds: 30,
        wrap_up_seconds: 30,
        drop_cap_permille: options.drop_cap_permille,
        cap_window_hours: 24,
        cap_group: None,
        drop_after_ms: 2_000,
        wait_ms_max: 10_000,
        drop_message: None,
        lines_max: options.agents * 4,
        times: breaks::times(options, id, closes),
        standing: Standing {
            calls_per_second: options.trunk_limits.map(|(_, rate)| rate.div_ceil(2)),
            ..Standing::default()
        },
        counted: Vec::new(),
    };
    let mut campaigns = Vec::new();
    if let Ok(caller_id) = caller_id {
        campaigns.push(campaign(1, DialMode::Predictive, every(1), caller_id.clone()));
        if options.standings.is_some() {
            campaigns.push(campaign(2, DialMode::Predictive, every(1), caller_id));
        } else if options.agents >= 3 {
            campaigns.push(campaign(2, DialMode::Progressive, every(3), caller_id));
        }
    }
    for (campaign, (priority, share)) in campaigns.iter_mut().zip(options.standings.unwrap_or_default()) {
        if options.standings.is_some() {
            campaign.standing = Standing { priority, share, ..campaign.standing };
        }
    }
    if let Some(second) = campaigns.get_mut(1) {
        second.caller_id_pool = Some(POOL);
    }
    let previewing = options.previews.as_ref().zip(campaigns.first());
    campaigns.extend(previewing.map(|(rules, like)| previews::campaign(rules, like)));
    campaigns
}

/// The pool of the second campaign: one number for the people of a city, two for
/// everybody, each for so many calls an hour.
fn pool() -> CallerIdPool {
    let number = |number: &str, regions, hour_max| {
        let number = Dialable::new(number).ok()?;
        Some(PoolNumber { number, regions, hour_max: Some(hour_max), day_max: None })
    };
    let shenzhen = Region::City { province: "广东".to_owned(), city: "深圳".to_owned() };
    let numbers = [
        number("075588880000", vec![shenzhen], 20),
        number("02160000001", Vec::new(), 200),
        number("02160000002", Vec::new(), 200),
    ];
    CallerIdPool { pool: POOL, numbers: numbers.into_iter().flatten().collect() }
}

/// The one trunk, with its limits.
fn gateways(options: &DayOptions) -> Vec<GatewayProfile> {
    let (calls_max, calls_per_second) = options.trunk_limits.unzip();
    vec![GatewayProfile { name: "carrier_a".into(), calls_max, calls_per_second }]
}

/// The campaigns' limits on new calls per second.
fn rates(campaigns: &[CampaignProfile]) -> BTreeMap<CampaignId, u32> {
    let rate = |profile: &CampaignProfile| Some((profile.campaign, profile.standing.calls_per_second?));
    campaigns.iter().filter_map(rate).collect()
}

/// One supervisor for six agents; their numbers follow the agents'.
fn supervisors(options: &DayOptions) -> std::ops::RangeInclusive<u32> {
    let first = options.agents + 1;
    first..=options.agents + (options.agents / 6).max(1)
}

/// The extension of the nth person.
fn extension(n: u32) -> String {
    (1000 + n).to_string()
}

/// Two of three agents are off-hook; every fourth has calls forwarded to the one
/// before, every fifth those that come while they are busy or do not answer.
fn profile(n: u32) -> Option<AgentProfile> {
    let mode = if n.is_multiple_of(3) { PhoneMode::OnHook } else { PhoneMode::OffHook };
    let extension = Dialable::new(&extension(n)).ok()?;
    let mut profile = AgentProfile::new(AgentId(i64::from(n)), extension, mode);
    let before = Party::Agent(AgentId(i64::from(n) - 1));
    if n.is_multiple_of(4) {
        profile.forwarding.always = Some(before);
    } else if n.is_multiple_of(5) {
        profile.forwarding.no_answer = Some((before.clone(), 5));
        profile.forwarding.busy = Some(before);
    }
    Some(profile)
}
