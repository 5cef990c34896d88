//! Where a phone number comes from: province, city and, of a mobile number, the
//! operator that its block was given to.
//!
//! In: a number in E.164. Out: its [`Home`], from a table that the program
//! carries, so that nobody outside learns who is called. Of Chinese numbers
//! alone: others have none. A number keeps its place when it moves to another
//! operator, but then the block's operator is not the customer's any more.

mod table;

use crate::floor::caller_ids::Place;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use table::Table;
use utoipa::ToSchema;

/// The table as it was published; `scripts/number-places` puts in a newer one.
static TABLE: LazyLock<Option<Table>> =
    LazyLock::new(|| match Table::unpack(include_bytes!("phone.dat.gz")) {
        Ok(table) => Some(table),
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "the table of numbers' homes cannot be read");
            None
        }
    });

/// Where a number comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = NumberHomeView)]
pub struct Home {
    /// In Chinese: `广东`.
    pub province: String,
    /// In Chinese: `深圳`; the province's own name for a municipality.
    pub city: String,
    /// Whose the block of mobile numbers is; null for a fixed line.
    pub operator: Option<Operator>,
    /// Whether that operator's network is resold under another name.
    pub resold: bool,
}

/// A network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// 中国移动
    ChinaMobile,
    /// 中国联通
    ChinaUnicom,
    /// 中国电信
    ChinaTelecom,
    /// 中国广电
    ChinaBroadnet,
}

/// Where this number (E.164) comes from, if the table has it.
pub fn home_of(e164: &str) -> Option<Home> {
    let national = e164.strip_prefix("+86")?;
    TABLE.as_ref()?.find(national)
}

/// The same, as the floor compares it with the regions of caller IDs.
pub fn place_of(e164: &str) -> Option<Place> {
    home_of(e164).map(|home| Place { province: home.province, city: home.city })
}

/// Every province with its cities, in their order.
pub fn provinces() -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut provinces: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (province, city) in TABLE.iter().flat_map(Table::places) {
        provinces.entry(province).or_default().push(city);
    }
    for cities in provinces.values_mut() {
        cities.sort_unstable();
        cities.dedup();
    }
    provinces
}

/// Whether the table knows the province, or a city of it.
pub fn is_place(province: &str, city: Option<&str>) -> bool {
    let same = |(known, of): (&str, &str)| known == province && city.is_none_or(|city| city == of);
    TABLE.iter().flat_map(Table::places).any(same)
}

/// Unpacks the table, which takes a moment, before the first caller needs it.
pub fn warm_up() {
    LazyLock::force(&TABLE);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(e164: &str) -> Option<(String, String, Option<Operator>, bool)> {
        home_of(e164).map(|home| (home.province, home.city, home.operator, home.resold))
    }

    fn place(
        province: &str,
        city: &str,
        operator: Option<Operator>,
        resold: bool,
    ) -> Option<(String, String, Option<Operator>, bool)> {
        Some((province.to_owned(), city.to_owned(), operator, resold))
    }

    // As the package's own reader tells them.
    #[test]
    fn a_mobile_number_is_at_home_where_its_block_was_given() {
        assert_eq!(told("+8613800138000"), place("北京", "北京", Some(Operator::ChinaMobile), false));
        assert_eq!(told("+8618688881234"), place("广东", "广州", Some(Operator::ChinaUnicom), false));
        assert_eq!(told("+8619200001234"), place("广东", "佛山", Some(Operator::ChinaBroadnet), false));
        assert_eq!(told("+8616200001234"), None, "a block that nobody has yet");
    }

    #[test]
    fn a_fixed_line_is_at_home_in_its_area() {
        assert_eq!(told("+8675588888888"), place("广东", "深圳", None, false));
        assert_eq!(told("+862162345678"), place("上海", "上海", None, false));
        assert_eq!(told("+861062345678"), place("北京", "北京", None, false));
        assert_eq!(told("+862862345678"), place("四川", "成都", None, false));
    }

    #[test]
    fn provinces_and_their_cities_are_known_by_name() {
        let provinces = provinces();
        assert_eq!(provinces.get("上海"), Some(&vec!["上海"]));
        assert!(provinces.len() > 30 && provinces["广东"].contains(&"深圳"), "{provinces:?}");
        assert!(is_place("广东", None) && is_place("广东", Some("深圳")));
        assert!(!is_place("四川", Some("深圳")) && !is_place("广东省", None));
    }

    #[test]
    fn other_numbers_have_no_home() {
        for e164 in
            ["", "+86", "+861", "+86400123", "+864008001234", "+4915112345678", "13800138000", "+86138"]
        {
            assert_eq!(told(e164), None, "{e164}");
        }
    }
}
