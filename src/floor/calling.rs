//! When a campaign may dial: its windows by weekday, the days of its calendar that
//! differ (holidays, make-up working days), expressions of a crontab that add windows
//! or take time out, and its first and last instant.
//!
//! Data and pure questions, each asked with the time. *Rule: a holiday wins.* On one
//! nothing is dialled from midnight to midnight, whatever a window of the day before or
//! an expression says; then what an expression takes out is out, and all of it lies
//! between the campaign's first and last instant.

use super::hours::{DAY_MINUTES, DayRule, Period, Schedule};
use super::stretch::{Stretch, merged, next_change};
use crate::base::clock::Moment;
use crate::base::cron::Cron;
use crate::base::day::{day_of, end_of_day, start_of_day};
use chrono_tz::Tz;

/// An instant after every other.
pub const FOREVER: Moment = Moment(i64::MAX / 4);
/// The longest window of an expression, in minutes.
pub const CRON_MINUTES_MAX: u16 = 24 * 60;

/// When a campaign may dial.
#[derive(Debug, Clone, PartialEq)]
pub struct CallingTimes {
    /// Its windows, and the days that differ.
    pub schedule: Schedule,
    /// Not before.
    pub starts_at: Option<Moment>,
    /// Not from then on.
    pub ends_at: Option<Moment>,
    /// What else there is.
    pub cron: Vec<CronWindow>,
}

/// A stretch of time that comes round.
#[derive(Debug, Clone, PartialEq)]
pub struct CronWindow {
    /// When it begins.
    pub cron: Cron,
    /// How long it lasts, [`CRON_MINUTES_MAX`] at most.
    pub minutes: u16,
    /// Whether nothing is dialled in it, rather than something.
    pub excludes: bool,
}

/// What lets a campaign dial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// A window, or a day with times of its own.
    Day(DayRule),
    /// An expression: which.
    Cron(usize),
}

/// What keeps a campaign from dialling that would dial by its windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bar {
    /// A holiday.
    Holiday,
    /// An expression that takes time out: which.
    Cron(usize),
    /// It has not begun.
    NotYet,
    /// It is over.
    Over,
}

/// A time in which a campaign dials: parts one after the other, without a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// From the first part to the last.
    pub whole: Stretch,
    /// Each with every rule that makes it.
    pub parts: Vec<(Stretch, Vec<Rule>)>,
}

/// Whether a campaign may dial at an instant, and how long that answer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// Whether it may.
    pub open: bool,
    /// When that changes; `None`: not within a year.
    pub changes_at: Option<Moment>,
    /// Since when it may dial today, or could before: at midnight for a window that
    /// goes on over it. `None`: not yet today.
    pub since_today: Option<Moment>,
    /// The answer is of the instants from here
    from: Moment,
    /// until before here.
    until: Moment,
}

impl Opening {
    /// Whether it tells of this instant.
    pub fn tells_of(&self, now: Moment) -> bool {
        self.from <= now && now < self.until
    }
}

impl CallingTimes {
    /// At every hour.
    pub fn always(zone: Tz) -> Self {
        let day = Period { from: 0, to: DAY_MINUTES };
        let week = std::array::from_fn(|_| vec![day]);
        let schedule = Schedule { zone, week, special: Vec::new() };
        Self { schedule, starts_at: None, ends_at: None, cron: Vec::new() }
    }

    /// Between two instants, at every hour: of worlds that know no calendar.
    pub fn between(starts_at: Moment, ends_at: Moment) -> Self {
        Self { starts_at: Some(starts_at), ends_at: Some(ends_at), ..Self::always(Tz::UTC) }
    }

    /// Whether dialling is allowed at this instant.
    pub fn open_at(&self, now: Moment) -> bool {
        !self.open(Stretch { from: now, to: now + 1 }).is_empty()
    }

    /// When it next may dial, or, if it may now, may not; `None`: not within a year.
    pub fn next_change(&self, now: Moment) -> Option<Moment> {
        // Before its time nothing changes.
        let now = self.starts_at.map_or(now, |starts| now.max(starts - 1));
        next_change(now, |range| self.open(range))
    }

    /// The answer at this instant, with how long it stands.
    pub fn opening(&self, now: Moment) -> Opening {
        let zone = self.schedule.zone;
        let today = day_of(now, zone);
        let changes_at = self.next_change(now);
        let midnight = end_of_day(today, zone).unwrap_or(now + 1);
        let so_far = Stretch { from: start_of_day(today, zone).unwrap_or(now), to: now + 1 };
        Opening {
            open: self.open_at(now),
            changes_at,
            since_today: self.open(so_far).first().map(|spell| spell.from),
            from: now,
            until: changes_at.map_or(midnight, |at| at.min(midnight)),
        }
    }

    /// What is open within a range, merged.
    pub fn open(&self, range: Stretch) -> Vec<Stretch> {
        merged(self.pieces(range).into_iter().map(|(piece, _)| piece).collect())
    }

    /// The same with the rules that make it, for people.
    pub fn spans(&self, range: Stretch) -> Vec<Span> {
        let pieces = self.pieces(range);
        let spans = merged(pieces.iter().map(|(piece, _)| *piece).collect()).into_iter();
        spans.map(|whole| Span { whole, parts: parts(whole, &pieces) }).collect()
    }

    /// What takes time out that the windows would give, within a range.
    pub fn bars(&self, range: Stretch) -> Vec<(Stretch, Bar)> {
        let mut bars: Vec<(Stretch, Bar)> = Vec::new();
        bars.extend(self.schedule.closed_days(range).into_iter().map(|day| (day, Bar::Holiday)));
        let given = merged(self.given(range).into_iter().map(|(piece, _)| piece).collect());
        let mut out: Vec<(Stretch, Bar)> = Vec::new();
        for (at, _) in self.cron.iter().enumerate().filter(|(_, window)| window.excludes) {
            out.extend(self.cron_windows(at, range).into_iter().map(|window| (window, Bar::Cron(at))));
        }
        out.extend(self.starts_at.map(|at| (Stretch { from: Moment(-FOREVER.0), to: at }, Bar::NotYet)));
        out.extend(self.ends_at.map(|at| (Stretch { from: at, to: FOREVER }, Bar::Over)));
        for (taken, bar) in out {
            bars.extend(given.iter().filter_map(|piece| Some((piece.within(taken)?, bar))));
        }
        bars.sort_unstable();
        bars
    }

    /// What the windows give, before anything but holidays is taken out.
    fn given(&self, range: Stretch) -> Vec<(Stretch, Rule)> {
        let spells = self.schedule.spells(range).into_iter();
        let mut given: Vec<_> = spells.map(|(spell, rule)| (spell, Rule::Day(rule))).collect();
        let holidays = self.schedule.closed_days(range);
        for (at, _) in self.cron.iter().enumerate().filter(|(_, window)| !window.excludes) {
            let windows = self.cron_windows(at, range).into_iter();
            let left = windows.flat_map(|window| window.without(&holidays));
            given.extend(left.map(|window| (window, Rule::Cron(at))));
        }
        given
    }

    fn pieces(&self, range: Stretch) -> Vec<(Stretch, Rule)> {
        let Some(range) = self.life().within(range) else { return Vec::new() };
        let out = self.cron.iter().enumerate().filter(|(_, window)| window.excludes);
        let out = merged(out.flat_map(|(at, _)| self.cron_windows(at, range)).collect());
        let given = self.given(range).into_iter();
        given
            .flat_map(|(piece, rule)| piece.without(&out).into_iter().map(move |left| (left, rule)))
            .collect()
    }

    /// From its first to its last instant.
    fn life(&self) -> Stretch {
        Stretch { from: self.starts_at.unwrap_or(Moment(-FOREVER.0)), to: self.ends_at.unwrap_or(FOREVER) }
    }

    /// The windows of an expression within a range; they may overlap.
    fn cron_windows(&self, at: usize, range: Stretch) -> Vec<Stretch> {
        let Some(CronWindow { cron, minutes, .. }) = self.cron.get(at) else { return Vec::new() };
        let length = i64::from(*minutes) * 60_000;
        let starts = cron.after(range.from - length, self.schedule.zone);
        let starts = starts.take_while(|start| *start < range.to);
        starts.filter_map(|from| Stretch { from, to: from + length }.within(range)).collect()
    }
}

/// A merged span cut where its rules change.
fn parts(whole: Stretch, pieces: &[(Stretch, Rule)]) -> Vec<(Stretch, Vec<Rule>)> {
    let inside = || pieces.iter().filter(|(piece, _)| piece.within(whole).is_some());
    let mut edges: Vec<Moment> = inside().flat_map(|(piece, _)| [piece.from, piece.to]).collect();
    edges.sort_unstable();
    edges.dedup();
    let mut parts: Vec<(Stretch, Vec<Rule>)> = Vec::new();
    for edge in edges.windows(2) {
        let part = Stretch { from: edge[0], to: edge[1] };
        let mut rules: Vec<Rule> =
            inside().filter(|(piece, _)| piece.within(part).is_some()).map(|(_, rule)| *rule).collect();
        // Two windows of a day that overlap are said twice.
        rules.sort_unstable();
        parts.push((part, rules));
    }
    parts
}

#[cfg(test)]
#[path = "calling_tests.rs"]
mod tests;
