//! Who answers, and after how long: learnt from calls launched, answered and
//! ended.
//!
//! In: what became of each call, with its age. Out: the answer rate, and the
//! chance that a call of some age is answered by each horizon.
//!
//! The rate is answers over exposure. A call just launched has hardly been
//! exposed to an answer yet; it counts with the share of answers that come by
//! its age. So the estimate is unbiased while calls are still ringing, right
//! after the start and after a burst. Two memories run side by side: the slow
//! one is used until the fast one contradicts it, which is a step in the rate.

use super::{Chances, HORIZONS, horizon_s};
use crate::base::clock::Moment;

/// Calls are told apart by age in steps of this many milliseconds.
const BIN_MS: i64 = 500;
/// Up to this age (80 s); the last bin takes all that are older.
pub(super) const BINS: usize = 160;
/// The two memories, in seconds.
const FAST_S: f64 = 90.0;
const SLOW_S: f64 = 900.0;
/// What is believed before the first call: rate, and calls that it is worth.
const PRIOR_RATE: f64 = 0.3;
const PRIOR_CALLS: f64 = 6.0;
/// And what little remains of that for good, so that nothing divides by zero.
const PRIOR_LEFT: f64 = 1.0;
/// The fast memory wins at so many standard deviations.
const STEP_SIGMAS: f64 = 3.0;
/// And is then copied into the slow one, if it has seen as much exposure.
const STEP_EXPOSURE: f64 = 20.0;
/// The rate is taken so many standard deviations high: too many answers cost
/// drops, too few only a little waiting.
const CAUTION_SIGMAS: f64 = 0.15;
/// A histogram that has seen so many calls forgets half of them.
const HISTOGRAM_MAX: f64 = 4_000.0;

/// Answers and exposure, older ones weighing less.
#[derive(Debug, Clone, PartialEq)]
struct Memory {
    seconds: f64,
    answers: f64,
    exposure: f64,
}

impl Memory {
    fn new(seconds: f64) -> Self {
        Self { seconds, answers: PRIOR_RATE * PRIOR_CALLS, exposure: PRIOR_CALLS }
    }

    fn weight(&self, age_s: f64) -> f64 {
        (-age_s / self.seconds).exp()
    }
}

/// What is known of a campaign's calls.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answers {
    fast: Memory,
    slow: Memory,
    /// Calls by age at the answer, and by age at any other end.
    answered: Vec<f64>,
    ended: Vec<f64>,
    /// Launches by age; the front are the newest.
    launches: std::collections::VecDeque<f64>,
    /// When the newest launches stop being the newest.
    next_bin: Option<Moment>,
    rate: f64,
    /// The chances of a call by its age.
    by_age: Vec<Chances>,
}

impl Answers {
    pub fn new() -> Self {
        let mut answers = Self {
            fast: Memory::new(FAST_S),
            slow: Memory::new(SLOW_S),
            answered: vec![0.0; BINS],
            ended: vec![0.0; BINS],
            launches: vec![0.0; BINS].into(),
            next_bin: None,
            rate: PRIOR_RATE,
            by_age: vec![[0.0; HORIZONS]; BINS],
        };
        // Vague beliefs, worth six calls each: people pick up after 3 to 25 s;
        // some calls are refused at once, some ring out around half a minute.
        for bin in 0..BINS {
            let age_s = bin_s(bin);
            if (3.0..25.0).contains(&age_s) {
                answers.answered[bin] += 6.0 / 44.0;
            }
            if age_s < 4.0 {
                answers.ended[bin] += 1.0 / 8.0;
            } else if age_s < 25.0 {
                answers.ended[bin] += 2.0 / 42.0;
            } else if age_s < 31.0 {
                answers.ended[bin] += 3.0 / 12.0;
            }
        }
        answers.refresh();
        answers
    }

    /// A call was launched.
    pub fn launched(&mut self, now: Moment) {
        self.age_to(now);
        self.launches[0] += 1.0;
    }

    /// A call was answered at this age.
    pub fn answered(&mut self, age_ms: i64) {
        count(&mut self.answered, age_ms);
        let age_s = age_ms.max(0) as f64 / 1_000.0;
        for memory in [&mut self.fast, &mut self.slow] {
            memory.answers += memory.weight(age_s);
        }
    }

    /// A call ended without an answer at this age.
    pub fn ended(&mut self, age_ms: i64) {
        count(&mut self.ended, age_ms);
    }

    /// A call came to nothing for a reason that says nothing of the people
    /// called: as if it had never been launched.
    pub fn withdrawn(&mut self, now: Moment, age_ms: i64) {
        self.age_to(now);
        let newest_ends = self.next_bin.unwrap_or(now);
        let launches = &mut self.launches[bin(newest_ends.since_ms(now) + age_ms.max(0) - 1)];
        *launches = (*launches - 1.0).max(0.0);
    }

    /// Lets time pass.
    pub fn age_to(&mut self, now: Moment) {
        let mut next = *self.next_bin.get_or_insert(now + BIN_MS);
        // After a long silence the launches before it are long exposed; what
        // little they would weigh is let go with them.
        let silent_bins = now.since_ms(next).max(0) / BIN_MS;
        if silent_bins > 2 * BINS as i64 {
            self.launches.iter_mut().for_each(|launches| *launches = 0.0);
            self.fade(silent_bins as f64 * BIN_MS as f64 / 1_000.0);
            next = next + silent_bins * BIN_MS;
        }
        while next <= now {
            self.fade(BIN_MS as f64 / 1_000.0);
            let oldest = self.launches.pop_back().unwrap_or(0.0);
            self.launches.push_front(0.0);
            for memory in [&mut self.fast, &mut self.slow] {
                memory.exposure += oldest * memory.weight(bin_s(BINS));
            }
            next = next + BIN_MS;
        }
        self.next_bin = Some(next);
    }

    fn fade(&mut self, seconds: f64) {
        for memory in [&mut self.fast, &mut self.slow] {
            let keep = memory.weight(seconds);
            memory.answers *= keep;
            memory.exposure *= keep;
        }
    }

    /// The share of calls that are answered.
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// The chances of a call in flight, launched so long ago.
    pub fn chances(&self, bin: usize) -> &Chances {
        &self.by_age[bin.min(BINS - 1)]
    }

    /// The bin of a call of this age; a call launched now is in bin 0.
    pub fn bin(age_ms: i64) -> usize {
        bin(age_ms)
    }

    /// Computes rate and chances anew.
    pub fn refresh(&mut self) {
        let by_answer = cumulated(&self.answered);
        let by_end = cumulated(&self.ended);
        let exposed = |memory: &Memory| {
            let ringing = self.launches.iter().enumerate().filter(|(_, count)| **count > 0.0);
            let ringing = ringing.map(|(bin, count)| count * memory.weight(bin_s(bin)) * by_answer[bin]);
            memory.exposure + ringing.sum::<f64>() + PRIOR_LEFT
        };
        let (fast_exposure, slow_exposure) = (exposed(&self.fast), exposed(&self.slow));
        let rate = |memory: &Memory, exposure: f64| (memory.answers + PRIOR_RATE * PRIOR_LEFT) / exposure;
        let (fast, slow) = (rate(&self.fast, fast_exposure), rate(&self.slow, slow_exposure));
        let sd = (fast.max(slow) * (1.0 - fast.min(slow)).max(0.0) / fast_exposure).sqrt();
        let mut rate = slow;
        if (fast - slow).abs() > STEP_SIGMAS * sd {
            rate = fast;
            if fast_exposure > STEP_EXPOSURE {
                (self.slow.answers, self.slow.exposure) = (self.fast.answers, self.fast.exposure);
            }
        }
        let rate = rate.clamp(0.0, 1.0);
        self.rate = rate;
        let cautious = (rate + CAUTION_SIGMAS * (rate * (1.0 - rate) / slow_exposure).sqrt()).min(0.98);
        let ahead: [usize; HORIZONS] =
            std::array::from_fn(|h| (horizon_s(h) * 1_000.0) as usize / BIN_MS as usize);
        // Nobody has answered at a greater age than the last of these.
        let last = by_answer.iter().position(|before| *before > 1.0 - 1e-6).unwrap_or(BINS);
        for (bin, chances) in self.by_age.iter_mut().enumerate() {
            if bin >= last {
                *chances = [0.0; HORIZONS];
                continue;
            }
            let (not_answered, not_ended) = (1.0 - by_answer[bin], 1.0 - by_end[bin]);
            let alive = cautious * not_answered + (1.0 - cautious) * not_ended;
            let will_answer = if alive > 1e-9 { cautious * not_answered / alive } else { 0.0 };
            let scale = will_answer / not_answered;
            for (chance, ahead) in chances.iter_mut().zip(ahead) {
                *chance = scale * (by_answer[(bin + ahead).min(BINS)] - by_answer[bin]);
            }
        }
    }
}

fn bin(age_ms: i64) -> usize {
    ((age_ms.max(0) / BIN_MS) as usize).min(BINS - 1)
}

fn bin_s(bin: usize) -> f64 {
    bin as f64 * BIN_MS as f64 / 1_000.0
}

fn count(histogram: &mut [f64], age_ms: i64) {
    histogram[bin(age_ms)] += 1.0;
    if histogram.iter().sum::<f64>() > HISTOGRAM_MAX {
        histogram.iter_mut().for_each(|count| *count /= 2.0);
    }
}

/// The share of a histogram that lies before each bin; one entry more than it
/// has bins.
fn cumulated(histogram: &[f64]) -> Vec<f64> {
    let total = histogram.iter().sum::<f64>().max(1e-9);
    let mut before = 0.0;
    let mut shares: Vec<f64> = Vec::with_capacity(histogram.len() + 1);
    for count in histogram {
        shares.push(before / total);
        before += count;
    }
    shares.push(1.0);
    shares
}
