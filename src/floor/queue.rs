//! One inbound queue of the floor: its settings, who of its agents is next, and
//! what is counted. Data and pure questions; what happens to the callers is in
//! `queueing.rs`.

use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, CustomerId, QueueId};
use crate::base::phone::Dialable;
use crate::floor::announce::Announcements;
use crate::floor::hours::Hours;
use crate::floor::kept::Callback;
use crate::floor::voicemail::Voicemail;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The window over which a queue's figures are counted, in hours.
const WINDOW_HOURS: i64 = 24;

/// Who of the agents that are ready takes the next caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// Who has been ready longest.
    LongestIdle,
    /// One after the other, in the order of the list of members.
    RoundRobin,
    /// Who took the fewest calls of this queue in the last 24 hours.
    FewestCalls,
    /// Who has the best level for this queue (1 before 2), of these who has
    /// been ready longest.
    Skills,
    /// All at once: their desk phones ring together, and who answers first takes
    /// the caller.
    RingAll,
}

impl Strategy {
    /// Every strategy, in the order of the console.
    pub const ALL: [Strategy; 5] = [
        Strategy::LongestIdle,
        Strategy::RoundRobin,
        Strategy::FewestCalls,
        Strategy::Skills,
        Strategy::RingAll,
    ];

    /// The name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Strategy::LongestIdle => "longest_idle",
            Strategy::RoundRobin => "round_robin",
            Strategy::FewestCalls => "fewest_calls",
            Strategy::Skills => "skills",
            Strategy::RingAll => "ring_all",
        }
    }

    /// The strategy of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|strategy| strategy.as_str() == name)
    }
}

/// An agent of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub agent: AgentId,
    /// How good they are at it: 1 is best, 9 least.
    pub level: u8,
}

/// Where a caller goes who has waited as long as the queue allows, or who called
/// outside its hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Overflow {
    /// Hears the message, if there is one, and is hung up.
    HangUp,
    /// To the end of another queue.
    Queue(QueueId),
    /// Waits for this agent alone, once more as long; then the call ends.
    Agent(AgentId),
    /// Is connected with this number outside.
    Outside(Dialable),
    /// Leaves a message.
    Voicemail,
}

/// What the floor must know of a queue.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueProfile {
    /// Which.
    pub queue: QueueId,
    /// Whether callers are let in. Who waits already is served either way.
    pub open: bool,
    /// The numbers that lead here, in each form in which a carrier may name them.
    pub numbers: Vec<Dialable>,
    /// Who is next.
    pub strategy: Strategy,
    /// Its agents.
    pub members: Vec<Member>,
    /// Callers of a queue with a higher priority are served first.
    pub priority: i32,
    /// While somebody waits here, an agent who becomes free comes here before a
    /// call is dialled for them.
    pub inbound_first: bool,
    /// For how long the agent who spoke with the customer last is waited for
    /// alone, in milliseconds; 0: not at all.
    pub own_agent_ms: i64,
    /// How long a caller waits at most, in milliseconds.
    pub wait_ms_max: i64,
    /// What happens then.
    pub overflow: Overflow,
    /// Length of after-call work in seconds; 0: until the disposition is saved.
    pub wrap_up_seconds: u32,
    /// A caller who leaves sooner, in milliseconds, is a short abandon.
    pub short_abandon_ms: i64,
    /// A caller answered within this, in milliseconds, is within the service
    /// level.
    pub service_level_ms: i64,
    /// The trunk for calls that leave the centre from here.
    pub gateway: String,
    /// The number shown on them.
    pub caller_id: Dialable,
    /// What the callers hear, a file or stream of the switch; `None`: the
    /// switch's own music.
    pub music: Option<String>,
    /// What a caller hears who is turned away after the longest wait, a file of
    /// the switch.
    pub message: Option<String>,
    /// When it is open, and what becomes of who calls at other times; `None`:
    /// always.
    pub hours: Option<Hours>,
    /// Whether callers may keep their place and be called back.
    pub callback: Callback,
    /// How callers are told their place; `None`: they are not.
    pub announcements: Option<Announcements>,
    /// How messages are taken.
    pub voicemail: Voicemail,
    /// The figures of the last 24 hours, from the ledger. Used when the floor
    /// first meets the queue.
    pub counts: QueueCounts,
}

/// What a queue did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueCounts {
    /// Callers who came in.
    pub offered: u32,
    /// Of these, answered by an agent.
    pub handled: u32,
    /// Of these, within the service level.
    pub in_time: u32,
    /// Left before an agent, short abandons included.
    pub abandoned: u32,
    /// Of these, so soon that they count as short.
    pub short_abandons: u32,
    /// Chose to be called back.
    pub callbacks: u32,
    /// How long those answered had waited altogether, in milliseconds.
    pub waited_ms: i64,
    /// Who called outside the hours: not among those who came in.
    pub out_of_hours: u32,
}

impl QueueCounts {
    fn add(&mut self, other: &QueueCounts) {
        self.offered += other.offered;
        self.handled += other.handled;
        self.in_time += other.in_time;
        self.abandoned += other.abandoned;
        self.short_abandons += other.short_abandons;
        self.callbacks += other.callbacks;
        self.waited_ms += other.waited_ms;
        self.out_of_hours += other.out_of_hours;
    }
}

/// A customer who calls, as the switch tells of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Their number; `None` when they withhold it.
    pub number: Option<Dialable>,
    /// The number they called.
    pub called: Dialable,
    /// The trunk they came over, where the switch knows it.
    pub gateway: Option<String>,
}

/// What the store knows of a caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Their number in E.164, when it is one.
    pub e164: Option<String>,
    /// Who they are.
    pub customer: Option<CustomerId>,
    /// The agent who spoke with them last.
    pub own_agent: Option<AgentId>,
    /// How they are called back; `None`: their number cannot be dialled, or is on
    /// the do-not-call list.
    pub callback: Option<Dialable>,
}

impl Known {
    /// Nothing is known.
    pub const NOTHING: Known = Known { e164: None, customer: None, own_agent: None, callback: None };
}

/// How a caller's time in a queue ended.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum QueueOutcome {
    /// An agent talks with them.
    Answered,
    /// They hung up.
    Abandoned,
    /// They waited as long as the queue allows and went where it sends them.
    Overflowed,
    /// They were hung up: after the longest wait, or because the queue was closed.
    TurnedAway,
    /// The network, the trunk or the switch failed.
    Failed,
    /// They called outside its hours and went where it sends them then.
    OutOfHours,
    /// They chose to be called back and keep their place.
    CallbackKept,
}

impl QueueOutcome {
    /// Every outcome.
    pub const ALL: [QueueOutcome; 7] = [
        QueueOutcome::Answered,
        QueueOutcome::Abandoned,
        QueueOutcome::Overflowed,
        QueueOutcome::TurnedAway,
        QueueOutcome::Failed,
        QueueOutcome::OutOfHours,
        QueueOutcome::CallbackKept,
    ];

    /// The name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            QueueOutcome::Answered => "answered",
            QueueOutcome::Abandoned => "abandoned",
            QueueOutcome::Overflowed => "overflowed",
            QueueOutcome::TurnedAway => "turned_away",
            QueueOutcome::Failed => "failed",
            QueueOutcome::OutOfHours => "out_of_hours",
            QueueOutcome::CallbackKept => "callback_kept",
        }
    }

    /// The outcome of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == name)
    }
}

/// A call's time in a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// Which queue.
    pub queue: QueueId,
    /// Since when.
    pub since: Moment,
    /// How it ended, once it has: the agent's part of the call, or the way on,
    /// comes after.
    pub outcome: Option<QueueOutcome>,
    /// How many queues were there before this one.
    pub hops: u8,
    /// The overflow's agent, who alone may take it, and since when they are
    /// waited for.
    pub only: Option<(AgentId, Moment)>,
    /// Until when the customer's own agent alone is waited for.
    pub own_until: Option<Moment>,
    /// Until when the phones ring that all ring for them; `None`: none does.
    pub rung_until: Option<Moment>,
    /// Until when the music that was asked for may take to begin.
    pub music_until: Option<Moment>,
    /// It never began: the caller waits without.
    pub no_music: bool,
    /// They were invited to keep their place and be called back.
    pub offered: bool,
    /// Since when they have waited altogether, when they kept their place and
    /// called again.
    pub kept_since: Option<Moment>,
    /// When they were told their place last.
    pub told_at: Option<Moment>,
    /// The sound that told them so.
    pub hears: Option<String>,
}

impl Visit {
    /// A caller who comes in now.
    pub fn new(queue: QueueId, now: Moment, hops: u8) -> Self {
        Self {
            queue,
            since: now,
            outcome: None,
            hops,
            only: None,
            own_until: None,
            rung_until: None,
            music_until: None,
            no_music: false,
            offered: false,
            kept_since: None,
            told_at: None,
            hears: None,
        }
    }

    /// Whether they called outside the hours and have not been sent on yet.
    pub fn turned_off(&self) -> bool {
        self.outcome == Some(QueueOutcome::OutOfHours) && self.only.is_none()
    }
}

/// A queue.
#[derive(Debug, Clone)]
pub struct Queue {
    /// Settings.
    pub profile: QueueProfile,
    /// Who took a caller last.
    last: Option<AgentId>,
    /// Calls taken by agent and by hour since 1970.
    taken: BTreeMap<(i64, AgentId), u32>,
    /// Figures by hour since 1970.
    window: BTreeMap<i64, QueueCounts>,
}

impl Queue {
    /// A queue the floor meets for the first time.
    pub fn new(profile: QueueProfile, now: Moment) -> Self {
        let window = BTreeMap::from([(now.hour(), profile.counts)]);
        Self { profile, last: None, taken: BTreeMap::new(), window }
    }

    /// The agent's level, if they are one of its agents.
    pub fn level(&self, agent: AgentId) -> Option<u8> {
        self.profile.members.iter().find(|member| member.agent == agent).map(|member| member.level)
    }

    /// Who of these agents, with the instant since which each is ready, takes
    /// the next caller.
    pub fn choose(&self, now: Moment, ready: &[(AgentId, Moment)]) -> Option<AgentId> {
        let key = |(agent, since): &&(AgentId, Moment)| {
            let first = match self.profile.strategy {
                // Of those who cannot be rung, when all who can are.
                Strategy::LongestIdle | Strategy::RingAll => 0,
                Strategy::RoundRobin => self.steps_from_last(*agent),
                Strategy::FewestCalls => i64::from(self.taken_by(*agent, now)),
                Strategy::Skills => i64::from(self.level(*agent).unwrap_or(u8::MAX)),
            };
            (first, *since, *agent)
        };
        ready.iter().min_by_key(key).map(|(agent, _)| *agent)
    }

    /// How far behind the one who took a caller last this agent stands.
    fn steps_from_last(&self, agent: AgentId) -> i64 {
        let members = &self.profile.members;
        let place = |agent: AgentId| members.iter().position(|member| member.agent == agent);
        let (Some(place_of), length) = (place(agent), members.len()) else { return i64::MAX };
        let after = self.last.and_then(place).map_or(0, |last| last + 1);
        ((place_of + length - after % length) % length) as i64
    }

    fn taken_by(&self, agent: AgentId, now: Moment) -> u32 {
        let from = now.hour() - WINDOW_HOURS;
        self.taken.iter().filter(|((at, by), _)| *at > from && *by == agent).map(|(_, count)| count).sum()
    }

    /// This agent took a caller.
    pub fn took(&mut self, agent: AgentId, now: Moment) {
        self.last = Some(agent);
        let this_hour = now.hour();
        self.taken.retain(|(at, _), _| *at > this_hour - WINDOW_HOURS);
        *self.taken.entry((this_hour, agent)).or_default() += 1;
    }

    /// The figures of the window.
    pub fn counts(&self, now: Moment) -> QueueCounts {
        let mut sum = QueueCounts::default();
        for (_, counts) in self.window.range(now.hour() - WINDOW_HOURS + 1..) {
            sum.add(counts);
        }
        sum
    }

    /// A caller came in.
    pub fn count_offered(&mut self, now: Moment) {
        self.bucket(now).offered += 1;
    }

    /// A caller's time in the queue ended after so long.
    pub fn count_left(&mut self, now: Moment, outcome: QueueOutcome, waited_ms: i64) {
        let in_time = waited_ms <= self.profile.service_level_ms;
        let short = waited_ms < self.profile.short_abandon_ms;
        let counts = self.bucket(now);
        match outcome {
            QueueOutcome::Answered => {
                counts.handled += 1;
                counts.in_time += u32::from(in_time);
                counts.waited_ms += waited_ms;
            }
            QueueOutcome::Abandoned => {
                counts.abandoned += 1;
                counts.short_abandons += u32::from(short);
            }
            QueueOutcome::OutOfHours => counts.out_of_hours += 1,
            QueueOutcome::CallbackKept => counts.callbacks += 1,
            QueueOutcome::Overflowed | QueueOutcome::TurnedAway | QueueOutcome::Failed => {}
        }
    }

    fn bucket(&mut self, now: Moment) -> &mut QueueCounts {
        let this_hour = now.hour();
        self.window.retain(|at, _| *at > this_hour - WINDOW_HOURS);
        self.window.entry(this_hour).or_default()
    }
}

/// The order in which those who wait are served, the least first.
///
/// A customer who was dialled and answered within the limit goes before every
/// caller: they did not ask for the call, and a call dropped for lack of an agent
/// counts against the cap that the law sets, while a caller waits a moment longer.
/// So that this does not starve the callers, no call is dialled on the account of
/// agents for whom callers of a queue with "inbound first" wait (`Floor::promised`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Turn {
    /// Handed on in vain by this very agent.
    Returned,
    /// Dialled, answered, and not dropped yet.
    Dialled,
    /// In a queue that goes first.
    InboundFirst,
    /// Anybody else, by how long they have waited.
    Others,
}

/// Sorts those who wait for one agent.
pub(super) type Place = (Turn, Reverse<i32>, Moment, CallId);

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(strategy: Strategy) -> Queue {
        let member = |agent, level| Member { agent: AgentId(agent), level };
        let number = Dialable::new("02112345678").expect("a number");
        let profile = QueueProfile {
            queue: QueueId(1),
            open: true,
            numbers: vec![number.clone()],
            strategy,
            members: vec![member(1, 3), member(2, 1), member(3, 1)],
            priority: 0,
            inbound_first: true,
            own_agent_ms: 0,
            wait_ms_max: 60_000,
            overflow: Overflow::HangUp,
            wrap_up_seconds: 30,
            short_abandon_ms: 5_000,
            service_level_ms: 20_000,
            gateway: "carrier".into(),
            caller_id: number,
            music: None,
            message: None,
            hours: None,
            callback: Callback::default(),
            announcements: None,
            voicemail: Voicemail::default(),
            counts: QueueCounts::default(),
        };
        Queue::new(profile, Moment(0))
    }

    /// Agents 1, 2 and 3 have been ready since these instants.
    fn chosen(queue: &Queue, since: [i64; 3]) -> i64 {
        let ready: Vec<_> = (1..).zip(since).map(|(agent, since)| (AgentId(agent), Moment(since))).collect();
        queue.choose(Moment(100), &ready).expect("somebody").0
    }

    #[test]
    fn each_strategy_chooses_by_its_own_rule() {
        assert_eq!(chosen(&queue(Strategy::LongestIdle), [9, 7, 8]), 2);
        assert_eq!(chosen(&queue(Strategy::Skills), [1, 9, 8]), 3, "level 1, and longer ready");

        let mut fair = queue(Strategy::FewestCalls);
        fair.took(AgentId(1), Moment(1));
        fair.took(AgentId(2), Moment(2));
        fair.took(AgentId(2), Moment(3));
        fair.took(AgentId(3), Moment(4));
        fair.took(AgentId(3), Moment(5));
        assert_eq!(chosen(&fair, [9, 1, 2]), 1);

        let mut round = queue(Strategy::RoundRobin);
        assert_eq!(chosen(&round, [9, 8, 7]), 1);
        round.took(AgentId(1), Moment(1));
        assert_eq!(chosen(&round, [1, 8, 7]), 2);
        round.took(AgentId(3), Moment(1));
        assert_eq!(chosen(&round, [9, 8, 7]), 1);
        assert_eq!(round.choose(Moment(1), &[(AgentId(3), Moment(0))]), Some(AgentId(3)), "alone");
        assert_eq!(round.choose(Moment(1), &[]), None);
    }

    #[test]
    fn figures_are_those_of_the_last_day() {
        let mut queue = queue(Strategy::LongestIdle);
        let day = 24 * 3_600_000;
        queue.count_offered(Moment(0));
        queue.count_left(Moment(0), QueueOutcome::Answered, 20_000);
        queue.count_offered(Moment(day / 2));
        queue.count_left(Moment(day / 2), QueueOutcome::Answered, 20_001);
        queue.count_left(Moment(day / 2), QueueOutcome::Abandoned, 4_999);
        queue.count_left(Moment(day / 2), QueueOutcome::Abandoned, 5_000);
        queue.count_left(Moment(day / 2), QueueOutcome::Overflowed, 60_000);
        queue.count_left(Moment(day / 2), QueueOutcome::OutOfHours, 0);
        let all = queue.counts(Moment(day / 2));
        assert_eq!((all.offered, all.handled, all.in_time), (2, 2, 1));
        assert_eq!((all.abandoned, all.short_abandons, all.waited_ms), (2, 1, 40_001));
        assert_eq!(all.out_of_hours, 1, "counted apart");
        let later = queue.counts(Moment(day));
        assert_eq!((later.offered, later.handled, later.in_time), (1, 1, 0));
    }

    #[test]
    fn names_lead_back_to_what_they_name() {
        for strategy in Strategy::ALL {
            assert_eq!(Strategy::from_name(strategy.as_str()), Some(strategy));
        }
        for outcome in QueueOutcome::ALL {
            assert_eq!(QueueOutcome::from_name(outcome.as_str()), Some(outcome));
        }
    }
}
