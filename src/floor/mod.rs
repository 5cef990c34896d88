//! The pure core: the live call centre as one deterministic state machine,
//! without I/O, clock, async or a random source of its own.
//!
//! In: [`Input`] with the time. Out: a list of [`Effect`]s in the order in
//! which they are to be carried out. The conductor owns the one floor and
//! carries the effects out; simulations do the same in virtual time.
//!
//! Where to look: `people` (agents' states), `control` (agents' commands about
//! their call), `plan` (how the legs of a call are put), `third` (transfers),
//! `legs` (switch events), `queueing` (callers who wait), `ring_all` (all phones ring for
//! one of them), `announce` (callers are told their place), `overflow` (who waited too
//! long, or called outside the `hours`), `voicemail` (who leaves a message),
//! `calling_back` (who keeps their place and is called back), `dialling` (campaigns and pacing), `previewing`
//! (agents see a lead first), `phone` (which desk phones are registered), `forward` (calls to an agent personally), `trunks` (how many calls
//! a gateway takes), `timers` (what comes due), `touched` (what changed and is told), `recording` (what is recorded), `voice` (what supervisors say), `pending` (requests that wait for the switch), `resync` (after a
//! lost connection or a restart), `check` (the invariants).

mod adopt;
pub mod agent;
pub mod announce;
#[cfg(test)]
mod announce_tests;
pub mod call;
pub mod caller_ids;
pub mod calling;
mod calling_back;
#[cfg(test)]
mod calling_back_tests;
pub mod campaign;
mod check;
mod command;
mod control;
#[cfg(test)]
mod control_tests;
mod dialling;
#[cfg(test)]
mod drop_cap_tests;
pub mod effect;
pub mod estimate;
mod fact;
pub mod forward;
pub mod hours;
#[cfg(test)]
mod hours_tests;
pub mod input;
pub mod kept;
mod kind;
mod last_hour;
mod legs;
pub mod make;
mod monitor;
#[cfg(test)]
mod monitor_tests;
mod observe;
mod overflow;
pub mod pacing;
pub mod pending;
mod people;
pub mod phone;
#[cfg(test)]
mod phone_tests;
mod plan;
#[cfg(test)]
mod plan_tests;
pub mod preview;
mod previewing;
#[cfg(test)]
mod previewing_tests;
pub mod queue;
#[cfg(test)]
mod queue_tests;
mod queue_watch;
mod queueing;
mod recording;
#[cfg(test)]
mod recording_tests;
pub mod refusal;
pub mod result;
mod resync;
#[cfg(test)]
mod resync_tests;
mod ring_all;
#[cfg(test)]
mod ring_all_tests;
mod sharing;
#[cfg(test)]
mod sharing_tests;
pub mod stretch;
mod tell;
#[cfg(test)]
mod tests;
mod third;
mod timers;
#[cfg(test)]
mod times_tests;
mod touched;
pub mod trunks;
#[cfg(test)]
mod trunks_tests;
mod voice;
pub mod voicemail;
#[cfg(test)]
mod voicemail_tests;

use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, CampaignId, IdMint, LegId, QueueId};
use agent::{Agent, AgentState};
use call::{Call, CallState};
use campaign::Campaign;
use effect::{AgentLive, CallLive, CampaignLive, Effect, Fact, SwitchCommand, Tell};
use foldhash::{HashMap, HashMapExt};
use input::{CommandName, Input};
use kept::KeptPlace;
use litemap::LiteMap;
use monitor::{Monitor, Waiting};
use pending::Expect;
use plan::Place;
use queue::Queue;
use std::collections::{BTreeMap, HashSet, VecDeque};
use timers::Timers;
use touched::Touched;

/// Legs remembered after their end, so that a late event is told from a
/// stranger and a leg thought dead that speaks is ended.
const GONE_LEGS: usize = 4_096;

/// How often a failed hang-up of such a leg is sent again.
const HANG_UPS_MAX: u8 = 3;
/// The switch's words for a leg that is over.
const NO_SUCH_CHANNEL: &str = "No such channel";

/// Whose a leg is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LegOwner {
    Customer(CallId),
    Agent(AgentId),
    /// The outside party of a call.
    Third(CallId),
    /// A supervisor's desk phone, listening.
    Monitor(AgentId),
}

/// The live call centre.
#[derive(Debug)]
pub struct Floor {
    mint: IdMint,
    switch_up: bool,
    /// Which run of the switch we last were connected to.
    switch_core: Option<String>,
    store_lagging: bool,
    /// No room for new ones.
    recordings_stopped: bool,
    agents: LiteMap<AgentId, Agent>,
    campaigns: LiteMap<CampaignId, Campaign>,
    queues: LiteMap<QueueId, Queue>,
    calls: BTreeMap<CallId, Call>,
    /// Places that callers keep, by the call from which they were kept.
    kept: BTreeMap<CallId, KeptPlace>,
    legs: HashMap<LegId, LegOwner>,
    /// Where the switch's events put them; a leg that is not here is alone.
    places: HashMap<LegId, Place>,
    /// Who listens to whom, by supervisor.
    monitors: BTreeMap<AgentId, Monitor>,
    /// Supervisors' requests that the switch has not confirmed yet.
    waiting: BTreeMap<AgentId, Waiting>,
    /// E.164 numbers in live attempts: never the same twice.
    numbers: HashSet<String>,
    /// The registrar's desk phones.
    phones: phone::Phones,
    /// Which legs go over which gateway, and how many more may.
    trunks: trunks::Trunks,
    /// The pools of numbers that customers see.
    caller_ids: caller_ids::CallerIds,
    gone: HashMap<LegId, Gone>,
    gone_order: VecDeque<LegId>,
    next_pacing: Moment,
    timers: Timers,
    effects: Vec<Effect>,
    touched: Touched,
}

/// A leg that is over, or was given up.
#[derive(Debug, Clone, Copy)]
struct Gone {
    /// The call it was the customer's leg of.
    call: Option<CallId>,
    /// How often its hang-up was sent again.
    hang_ups: u8,
}

impl Floor {
    /// An empty floor. `run` must differ between runs of the server; a replay
    /// uses the same.
    pub fn new(run: u64) -> Self {
        Self {
            mint: IdMint::new(run),
            switch_up: false,
            switch_core: None,
            store_lagging: false,
            recordings_stopped: false,
            agents: LiteMap::new_vec(),
            campaigns: LiteMap::new_vec(),
            queues: LiteMap::new_vec(),
            calls: BTreeMap::new(),
            kept: BTreeMap::new(),
            legs: HashMap::new(),
            places: HashMap::new(),
            monitors: BTreeMap::new(),
            waiting: BTreeMap::new(),
            numbers: HashSet::new(),
            phones: phone::Phones::default(),
            trunks: trunks::Trunks::default(),
            caller_ids: caller_ids::CallerIds::default(),
            gone: HashMap::new(),
            gone_order: VecDeque::new(),
            next_pacing: Moment(i64::MIN),
            timers: Timers::default(),
            effects: Vec::new(),
            touched: Touched::default(),
        }
    }

    /// Takes one input at its time and says what is to be done.
    pub fn apply(&mut self, now: Moment, input: Input) -> Vec<Effect> {
        match input {
            Input::Tick => {}
            Input::Switch(event) => self.on_leg(now, event.leg, event.what),
            Input::SwitchDown { reason } => self.on_switch_down(now, reason),
            Input::SwitchUp { core, channels } => self.on_switch_up(now, core, channels),
            Input::CommandFailed { leg, command, reason } => {
                self.on_command_failed(now, leg, command, &reason)
            }
            Input::CommandDone { leg, command } => self.on_command_done(now, leg, command),
            Input::Agent { agent, command, ticket } => self.on_agent_command(now, agent, command, ticket),
            Input::Supervisor { supervisor, command, ticket } => {
                self.on_supervisor_command(now, supervisor, command, ticket);
            }
            Input::AgentProfile(profile) => self.on_agent_profile(now, profile),
            Input::Phone(news) => self.on_phone_news(now, news),
            Input::AgentRemoved(agent) => self.on_agent_removed(now, agent),
            Input::Campaign(profile) => self.on_campaign(now, profile),
            Input::Queue(profile) => self.on_queue(now, *profile),
            Input::Gateways(profiles) => self.on_gateways(now, profiles),
            Input::CallerIds(profile) => self.on_caller_ids(now, *profile),
            Input::Caller { call, known } => self.on_caller_known(now, call, known),
            Input::Leads { campaign, leads } => self.on_leads(now, campaign, leads),
            Input::AttemptNotStored { call } => self.on_attempt_not_stored(now, call),
            Input::StoreLagging(lagging) => self.store_lagging = lagging,
            Input::RecordingSpace(space) => self.on_recording_space(now, space),
            Input::RestoreAgent { agent, state, since } => self.on_restore_agent(now, agent, state, since),
            Input::RestoreCall(call) => self.on_restore_call(now, call),
            Input::RestoreKept(place) => self.on_restore_kept(place),
            Input::KeptBarred(places) => self.on_kept_barred(now, &places),
        }
        self.set_timers(now);
        self.fire_timers(now);
        self.serve_kept(now);
        self.pace(now);
        self.set_timers(now);
        self.tell_changes(now);
        std::mem::take(&mut self.effects)
    }

    /// When the floor must be given a [`Input::Tick`] if nothing happens
    /// before; `None`: not before something does.
    pub fn next_wakeup(&self) -> Option<Moment> {
        self.timers.next().into_iter().chain(self.paces().then_some(self.next_pacing)).min()
    }

    /// Broken invariants, in words; empty when all is well.
    pub fn violations(&self) -> Vec<String> {
        check::violations(self)
    }

    /// Whether the switch can be used.
    pub fn switch_up(&self) -> bool {
        self.switch_up
    }

    /// Every call as the live floor shows it.
    pub fn calls_live(&self) -> Vec<CallLive> {
        self.calls.values().map(Call::live).collect()
    }

    /// The queue that a call is in, or came from.
    pub fn queue_of(&self, call: CallId) -> Option<QueueId> {
        self.calls.get(&call).and_then(Call::queue)
    }

    /// One agent as the live floor shows them.
    pub fn agent_live(&self, agent: AgentId) -> Option<AgentLive> {
        self.agents.get(&agent).map(|agent| self.live_of(agent))
    }

    fn live_of(&self, agent: &Agent) -> AgentLive {
        let call = agent.state.live_call().and_then(|call| self.calls.get(&call));
        let mut live = agent.live(call);
        live.allowed = self.allowed(agent);
        live.phone = self.phone_live(agent);
        live.preview = self.preview_live(agent);
        live
    }

    /// The commands that would be accepted of an agent now.
    fn allowed(&self, agent: &Agent) -> Vec<effect::AgentAction> {
        let call = agent.state.live_call().and_then(|call| self.calls.get(&call));
        let mut allowed = agent.allowed(call);
        if !self.answers_on_request(agent) {
            allowed.retain(|action| *action != effect::AgentAction::Answer);
        }
        if self.skips_left(agent) == Some(0) {
            allowed.retain(|action| *action != effect::AgentAction::Skip);
        }
        allowed
    }

    fn send(&mut self, command: SwitchCommand) {
        self.effects.push(Effect::Switch(command));
    }

    fn record(&mut self, fact: Fact) {
        self.effects.push(Effect::Record(fact));
    }

    fn tell(&mut self, tell: Tell) {
        self.effects.push(Effect::Tell(tell));
    }

    fn ignore(&mut self, now: Moment, why: String) {
        self.record(Fact::Ignored { why, at: now });
    }

    fn new_leg(&mut self, owner: LegOwner) -> LegId {
        let leg = LegId(self.mint.mint());
        self.legs.insert(leg, owner);
        leg
    }

    fn forget_leg(&mut self, leg: LegId) {
        let call = match self.legs.remove(&leg) {
            Some(LegOwner::Customer(call)) => Some(call),
            Some(LegOwner::Agent(_) | LegOwner::Third(_) | LegOwner::Monitor(_)) | None => None,
        };
        self.places.remove(&leg);
        self.trunks.give_up(leg);
        if self.gone.insert(leg, Gone { call, hang_ups: 0 }).is_none() {
            self.gone_order.push_back(leg);
        }
        while self.gone_order.len() > GONE_LEGS {
            if let Some(oldest) = self.gone_order.pop_front() {
                self.gone.remove(&oldest);
            }
        }
    }

    /// The one place where an agent's state changes, so that the spans in the
    /// store tile the shift.
    fn set_state(&mut self, now: Moment, id: AgentId, state: AgentState) {
        let Some(agent) = self.agents.get_mut(&id) else { return };
        let (before, since) = (agent.state.kind(), agent.since);
        let same = agent.state.kind() == state.kind()
            && agent.state.reason() == state.reason()
            && agent.state.call() == state.call();
        agent.state = state;
        let looked_away = agent.state != AgentState::Previewing && agent.preview.is_some();
        if agent.state != AgentState::Ready {
            agent.turn = None;
        }
        if !matches!(agent.state, AgentState::Ready | AgentState::Reserved { .. }) {
            agent.idle_kept = None;
        }
        self.touched.agents.insert(id);
        if looked_away {
            self.give_preview_back(now, id, preview::PreviewEnd::AgentLeft);
        }
        if same {
            return;
        }
        let Some(agent) = self.agents.get_mut(&id) else { return };
        agent.since = now;
        let fact = Fact::AgentState {
            agent: id,
            kind: agent.state.kind(),
            reason: agent.state.reason().map(str::to_owned),
            call: agent.state.call(),
            at: now,
        };
        self.record(fact);
        self.learn_of_agent(now, now.since_ms(since), id, before);
    }

    fn call_counts(&self, campaign: CampaignId) -> CallCounts {
        let mut counts = CallCounts::default();
        self.calls
            .values()
            .filter(|call| call.campaign() == Some(campaign))
            .for_each(|call| counts.add(call));
        counts
    }

    fn campaign_live(&mut self, now: Moment, id: CampaignId) -> Option<CampaignLive> {
        let campaign = self.campaigns.get(&id)?;
        let counts = self.call_counts(id);
        let (mut agents_ready, mut agents_working) = (0, 0);
        for agent in campaign.profile.agents.iter().filter_map(|id| self.agents.get(id)) {
            agents_ready += u32::from(matches!(agent.state, AgentState::Ready));
            agents_working += u32::from(agent.working());
        }
        let window = self.counted(now, campaign).window;
        let live = CampaignLive {
            campaign: id,
            running: campaign.profile.running,
            in_flight: counts.in_flight,
            waiting: counts.waiting + counts.connecting,
            talking: counts.talking,
            agents_ready,
            agents_working,
            hopper: campaign.hopper.len() as u32,
            attempts: campaign.attempts,
            answered: window.answered,
            dropped: window.dropped,
            pacing: campaign.report.clone(),
        };
        if let Some(campaign) = self.campaigns.get_mut(&id) {
            campaign.told_at = now;
        }
        Some(live)
    }
}

/// A campaign's calls, counted.
#[derive(Debug, Default, Clone, Copy)]
struct CallCounts {
    in_flight: u32,
    /// Of these, calls whose agents are kept free.
    reserved: u32,
    waiting: u32,
    connecting: u32,
    talking: u32,
    ending: u32,
}

impl CallCounts {
    fn add(&mut self, call: &Call) {
        match call.state {
            CallState::Ending { .. } => self.ending += 1,
            _ if call.in_flight() => {
                self.in_flight += 1;
                self.reserved += u32::from(call.reserved.is_some());
            }
            CallState::Talking { .. }
            | CallState::Arranged { .. }
            | CallState::Outside
            | CallState::Overflowing { .. }
            | CallState::Message { .. } => self.talking += 1,
            // A queue's now: no agent of the campaign is wanted for it.
            _ if call.queued.is_some() => self.talking += 1,
            _ if call.agent().is_some() => self.connecting += 1,
            _ => self.waiting += 1,
        }
    }

    /// Calls that want an agent, and have none who is kept free.
    fn want_an_agent(&self) -> u32 {
        (self.in_flight + self.waiting).saturating_sub(self.reserved)
    }

    fn lines(&self) -> u32 {
        self.in_flight + self.waiting + self.connecting + self.talking + self.ending
    }
}

impl Floor {
    /// A leg that was given up must not stay behind because one command was
    /// lost. Without a connection the next list of channels shows it.
    fn hang_up_again(&mut self, leg: LegId, command: CommandName, reason: &str) {
        let over = command != CommandName::HangUp || reason.contains(NO_SUCH_CHANNEL) || !self.switch_up;
        if reason.contains(NO_SUCH_CHANNEL) {
            self.trunks.vacate(leg);
        }
        let Some(gone) = self.gone.get_mut(&leg).filter(|gone| !over && gone.hang_ups < HANG_UPS_MAX) else {
            return;
        };
        gone.hang_ups += 1;
        self.send(SwitchCommand::HangUp { leg, cause: effect::HangUpCause::NormalClearing });
    }

    fn on_command_failed(&mut self, now: Moment, leg: LegId, command: CommandName, reason: &str) {
        let Some(owner) = self.legs.get(&leg).copied() else {
            self.hang_up_again(leg, command, reason);
            return;
        };
        match command {
            CommandName::Originate => {
                self.ignore(now, format!("originate of leg {leg} failed: {reason}"));
                let gateway = self.trunks.gateway_of(leg);
                self.on_leg_gone(now, leg, input::HangUp::cause("COMMAND_FAILED"));
                // The answer alone may have been lost: it holds its line until the
                // switch denies it.
                if let Some(gateway) = gateway {
                    self.trunks.occupy(&gateway, leg);
                    self.trunks.give_up(leg);
                }
            }
            CommandName::Exists => self.on_no_such_leg(now, leg, owner),
            CommandName::HangUp => self.send(SwitchCommand::Check { leg }),
            CommandName::Bridge if self.planned_call(owner).is_some() => self.on_move_failed(now, leg, owner),
            CommandName::Bridge => {
                // Either leg may be the one that is gone; the call's timer
                // tries another agent when both still stand.
                self.send(SwitchCommand::Check { leg });
                if let LegOwner::Customer(call) = owner
                    && let Some(agent) = self.calls.get(&call).and_then(Call::agent)
                    && let Some(agent_leg) = self.agents.get(&agent).and_then(|a| a.phone.leg())
                {
                    self.send(SwitchCommand::Check { leg: agent_leg });
                }
            }
            CommandName::Record | CommandName::StopRecording => {
                self.on_recording_failed(now, leg, owner, command, reason);
            }
            CommandName::Move => self.on_move_failed(now, leg, owner),
            CommandName::Mute | CommandName::SendKeys | CommandName::Mask | CommandName::Answer => {
                self.on_request_failed(owner, command, reason);
            }
            CommandName::Monitor => self.send(SwitchCommand::Check { leg }),
            CommandName::Announce => self.not_announced(now, leg, reason),
        }
    }

    /// The call in whose plan a leg takes part.
    fn planned_call(&self, owner: LegOwner) -> Option<CallId> {
        let call = match owner {
            LegOwner::Customer(call) | LegOwner::Third(call) => Some(call),
            LegOwner::Agent(agent) => self.agents.get(&agent).and_then(|agent| agent.state.live_call()),
            LegOwner::Monitor(_) => None,
        };
        call.filter(|call| self.calls.get(call).is_some_and(|call| call.plan.is_some()))
    }

    fn on_move_failed(&mut self, now: Moment, leg: LegId, owner: LegOwner) {
        match self.planned_call(owner) {
            Some(call) => self.move_failed(now, call),
            None => self.send(SwitchCommand::Check { leg }),
        }
    }

    /// A request that the switch refused: its reason is the answer.
    fn on_request_failed(&mut self, owner: LegOwner, command: CommandName, reason: &str) {
        let agent = match owner {
            LegOwner::Agent(agent) => Some(agent),
            LegOwner::Customer(call) | LegOwner::Third(call) => self.calls.get(&call).and_then(Call::agent),
            LegOwner::Monitor(_) => None,
        };
        let Some(agent) = agent else { return };
        let waits_for = self.agents.get(&agent).and_then(|agent| agent.pending).map(|pending| pending.expect);
        let this = match waits_for {
            Some(Expect::Muted(_)) => command == CommandName::Mute,
            Some(Expect::KeysTaken) => command == CommandName::SendKeys,
            Some(Expect::Masked(_)) => command == CommandName::Mask,
            Some(Expect::PhoneUp) => command == CommandName::Answer,
            Some(Expect::Arranged | Expect::ThirdRings | Expect::Left) | None => false,
        };
        if this {
            self.give_up_pending(agent, refusal::Refusal::SwitchRefused { reason: reason.to_owned() });
        }
    }
}
