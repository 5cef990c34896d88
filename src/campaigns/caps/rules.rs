//! Whether a number may be dialled now: pure.

use crate::api::Check;
use crate::base::clock::Moment;
use crate::base::day::{day_of, end_of_day, start_of_day};
use crate::campaigns::caps::model::{AttemptCaps, CampaignCaps};
use crate::campaigns::retry::model::LeadRule;
use chrono::{Days, NaiveDate};
use chrono_tz::Tz;

/// When a number that is in a call is looked at again.
const ON_THE_LINE_MS: i64 = 60_000;

/// An attempt at a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialled {
    /// When it began.
    pub at: Moment,
    /// Whether it still goes on.
    pub open: bool,
}

/// Why a number is not dialled now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The rule.
    pub rule: LeadRule,
    /// Until when.
    pub until: Moment,
}

impl AttemptCaps {
    /// From when on attempts count at `now`.
    pub fn counts_from(self, now: Moment, zone: Tz) -> Moment {
        let first = day_of(now, zone).checked_sub_days(Days::new(self.days.max(1) as u64 - 1));
        first.and_then(|day| start_of_day(day, zone)).unwrap_or(Moment(0))
    }

    /// Why a number with these attempts, in any order, is not dialled now; `None`: it
    /// may be. Of several rules, the one that holds longest. `opens` gives the first
    /// instant, from one on, at which the campaign dials.
    pub fn held(
        self,
        dialled: &[Dialled],
        now: Moment,
        zone: Tz,
        opens: impl Fn(Moment) -> Moment,
    ) -> Option<Held> {
        let today = day_of(now, zone);
        let mut days: Vec<NaiveDate> =
            dialled.iter().map(|attempt| day_of(attempt.at, zone)).filter(|day| *day <= today).collect();
        days.sort_unstable();
        let of_day = days.iter().filter(|day| **day == today).count();
        let per_day = end_of_day(today, zone).filter(|_| of_day >= self.per_day.max(1) as usize);
        let last = dialled.iter().map(|attempt| attempt.at).max();
        let spaced = last.map(|at| at + i64::from(self.spacing_minutes) * 60_000).filter(|at| now < *at);
        let open = dialled.iter().any(|attempt| attempt.open).then_some(now + ON_THE_LINE_MS);
        let held = [
            (LeadRule::CapDay, per_day.map(&opens)),
            (LeadRule::CapInAll, self.room_again(&days, today, zone).map(&opens)),
            (LeadRule::Spacing, spaced),
            (LeadRule::OnTheLine, open),
        ];
        let held = held.into_iter().filter_map(|(rule, until)| Some(Held { rule, until: until? }));
        held.max_by_key(|held| held.until)
    }

    /// When so many of the attempts, on these days in order, have left the window that
    /// there is room for another; `None`: there is room today.
    fn room_again(self, days: &[NaiveDate], today: NaiveDate, zone: Tz) -> Option<Moment> {
        let window = Days::new(self.days.max(1) as u64);
        let counts = |day: &&NaiveDate| day.checked_add_days(window).is_none_or(|leaves| leaves > today);
        let counted: Vec<&NaiveDate> = days.iter().filter(counts).collect();
        let too_many = counted.len().checked_sub(self.in_all.max(1) as usize)?;
        let leaves = counted.get(too_many)?.checked_add_days(window)?;
        start_of_day(leaves, zone)
    }
}

/// Everything that is wrong with the centre's caps.
pub fn check(caps: &AttemptCaps, check: &mut Check) {
    check.range("per_day", caps.per_day, 1..=100, "attempts");
    check.range("in_all", caps.in_all, 1..=1_000, "attempts");
    check.range("days", caps.days, 1..=3_650, "days");
    check.range("spacing_minutes", caps.spacing_minutes, 0..=1_440, "minutes");
}

/// Everything that is wrong with a campaign's own caps; the field is `caps`.
pub fn check_own(caps: &CampaignCaps, check: &mut Check) {
    let mut bounds = |name: &str, value: Option<i32>, from: i32, to: i32| {
        let holds = value.is_none_or(|value| (from..=to).contains(&value));
        check.that(holds, "caps", format!("{name}: between {from} and {to}"));
    };
    bounds("per_day", caps.per_day, 1, 100);
    bounds("in_all", caps.in_all, 1, 1_000);
    bounds("spacing_minutes", caps.spacing_minutes, 0, 1_440);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaigns::times::openings::next_opening;
    use crate::campaigns::times::openings::tests::daytime;
    use chrono::DateTime;
    use chrono_tz::{America::New_York, Asia::Shanghai};

    const CAPS: AttemptCaps = AttemptCaps { per_day: 2, in_all: 3, days: 30, spacing_minutes: 5 };

    fn at(text: &str) -> Moment {
        Moment::from(DateTime::parse_from_rfc3339(text).unwrap().to_utc())
    }

    fn held(caps: AttemptCaps, attempts: &[&str], now: &str, zone: Tz) -> Option<(LeadRule, String)> {
        let times = daytime(zone);
        let dialled: Vec<Dialled> =
            attempts.iter().map(|text| Dialled { at: at(text), open: false }).collect();
        let until = |at: Moment| at.to_utc().with_timezone(&zone).format("%FT%H:%M").to_string();
        let held = caps.held(&dialled, at(now), zone, |at| next_opening(&times, at));
        held.map(|held| (held.rule, until(held.until)))
    }

    #[test]
    fn a_day_is_the_centres_from_midnight_to_midnight() {
        // In UTC both are on the 22nd.
        let two = ["2026-11-22T23:50:00+08:00", "2026-11-23T00:10:00+08:00"];
        assert_eq!(held(CAPS, &two, "2026-11-23T09:00:00+08:00", Shanghai), None);
        let two = ["2026-11-23T00:10:00+08:00", "2026-11-23T23:40:00+08:00"];
        let until = Some((LeadRule::CapDay, "2026-11-24T08:30".to_owned()));
        assert_eq!(held(CAPS, &two, "2026-11-23T23:59:59+08:00", Shanghai), until);
        assert_eq!(held(CAPS, &two, "2026-11-24T00:00:00+08:00", Shanghai), None);
    }

    #[test]
    fn a_day_of_23_or_25_hours_is_one_day() {
        // 2026-03-08 has no 02:30 in New York, 2026-11-01 has 01:30 twice.
        let short = ["2026-03-08T00:30:00-05:00", "2026-03-08T23:30:00-04:00"];
        let until = Some((LeadRule::CapDay, "2026-03-09T08:30".to_owned()));
        assert_eq!(held(CAPS, &short, "2026-03-08T23:45:00-04:00", New_York), until);
        assert_eq!(held(CAPS, &short, "2026-03-09T00:00:00-04:00", New_York), None);
        let long = ["2026-11-01T00:30:00-04:00", "2026-11-01T01:30:00-05:00"];
        let until = Some((LeadRule::CapDay, "2026-11-02T08:30".to_owned()));
        assert_eq!(held(CAPS, &long, "2026-11-01T23:59:00-05:00", New_York), until);
    }

    #[test]
    fn the_window_is_of_whole_days_and_room_comes_when_the_oldest_leaves_it() {
        let three = ["2026-11-01T12:00:00+08:00", "2026-11-10T12:00:00+08:00", "2026-11-20T12:00:00+08:00"];
        // 30 days with the 1st as the first of them end with the 30th.
        let until = Some((LeadRule::CapInAll, "2026-12-01T08:30".to_owned()));
        assert_eq!(held(CAPS, &three, "2026-11-30T23:59:59+08:00", Shanghai), until);
        assert_eq!(held(CAPS, &three, "2026-12-01T00:00:00+08:00", Shanghai), None);
        // Two too many: both must have left it.
        let stricter = AttemptCaps { in_all: 2, ..CAPS };
        let until = Some((LeadRule::CapInAll, "2026-12-10T08:30".to_owned()));
        assert_eq!(held(stricter, &three, "2026-11-30T12:00:00+08:00", Shanghai), until);
        let from = CAPS.counts_from(at("2026-11-30T12:00:00+08:00"), Shanghai);
        assert_eq!(from, at("2026-11-01T00:00:00+08:00"));
    }

    #[test]
    fn two_attempts_have_time_between_them() {
        let one = ["2026-11-23T10:00:00+08:00"];
        let until = Some((LeadRule::Spacing, "2026-11-23T10:05".to_owned()));
        assert_eq!(held(CAPS, &one, "2026-11-23T10:04:59+08:00", Shanghai), until);
        assert_eq!(held(CAPS, &one, "2026-11-23T10:05:00+08:00", Shanghai), None);
    }

    #[test]
    fn a_number_that_is_in_a_call_waits() {
        let now = at("2026-11-23T10:00:00+08:00");
        let open = [Dialled { at: now - 10 * 60_000, open: true }];
        let held = CAPS.held(&open, now, Shanghai, |at| at).map(|held| (held.rule, held.until));
        assert_eq!(held, Some((LeadRule::OnTheLine, now + 60_000)));
    }

    #[test]
    fn a_campaign_may_only_be_stricter() {
        let own = CampaignCaps { per_day: Some(1), in_all: Some(99), spacing_minutes: Some(60) };
        let both = AttemptCaps { per_day: 1, in_all: 3, days: 30, spacing_minutes: 60 };
        assert_eq!((CAPS.with(own), CAPS.with(CampaignCaps::default())), (both, CAPS));
        let looser = CampaignCaps { spacing_minutes: Some(0), ..own };
        assert_eq!(CAPS.with(looser).spacing_minutes, 5);
    }
}
