//! What a campaign learns of its world as it dials: how many people answer and
//! when, how long agents talk and wrap up, how often a free agent goes away.
//!
//! In: what happened, one by one. Out: the chance that a call is answered, and
//! that an agent is free, by each of a few horizons ahead. Everything is learnt
//! as the campaign runs; until then vague beliefs hold, careful ones.

mod answers;
mod spells;
#[cfg(test)]
mod tests;

use crate::base::clock::Moment;
use answers::Answers;
use spells::Spells;

/// How many horizons are looked at.
pub const HORIZONS: usize = 9;
/// The distance between them, in seconds.
const HORIZON_S: f64 = 3.0;
/// Chances of something by each horizon, 0 to 1.
pub type Chances = [f64; HORIZONS];

/// How far ahead the horizon lies, in seconds: 1.5, 4.5 .. 25.5.
pub fn horizon_s(horizon: usize) -> f64 {
    (horizon as f64 + 0.5) * HORIZON_S
}

/// Believed of conversations and of after-call work before the first one.
const TALK_S: f64 = 120.0;
const WRAP_UP_S: f64 = 20.0;
/// Of 20 agents who end their after-call work, so many are believed to go on a
/// break.
const BREAKS: f64 = 0.4;
const BREAKS_OF: f64 = 20.0;
/// A free agent is believed to go away once in so many seconds, half an event's
/// worth.
const STAYS_S: f64 = 3_000.0;
const STAYS_WORTH: f64 = 0.5;
/// How often chances of calls, and of agents, are computed anew; the latter
/// more often at first.
const CALLS_EVERY_MS: i64 = 3_000;
const AGENTS_EVERY_MS: i64 = 30_000;
const AGENTS_EVERY_MS_AT_FIRST: i64 = 10_000;
const AT_FIRST_MS: i64 = 600_000;

/// The estimates of one campaign.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimates {
    answers: Answers,
    talk: Spells,
    wrap_up: Spells,
    after_call_work: f64,
    breaks: f64,
    ready_s: f64,
    gone: f64,
    talking: Vec<Chances>,
    wrapping_up: Vec<Chances>,
    first: Option<Moment>,
    calls_due: Option<Moment>,
    agents_due: Option<Moment>,
}

impl Default for Estimates {
    fn default() -> Self {
        Self {
            answers: Answers::new(),
            talk: Spells::new(TALK_S),
            wrap_up: Spells::new(WRAP_UP_S),
            after_call_work: BREAKS_OF,
            breaks: BREAKS,
            ready_s: STAYS_S * STAYS_WORTH,
            gone: STAYS_WORTH,
            talking: vec![[0.0; HORIZONS]; Spells::BINS],
            wrapping_up: vec![[0.0; HORIZONS]; Spells::BINS],
            first: None,
            calls_due: None,
            agents_due: None,
        }
    }
}

impl Estimates {
    /// A call was launched.
    pub fn launched(&mut self, now: Moment) {
        self.answers.launched(now);
    }

    /// A call was answered so many milliseconds after its launch.
    pub fn answered(&mut self, after_ms: i64) {
        self.answers.answered(after_ms);
    }

    /// A call ended without an answer so many milliseconds after its launch.
    pub fn unanswered(&mut self, after_ms: i64) {
        self.answers.ended(after_ms);
    }

    /// A call came to nothing for a reason that says nothing of who answers:
    /// the trunk failed it, or it was taken back.
    pub fn withdrawn(&mut self, now: Moment, after_ms: i64) {
        self.answers.withdrawn(now, after_ms);
    }

    /// A conversation lasted this many milliseconds.
    pub fn talked(&mut self, ms: i64) {
        self.talk.ended(ms);
    }

    /// After-call work lasted this many milliseconds.
    pub fn wrapped_up(&mut self, ms: i64) {
        self.wrap_up.ended(ms);
    }

    /// After-call work was followed by the next call, or by something else.
    pub fn wrap_up_followed(&mut self, by_work: bool) {
        self.after_call_work += 1.0;
        self.breaks += f64::from(u8::from(!by_work));
    }

    /// An agent had been free for so many milliseconds and took a call, or
    /// went away: paused, logged out, or the desk phone could not be had.
    pub fn was_ready(&mut self, ms: i64, gone: bool) {
        self.ready_s += ms.max(0) as f64 / 1_000.0;
        self.gone += f64::from(u8::from(gone));
    }

    /// Brings the chances up to date when that is due. `patience_ms`: how long
    /// a customer may wait before the call counts as dropped; then how long the
    /// agents who talk, and those in after-call work, have done so, in
    /// milliseconds.
    pub fn refresh<A, B>(&mut self, now: Moment, patience_ms: i64, talking: A, wrapping_up: B)
    where
        A: Iterator<Item = i64>,
        B: Iterator<Item = i64>,
    {
        self.answers.age_to(now);
        if self.calls_due.is_none_or(|due| due <= now) {
            self.calls_due = Some(now + CALLS_EVERY_MS);
            self.answers.refresh();
        }
        if self.agents_due.is_none_or(|due| due <= now) {
            let first = *self.first.get_or_insert(now);
            let early = now.since_ms(first) < AT_FIRST_MS;
            self.agents_due = Some(now + if early { AGENTS_EVERY_MS_AT_FIRST } else { AGENTS_EVERY_MS });
            self.refresh_agents(patience_ms as f64 / 1_000.0, talking, wrapping_up);
        }
    }

    /// A talking agent is free once the rest of the talk and the after-call
    /// work are over, the sum of two random times.
    fn refresh_agents(
        &mut self,
        patience_s: f64,
        talking: impl Iterator<Item = i64>,
        wrapping_up: impl Iterator<Item = i64>,
    ) {
        let seconds = (horizon_s(HORIZONS - 1) + patience_s).max(1.0) as usize + 1;
        let (talk, wrap_up) = (self.talk.rates(talking), self.wrap_up.rates(wrapping_up));
        let whole_wrap_up = wrap_up.ends_within(0.0, seconds);
        // By horizon, the chance that all of the after-call work fits into what
        // is left when the talk ends in each second.
        let fits: [Vec<f64>; HORIZONS] = std::array::from_fn(|h| {
            let left_s = horizon_s(h) + patience_s;
            (0..left_s as usize).map(|s| between(&whole_wrap_up, left_s - s as f64 - 0.5)).collect()
        });
        let stays = 1.0 - self.breaks / self.after_call_work;
        for bin in 0..Spells::BINS {
            let elapsed_s = Spells::middle_s(bin);
            let talk = talk.ends_within(elapsed_s, seconds);
            let wrap_up = wrap_up.ends_within(elapsed_s, seconds);
            for h in 0..HORIZONS {
                let mut both = 0.0;
                for (ends, fits) in talk.windows(2).zip(&fits[h]) {
                    both += (ends[1] - ends[0]) * fits;
                }
                self.talking[bin][h] = both * stays;
                self.wrapping_up[bin][h] = between(&wrap_up, horizon_s(h) + patience_s) * stays;
            }
        }
    }

    /// The share of calls that are answered, 0 to 1.
    pub fn answer_rate(&self) -> f64 {
        self.answers.rate()
    }

    /// Calls are told apart by age in so many steps.
    pub const CALL_STEPS: usize = answers::BINS;

    /// The step of a call of this age; a new one is in step 0.
    pub fn call_step(age_ms: i64) -> usize {
        Answers::bin(age_ms)
    }

    /// The chances that a call in flight of this step is answered.
    pub fn call(&self, step: usize) -> &Chances {
        self.answers.chances(step)
    }

    /// Conversations are told apart by how long they have lasted in so many
    /// steps.
    pub const TALK_STEPS: usize = Spells::BINS;

    /// The step of a conversation that has lasted so long.
    pub fn talk_step(elapsed_ms: i64) -> usize {
        Spells::bin(elapsed_ms)
    }

    /// The chances that an agent whose conversation is in this step can take a
    /// call answered at each horizon.
    pub fn talking(&self, step: usize) -> &Chances {
        &self.talking[step]
    }

    /// The step of after-call work that has lasted so long.
    pub fn wrap_up_step(elapsed_ms: i64) -> usize {
        Spells::bin(elapsed_ms)
    }

    /// The same for an agent in this step of after-call work, which ends by
    /// itself in `ends_in_ms` at the latest.
    pub fn wrapping_up(&self, step: usize, ends_in_ms: Option<i64>, patience_ms: i64) -> Chances {
        let mut chances = self.wrapping_up[step];
        if let Some(ends_in_ms) = ends_in_ms {
            let stays = 1.0 - self.breaks / self.after_call_work;
            for (h, chance) in chances.iter_mut().enumerate() {
                if ends_in_ms as f64 <= horizon_s(h) * 1_000.0 + patience_ms as f64 {
                    *chance = chance.max(stays);
                }
            }
        }
        chances
    }

    /// The chances that an agent who is free now still is at each horizon,
    /// unless given a call.
    pub fn ready(&self) -> Chances {
        std::array::from_fn(|h| (-horizon_s(h) * self.gone / self.ready_s).exp())
    }
}

/// A value between the entries of a table, by a straight line.
fn between(table: &[f64], at: f64) -> f64 {
    let last = table.len() - 1;
    let at = at.clamp(0.0, last as f64);
    let low = at as usize;
    let high = (low + 1).min(last);
    table[low] + (table[high] - table[low]) * (at - low as f64)
}
