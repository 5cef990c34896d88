//! How VICIdial paces, for comparison: its adaptive tapered mode with the
//! settings it is shipped with, on a shift of 17:00 to 21:00.
//!
//! Described anew from what release 2.4 does (`AST_VDadapt.pl` and
//! `AST_VDauto_dial.pl`), not copied: every 2.5 seconds as many calls as make the
//! lines in use the dial level times the agents who are free or talk; every 15
//! seconds the level follows the share of agents who are free, and is held down
//! while the cap on dropped calls is broken, the more the nearer the end of the
//! day. It knows nothing of the floor's pacing.

use super::agents::{Agents, State};

/// Once a second agents are counted, and so many counts are kept.
const SAMPLES: usize = 15;
/// How often calls are launched, the level is set, drops are counted, in seconds.
const DIAL_EVERY_S: f64 = 2.5;
const LEVEL_EVERY_S: f64 = 15.0;
const DROPS_EVERY_S: f64 = 60.0;
/// The highest dial level.
const LEVEL_MAX: f64 = 3.0;
/// The level is halved when more than half of so many calls of a minute are
/// dropped.
const FLOOD_CALLS: u64 = 20;
/// The cap is looked at after so many calls.
const CALLS_MIN: u64 = 50;
/// The shift begins at, and the last call is made at, as hour and minute in one
/// number.
const BEGINS: f64 = 1_700.0;
const LATEST: f64 = 2_100.0;
/// The time left, in such numbers, from which on the level is tapered.
const TAPER: f64 = 1_000.0;

/// What was seen up to now.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    /// Calls launched.
    pub attempts: u64,
    /// Of these, answered.
    pub answered: u64,
    /// Of these, without an agent in time.
    pub abandoned: u64,
    /// Customers who have answered and wait.
    pub waiting: u32,
    /// Calls launched, not answered and not over.
    pub in_flight: u32,
}

#[derive(Debug, Clone, Copy, Default)]
struct Sample {
    free: u32,
    waiting: u32,
    on_shift: u32,
}

/// The dialler.
#[derive(Debug)]
pub(super) struct Tapered {
    /// The share of answered calls that may be abandoned.
    cap: f64,
    level: f64,
    samples: [Sample; SAMPLES],
    sampled: usize,
    next_sample: f64,
    next_level: f64,
    next_drops: f64,
    next_dial: f64,
    /// As counted last, and in the minute before that.
    all: (u64, u64, u64),
    minute: (u64, u64),
}

impl Tapered {
    pub fn new(cap: f64) -> Self {
        Self {
            cap,
            level: 1.0,
            samples: [Sample::default(); SAMPLES],
            sampled: 0,
            next_sample: 1.0,
            next_level: LEVEL_EVERY_S,
            next_drops: DROPS_EVERY_S,
            next_dial: 0.0,
            all: (0, 0, 0),
            minute: (0, 0),
        }
    }

    /// How many calls are launched at this tick.
    pub fn launch(&mut self, t: f64, agents: &Agents<'_>, seen: Seen) -> u32 {
        let (free, talking) = (agents.count(State::Free), agents.count(State::Talks));
        if t >= self.next_sample {
            self.next_sample += 1.0;
            self.samples[self.sampled % SAMPLES] =
                Sample { free, waiting: seen.waiting, on_shift: agents.on_shift() };
            self.sampled += 1;
        }
        if t >= self.next_drops {
            self.next_drops += DROPS_EVERY_S;
            self.minute = (seen.attempts - self.all.0, seen.abandoned - self.all.2);
            self.all = (seen.attempts, seen.answered, seen.abandoned);
        }
        if t >= self.next_level {
            self.next_level += LEVEL_EVERY_S;
            self.set_level(t);
        }
        if t < self.next_dial {
            return 0;
        }
        self.next_dial += DIAL_EVERY_S;
        let wanted = (self.level * f64::from(free + talking)).round_ties_even() as u32;
        wanted.saturating_sub(seen.in_flight + seen.waiting + talking)
    }

    fn set_level(&mut self, t: f64) {
        let kept = &self.samples[..self.sampled.min(SAMPLES)];
        let sum = |of: fn(&Sample) -> u32| kept.iter().map(|sample| f64::from(of(sample))).sum::<f64>();
        let on_shift = sum(|sample| sample.on_shift);
        if on_shift == 0.0 {
            return;
        }
        let spare = (sum(|sample| sample.free) - sum(|sample| sample.waiting)) / on_shift;
        self.level = (self.level * (1.0 + spare)).clamp(1.0, LEVEL_MAX);
        let (calls, dropped) = self.minute;
        if calls > FLOOD_CALLS && dropped * 2 > calls {
            self.level *= 0.5;
        }
        let (calls, answered, dropped) = self.all;
        if calls > CALLS_MIN && dropped as f64 > self.cap * answered.max(1) as f64 {
            let minutes = (t / 60.0).floor();
            let left = LATEST - (BEGINS + (minutes / 60.0).floor() * 100.0 + minutes % 60.0);
            self.level = if left < 0.0 { 1.0 } else { self.level * (left / TAPER).min(1.0) };
        }
        self.level = self.level.max(1.0);
    }
}
