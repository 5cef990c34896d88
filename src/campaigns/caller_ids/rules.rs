//! What a pool of caller IDs must be like: pure.
//!
//! In: a form. Out: what is wrong with it, field by field.

use super::model::{PoolForm, PoolNumberForm};
use crate::api::Check;
use crate::base::limits;
use crate::base::phone::Dialable;
use crate::floor::caller_ids::Region;
use crate::places;
use std::collections::HashSet;

const CALLS_MAX: i32 = 100_000;

/// Everything that is wrong with a pool.
pub fn check(form: &PoolForm) -> Check {
    let mut check = Check::new();
    check.name(&form.name, "pool");
    if form.numbers.len() > limits::NUMBERS_PER_POOL {
        check.fault("numbers", format!("at most {} numbers", limits::NUMBERS_PER_POOL));
    }
    // Whoever is called must be shown something, wherever they are.
    if !form.numbers.iter().any(is_default) {
        let text = "at least one number that is in use must be for everybody: without regions";
        check.fault("numbers", text);
    }
    let mut seen = HashSet::new();
    for number in &form.numbers {
        if !seen.insert(number.number.as_str()) {
            check.fault("numbers", format!("{} is named twice", number.number));
        }
        if let Err(fault) = check_number(number) {
            check.fault("numbers", fault);
        }
    }
    check
}

/// Whether customers of no region in particular may be shown the number.
pub fn is_default(number: &PoolNumberForm) -> bool {
    number.enabled && number.regions.is_empty()
}

fn check_number(number: &PoolNumberForm) -> Result<(), String> {
    let PoolNumberForm { number, regions, hour_max, day_max, .. } = number;
    Dialable::new(number).map_err(|refused| format!("{number}: {refused}"))?;
    for (limit, what) in [(hour_max, "an hour"), (day_max, "a day")] {
        if !(0..=CALLS_MAX).contains(limit) {
            return Err(format!("{number}: between 0 and {CALLS_MAX} calls {what}"));
        }
    }
    if regions.len() > limits::REGIONS_PER_NUMBER {
        return Err(format!("{number}: at most {} regions", limits::REGIONS_PER_NUMBER));
    }
    regions.iter().try_for_each(|region| check_region(region).map_err(|fault| format!("{number}: {fault}")))
}

fn check_region(region: &Region) -> Result<(), String> {
    match region {
        Region::City { province, city } if !places::is_place(province, Some(city)) => {
            Err(format!("there is no city {city} in {province}: as in 广东 and 深圳"))
        }
        Region::Province { province } if !places::is_place(province, None) => {
            Err(format!("there is no province {province}: as in 广东"))
        }
        Region::City { .. } | Region::Province { .. } => Ok(()),
        Region::Prefix { prefix } => {
            let digits = prefix.strip_prefix('+').unwrap_or_default();
            let right = (1..=12).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
            if right { Ok(()) } else { Err(format!("{prefix:?} must be a + and 1 to 12 digits, as in +852")) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(number: &str, regions: Vec<Region>) -> PoolNumberForm {
        PoolNumberForm { number: number.into(), regions, enabled: true, hour_max: 0, day_max: 0 }
    }

    fn faults(numbers: Vec<PoolNumberForm>) -> usize {
        check(&PoolForm { name: "Pool".into(), numbers }).at_fault().len()
    }

    fn city(province: &str, city: &str) -> Region {
        Region::City { province: province.into(), city: city.into() }
    }

    #[test]
    fn a_pool_has_a_number_for_everybody() {
        let everybody = || number("02160000000", Vec::new());
        assert_eq!(faults(vec![everybody()]), 0);
        assert_eq!(faults(Vec::new()), 1);
        assert_eq!(faults(vec![number("0755", vec![city("广东", "深圳")])]), 1);
        assert_eq!(faults(vec![PoolNumberForm { enabled: false, ..everybody() }]), 1);
        assert_eq!(faults(vec![everybody(), everybody()]), 1);
    }

    #[test]
    fn numbers_and_regions_must_exist() {
        let with = |number| faults(vec![self::number("02160000000", Vec::new()), number]);
        let prefix = |prefix: &str| Region::Prefix { prefix: prefix.into() };
        let province = |province: &str| Region::Province { province: province.into() };
        assert_eq!(with(number("1{x}", Vec::new())), 1);
        assert_eq!(with(number("1\n", Vec::new())), 1);
        for region in [city("广东", "深圳"), province("四川"), prefix("+852")] {
            assert_eq!(with(number("1", vec![region])), 0);
        }
        for region in [city("四川", "深圳"), province("广东省"), prefix("852"), prefix("+"), prefix("+1x")]
        {
            assert_eq!(with(number("1", vec![region.clone()])), 1, "{region:?}");
        }
        assert_eq!(with(PoolNumberForm { day_max: -1, ..number("1", Vec::new()) }), 1);
        let bad_name = PoolForm { name: " ".into(), numbers: vec![number("1", Vec::new())] };
        assert_eq!(check(&bad_name).at_fault(), ["name"]);
    }
}
