//! What becomes of a lead after an attempt: pure.

use crate::api::Check;
use crate::base::clock::Moment;
use crate::base::day::{instant, time_of_day};
use crate::base::limits;
use crate::campaigns::model::LeadState;
use crate::campaigns::retry::model::{
    DayPart, LeadRule, NextNumber, RETRIED, ResultRule, RetryRules, is_dead,
};
use crate::campaigns::rules::{REST_AFTER_DROP_HOURS, counts_as_attempt};
use crate::campaigns::times::openings::first_within;
use crate::floor::calling::CallingTimes;
use crate::floor::effect::CallResult;
use crate::floor::stretch::Stretch;
use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;
use std::collections::HashSet;

const MINUTE_MS: i64 = 60_000;
/// What we took back ourselves is tried again after this many minutes.
const TAKEN_BACK_MINUTES: i64 = 10;
/// The longest delay, in minutes.
const MINUTES_MAX: u32 = 30 * 24 * 60;
/// The most times that a result is followed by another attempt.
const TIMES_MAX: u32 = 20;

/// One attempt at a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tried {
    /// The position of the number; `None`: the customer has it no more.
    pub phone: Option<i32>,
    /// What came of it.
    pub result: CallResult,
    /// When it began.
    pub at: Moment,
}

/// What becomes of a lead after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextAttempt {
    /// [`LeadState::Retry`] or [`LeadState::Done`].
    pub state: LeadState,
    /// The position of the number to dial next.
    pub phone: i32,
    /// Not before.
    pub at: Option<Moment>,
    /// The rule that says so.
    pub rule: LeadRule,
}

/// A lead whose attempt has ended.
#[derive(Debug, Clone, Copy)]
pub struct Ended<'a> {
    /// Its attempts in order; the last one has just ended.
    pub tried: &'a [Tried],
    /// The positions of the customer's numbers, ascending.
    pub phones: &'a [i32],
    /// Attempts at most.
    pub max_attempts: u32,
    /// When it ended.
    pub now: Moment,
}

impl RetryRules {
    /// What becomes of a lead after an attempt.
    pub fn after(&self, ended: Ended<'_>, times: &CallingTimes) -> NextAttempt {
        let Some(last) = ended.tried.last() else {
            // Without an attempt nothing has changed.
            let phone = ended.phones.first().copied().unwrap_or_default();
            return retry(phone, ended.now, LeadRule::TakenBack);
        };
        let dialled = last.phone.or(ended.phones.first().copied()).unwrap_or_default();
        let done = |rule| NextAttempt { state: LeadState::Done, phone: dialled, at: None, rule };
        if last.result == CallResult::Answered {
            return done(LeadRule::Reached);
        }
        let attempts = ended.tried.iter().filter(|tried| counts_as_attempt(tried.result)).count();
        if attempts >= ended.max_attempts as usize {
            return done(LeadRule::AttemptsUsedUp);
        }
        let alive = living(ended);
        let same_or_next = |wanted| choose(&alive, dialled, wanted);
        let Some(same) = same_or_next(NextNumber::Same) else { return done(LeadRule::NoNumberLeft) };
        match last.result {
            CallResult::Dropped => {
                let rested = ended.now + REST_AFTER_DROP_HOURS * 60 * MINUTE_MS;
                return retry(same, rested, LeadRule::RestAfterDrop);
            }
            CallResult::Cancelled => {
                return retry(same, ended.now + TAKEN_BACK_MINUTES * MINUTE_MS, LeadRule::TakenBack);
            }
            _ => {}
        }
        let rule = self.of(last.result);
        let so_often = ended.tried.iter().filter(|tried| tried.result == last.result).count();
        if so_often > rule.times as usize {
            return done(LeadRule::TimesUsedUp);
        }
        let phone = same_or_next(rule.number).unwrap_or(same);
        let earliest = ended.now + i64::from(rule.minutes) * MINUTE_MS;
        if is_dead(last.result) {
            return retry(phone, earliest, LeadRule::NextNumber);
        }
        let other_part = rule.other_part.then(|| self.in_another_part(ended.tried, earliest, times));
        match other_part.flatten() {
            Some(at) => retry(phone, at, LeadRule::OtherPart),
            None => retry(phone, earliest, LeadRule::Delay),
        }
    }

    /// The first moment from `earliest` in a part of the day in which the lead was
    /// not tried yet and the campaign may dial. `None`: every such part was tried.
    fn in_another_part(&self, tried: &[Tried], earliest: Moment, times: &CallingTimes) -> Option<Moment> {
        let zone = times.schedule.zone;
        let parts = self.day_parts.iter().filter_map(Hours::of);
        let untried: Vec<Hours> =
            parts.filter(|part| !tried.iter().any(|tried| part.holds(tried.at, zone))).collect();
        if untried.is_empty() {
            return None;
        }
        first_within(times, earliest, |day| untried.iter().filter_map(|part| part.on(day, zone)).collect())
    }
}

fn retry(phone: i32, at: Moment, rule: LeadRule) -> NextAttempt {
    NextAttempt { state: LeadState::Retry, phone, at: Some(at), rule }
}

/// The numbers on which somebody may answer, as far as the lead's attempts tell.
fn living(ended: Ended<'_>) -> Vec<i32> {
    let dead = |phone: i32| {
        let last = ended.tried.iter().rev().find(|tried| tried.phone == Some(phone));
        last.is_some_and(|tried| is_dead(tried.result))
    };
    ended.phones.iter().copied().filter(|phone| !dead(*phone)).collect()
}

/// The number to dial after `dialled`: itself if it may be, or the next in order.
fn choose(alive: &[i32], dialled: i32, wanted: NextNumber) -> Option<i32> {
    let from = match wanted {
        NextNumber::Same => dialled,
        NextNumber::Next => dialled.saturating_add(1),
    };
    alive.iter().find(|phone| **phone >= from).or(alive.first()).copied()
}

/// A part of the day that can be asked.
#[derive(Debug, Clone, Copy)]
struct Hours {
    from: NaiveTime,
    to: NaiveTime,
}

impl Hours {
    fn of(part: &DayPart) -> Option<Self> {
        Some(Self { from: time_of_day(&part.from)?, to: time_of_day(&part.to)? })
    }

    /// Whether a clock on the wall shows a time within it.
    fn holds(self, at: Moment, zone: Tz) -> bool {
        let time = at.to_utc().with_timezone(&zone).time();
        if self.from < self.to {
            self.from <= time && time < self.to
        } else {
            self.from <= time || time < self.to
        }
    }

    /// The instants between which it lies that begins on this day.
    fn on(self, day: NaiveDate, zone: Tz) -> Option<Stretch> {
        let last = if self.from < self.to { day } else { day.succ_opt()? };
        Some(Stretch { from: instant(day, self.from, zone)?, to: instant(last, self.to, zone)? })
    }
}

/// Everything that is wrong with retry rules; the field is `retry`.
pub fn check(rules: &RetryRules, check: &mut Check) {
    let mut seen = HashSet::new();
    for ResultRule { result, minutes, times, number, other_part } in &rules.results {
        let mut that = |holds: bool, text: String| {
            check.that(holds, "retry", format!("{}: {text}", result.as_str()));
        };
        that(RETRIED.contains(result), "no lead is dialled again after this result".to_owned());
        that(seen.insert(*result), "is named twice".to_owned());
        that(*minutes <= MINUTES_MAX, format!("minutes must be between 0 and {MINUTES_MAX}"));
        that(*times <= TIMES_MAX, format!("times must be between 0 and {TIMES_MAX}"));
        let dead = is_dead(*result);
        that(
            !dead || *number == NextNumber::Next,
            "number must be next: nobody answers on this one".to_owned(),
        );
        that(!dead || *minutes == 0, "minutes must be 0: the next number is dialled at once".to_owned());
        that(
            !dead || !*other_part,
            "other_part must be false: the next number is dialled at once".to_owned(),
        );
        // Without a pause a number would ring again and again.
        that(dead || *minutes >= 1, "minutes must be 1 or more".to_owned());
        that(!*other_part || !rules.day_parts.is_empty(), "needs parts of the day".to_owned());
    }
    let mut names = HashSet::new();
    for part in &rules.day_parts {
        check.line("retry", &part.name);
        let once = names.insert(part.name.trim().to_owned());
        check.that(once, "retry", format!("the part of the day {} is named twice", part.name));
        let read = Hours::of(part);
        let text = format!("{}: from and to must be times of day as HH:MM", part.name);
        check.that(read.is_some(), "retry", text);
        let lasts = read.is_none_or(|hours| hours.from != hours.to);
        check.that(lasts, "retry", format!("{}: must not end when it begins", part.name));
    }
    let few = rules.day_parts.len() <= limits::DAY_PARTS;
    check.that(few, "retry", format!("at most {} parts of the day", limits::DAY_PARTS));
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
