//! The budget of drops: how many calls may still be dropped, and how much risk one
//! more call may take for them.
//!
//! In: what was counted, and what today's calling is to come to. Out: a [`Budget`].
//!
//! Every answer earns a share of a drop, the cap; every drop costs a whole one. A
//! steady risk keeps agents talking more than one that swings, but a steady risk
//! runs into the cap or leaves drops unused. The formula of [`Budget::risk`] is
//! fitted to the policy that dynamic programming finds for this game (a random walk
//! with the risk as its control, a gain that is concave in the risk, and nothing
//! below zero at the end): the risk rises with the drops left, soon levels off, and
//! rises again when more are left than the rest of the day will earn.

use super::Observed;
use crate::floor::input::WindowCounts;
use serde::{Deserialize, Serialize};

/// The risk of one more call with a full budget, in units of the cap.
const RISK_STEADY: f64 = 1.3;
/// With so many drops left it is half of that; the more agents there are the more,
/// because a big floor drops several calls at once.
const HALF_AT: f64 = 1.8;
const HALF_AT_PER_AGENT: f64 = 0.02;
/// What is left when calling ends is of no use: for so many drops left for each one
/// that the rest of the day will earn the risk is raised by so much, and no further.
const ENDING: f64 = 0.5;
const ENDING_MAX: f64 = 5.0;
/// The risk when no drop is left, in a calm time and near the end.
const RISK_SPENT: f64 = 0.006;
const RISK_MIN: f64 = 0.002;
/// The risk that what is in flight overdraws the budget, likewise.
const OVERDRAWN_MAX: f64 = 0.003;
const OVERDRAWN_MAX_AT_END: f64 = 0.000_5;
/// It is calm while the rest of the day will earn so many drops.
const CALM_AHEAD: f64 = 3.0;
/// The first drop is borne before it is earned, a little more carefully.
const FIRST_RISK: f64 = 0.9;
const FIRST_OVERDRAWN_MAX: f64 = 0.001;
/// What may be borrowed in the course of a day: a share of what today has earned, and
/// of what is still to come beyond the last drop to be earned, so that it is paid back.
const BORROWED_OF_EARNED: f64 = 0.25;
const BORROWED_OF_AHEAD: f64 = 0.25;
const NOT_BORROWED_AHEAD: f64 = 1.0;
const BORROWED_MAX: f64 = 5.0;
/// The most that an hour may drop, in units of the cap, and in calls: the share of a
/// few calls says little.
const HOUR_CAPS: f64 = 1.6;
const HOUR_DROPS_MIN: f64 = 6.0;
/// So much of what the last hour has left counts as left.
const HOUR_LEFT: f64 = 2.0;

/// What today's calling is to come to. All of it is an expectation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Day {
    /// Answers so far; within the first hour as many as that hour will have had.
    pub answers: f64,
    /// Answers to come before calling ends; infinite while nothing tells.
    pub answers_ahead: f64,
}

/// The drops still allowed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Budget {
    cap: f64,
    /// Drops left, with what may be borrowed.
    left: f64,
    /// Drops that what is in flight may come to.
    pub whole_calls: u32,
    /// Drops that the rest of the day will earn.
    ahead: f64,
    /// 1 while there is a rest of the day that can make up for a drop too many,
    /// falling to 0 as it draws to its end.
    calm: f64,
    /// Whether the one drop left is not earned yet.
    first: bool,
}

impl Budget {
    /// What is left under a cap, given per mille.
    pub fn new(cap_permille: u32, observed: &Observed) -> Self {
        let cap = f64::from(cap_permille) / 1_000.0;
        let (earned, ahead) =
            observed.day.map_or((0.0, f64::INFINITY), |day| (cap * day.answers, cap * day.answers_ahead));
        let calm = observed.day.map_or(0.0, |_| (ahead / CALM_AHEAD).min(1.0));
        let surely_ahead = (ahead - NOT_BORROWED_AHEAD).max(0.0);
        let borrowed = (BORROWED_OF_EARNED * earned).min(BORROWED_OF_AHEAD * surely_ahead).min(BORROWED_MAX);
        let of_hour = observed.last_hour.map_or(f64::INFINITY, |hour| {
            (HOUR_CAPS * cap * f64::from(hour.answered)).max(HOUR_DROPS_MIN) - f64::from(hour.dropped)
        });
        let left = drops_left(cap_permille, observed.window, observed.today) + borrowed;
        let left = left.min(if of_hour < 1.0 { of_hour } else { (HOUR_LEFT * of_hour).max(1.0) });
        let first = left < 1.0 && observed.today.dropped == 0 && observed.window.dropped == 0;
        let left = if first { 1.0 } else { left };
        Self { cap, left, whole_calls: left.min(of_hour).max(0.0) as u32, ahead, calm, first }
    }

    /// The risk that one more call may take, of `agents` in all.
    pub fn risk(&self, agents: u32) -> f64 {
        if self.left < 1.0 {
            return RISK_MIN + (RISK_SPENT - RISK_MIN) * self.calm;
        }
        let half_at = HALF_AT + HALF_AT_PER_AGENT * f64::from(agents);
        let steady = RISK_STEADY * self.left / (self.left + half_at);
        let ending = (1.0 + ENDING * self.left / self.ahead.max(0.1)).min(ENDING_MAX);
        let risk = (self.cap * steady * ending).max(RISK_MIN);
        if self.first { FIRST_RISK * risk } else { risk }
    }

    /// The risk that what is in flight comes to more drops than are left.
    pub fn overdrawn_max(&self) -> f64 {
        if self.first { FIRST_OVERDRAWN_MAX } else { (OVERDRAWN_MAX * self.calm).max(OVERDRAWN_MAX_AT_END) }
    }

    /// Whether the next drop would break the cap, on a day that has seen some.
    pub fn nearly_spent(&self, today: WindowCounts) -> bool {
        self.left < 1.0 && today.dropped > 0
    }
}

/// How many more calls may be dropped, as many being answered as were, in the
/// window and today; negative when too many were.
pub fn drops_left(cap_permille: u32, window: WindowCounts, today: WindowCounts) -> f64 {
    let cap = f64::from(cap_permille) / 1_000.0;
    let left = |counts: WindowCounts| cap * f64::from(counts.answered) - f64::from(counts.dropped);
    left(window).min(left(today))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{observed, spent};
    use super::*;

    const CAP: u32 = 30;
    const DAY: Day = Day { answers: 1_000.0, answers_ahead: 1_000.0 };

    fn risk(observed: &Observed) -> f64 {
        Budget::new(CAP, observed).risk(20)
    }

    #[test]
    fn the_more_drops_are_left_the_more_is_risked() {
        let by_drops: Vec<f64> = (0..31).map(|dropped| risk(&spent(dropped))).collect();
        assert!(by_drops.is_sorted_by(|more, fewer| more >= fewer), "{by_drops:?}");
        assert!(by_drops[0] < 0.03 * RISK_STEADY && by_drops[29] > by_drops[30], "{by_drops:?}");
    }

    #[test]
    fn a_day_borrows_from_the_answers_that_surely_come() {
        let day = |answers_ahead| Observed { day: Some(Day { answers_ahead, ..DAY }), ..spent(30) };
        let left = |seen: &Observed| Budget::new(CAP, seen).left;
        assert!(left(&spent(30)).abs() < 1e-9, "a short window borrows nothing");
        assert!((left(&day(f64::INFINITY)) - 5.0).abs() < 1e-9, "not more than some calls");
        assert!((left(&day(500.0)) - 0.25 * 14.0).abs() < 1e-9, "a quarter of what is still earned");
        assert!(left(&day(33.0)).abs() < 1e-9, "nothing from the last drop");
        let early = Observed { day: Some(Day { answers: 100.0, answers_ahead: 500.0 }), ..spent(30) };
        assert!((left(&early) - 0.75).abs() < 1e-9, "a quarter of what is earned");
    }

    #[test]
    fn what_is_left_over_is_spent_before_calling_ends() {
        let day = |answers_ahead| Observed { day: Some(Day { answers_ahead, ..DAY }), ..spent(20) };
        assert!(risk(&day(100.0)) > 1.5 * risk(&day(10_000.0)));
        let last = risk(&day(0.0));
        assert!(last <= 0.03 * RISK_STEADY * ENDING_MAX, "{last}");
        let spent_out = |answers_ahead| {
            let seen =
                Observed { today: WindowCounts { answered: 1_000, dropped: 31 }, ..day(answers_ahead) };
            (risk(&seen), Budget::new(CAP, &seen).overdrawn_max())
        };
        assert_eq!(spent_out(0.0), (RISK_MIN, OVERDRAWN_MAX_AT_END));
    }

    #[test]
    fn a_first_drop_is_borne_and_no_second_one() {
        let counts = |dropped| WindowCounts { answered: 10, dropped };
        let seen = |dropped| Observed { window: counts(dropped), today: counts(dropped), ..observed(0.2) };
        let first = Budget::new(CAP, &seen(0));
        assert!(first.first && first.whole_calls == 1 && first.risk(20) > RISK_SPENT, "{first:?}");
        let second = Budget::new(CAP, &seen(1));
        assert!(second.nearly_spent(counts(1)) && second.whole_calls == 0, "{second:?}");
    }

    #[test]
    fn an_hour_of_many_drops_holds_back_a_day_that_has_some_left() {
        let hour =
            |dropped| Observed { last_hour: Some(WindowCounts { answered: 400, dropped }), ..spent(10) };
        assert!((risk(&hour(0)) - risk(&spent(10))).abs() < 1e-9);
        assert!(risk(&hour(17)) < risk(&spent(10)), "19 are the most");
        assert!(risk(&hour(19)) <= RISK_SPENT);
        let quiet = Observed { last_hour: Some(WindowCounts { answered: 20, dropped: 4 }), ..spent(10) };
        assert!(risk(&quiet) > RISK_SPENT, "a few calls say little");
    }
}
