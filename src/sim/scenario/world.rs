//! The time of a scenario: its events in their order, the ticks between them,
//! and the floor's clock.
//!
//! The world counts in fractions of seconds, the floor in whole milliseconds.
//! Where the floor looks at who was first (agents who became free, customers who
//! answered), two of the same millisecond are told one apart, in the world's
//! order.

use crate::base::clock::Moment;
use crate::sim::OPENS;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// What happens. Of the same time the one that stands first here comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    /// A customer answers.
    Answer,
    /// A call ends that was not answered.
    End,
    /// The patience of a customer who has answered is over.
    Drop,
    /// A conversation ends.
    TalkEnd,
    /// After-call work ends.
    WrapEnd,
    /// An agent wants a pause.
    PauseDue,
    /// An agent comes back from one.
    Back,
    /// An agent begins the shift.
    LogIn,
    /// An agent ends it.
    LogOut,
    /// An agent goes on a pause together with others.
    MassPause,
}

/// Something that happens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Event {
    /// When, in seconds.
    pub t: f64,
    /// What.
    pub what: What,
    /// To whom: the lead, the agent, or the entry of the plan of mass pauses.
    pub whom: u64,
}

impl Eq for Event {}
impl PartialOrd for Event {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Event {
    fn cmp(&self, other: &Self) -> Ordering {
        self.t.total_cmp(&other.t).then(self.what.cmp(&other.what)).then(self.whom.cmp(&other.whom))
    }
}

/// What is next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Next {
    /// An event.
    Event(Event),
    /// A tick, at this time.
    Tick(f64),
}

/// The events to come, and the ticks.
#[derive(Debug)]
pub(super) struct Agenda {
    events: BinaryHeap<Reverse<Event>>,
    tick_s: f64,
    next_tick: f64,
    ends: f64,
}

impl Agenda {
    pub fn new(tick_s: f64, ends: f64) -> Self {
        Self { events: BinaryHeap::new(), tick_s, next_tick: 0.0, ends }
    }

    pub fn plan(&mut self, t: f64, what: What, whom: u64) {
        self.events.push(Reverse(Event { t, what, whom }));
    }

    /// When the next thing is, in seconds; `None`: the shift is over.
    pub fn peek(&self) -> Option<f64> {
        let event = self.events.peek().map_or(f64::INFINITY, |Reverse(event)| event.t);
        Some(event.min(self.next_tick)).filter(|t| *t < self.ends)
    }

    /// Takes the next thing: events before a tick of the same time. The ticks are
    /// added up, as the reference does, so that both round alike.
    pub fn next(&mut self) -> Option<Next> {
        self.peek()?;
        match self.events.peek() {
            Some(Reverse(event)) if event.t <= self.next_tick => {
                self.events.pop().map(|Reverse(event)| Next::Event(event))
            }
            _ => {
                let tick = self.next_tick;
                self.next_tick += self.tick_s;
                Some(Next::Tick(tick))
            }
        }
    }
}

/// The floor's clock.
#[derive(Debug)]
pub(super) struct Clock {
    now: Moment,
    apart: Moment,
}

impl Clock {
    pub fn new() -> Self {
        Self { now: OPENS, apart: OPENS - 1 }
    }

    pub fn now(&self) -> Moment {
        self.now
    }

    /// The moment of a time of the world.
    pub fn moment(t: f64) -> Moment {
        OPENS + (t * 1_000.0).round() as i64
    }

    /// It is this time now.
    pub fn set(&mut self, at: Moment) {
        self.now = self.now.max(at);
    }

    /// The same for what must not be of the same millisecond as another.
    pub fn set_apart(&mut self, at: Moment) {
        self.now = self.now.max(at).max(self.apart + 1);
        self.apart = self.now;
    }
}
