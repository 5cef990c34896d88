//! The queues of a simulated day, as the auditor sees them, and the callers who
//! come in.
//!
//! In: facts. Out: broken promises: every caller who is offered to a queue leaves
//! it once, with an outcome that fits the queue's hours and how their call ended.

use super::ledger::{Entry, Ledger};
use super::{DayOptions, DaySummary};
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, LegId, QueueId};
use crate::base::phone::Dialable;
use crate::floor::announce::Announcements;
use crate::floor::effect::CallResult;
use crate::floor::hours::{DAY_MINUTES, Hours, Period, Schedule};
use crate::floor::kept::{Callback, KeptFact};
use crate::floor::queue::{Known, Member, Overflow, QueueCounts, QueueOutcome, QueueProfile, Strategy};
use crate::floor::voicemail::{MESSAGE_MS_MIN, Voicemail};
use crate::sim::callers::CallIn;
use crate::sim::chance::Chance;

/// How much longer than its limit a caller may be in a queue: the last agent's
/// phone may be ringing, or the link may be away.
const GRACE_MS: i64 = 20 * 60_000;

/// The minute of the day at which it begins.
pub(super) const OPENS_MINUTE: u16 = 8 * 60 + 30;

/// The patience of a caller who waits longer than any queue keeps them. They
/// leave in the end: an agent may forget them on hold.
const STAYS_MS: i64 = 15 * 60_000;

/// Results that only a call that came in may have.
pub(super) const INBOUND_ONLY: [CallResult; 5] = [
    CallResult::Abandoned,
    CallResult::Overflowed,
    CallResult::TurnedAway,
    CallResult::OutOfHours,
    CallResult::Voicemail,
];

/// Whether an agent may take this queue's callers.
pub(super) fn may_take(queue: &QueueProfile, agent: AgentId) -> bool {
    let on_duty = Overflow::Agent(agent);
    queue.overflow == on_duty
        || queue.hours.as_ref().is_some_and(|hours| hours.then == on_duty)
        || queue.members.iter().any(|member| member.agent == agent)
}

/// Two queues: service, which every second agent serves besides the campaigns (all
/// whose phones can ring, and some more, where all ring) and which goes first, and a
/// small one that it overflows into and that is closed for the middle third of the day.
pub(super) fn queues(options: &DayOptions) -> Vec<QueueProfile> {
    let members = |step: usize| {
        let agents = (1..=options.agents).step_by(step);
        agents.map(|n| Member { agent: AgentId(i64::from(n)), level: (n % 3 + 1) as u8 }).collect::<Vec<_>>()
    };
    let (Ok(first), Ok(second), Ok(outside)) =
        (Dialable::new("02160000001"), Dialable::new("02160000002"), Dialable::new("02169999000"))
    else {
        return Vec::new();
    };
    let queue = |id: i64, called: Dialable, strategy, members: Vec<Member>, overflow| QueueProfile {
        queue: QueueId(id),
        open: true,
        numbers: vec![called.clone()],
        strategy,
        members,
        priority: id as i32,
        inbound_first: id == 1,
        own_agent_ms: if id == 1 { 5_000 } else { 0 },
        wait_ms_max: 45_000,
        overflow,
        wrap_up_seconds: 20,
        short_abandon_ms: 5_000,
        service_level_ms: 20_000,
        gateway: "carrier_a".into(),
        caller_id: called,
        music: None,
        message: (id == 2).then(|| "/sounds/closed.wav".to_owned()),
        announcements: (id == 1)
            .then(|| Announcements { every_ms: 15_000, sounds: "/sounds/place".to_owned() }),
        hours: (id == 2).then(|| hours(options, &outside)),
        callback: callback(id),
        voicemail: Voicemail { greeting: None, seconds_max: 30 },
        counts: QueueCounts::default(),
    };
    let strategy = Strategy::ALL[(options.seed % Strategy::ALL.len() as u64) as usize];
    // Two of three phones stay up: where all ring, most must be such that can.
    let service: Vec<Member> = match strategy {
        Strategy::RingAll => {
            members(1).into_iter().filter(|m| m.agent.0 % 3 == 0 || m.agent.0 % 7 == 1).collect()
        }
        _ => members(2),
    };
    let last = match options.seed % 4 {
        0 => Overflow::HangUp,
        3 => Overflow::Voicemail,
        1 => Overflow::Outside(outside.clone()),
        _ => Overflow::Agent(AgentId(1)),
    };
    vec![
        queue(1, first, strategy, service, Overflow::Queue(QueueId(2))),
        queue(2, second, Strategy::LongestIdle, members(3), last),
    ]
}

/// Open but for the middle third of the day; what happens then is by the seed.
fn hours(options: &DayOptions, outside: &Dialable) -> Hours {
    let third = u16::try_from(options.minutes / 3).unwrap_or(0);
    let closes = OPENS_MINUTE + third;
    let opens = closes + third;
    let open = vec![Period { from: 0, to: closes }, Period { from: opens, to: DAY_MINUTES }];
    let week = std::array::from_fn(|_| open.clone());
    Hours {
        schedule: Schedule { zone: chrono_tz::Asia::Shanghai, week, special: Vec::new() },
        then: match options.seed % 5 {
            0 => Overflow::Queue(QueueId(1)),
            3 => Overflow::Voicemail,
            1 => Overflow::HangUp,
            2 => Overflow::Outside(outside.clone()),
            _ => Overflow::Agent(AgentId(1)),
        },
        message: (options.seed % 2 == 1).then(|| "/sounds/after_hours.wav".to_owned()),
    }
}

/// The first queue calls back who presses 1, after a while; the second at once who
/// presses 2, and says so.
fn callback(id: i64) -> Callback {
    let file = |name: &str| (id == 2).then(|| format!("/sounds/{name}.wav"));
    Callback {
        offered: true,
        after_ms: if id == 2 { 0 } else { 8_000 },
        key: if id == 2 { '2' } else { '1' },
        invitation: file("invitation"),
        confirmation: file("confirmation"),
        ..Callback::default()
    }
}

/// Every fourth caller presses a key, at some time while they wait.
pub(super) fn presses(chance: &mut Chance) -> Option<(i64, char)> {
    let presses = chance.permille(250);
    presses.then(|| (chance.between(1_000, 40_000), if chance.permille(500) { '1' } else { '2' }))
}

/// One caller: most to the first queue, some to the second, few to a number that
/// leads nowhere; some withhold their number.
pub(super) fn caller(chance: &mut Chance) -> CallIn {
    let dice = chance.between(0, 99);
    let called = match dice {
        0..70 => "02160000001",
        70..97 => "02160000002",
        _ => "02160000009",
    };
    let number = chance.permille(900).then(|| format!("138{:08}", chance.between(1, 2_000)));
    let stays = chance.permille(100);
    CallIn {
        leg: LegId(chance.uuid()),
        gateway: "carrier_a".into(),
        called: called.into(),
        number,
        patience_ms: Some(if stays { STAYS_MS } else { chance.log_normal_ms(60_000, 1.2) }),
        talk_ms: Some(chance.log_normal_ms(90_000, 0.8)),
    }
}

/// What the store would know of a caller.
pub(super) fn known(number: &Dialable, agents: u32, chance: &mut Chance) -> Known {
    let customer = number.as_str().get(3..).and_then(|digits| digits.parse().ok());
    let own = chance.between(1, i64::from(agents.max(1)));
    Known {
        e164: Some(format!("+86{number}")),
        customer: customer.map(crate::base::ids::CustomerId),
        own_agent: chance.permille(300).then_some(AgentId(own)),
        callback: chance.permille(950).then(|| number.clone()),
    }
}

impl Ledger {
    pub(super) fn arrived(&mut self, now: Moment, call: CallId, leg: LegId, broken: &mut Vec<String>) {
        let entry = Entry { dialled: true, ..Entry::new(now) };
        let twice = self.ended.contains(&call) || self.live.insert(call, entry).is_some();
        // After a restart the same leg may be found again, for another call.
        self.legs.insert(leg, call);
        if twice {
            broken.push(format!("call {call} came in twice"));
        }
    }

    pub(super) fn entered(&mut self, now: Moment, call: CallId, queue: QueueId, broken: &mut Vec<String>) {
        self.offered += 1;
        if let Some((other, _)) = self.visits.insert(call, (queue, now)) {
            broken.push(format!("call {call} enters queue {queue} while in queue {other}"));
        }
        self.within(call, "enters a queue", broken, |entry| {
            entry.queue = Some(queue);
            true
        });
    }

    pub(super) fn left(
        &mut self,
        now: Moment,
        call: CallId,
        queue: QueueId,
        outcome: QueueOutcome,
        broken: &mut Vec<String>,
    ) {
        *self.outcomes.entry(outcome).or_default() += 1;
        let Some((entered, since)) = self.visits.remove(&call) else {
            return broken.push(format!("call {call} leaves queue {queue} and was in none"));
        };
        let waited = now.since_ms(since);
        let most = self.queues.get(&queue).map_or(0, |queue| queue.wait_ms_max);
        if entered != queue || waited > most + GRACE_MS {
            broken.push(format!("call {call} leaves queue {queue} after {waited} ms: {entered}"));
        }
        if outcome == QueueOutcome::Answered {
            self.queue_waits.push(waited);
        }
        let hours = self.queues.get(&queue).and_then(|queue| queue.hours.as_ref());
        let let_in = hours.is_none_or(|hours| hours.schedule.open_at(since));
        if let_in == (outcome == QueueOutcome::OutOfHours) {
            broken.push(format!("call {call} leaves queue {queue}: {outcome:?}, open on arrival: {let_in}"));
        }
        if outcome == QueueOutcome::Overflowed && waited < most {
            broken.push(format!("call {call} overflows after {waited} ms of {most}"));
        }
    }

    /// Only who is in a queue is told a place there, or who is back in it: an agent
    /// had them and left.
    pub(super) fn told_place(&mut self, leg: LegId, broken: &mut Vec<String>) {
        self.handling.count("places told");
        let waits =
            self.legs.get(&leg).and_then(|call| self.live.get(call)).is_some_and(|e| e.queue.is_some());
        if !waits {
            broken.push(format!("leg {leg} is told a place and waits in no queue"));
        }
    }

    /// A call that has ended is in no queue, and its result fits.
    pub(super) fn call_left_queues(
        &self,
        now: Moment,
        call: CallId,
        entry: &Entry,
        result: CallResult,
        broken: &mut Vec<String>,
    ) {
        if let Some((queue, _)) = self.visits.get(&call) {
            broken.push(format!("call {call} ends as {result:?} and is still in queue {queue}"));
        }
        let inbound = matches!(
            result,
            CallResult::Answered
                | CallResult::Abandoned
                | CallResult::Overflowed
                | CallResult::TurnedAway
                | CallResult::OutOfHours
                | CallResult::Voicemail
                | CallResult::Failed
                | CallResult::CallbackKept
        );
        let spoke = entry.message.map_or(0, |since| now.since_ms(since));
        if entry.connected.is_none() && (spoke >= MESSAGE_MS_MIN) != (result == CallResult::Voicemail) {
            broken.push(format!("call {call} ends as {result:?} after {spoke} ms of a message"));
        }
        if entry.campaign.is_none() && entry.e164.is_empty() && !inbound {
            broken.push(format!("call {call} came in and ends as {result:?}"));
        }
    }

    /// No number is in two live calls that we dialled.
    pub(super) fn dials(&mut self, call: CallId, e164: &str, broken: &mut Vec<String>) {
        if let Some(other) = self.numbers.insert(e164.to_owned(), call) {
            broken.push(format!("{e164} is dialled for call {call} while call {other} is live"));
        }
    }

    /// What happens to a kept place: it is called back for, one call at a time, and
    /// ends once.
    pub(super) fn kept(&mut self, now: Moment, switch_up: bool, fact: &KeptFact, broken: &mut Vec<String>) {
        match fact {
            KeptFact::Kept(kept) => {
                if self.kept.insert(kept.call, 0).is_some() {
                    broken.push(format!("the place of call {} is kept twice", kept.call));
                }
            }
            KeptFact::CallingBack { call, leg, kept, .. } => {
                if !switch_up {
                    broken.push(format!("call {call} is dialled without a switch"));
                }
                self.dials(*call, &kept.e164, broken);
                let e164 = kept.e164.clone();
                let entry = Entry { e164, queue: Some(kept.queue), ..Entry::new(now) };
                let twice = self.ended.contains(call) || self.live.insert(*call, entry).is_some();
                if twice || self.legs.insert(*leg, *call).is_some() {
                    broken.push(format!("call {call} is started twice, or its leg was used before"));
                }
                let tries = self.kept.get_mut(&kept.call);
                match tries.map(|tries| std::mem::replace(tries, *tries + 1)) {
                    // Attempts that we took back ourselves do not count.
                    Some(0..20) => {}
                    other => broken.push(format!("call {call} calls back {} after {other:?}", kept.call)),
                }
            }
            KeptFact::InVain { place, .. } => {
                if !self.kept.contains_key(place) {
                    broken.push(format!("the place of call {place} is tried and not kept"));
                }
            }
            KeptFact::Ended { place, outcome, .. } => {
                *self.kept_outcomes.entry(*outcome).or_default() += 1;
                if self.kept.remove(place).is_none() {
                    broken.push(format!("the place of call {place} ends as {outcome:?} and is not kept"));
                }
            }
        }
    }

    /// Only somebody who was answered leaves a message, and with a queue.
    pub(super) fn message_began(&mut self, now: Moment, call: CallId, broken: &mut Vec<String>) {
        self.within(call, "leaves a message", broken, |entry| {
            entry.message = Some(now);
            entry.answered.is_some() && entry.queue.is_some()
        });
    }

    pub(super) fn sum_up_queues(&self, summary: &mut DaySummary) {
        summary.kept = self.kept_outcomes.iter().map(|(k, count)| (k.as_str(), *count)).collect();
        summary.offered = self.offered;
        summary.queue_outcomes = self.outcomes.iter().map(|(k, count)| (k.as_str(), *count)).collect();
        let waits = &self.queue_waits;
        summary.queue_wait_ms_mean = waits.iter().sum::<i64>() / (waits.len().max(1) as i64);
        let in_time = waits.iter().filter(|ms| **ms <= 20_000).count();
        summary.service_level_percent = in_time as f64 * 100.0 / self.offered.max(1) as f64;
    }
}
