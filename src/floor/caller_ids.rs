//! Pools of caller IDs: which number a customer sees.
//!
//! In: the pools, where the called number is at home, what was launched. Out: one
//! number of the pool, never none: the customer's own city before their province,
//! then an area by its digits, then those for everybody; of several the one that
//! was used least today. A number that is shown too often is marked as spam, so
//! each may have a limit for the hour and the day. A pool that is used up holds
//! its campaigns.

use super::Floor;
use super::input::Lead;
use crate::base::clock::Moment;
use crate::base::ids::{CallerIdPoolId, CampaignId};
use crate::base::phone::Dialable;
use litemap::LiteMap;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BTreeMap;

const HOUR_MS: i64 = 3_600_000;
/// How many hours of use are kept: a day that an hour was added to.
const HOURS_KEPT: i64 = 25;

/// Where a called number is at home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// As the table of numbers' homes writes it.
    pub province: String,
    /// The same; of a municipality its own name.
    pub city: String,
}

/// For whom a number of a pool is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Region {
    /// Numbers of one city.
    City {
        /// Its province.
        province: String,
        /// The city.
        city: String,
    },
    /// Numbers of one province.
    Province {
        /// The province.
        province: String,
    },
    /// Numbers that begin so in E.164: a country, or an area of one.
    Prefix {
        /// `+` and digits.
        prefix: String,
    },
}

/// How near a number of a pool is to the called one; the least is the nearest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Nearness {
    City,
    Province,
    /// With so many digits in common, the more the nearer.
    Area(Reverse<usize>),
    Everybody,
}

/// A number of a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolNumber {
    /// The number shown.
    pub number: Dialable,
    /// For whom; nobody in particular: for everybody.
    pub regions: Vec<Region>,
    /// Calls within an hour of the clock at most; `None`: any number.
    pub hour_max: Option<u32>,
    /// Calls a day at most; `None`: any number.
    pub day_max: Option<u32>,
}

/// A pool: those of its numbers that may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerIdPool {
    /// Which.
    pub pool: CallerIdPoolId,
    /// Its numbers.
    pub numbers: Vec<PoolNumber>,
}

/// Every pool, and how often numbers were shown of late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerIdsProfile {
    /// The pools.
    pub pools: Vec<CallerIdPool>,
    /// When today begins and ends in the centre's zone.
    pub today: (Moment, Moment),
    /// Calls by number and the hour they were launched in, from the ledger; used
    /// of numbers that the floor has not counted yet.
    pub counted: Vec<(Dialable, Vec<(Moment, u32)>)>,
}

/// The pools on the live floor.
#[derive(Debug)]
pub(super) struct CallerIds {
    pools: LiteMap<CallerIdPoolId, CallerIdPool>,
    today: (Moment, Moment),
    /// Calls by number and hour since 1970.
    used: BTreeMap<Dialable, BTreeMap<i64, u32>>,
}

impl Default for CallerIds {
    fn default() -> Self {
        let nothing = Moment(i64::MIN / 2);
        Self { pools: LiteMap::new_vec(), today: (nothing, nothing), used: BTreeMap::new() }
    }
}

impl CallerIds {
    fn set(&mut self, profile: CallerIdsProfile) {
        self.today = profile.today;
        for (number, hours) in profile.counted {
            let hours = hours.into_iter().map(|(at, calls)| (hour(at), calls));
            self.used.entry(number).or_insert_with(|| hours.collect());
        }
        self.pools = profile.pools.into_iter().map(|pool| (pool.pool, pool)).collect();
        for pool in self.pools.values() {
            for number in &pool.numbers {
                self.used.entry(number.number.clone()).or_default();
            }
        }
    }

    /// When today began; a day that ended before its successor was told is
    /// followed by one as long.
    fn today_from(&self, now: Moment) -> Moment {
        let (from, until) = self.today;
        let length = until.since_ms(from);
        if now < until || length == 0 {
            return from;
        }
        until + now.since_ms(until) / length * length
    }

    /// How often the number was shown in this hour and today.
    fn used(&self, now: Moment, number: &Dialable) -> (u32, u32) {
        let Some(hours) = self.used.get(number) else { return (0, 0) };
        let this_hour = hours.get(&hour(now)).copied().unwrap_or(0);
        let today = hours.range(hour(self.today_from(now))..=hour(now)).map(|(_, calls)| *calls).sum();
        (this_hour, today)
    }

    fn is_used_up(&self, now: Moment, number: &PoolNumber) -> bool {
        let (this_hour, today) = self.used(now, &number.number);
        number.hour_max.is_some_and(|most| this_hour >= most)
            || number.day_max.is_some_and(|most| today >= most)
    }

    /// The number of the pool for this customer; `None` when every one that is
    /// for them is used up.
    fn choose(
        &self,
        now: Moment,
        pool: CallerIdPoolId,
        e164: &str,
        place: Option<&Place>,
    ) -> Option<Dialable> {
        let usable = self.pools.get(&pool)?.numbers.iter().filter(|number| !self.is_used_up(now, number));
        let near = usable.filter_map(|number| {
            let nearness = nearness(&number.regions, e164, place)?;
            Some((nearness, self.used(now, &number.number).1, &number.number))
        });
        near.min().map(|(.., number)| number.clone())
    }

    /// Whether no number of the pool may be shown any more.
    fn pool_is_used_up(&self, now: Moment, pool: CallerIdPoolId) -> bool {
        let pool = self.pools.get(&pool);
        pool.is_none_or(|pool| pool.numbers.iter().all(|number| self.is_used_up(now, number)))
    }

    /// A call was launched with this number.
    pub fn shown(&mut self, now: Moment, number: &Dialable) {
        // Numbers of no pool are not counted.
        let Some(hours) = self.used.get_mut(number) else { return };
        *hours.entry(hour(now)).or_default() += 1;
        let oldest = hour(now) - HOURS_KEPT;
        while let Some(first) = hours.first_entry()
            && *first.key() < oldest
        {
            first.remove();
        }
    }

    /// The call was never dialled.
    pub fn not_shown(&mut self, launched: Moment, number: &Dialable) {
        if let Some(calls) = self.used.get_mut(number).and_then(|hours| hours.get_mut(&hour(launched))) {
            *calls = calls.saturating_sub(1);
        }
    }
}

fn hour(at: Moment) -> i64 {
    at.0.div_euclid(HOUR_MS)
}

/// How near a number for these regions is to the called one; `None` when it is
/// for others.
fn nearness(regions: &[Region], e164: &str, place: Option<&Place>) -> Option<Nearness> {
    if regions.is_empty() {
        return Some(Nearness::Everybody);
    }
    let of_region = |region: &Region| match (region, place) {
        (Region::City { province, city }, Some(place)) => {
            (*province == place.province && *city == place.city).then_some(Nearness::City)
        }
        (Region::Province { province }, Some(place)) => {
            (*province == place.province).then_some(Nearness::Province)
        }
        (Region::City { .. } | Region::Province { .. }, None) => None,
        (Region::Prefix { prefix }, _) => {
            e164.starts_with(prefix.as_str()).then_some(Nearness::Area(Reverse(prefix.len())))
        }
    };
    regions.iter().filter_map(of_region).min()
}

impl Floor {
    pub(super) fn on_caller_ids(&mut self, now: Moment, profile: CallerIdsProfile) {
        self.caller_ids.set(profile);
        self.next_pacing = now;
    }

    /// The number that this customer is shown by the campaign; `None` when none
    /// may be shown now.
    pub(super) fn caller_id_for(&self, now: Moment, campaign: CampaignId, lead: &Lead) -> Option<Dialable> {
        let profile = &self.campaigns.get(&campaign)?.profile;
        match profile.caller_id_pool {
            None => Some(profile.caller_id.clone()),
            Some(pool) => self.caller_ids.choose(now, pool, &lead.e164, lead.place.as_ref()),
        }
    }

    /// Whether the campaign has no number left to show.
    pub(super) fn lacks_caller_id(&self, now: Moment, pool: Option<CallerIdPoolId>) -> bool {
        pool.is_some_and(|pool| self.caller_ids.pool_is_used_up(now, pool))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POOL: CallerIdPoolId = CallerIdPoolId(1);
    const NOW: Moment = Moment(1_795_419_968_730);

    fn dialable(text: &str) -> Dialable {
        Dialable::new(text).expect("digits")
    }

    fn number(text: &str, regions: Vec<Region>) -> PoolNumber {
        PoolNumber { number: dialable(text), regions, hour_max: None, day_max: None }
    }

    fn city(province: &str, city: &str) -> Region {
        Region::City { province: province.into(), city: city.into() }
    }

    fn province(province: &str) -> Region {
        Region::Province { province: province.into() }
    }

    fn prefix(prefix: &str) -> Region {
        Region::Prefix { prefix: prefix.into() }
    }

    fn place(province: &str, city: &str) -> Place {
        Place { province: province.into(), city: city.into() }
    }

    fn pools(numbers: Vec<PoolNumber>) -> CallerIds {
        let mut ids = CallerIds::default();
        let today = (Moment(NOW.0 - 10 * HOUR_MS), Moment(NOW.0 + 14 * HOUR_MS));
        let pools = vec![CallerIdPool { pool: POOL, numbers }];
        ids.set(CallerIdsProfile { pools, today, counted: Vec::new() });
        ids
    }

    fn chosen(ids: &CallerIds, e164: &str, place: Option<Place>) -> Option<String> {
        ids.choose(NOW, POOL, e164, place.as_ref()).map(|number| number.to_string())
    }

    #[test]
    fn the_nearest_number_is_shown() {
        let ids = pools(vec![
            number("1", Vec::new()),
            number("2", vec![province("广东")]),
            number("3", vec![city("广东", "深圳")]),
            number("4", vec![prefix("+1")]),
            number("5", vec![prefix("+1650"), city("四川", "成都")]),
        ]);
        let cases = [
            ("+8675588888888", Some(place("广东", "深圳")), "3"),
            ("+862088888888", Some(place("广东", "广州")), "2"),
            ("+862162345678", Some(place("上海", "上海")), "1"),
            ("+862862345678", Some(place("四川", "成都")), "5"),
            ("+12125550100", None, "4"),
            ("+16502530000", None, "5"),
            ("+4915112345678", None, "1"),
        ];
        for (e164, home, expected) in cases {
            assert_eq!(chosen(&ids, e164, home).as_deref(), Some(expected), "{e164}");
        }
    }

    #[test]
    fn the_number_that_was_used_least_is_next() {
        let mut ids = pools(vec![number("1", vec![]), number("2", vec![]), number("3", vec![])]);
        let mut counts = BTreeMap::new();
        for _ in 0..30 {
            let number = ids.choose(NOW, POOL, "+861", None).expect("a number");
            ids.shown(NOW, &number);
            *counts.entry(number).or_insert(0) += 1;
        }
        assert!(counts.len() == 3 && counts.values().all(|count| *count == 10), "{counts:?}");
    }

    #[test]
    fn a_number_that_is_used_up_gives_way_and_comes_back() {
        let local = PoolNumber { hour_max: Some(2), ..number("3", vec![city("广东", "深圳")]) };
        let everybody = PoolNumber { day_max: Some(3), ..number("1", Vec::new()) };
        let mut ids = pools(vec![everybody, local]);
        let shenzhen = Some(place("广东", "深圳"));
        let mut shown = Vec::new();
        while let Some(number) = ids.choose(NOW, POOL, "+86755", shenzhen.as_ref()) {
            ids.shown(NOW, &number);
            shown.push(number.to_string());
        }
        assert_eq!(shown, ["3", "3", "1", "1", "1"]);
        assert!(ids.pool_is_used_up(NOW, POOL));
        // Another hour, and then another day, of which the store has not told yet.
        assert!(!ids.pool_is_used_up(NOW + HOUR_MS, POOL));
        assert_eq!(ids.choose(NOW + HOUR_MS, POOL, "+8610", None), None);
        assert_eq!(ids.choose(NOW + 15 * HOUR_MS, POOL, "+8610", None), Some(dialable("1")));
        ids.not_shown(NOW, &dialable("1"));
        assert!(!ids.pool_is_used_up(NOW, POOL));
    }

    #[test]
    fn what_the_ledger_counted_before_a_restart_counts() {
        let mut ids = CallerIds::default();
        let everybody = PoolNumber { day_max: Some(5), ..number("1", Vec::new()) };
        let profile = |calls| CallerIdsProfile {
            pools: vec![CallerIdPool { pool: POOL, numbers: vec![everybody.clone()] }],
            today: (Moment(NOW.0 - 10 * HOUR_MS), Moment(NOW.0 + 14 * HOUR_MS)),
            counted: vec![(dialable("1"), vec![(Moment(NOW.0 - 2 * HOUR_MS), calls)])],
        };
        ids.set(profile(4));
        assert!(!ids.pool_is_used_up(NOW, POOL));
        ids.shown(NOW, &dialable("1"));
        assert!(ids.pool_is_used_up(NOW, POOL));
        // Read again, the ledger knows no more than the floor.
        ids.set(profile(1));
        assert!(ids.pool_is_used_up(NOW, POOL));
        assert!(ids.pool_is_used_up(NOW, CallerIdPoolId(9)), "a pool that nobody knows");
    }
}
