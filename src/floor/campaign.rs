//! One campaign of the floor: its hopper, what counts against its cap on
//! dropped calls, and what it has learnt of its world.

use crate::base::clock::{HOUR_MS, Moment};
use crate::base::ids::LeadId;
use crate::base::limits;
use crate::floor::calling::Opening;
use crate::floor::estimate::Estimates;
use crate::floor::input::{CAP_WINDOW_HOURS_MAX, CampaignProfile, Lead, WindowCounts};
use crate::floor::last_hour::LastHour;
use crate::floor::pacing::{Day, PacingReport};
use crate::floor::sharing::Dealt;
use crate::floor::trunks::Bucket;
use std::collections::{BTreeMap, VecDeque};

/// How long an exhausted list is left alone before it is asked for leads
/// again, in milliseconds.
const ASK_AGAIN_MS: i64 = 5_000;
/// Failures in a row after which a trunk is taken for broken.
const FAILURES_IN_A_ROW: u32 = 8;
/// The first and the longest wait before a broken trunk is tried again.
const RETRY_MS_MIN: i64 = 500;
const RETRY_MS_MAX: i64 = 15_000;
/// How long before its times begin the hopper is filled.
const FILL_AHEAD_MS: i64 = 60_000;
/// How long an unanswered request for leads keeps another from being made.
const REQUEST_LOST_MS: i64 = 30_000;

/// The shortest window of a cap within which a day may borrow, in hours.
const DAY_HOURS: i64 = 24;
/// How long calling goes on before its rate of answers tells what the first hour, and
/// what the rest of the day will bring.
const FIRST_RATE_AFTER_MS: i64 = 120_000;
const RATE_KNOWN_AFTER_MS: i64 = 600_000;

/// How far back a cap on dropped calls looks, in hours, this one among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CapHours {
    /// The window it holds over.
    pub window: i64,
    /// Since calling began today, but not longer than the window.
    pub today: i64,
}

/// A campaign.
#[derive(Debug, Clone)]
pub struct Campaign {
    /// Settings.
    pub profile: CampaignProfile,
    /// Leads ready to be dialled.
    pub hopper: VecDeque<Lead>,
    /// When leads may be asked for again.
    ask_from: Moment,
    /// Whether the last answer of the store held no lead.
    pub exhausted: bool,
    /// Answered and dropped calls by hour since 1970.
    counted: BTreeMap<i64, WindowCounts>,
    /// The same of the last hour.
    last_hour: LastHour,
    /// Attempts since the floor started.
    pub attempts: u32,
    /// Its attempts of the last second.
    pub(super) launched: Bucket,
    /// What it has had of agents whom it shares.
    pub(super) dealt: Dealt,
    /// What it has learnt.
    pub estimates: Estimates,
    /// The last decision.
    pub report: Option<PacingReport>,
    /// When the consoles were last told.
    pub told_at: Moment,
    /// Attempts in a row that the network, the trunk or the switch failed.
    failures: u32,
    /// While the trunk fails: when the next attempt may be made.
    retry_from: Moment,
    /// Whether it may dial, as last looked up: a calendar is not read at every pace.
    opening: Opening,
}

impl Campaign {
    /// A campaign the floor meets for the first time.
    pub fn new(profile: CampaignProfile, now: Moment) -> Self {
        let opening = profile.times.opening(now);
        let counted = profile.counted.iter().map(|(at, counts)| (at.hour(), *counts)).collect();
        Self {
            profile,
            hopper: VecDeque::new(),
            ask_from: now,
            exhausted: false,
            counted,
            last_hour: LastHour::default(),
            attempts: 0,
            launched: Bucket::default(),
            dealt: Dealt::default(),
            estimates: Estimates::default(),
            report: None,
            told_at: Moment(i64::MIN / 2),
            failures: 0,
            retry_from: now,
            opening,
        }
    }

    /// An attempt was failed by the network, the trunk or the switch. After
    /// some in a row the trunk is taken for broken: leads are not burnt on it.
    pub fn trunk_failed(&mut self, now: Moment) {
        self.failures += 1;
        if self.failures >= FAILURES_IN_A_ROW {
            let doublings = (self.failures - FAILURES_IN_A_ROW).min(8);
            self.retry_from = now + (RETRY_MS_MIN << doublings).min(RETRY_MS_MAX);
        }
    }

    /// An attempt reached the called party's network.
    pub fn trunk_worked(&mut self) {
        self.failures = 0;
    }

    /// How many attempts the trunk may be given: all, one to try it, or none.
    pub fn trunk_allows(&self, now: Moment, in_flight: u32) -> u32 {
        match self.failures {
            failures if failures < FAILURES_IN_A_ROW => u32::MAX,
            _ if now >= self.retry_from && in_flight == 0 => 1,
            _ => 0,
        }
    }

    /// Answered and dropped calls of the last hours, this one among them.
    pub fn counted(&self, now: Moment, hours: i64) -> WindowCounts {
        let from = now.hour() - hours + 1;
        self.counted.range(from..).fold(WindowCounts::default(), |sum, (_, counts)| sum + *counts)
    }

    /// How many hours its cap looks back on; today it is all since calling began.
    pub fn cap_hours(&self, now: Moment) -> CapHours {
        let window = i64::from(self.profile.cap_window_hours.clamp(1, CAP_WINDOW_HOURS_MAX));
        let opens = self.opening_at(now).since_today.unwrap_or(now);
        CapHours { window, today: (now.hour() - opens.hour() + 1).clamp(1, 24).min(window) }
    }

    /// Whether calling has gone on for an hour today.
    pub fn called_for_an_hour(&self, now: Moment) -> bool {
        self.opening_at(now).since_today.is_some_and(|since| now.since_ms(since) >= HOUR_MS)
    }

    /// What today's calling is to come to at the rate at which answers came so far,
    /// if the cap's window is a day or more: a shorter one holds at any time.
    pub fn expected_of_day(&self, now: Moment, answered_today: u32) -> Option<Day> {
        if i64::from(self.profile.cap_window_hours) < DAY_HOURS {
            return None;
        }
        let so_far = f64::from(answered_today);
        let mut day = Day { answers: so_far, answers_ahead: f64::INFINITY };
        let opening = self.opening_at(now);
        let Some(called_ms) = opening.since_today.map(|since| now.since_ms(since)) else { return Some(day) };
        if called_ms >= FIRST_RATE_AFTER_MS {
            day.answers = so_far * (HOUR_MS as f64 / called_ms as f64).max(1.0);
        }
        if let Some(ends) = opening.changes_at.filter(|_| called_ms >= RATE_KNOWN_AFTER_MS) {
            day.answers_ahead = so_far * ends.since_ms(now).max(0) as f64 / called_ms as f64;
        }
        Some(day)
    }

    /// A customer answered.
    pub fn count_answered(&mut self, now: Moment) {
        self.count(now, WindowCounts { answered: 1, dropped: 0 });
    }

    /// No agent was there within the limit.
    pub fn count_dropped(&mut self, now: Moment) {
        self.count(now, WindowCounts { answered: 0, dropped: 1 });
    }

    fn count(&mut self, now: Moment, calls: WindowCounts) {
        let this_hour = now.hour();
        while let Some(first) = self.counted.first_entry()
            && *first.key() <= this_hour - i64::from(CAP_WINDOW_HOURS_MAX)
        {
            first.remove();
        }
        let counts = self.counted.entry(this_hour).or_default();
        *counts = *counts + calls;
        self.last_hour.count(now, calls);
    }

    /// Answered and dropped calls of the last hour.
    pub fn last_hour(&self) -> WindowCounts {
        self.last_hour.counts()
    }

    /// How many leads to ask for now, if any.
    pub fn leads_wanted(&mut self, now: Moment, agents_at_work: u32) -> Option<usize> {
        let keep = (agents_at_work as usize * 6).clamp(20, limits::HOPPER);
        if !self.profile.running || self.hopper.len() * 2 > keep || now < self.ask_from {
            return None;
        }
        // Not in the night: which leads may be dialled is a matter of the hour.
        if !self.within_hours(now) && !self.within_hours(now + FILL_AHEAD_MS) {
            return None;
        }
        self.ask_from = now + REQUEST_LOST_MS;
        Some((keep - self.hopper.len()).min(limits::HOPPER_BATCH))
    }

    /// The store's answer. Leads that have no room are handed back.
    pub fn take_leads(&mut self, now: Moment, leads: Vec<Lead>) -> Vec<LeadId> {
        self.exhausted = leads.is_empty();
        self.ask_from = if leads.is_empty() { now + ASK_AGAIN_MS } else { now };
        let mut refused = Vec::new();
        for lead in leads {
            if self.profile.running && self.hopper.len() < limits::HOPPER {
                self.hopper.push_back(lead);
            } else {
                refused.push(lead.lead);
            }
        }
        refused
    }

    /// Empties the hopper.
    pub fn give_back(&mut self) -> Vec<LeadId> {
        self.hopper.drain(..).map(|lead| lead.lead).collect()
    }

    /// Leads may have come due: ask at the next chance.
    pub fn ask_soon(&mut self, now: Moment) {
        if self.exhausted {
            self.ask_from = self.ask_from.min(now);
        }
    }

    /// Whether calling is allowed at this time.
    pub fn within_hours(&self, now: Moment) -> bool {
        if self.opening.tells_of(now) { self.opening.open } else { self.profile.times.open_at(now) }
    }

    /// When its times end, while they last, as last looked up.
    pub fn closes_at(&self) -> Option<Moment> {
        self.opening.changes_at.filter(|_| self.opening.open)
    }

    /// Looks its times up anew, if what is known of them is over.
    pub fn look_up_times(&mut self, now: Moment) {
        self.opening = self.opening_at(now);
        self.last_hour.forget(now);
    }

    /// Its settings changed.
    pub fn change(&mut self, now: Moment, profile: CampaignProfile) {
        self.opening = profile.times.opening(now);
        self.profile = profile;
    }

    fn opening_at(&self, now: Moment) -> Opening {
        if self.opening.tells_of(now) { self.opening } else { self.profile.times.opening(now) }
    }
}
