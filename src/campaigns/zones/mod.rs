//! In which time zones a phone number may be: by its prefix, from libphonenumber's
//! table, which the program carries (`scripts/number-zones` puts in a newer one).
//!
//! In: a number in E.164. Out: the zones; several where a prefix spans them, as
//! mobile numbers of big countries do. China has one.

use chrono_tz::Tz;
use std::collections::HashMap;
use std::sync::LazyLock;

/// On each line zones with `&` between them, and the prefixes of theirs.
const TABLE: &str = include_str!("prefixes.txt");

static ZONES: LazyLock<HashMap<&'static str, Vec<Tz>>> = LazyLock::new(|| {
    // A zone that the program's own table does not have is none that it could ask.
    let read = |zones: &str| zones.split('&').filter_map(|zone| zone.parse().ok()).collect::<Vec<Tz>>();
    let mut zones_by_prefix = HashMap::new();
    for (zones, prefixes) in TABLE.lines().filter_map(|line| line.split_once('|')) {
        let zones = read(zones);
        zones_by_prefix.extend(prefixes.split(' ').map(|prefix| (prefix, zones.clone())));
    }
    zones_by_prefix
});

/// The longest prefix.
const PREFIX_MAX: usize = 11;

/// The zones a number may be in; none of one that no prefix is of.
pub fn zones_of(e164: &str) -> &'static [Tz] {
    let digits = e164.strip_prefix('+').unwrap_or(e164);
    let prefixes = (1..=digits.len().min(PREFIX_MAX)).rev().filter_map(|length| digits.get(..length));
    prefixes.into_iter().find_map(|prefix| ZONES.get(prefix)).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::America::{Boise, Denver, Los_Angeles, New_York};
    use chrono_tz::Asia::{Hong_Kong, Shanghai, Singapore};

    #[test]
    fn the_longest_prefix_tells() {
        for (number, zones) in [
            ("+8613800138000", &[Shanghai][..]),
            ("+862162345678", &[Shanghai]),
            // Urumqi: China has one time.
            ("+869912345678", &[Shanghai]),
            ("+85221234567", &[Hong_Kong]),
            ("+6561234567", &[Singapore]),
            ("+12125550123", &[New_York]),
            ("+12083320000", &[Boise, Los_Angeles]),
            ("+12084010000", &[Denver]),
            ("+999123", &[]),
            ("", &[]),
        ] {
            assert_eq!(zones_of(number), zones, "{number}");
        }
        assert!(zones_of("+18005550123").len() > 20, "free of charge, from anywhere");
    }

    #[test]
    fn the_table_holds_no_zone_that_is_unknown_and_no_longer_prefix() {
        let lines: Vec<&str> = TABLE.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(lines.len() > 200 && ZONES.len() > 3_000);
        for line in lines {
            let (zones, prefixes) = line.split_once('|').expect("zones and their prefixes");
            for prefix in prefixes.split(' ') {
                assert!(
                    prefix.len() <= PREFIX_MAX && prefix.bytes().all(|byte| byte.is_ascii_digit()),
                    "{prefix}"
                );
            }
            for zone in zones.split('&') {
                assert!(zone.parse::<Tz>().is_ok(), "{zone}");
            }
        }
    }
}
