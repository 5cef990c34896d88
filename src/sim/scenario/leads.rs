//! What becomes of a lead: fixed by the seed and its place in the list, but for
//! the share of people who answer, which is that of the moment of the launch.

use super::chance::{draw_mixture, stream, uniform};
use super::format::{Interpolation, Scenario};
use serde::Serialize;

/// An answer comes this much before the end of ringing at the latest, in seconds.
const BEFORE_TIMEOUT_S: f64 = 0.01;

/// How a call ends that nobody answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// It fails soon.
    Failed,
    /// Busy, or rejected.
    Early,
    /// It rang for as long as it may.
    TimeOut,
}

/// What becomes of a call launched at a time, in seconds from the launch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Fate {
    /// The customer answers.
    Answered { after_s: f64 },
    /// Nobody does.
    Unanswered { after_s: f64 },
}

/// What a lead would do whoever dials it, and when.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LeadFate {
    /// Its number in the list.
    pub lead: u64,
    /// The lead answers if this is more than 1 less the share that is answered at the
    /// launch, and cannot be reached if it is less than the share that fails.
    pub outcome: f64,
    /// When it answers, if it does, in seconds from the launch.
    pub answer_s: f64,
    /// When the call ends if it does not, in seconds from the launch.
    pub unanswered_s: f64,
    /// When the call fails, if it does, in seconds from the launch.
    pub fail_s: f64,
    /// How long it talks, in seconds.
    pub talk_s: f64,
    /// How long its after-call work takes, in seconds.
    pub wrap_s: f64,
}

impl Scenario {
    /// The leads in their order; they do not end.
    pub fn leads(&self) -> impl Iterator<Item = LeadFate> {
        (0..).map(|k| LeadFate {
            lead: k,
            outcome: uniform(self.seed, stream::OUTCOME, k),
            answer_s: self.answer_after_s(k),
            unanswered_s: self.unanswered_after_s(k),
            fail_s: self.fail_after_s(k),
            talk_s: self.talk_s(k),
            wrap_s: self.wrap_s(k),
        })
    }

    /// The share of calls launched now that are answered.
    pub(super) fn answer_share(&self, t: f64) -> f64 {
        let points = &self.answer_prob.points;
        let next = points.iter().skip(1).position(|(at, _)| *at > t).map_or(points.len(), |n| n + 1);
        let (from, before) = points[next - 1];
        match points.get(next) {
            Some((to, after)) if self.answer_prob.interp == Interpolation::Linear => {
                before + (after - before) * (t - from) / (to - from)
            }
            _ => before,
        }
    }

    /// What becomes of the kth lead if it is launched now.
    pub(super) fn fate(&self, k: u64, t: f64) -> Fate {
        let outcome = uniform(self.seed, stream::OUTCOME, k);
        if outcome > 1.0 - self.answer_share(t) {
            return Fate::Answered { after_s: self.answer_after_s(k) };
        }
        Fate::Unanswered {
            after_s: match self.ending(k) {
                Ending::Failed => self.fail_after_s(k),
                Ending::Early | Ending::TimeOut => self.unanswered_after_s(k),
            },
        }
    }

    /// How the call of the kth lead ends if nobody answers.
    pub(super) fn ending(&self, k: u64) -> Ending {
        if uniform(self.seed, stream::OUTCOME, k) < self.fail_prob {
            Ending::Failed
        } else if self.ends_early(k) {
            Ending::Early
        } else {
            Ending::TimeOut
        }
    }

    fn ends_early(&self, k: u64) -> bool {
        uniform(self.seed, stream::IS_EARLY, k) < self.unanswered.early_prob
    }

    pub(super) fn answer_after_s(&self, k: u64) -> f64 {
        let ring = self.ring_answered.draw(self.seed, stream::RING, k);
        self.setup_s(k) + ring.min(self.ring_timeout_s - BEFORE_TIMEOUT_S)
    }

    pub(super) fn unanswered_after_s(&self, k: u64) -> f64 {
        let early = self.ends_early(k).then(|| self.unanswered.early.draw(self.seed, stream::EARLY, k));
        self.setup_s(k) + early.map_or(self.ring_timeout_s, |early| early.min(self.ring_timeout_s))
    }

    pub(super) fn fail_after_s(&self, k: u64) -> f64 {
        self.fail_time.draw(self.seed, stream::FAIL, k)
    }

    fn setup_s(&self, k: u64) -> f64 {
        self.setup.draw(self.seed, stream::SETUP, k)
    }

    /// How long the kth lead talks.
    pub(super) fn talk_s(&self, k: u64) -> f64 {
        draw_mixture(&self.talk, self.seed, stream::TALK, k)
    }

    /// How long the after-call work of the kth lead takes.
    pub(super) fn wrap_s(&self, k: u64) -> f64 {
        self.wrap.draw(self.seed, stream::WRAP, k)
    }
}
