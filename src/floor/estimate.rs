//! What a campaign learns of its world as it dials: how often people answer,
//! how long it rings before they do, how long agents talk and wrap up.
//!
//! In: outcomes, one by one. Out: estimates with their uncertainty. Old
//! outcomes are forgotten exponentially, so that a step in the answer rate is
//! followed within about a hundred calls.

/// Weight that an outcome keeps with each newer one: a memory of 1 / (1 - f)
/// = 150 outcomes.
const FORGET: f64 = 1.0 - 1.0 / 150.0;
/// The prior of the answer rate: as if 2 of 4 calls had been answered. High on
/// purpose: with nothing known, the dialler is careful.
const PRIOR_ANSWERED: f64 = 2.0;
const PRIOR_UNANSWERED: f64 = 2.0;
/// Weight of a new duration in a moving average.
const DURATION_WEIGHT: f64 = 0.05;

/// The estimates of one campaign.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimates {
    answered: f64,
    unanswered: f64,
    /// Mean time from dialling to answer, in milliseconds.
    pub answer_ms: f64,
    /// Mean talk time, in milliseconds.
    pub talk_ms: f64,
    /// Mean after-call work, in milliseconds.
    pub wrap_up_ms: f64,
}

impl Default for Estimates {
    fn default() -> Self {
        Self { answered: 0.0, unanswered: 0.0, answer_ms: 8_000.0, talk_ms: 60_000.0, wrap_up_ms: 15_000.0 }
    }
}

impl Estimates {
    /// An attempt ended its dialling: answered or not.
    pub fn dialled(&mut self, answered: bool) {
        self.answered *= FORGET;
        self.unanswered *= FORGET;
        if answered {
            self.answered += 1.0;
        } else {
            self.unanswered += 1.0;
        }
    }

    /// It rang this long before the answer.
    pub fn answer_took(&mut self, ms: i64) {
        follow(&mut self.answer_ms, ms);
    }

    /// A conversation lasted this long.
    pub fn talked(&mut self, ms: i64) {
        follow(&mut self.talk_ms, ms);
    }

    /// After-call work lasted this long.
    pub fn wrapped_up(&mut self, ms: i64) {
        follow(&mut self.wrap_up_ms, ms);
    }

    /// Mean and standard deviation of the answer rate: the beta posterior
    /// Beta(a, b) has mean a/(a+b) and variance ab/((a+b)²(a+b+1)).
    pub fn answer_rate(&self) -> (f64, f64) {
        let a = self.answered + PRIOR_ANSWERED;
        let b = self.unanswered + PRIOR_UNANSWERED;
        let n = a + b;
        (a / n, (a * b / (n * n * (n + 1.0))).sqrt())
    }
}

fn follow(mean: &mut f64, ms: i64) {
    *mean += DURATION_WEIGHT * (ms.max(0) as f64 - *mean);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_nothing_known_it_expects_many_answers_and_is_unsure() {
        let (mean, sd) = Estimates::default().answer_rate();
        assert!((mean - 0.5).abs() < 1e-9);
        assert!(sd > 0.2);
    }

    #[test]
    fn it_follows_a_step_in_the_answer_rate() {
        let mut estimates = Estimates::default();
        for i in 0..600 {
            estimates.dialled(i % 10 == 0);
        }
        let (low, sd) = estimates.answer_rate();
        assert!((low - 0.1).abs() < 0.04 && sd < 0.04, "{low} {sd}");
        for i in 0..300 {
            estimates.dialled(i % 2 == 0);
        }
        let (high, _) = estimates.answer_rate();
        assert!(high > 0.4, "{high}");
    }
}
