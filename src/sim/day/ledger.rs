//! Checks what the floor wrote down in a simulated day, as an auditor would
//! who sees nothing but the facts and the commands.
//!
//! In: facts, messages and commands in their order. Out: broken promises in
//! words, and the figures of the day.

use super::handling::Handling;
use super::queued::{INBOUND_ONLY, may_take};
use super::{CampaignCounts, DaySummary};
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, CampaignId, LegId, QueueId};
use crate::floor::effect::{AgentStateKind, CallResult, Fact, SwitchCommand, Tell};
use crate::floor::input::{CampaignProfile, Ticket};
use crate::floor::kept::KeptOutcome;
use crate::floor::queue::{QueueOutcome, QueueProfile};
use crate::floor::stretch::Stretch;
use foldhash::{HashMap, HashMapExt};
use std::collections::{BTreeMap, BTreeSet};

/// The auditor's books.
#[derive(Debug)]
pub struct Ledger {
    pub(super) campaigns: BTreeMap<CampaignId, CampaignProfile>,
    pub(super) live: HashMap<CallId, Entry>,
    pub(super) ended: BTreeSet<CallId>,
    pub(super) numbers: HashMap<String, CallId>,
    pub(super) legs: HashMap<LegId, CallId>,
    /// Desk phones' legs.
    phones: BTreeSet<LegId>,
    pub(super) handling: Handling,
    popped: BTreeSet<(CallId, AgentId)>,
    pub(super) agents: BTreeMap<AgentId, Span>,
    spent: BTreeMap<AgentStateKind, i64>,
    shift_ms: i64,
    attempts: u64,
    answered: u64,
    connected: u64,
    dropped: u64,
    /// Answered and dropped calls by campaign.
    pub(super) counted: BTreeMap<CampaignId, CampaignCounts>,
    /// When a fault last took the switch away.
    pub(super) switch_lost: Option<Moment>,
    /// When faults took agents of the campaign away, each for one call at most:
    /// those that no dropped call has been put down to yet.
    pub(super) agents_lost: BTreeMap<CampaignId, Vec<Moment>>,
    /// Agents whose desk phone a dropped call has been put down to.
    pub(super) phones_blamed: BTreeSet<AgentId>,
    talk_ms: i64,
    waits: Vec<i64>,
    results: BTreeMap<CallResult, u64>,
    pub(super) queues: BTreeMap<QueueId, QueueProfile>,
    /// Calls in a queue: which, since when.
    pub(super) visits: BTreeMap<CallId, (QueueId, Moment)>,
    pub(super) offered: u64,
    pub(super) outcomes: BTreeMap<QueueOutcome, u64>,
    pub(super) queue_waits: Vec<i64>,
    /// Places that are kept, with how often they were called back for.
    pub(super) kept: BTreeMap<CallId, u32>,
    pub(super) kept_outcomes: BTreeMap<KeptOutcome, u64>,
    /// In which no campaign may dial.
    no_calls: Option<Stretch>,
}

#[derive(Debug)]
pub(super) struct Entry {
    /// `None`: the customer called.
    pub(super) campaign: Option<CampaignId>,
    pub(super) e164: String,
    pub(super) started: Moment,
    pub(super) ringing: bool,
    pub(super) answered: Option<Moment>,
    pub(super) dropped: bool,
    /// The first agent, and when.
    pub(super) connected: Option<(AgentId, Moment)>,
    /// Whose it is now.
    pub(super) agent: Option<AgentId>,
    pub(super) dialled: bool,
    /// The queue it is, or was last, in.
    pub(super) queue: Option<QueueId>,
    /// Since when a message is recorded.
    pub(super) message: Option<Moment>,
}

impl Entry {
    /// A call of which no more is known yet.
    pub(super) fn new(now: Moment) -> Self {
        Self {
            campaign: None,
            e164: String::new(),
            started: now,
            ringing: false,
            answered: None,
            dropped: false,
            connected: None,
            agent: None,
            dialled: false,
            queue: None,
            message: None,
        }
    }
}

/// The state an agent is in, and since when.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) kind: AgentStateKind,
    reason: Option<String>,
    pub(super) call: Option<CallId>,
    since: Moment,
    logged_in: Option<Moment>,
    counted_ms: i64,
}

impl Ledger {
    /// Empty books for these campaigns.
    pub fn new(campaigns: &[CampaignProfile], queues: &[QueueProfile]) -> Self {
        Self {
            campaigns: campaigns.iter().map(|c| (c.campaign, c.clone())).collect(),
            live: HashMap::new(),
            ended: BTreeSet::new(),
            numbers: HashMap::new(),
            legs: HashMap::new(),
            phones: BTreeSet::new(),
            handling: Handling::default(),
            popped: BTreeSet::new(),
            agents: BTreeMap::new(),
            spent: BTreeMap::new(),
            shift_ms: 0,
            attempts: 0,
            answered: 0,
            connected: 0,
            dropped: 0,
            counted: BTreeMap::new(),
            switch_lost: None,
            agents_lost: BTreeMap::new(),
            phones_blamed: BTreeSet::new(),
            talk_ms: 0,
            waits: Vec::new(),
            results: BTreeMap::new(),
            queues: queues.iter().map(|queue| (queue.queue, queue.clone())).collect(),
            visits: BTreeMap::new(),
            offered: 0,
            outcomes: BTreeMap::new(),
            queue_waits: Vec::new(),
            kept: BTreeMap::new(),
            kept_outcomes: BTreeMap::new(),
            no_calls: None,
        }
    }

    /// The same for a day with a break.
    pub(super) fn with_break(self, no_calls: Option<Stretch>) -> Self {
        Self { no_calls, ..self }
    }

    /// A campaign was changed.
    pub fn campaign(&mut self, campaign: &CampaignProfile) {
        self.campaigns.insert(campaign.campaign, campaign.clone());
    }

    /// Somebody asks for something.
    pub(super) fn asked(&mut self, now: Moment) -> Ticket {
        self.handling.asked(now)
    }

    /// And is answered.
    pub(super) fn answered(&mut self, now: Moment, ticket: Ticket) -> Vec<String> {
        self.handling.answered(now, ticket)
    }

    /// A message to the consoles.
    pub fn told(&mut self, tell: &Tell) {
        if let Tell::ScreenPop { agent, call, .. } = tell {
            self.popped.insert((*call, *agent));
        }
    }

    /// A command to the switch: nothing is dialled without a record, and no
    /// conversation begins without the customer on the agent's screen.
    pub fn command(&mut self, command: &SwitchCommand) -> Vec<String> {
        let mut broken = Vec::new();
        match command {
            SwitchCommand::DialCustomer { call, leg, .. } => match self.live.get_mut(call) {
                Some(entry) if !entry.dialled && self.legs.get(leg) == Some(call) => entry.dialled = true,
                Some(_) => broken.push(format!("call {call} is dialled twice, or with a strange leg")),
                None => broken.push(format!("call {call} is dialled without a record")),
            },
            SwitchCommand::RingAgent { leg, .. } | SwitchCommand::Monitor { leg, .. } => {
                self.phones.insert(*leg);
            }
            SwitchCommand::Announce { leg, .. } => self.told_place(*leg, &mut broken),
            // An agent and the third they ask.
            SwitchCommand::Bridge { first, second, .. } if self.phones.contains(first) => {
                let known = self.phones.contains(second) || self.handling.knows(*second);
                broken.extend(
                    (!known).then(|| format!("leg {second} is bridged with an agent and is nobody's")),
                );
            }
            SwitchCommand::Bridge { first, second, .. } => match self.legs.get(first) {
                // A caller and the number outside that they overflow to.
                Some(_) if self.handling.knows(*second) && !self.phones.contains(second) => {}
                Some(call) if self.popped.iter().any(|(popped, _)| popped == call) => {}
                Some(call) => broken.push(format!("call {call} is bridged before the screen pop")),
                None => broken.push(format!("leg {first} is bridged and no attempt has it")),
            },
            _ => {}
        }
        broken
    }

    /// The record of this attempt was never committed.
    pub fn not_stored(&mut self, call: CallId) {
        if let Some(entry) = self.live.remove(&call) {
            self.numbers.remove(&entry.e164);
            self.legs.retain(|_, owner| *owner != call);
            self.attempts -= 1;
        }
    }

    /// A fact. `now` is the time of the input that led to it.
    pub fn write(&mut self, now: Moment, switch_up: bool, fact: &Fact) -> Vec<String> {
        let mut broken = Vec::new();
        if fact_time(fact) != now {
            broken.push(format!("a fact is not of now: {fact:?}"));
        }
        match fact {
            Fact::AttemptStarted { .. } => self.attempt(now, switch_up, fact, &mut broken),
            Fact::CallEnded { call, result, talk_ms, .. } => {
                self.call_ended(now, *call, *result, *talk_ms, &mut broken);
            }
            Fact::AgentState { agent, kind, reason, call, .. } => {
                self.agent_state(now, *agent, *kind, reason.clone(), *call, &mut broken);
            }
            Fact::CallRinging { call, .. } => {
                self.within(*call, "rings", &mut broken, |entry| {
                    !std::mem::replace(&mut entry.ringing, true)
                });
            }
            Fact::CallAnswered { call, .. } => {
                self.answered += 1;
                if let Some(counts) = self.count(*call) {
                    counts.answered += 1;
                }
                self.within(*call, "is answered", &mut broken, |e| e.answered.replace(now).is_none());
            }
            Fact::CallDropped { call, .. } => {
                self.dropped += 1;
                let by_fault = self.lost_by_fault(*call);
                if let Some(counts) = self.count(*call) {
                    counts.dropped += 1;
                    counts.dropped_by_faults += u64::from(by_fault);
                }
                self.within(*call, "is dropped", &mut broken, |entry| {
                    let before = entry.connected.is_none() && entry.answered.is_some();
                    before && !std::mem::replace(&mut entry.dropped, true)
                });
            }
            Fact::CallConnected { call, agent, .. } => self.call_connected(now, *call, *agent, &mut broken),
            Fact::RecordingStarted { call, .. } => {
                self.within(*call, "is recorded", &mut broken, |entry| entry.connected.is_some());
            }
            Fact::MessageStarted { call, .. } => self.message_began(now, *call, &mut broken),
            // The file may be closed after the call has ended.
            Fact::RecordingStopped { call, .. } => {
                if !self.live.contains_key(call) && !self.ended.contains(call) {
                    broken.push(format!("a recording of call {call} ends, which nobody dialled"));
                }
            }
            Fact::CallHanded { call, agent, .. } => self.call_handed(*call, *agent, &mut broken),
            Fact::CallArrived { call, leg, .. } => self.arrived(now, *call, *leg, &mut broken),
            Fact::QueueEntered { call, queue, .. } => self.entered(now, *call, *queue, &mut broken),
            Fact::QueueLeft { call, queue, outcome, .. } => {
                self.left(now, *call, *queue, *outcome, &mut broken);
            }
            Fact::CallerKnown { .. } | Fact::Previewed(_) => {}
            Fact::Kept(fact) => self.kept(now, switch_up, fact, &mut broken),
            Fact::CallSpan { .. }
            | Fact::CallLeg { .. }
            | Fact::CallLegEnded { .. }
            | Fact::TransferStarted { .. }
            | Fact::TransferEnded { .. }
            | Fact::CallForwarded { .. }
            | Fact::RecordingMasked { .. }
            | Fact::Monitored { .. }
            | Fact::VoiceStarted { .. }
            | Fact::VoiceStopped { .. }
            | Fact::NotRecorded { .. }
            | Fact::Ignored { .. } => {}
        }
        broken.extend(self.handling.write(now, fact, |call| self.live.contains_key(&call)));
        broken
    }

    /// The call is another's: of the centre, with the customer on their screen,
    /// and on no other call; or an outside party's.
    fn call_handed(&mut self, call: CallId, agent: Option<AgentId>, broken: &mut Vec<String>) {
        if let Some(agent) = agent {
            self.only_call_of(call, agent, broken);
        }
        self.within(call, "is handed on", broken, |entry| {
            entry.agent = agent;
            // A caller may go on to a number outside before any agent.
            entry.connected.is_some() || (agent.is_none() && entry.campaign.is_none())
        });
    }

    fn only_call_of(&self, call: CallId, agent: AgentId, broken: &mut Vec<String>) {
        let elsewhere = self.live.iter().find(|(id, e)| **id != call && e.agent == Some(agent));
        if let Some((other, _)) = elsewhere {
            broken.push(format!("agent {agent} is connected to call {call} while on call {other}"));
        }
        if !self.popped.contains(&(call, agent)) {
            broken.push(format!("agent {agent} talks on call {call} without a screen pop"));
        }
    }

    /// A fact of a live call, that must be true of it.
    pub(super) fn within(
        &mut self,
        call: CallId,
        what: &str,
        broken: &mut Vec<String>,
        check: impl FnOnce(&mut Entry) -> bool,
    ) {
        match self.live.get_mut(&call) {
            Some(entry) => {
                if !check(entry) {
                    broken.push(format!("call {call} {what}, which cannot be: {entry:?}"));
                }
            }
            None => broken.push(format!("call {call} {what} and is not a live attempt")),
        }
    }

    fn attempt(&mut self, now: Moment, switch_up: bool, fact: &Fact, broken: &mut Vec<String>) {
        let Fact::AttemptStarted { call, leg, campaign, e164, .. } = fact else { return };
        self.attempts += 1;
        let allowed =
            self.campaigns.get(campaign).is_some_and(|profile| profile.times.open_at(now) && profile.running);
        if self.no_calls.is_some_and(|none| none.from <= now && now < none.to) {
            broken.push(format!("call {call} is dialled in the break"));
        }
        if !allowed {
            broken.push(format!("call {call} is dialled outside its hours, or while its campaign is paused"));
        }
        if !switch_up {
            broken.push(format!("call {call} is dialled without a switch"));
        }
        self.dials(*call, e164, broken);
        let entry = Entry { campaign: Some(*campaign), e164: e164.clone(), ..Entry::new(now) };
        let twice = self.ended.contains(call) || self.live.insert(*call, entry).is_some();
        if twice || self.legs.insert(*leg, *call).is_some() {
            broken.push(format!("call {call} is started twice, or its leg was used before"));
        }
    }

    fn call_connected(&mut self, now: Moment, call: CallId, agent: AgentId, broken: &mut Vec<String>) {
        self.connected += 1;
        self.only_call_of(call, agent, broken);
        let member = |profile: &CampaignProfile| profile.agents.contains(&agent);
        let mut wait = None;
        let (campaigns, queues) = (&self.campaigns, &self.queues);
        match self.live.get_mut(&call) {
            Some(entry) => {
                let serves = match (entry.queue, entry.campaign) {
                    (Some(queue), _) => queues.get(&queue).is_some_and(|queue| may_take(queue, agent)),
                    (None, Some(campaign)) => campaigns.get(&campaign).is_some_and(member),
                    (None, None) => false,
                };
                if !serves {
                    broken.push(format!("agent {agent} is connected to call {call} of a strange campaign"));
                }
                match entry.answered {
                    Some(at) if entry.connected.is_none() => wait = Some(now.since_ms(at)),
                    _ => broken.push(format!("call {call} is connected before the answer, or twice")),
                }
                entry.connected = Some((agent, now));
                entry.agent = Some(agent);
            }
            None => broken.push(format!("call {call} is connected and is not a live attempt")),
        }
        self.waits.extend(wait);
    }

    fn call_ended(
        &mut self,
        now: Moment,
        call: CallId,
        result: CallResult,
        talk_ms: i64,
        broken: &mut Vec<String>,
    ) {
        let Some(entry) = self.live.remove(&call) else {
            broken.push(format!("call {call} ends twice, or was never started"));
            return;
        };
        self.ended.insert(call);
        self.popped.retain(|(popped, _)| *popped != call);
        self.numbers.remove(&entry.e164);
        self.call_left_queues(now, call, &entry, result, broken);
        *self.results.entry(result).or_default() += 1;
        self.talk_ms += talk_ms;
        if let Some(campaign) = entry.campaign {
            self.counted.entry(campaign).or_insert_with(|| CampaignCounts::new(campaign)).talk_ms += talk_ms;
        }
        let talked = entry.connected.map_or(0, |(_, at)| now.since_ms(at));
        if talk_ms < 0 || talk_ms > talked {
            broken.push(format!("call {call} has {talk_ms} ms of talk in {talked} ms"));
        }
        if (result == CallResult::Answered) != entry.connected.is_some() {
            broken.push(format!("call {call} ends as {result:?}: {entry:?}"));
        }
        if entry.campaign.is_some() && INBOUND_ONLY.contains(&result) {
            broken.push(format!("call {call} was dialled and ends as {result:?}"));
        }
        let unanswered = entry.answered.is_none();
        if unanswered && matches!(result, CallResult::Dropped | CallResult::AbandonedEarly) {
            broken.push(format!("call {call} ends as {result:?} and was never answered"));
        }
        if entry.started > now {
            broken.push(format!("call {call} ends before it began"));
        }
    }

    fn agent_state(
        &mut self,
        now: Moment,
        agent: AgentId,
        kind: AgentStateKind,
        reason: Option<String>,
        call: Option<CallId>,
        broken: &mut Vec<String>,
    ) {
        let span = self.agents.entry(agent).or_insert(Span {
            kind: AgentStateKind::LoggedOut,
            reason: None,
            call: None,
            since: now,
            logged_in: None,
            counted_ms: 0,
        });
        if now < span.since {
            broken.push(format!("agent {agent}: a span begins before the last one did"));
        }
        if (span.kind, &span.reason, span.call) == (kind, &reason, call) {
            broken.push(format!("agent {agent} enters {kind:?} twice in a row"));
        }
        if span.kind != AgentStateKind::LoggedOut {
            let ms = now.since_ms(span.since);
            *self.spent.entry(span.kind).or_default() += ms;
            span.counted_ms += ms;
        }
        if (span.kind, kind) == (AgentStateKind::Ringing, AgentStateKind::Ready) && span.call.is_some() {
            self.handling.count("rings called off");
        }
        match (span.kind, kind) {
            (AgentStateKind::LoggedOut, _) => (span.logged_in, span.counted_ms) = (Some(now), 0),
            (_, AgentStateKind::LoggedOut) => {
                let shift = span.logged_in.take().map_or(0, |at| now.since_ms(at));
                self.shift_ms += shift;
                if shift != span.counted_ms {
                    broken.push(format!(
                        "agent {agent}: spans of {} ms in a shift of {shift} ms",
                        span.counted_ms
                    ));
                }
            }
            _ => {}
        }
        if kind == AgentStateKind::Talking {
            let on = call.and_then(|call| self.live.get(&call)).and_then(|entry| entry.agent);
            let asked = call.is_some_and(|call| self.handling.asks(call, agent));
            if on != Some(agent) && !asked {
                broken.push(format!("agent {agent} talks on {call:?}, which is not connected to them"));
            }
        }
        (span.kind, span.reason, span.call, span.since) = (kind, reason, call, now);
        // Who is in after-call work has left the call, which may go on.
        if kind == AgentStateKind::WrapUp
            && let Some(entry) = call.and_then(|call| self.live.get_mut(&call))
            && entry.agent == Some(agent)
        {
            entry.agent = None;
        }
        let blamed = self.phones_blamed.remove(&agent);
        if kind == AgentStateKind::Unreachable && !blamed {
            self.fault(now, Some(agent));
        }
    }

    /// The day is over: what is still open?
    pub fn close(&mut self, now: Moment) -> Vec<String> {
        let mut broken = Vec::new();
        for (call, entry) in &self.live {
            broken.push(format!("call {call} has no end: {entry:?}"));
        }
        for (agent, span) in &self.agents {
            if span.kind != AgentStateKind::LoggedOut {
                let since = now.since_ms(span.since);
                broken.push(format!("agent {agent} never left: {:?} for {since} ms", span.kind));
            }
        }
        broken.extend(self.handling.close());
        self.caps_held(&mut broken);
        broken.extend(self.visits.keys().map(|call| format!("call {call} never left its queue")));
        // A HashMap's order must not get into a summary that is compared.
        broken.sort();
        broken
    }

    /// Puts the figures into the summary.
    pub(super) fn sum_up(&self, summary: &mut DaySummary) {
        let minutes = |ms: i64| (ms as f64 / 600.0).round() / 100.0;
        let spent = |kind| self.spent.get(&kind).copied().unwrap_or(0);
        let handled =
            spent(AgentStateKind::Talking) + spent(AgentStateKind::Hold) + spent(AgentStateKind::WrapUp);
        let offered = handled + spent(AgentStateKind::Ready);
        summary.calls = self.attempts;
        summary.answered = self.answered;
        summary.connected = self.connected;
        summary.dropped = self.dropped;
        summary.abandoned_early = self.results.get(&CallResult::AbandonedEarly).copied().unwrap_or(0);
        summary.campaigns = self.counted.values().cloned().collect();
        summary.drop_permille = self.dropped as f64 * 1000.0 / self.answered.max(1) as f64;
        summary.talk_minutes = minutes(self.talk_ms);
        summary.occupancy_percent = handled as f64 * 100.0 / offered.max(1) as f64;
        summary.wait_ms_mean = self.waits.iter().sum::<i64>() / (self.waits.len().max(1) as i64);
        summary.wait_ms_max = self.waits.iter().copied().max().unwrap_or(0);
        self.sum_up_queues(summary);
        summary.controlled = self.handling.counts();
        summary.by_result = self.results.iter().map(|(result, count)| (result.as_str(), *count)).collect();
        summary.state_minutes = self.spent.iter().map(|(kind, ms)| (kind.as_str(), minutes(*ms))).collect();
    }
}

fn fact_time(fact: &Fact) -> Moment {
    match fact {
        Fact::AttemptStarted { at, .. }
        | Fact::CallRinging { at, .. }
        | Fact::CallAnswered { at, .. }
        | Fact::CallDropped { at, .. }
        | Fact::CallConnected { at, .. }
        | Fact::RecordingStarted { at, .. }
        | Fact::RecordingStopped { at, .. }
        | Fact::MessageStarted { at, .. }
        | Fact::CallEnded { at, .. }
        | Fact::AgentState { at, .. }
        | Fact::CallHanded { at, .. }
        | Fact::CallSpan { at, .. }
        | Fact::CallLeg { at, .. }
        | Fact::CallForwarded { at, .. }
        | Fact::CallLegEnded { at, .. }
        | Fact::TransferStarted { at, .. }
        | Fact::TransferEnded { at, .. }
        | Fact::RecordingMasked { at, .. }
        | Fact::Monitored { at, .. }
        | Fact::VoiceStarted { at, .. }
        | Fact::VoiceStopped { at, .. }
        | Fact::NotRecorded { at, .. }
        | Fact::CallArrived { at, .. }
        | Fact::CallerKnown { at, .. }
        | Fact::QueueEntered { at, .. }
        | Fact::QueueLeft { at, .. }
        | Fact::Ignored { at, .. } => *at,
        Fact::Kept(fact) => fact.at(),
        Fact::Previewed(fact) => fact.at,
    }
}
