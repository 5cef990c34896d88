//! Reads `phone.dat`, the table of Chinese numbers' homes that the package
//! `phone` publishes: a version, where the index begins, the places as texts
//! (`province|city|post code|area code`, each ended by a zero byte), and the
//! index, sorted by the first seven digits: digits, the place's offset, the
//! operator.

use super::{Home, Operator};
use anyhow::{Context, bail, ensure};
use flate2::read::GzDecoder;
use std::collections::HashMap;
use std::io::Read;

/// The length of the version and the index's offset, and of an entry.
const HEAD: usize = 8;
const ENTRY: usize = 9;
/// The digits of a mobile number that tell its home, and how many it has.
const BLOCK_DIGITS: usize = 7;
const MOBILE_DIGITS: usize = 11;
/// The most that a packed table may hold, unpacked.
const BYTES_MAX: u64 = 64 << 20;

/// The table, in memory.
#[derive(Debug)]
pub(super) struct Table {
    places: Vec<Place>,
    blocks: Vec<Block>,
    /// By area code, without its zero: the place that most blocks of it are in.
    areas: HashMap<String, u16>,
}

#[derive(Debug)]
struct Place {
    province: String,
    city: String,
}

/// Mobile numbers that begin alike.
#[derive(Debug, Clone, Copy)]
struct Block {
    digits: u32,
    place: u16,
    operator: u8,
}

impl Table {
    /// Unpacks and reads it. An error when it is not such a table.
    pub fn unpack(packed: &[u8]) -> anyhow::Result<Table> {
        let mut bytes = Vec::new();
        GzDecoder::new(packed).take(BYTES_MAX).read_to_end(&mut bytes).context("unpacking")?;
        Self::read(&bytes)
    }

    fn read(bytes: &[u8]) -> anyhow::Result<Table> {
        let index_at = number(bytes, 4).context("no head")? as usize;
        ensure!((HEAD..=bytes.len()).contains(&index_at), "the index is outside");
        let mut table = Table { places: Vec::new(), blocks: Vec::new(), areas: HashMap::new() };
        let mut place_at: HashMap<usize, u16> = HashMap::new();
        let mut area_of: Vec<String> = Vec::new();
        let mut at = HEAD;
        while at < index_at {
            let text = &bytes[at..index_at];
            let text = &text[..text.iter().position(|byte| *byte == 0).context("a place without an end")?];
            let place = std::str::from_utf8(text).with_context(|| format!("the place at {at}"))?;
            let [province, city, _post_code, area] = place.split('|').collect::<Vec<_>>()[..] else {
                bail!("the place {place:?} has not four parts");
            };
            place_at.insert(at, u16::try_from(table.places.len()).context("too many places")?);
            table.places.push(Place { province: province.to_owned(), city: city.to_owned() });
            area_of.push(area.trim_start_matches('0').to_owned());
            at += text.len() + 1;
        }
        let mut counts: HashMap<(&str, u16), u32> = HashMap::new();
        for entry in bytes[index_at..].chunks_exact(ENTRY) {
            let (digits, offset) = (number(entry, 0).unwrap_or(0), number(entry, 4).unwrap_or(0) as usize);
            let place = *place_at.get(&offset).with_context(|| format!("{digits} has no place"))?;
            *counts.entry((area_of[usize::from(place)].as_str(), place)).or_default() += 1;
            table.blocks.push(Block { digits, place, operator: entry[8] });
        }
        ensure!(table.blocks.is_sorted_by_key(|block| block.digits), "the index is not sorted");
        let mut most: HashMap<&str, (u32, u16)> = HashMap::new();
        for ((area, place), count) in counts {
            let best = most.entry(area).or_insert((count, place));
            // Among equals the first place, so that a table always says the same.
            if (count, u16::MAX - place) > (best.0, u16::MAX - best.1) {
                *best = (count, place);
            }
        }
        table.areas = most.into_iter().map(|(area, (_, place))| (area.to_owned(), place)).collect();
        Ok(table)
    }

    /// Every place: province and city.
    pub fn places(&self) -> impl Iterator<Item = (&str, &str)> {
        self.places.iter().map(|place| (place.province.as_str(), place.city.as_str()))
    }

    /// The home of a national number, without the country code or a zero.
    pub fn find(&self, national: &str) -> Option<Home> {
        if !national.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        if national.len() == MOBILE_DIGITS && national.starts_with('1') && !national.starts_with("10") {
            let digits = national[..BLOCK_DIGITS].parse().ok()?;
            let at = self.blocks.binary_search_by_key(&digits, |block| block.digits).ok()?;
            let block = self.blocks[at];
            let (operator, resold) = operator(block.operator);
            return Some(self.home(block.place, operator, resold));
        }
        // A line has seven or eight digits after its area's two or three.
        if !(9..=11).contains(&national.len()) {
            return None;
        }
        let area = [2, 3].into_iter().find_map(|digits| self.areas.get(&national[..digits]))?;
        Some(self.home(*area, None, false))
    }

    fn home(&self, place: u16, operator: Option<Operator>, resold: bool) -> Home {
        let Place { province, city } = &self.places[usize::from(place)];
        Home { province: province.clone(), city: city.clone(), operator, resold }
    }
}

/// The four bytes there, the lowest first.
fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at + 4)?;
    Some(u32::from_le_bytes(four.try_into().ok()?))
}

fn operator(code: u8) -> (Option<Operator>, bool) {
    match code {
        1 => (Some(Operator::ChinaMobile), false),
        2 => (Some(Operator::ChinaUnicom), false),
        3 => (Some(Operator::ChinaTelecom), false),
        4 => (Some(Operator::ChinaTelecom), true),
        5 => (Some(Operator::ChinaUnicom), true),
        6 => (Some(Operator::ChinaMobile), true),
        7 => (Some(Operator::ChinaBroadnet), false),
        8 => (Some(Operator::ChinaBroadnet), true),
        _ => (None, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(places: &[&str], index: &[(u32, usize, u8)]) -> Vec<u8> {
        let mut bytes = b"2312\0\0\0\0".to_vec();
        let mut offsets = Vec::new();
        for place in places {
            offsets.push(bytes.len() as u32);
            bytes.extend(place.bytes().chain([0]));
        }
        let index_at = bytes.len() as u32;
        bytes[4..8].copy_from_slice(&index_at.to_le_bytes());
        for (digits, place, operator) in index {
            bytes.extend(digits.to_le_bytes());
            bytes.extend(offsets.get(*place).copied().unwrap_or(3).to_le_bytes());
            bytes.push(*operator);
        }
        bytes
    }

    #[test]
    fn an_area_of_several_places_is_where_most_of_its_numbers_are() {
        let places = ["四川|眉山|1|028", "四川|成都|2|028"];
        let bytes = table(&places, &[(1_300_000, 0, 1), (1_300_001, 1, 4), (1_300_002, 1, 9)]);
        let table = Table::read(&bytes).expect("a table");
        assert_eq!(table.find("2862345678").expect("a home").city, "成都");
        let home = table.find("13000011234").expect("a home");
        assert_eq!((home.operator, home.resold), (Some(Operator::ChinaTelecom), true));
        assert_eq!(table.find("13000021234").expect("a home").operator, None, "a code of the future");
        assert_eq!(table.find("13000031234"), None);
    }

    #[test]
    fn what_is_no_table_is_refused() {
        let good = table(&["a|b|1|010"], &[(1_300_000, 0, 1)]);
        assert!(Table::read(&good).is_ok());
        assert!(Table::unpack(&good).is_err(), "not packed");
        for bad in [
            Vec::new(),
            b"2312".to_vec(),
            b"2312\xff\xff\xff\xff".to_vec(),
            table(&["a|b|1"], &[]),
            table(&["a|b|1|010"], &[(1_300_000, 7, 1)]),
            table(&["a|b|1|010"], &[(1_300_001, 0, 1), (1_300_000, 0, 1)]),
        ] {
            assert!(Table::read(&bad).is_err(), "{bad:?}");
        }
    }
}
