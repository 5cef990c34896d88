//! Which column of a spreadsheet means what.
//!
//! In: the header words, in Chinese or English. Out: a suggestion for the
//! person who imports, and the check of what they chose.

use crate::base::limits;
use serde::{Deserialize, Serialize};

/// The columns (counted from 0) that a person chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The customer's name.
    pub name: usize,
    /// Phone numbers, in the order in which they are dialled; at least one.
    pub phones: Vec<usize>,
    /// The customer's city.
    #[serde(default)]
    pub city: Option<usize>,
    /// Free text about the customer.
    #[serde(default)]
    pub remark: Option<usize>,
}

/// What the header words suggest; `None` where no word was recognised.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SuggestedMapping {
    /// The customer's name.
    pub name: Option<usize>,
    /// Phone numbers.
    pub phones: Vec<usize>,
    /// The customer's city.
    pub city: Option<usize>,
    /// Free text about the customer.
    pub remark: Option<usize>,
}

/// Why a mapping cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingRefused {
    /// A column that the file does not have.
    #[error("column {column} does not exist: the file has {columns} columns, counted from 0")]
    NoSuchColumn {
        /// What was asked for.
        column: usize,
        /// How many there are.
        columns: usize,
    },
    /// No phone column.
    #[error("choose at least one column with phone numbers")]
    NoPhone,
    /// More phone columns than a customer may have numbers.
    #[error("a customer has at most {} phone numbers", limits::PHONES_PER_CUSTOMER)]
    TooManyPhones,
    /// The same column for two meanings.
    #[error("column {column} is chosen twice")]
    Twice {
        /// Which.
        column: usize,
    },
}

const NAME: &[&str] =
    &["姓名", "名字", "客户姓名", "客户名称", "客户", "联系人", "name", "customer", "contact"];
const PHONE: &[&str] = &[
    "电话",
    "手机",
    "号码",
    "座机",
    "联系方式",
    "phone",
    "telephone",
    "mobile",
    "tel",
    "cell",
    "cellphone",
    "number",
];
const CITY: &[&str] = &["城市", "市", "所在地", "地区", "city", "town", "location"];
const REMARK: &[&str] = &["备注", "说明", "附注", "remark", "note", "comment", "memo"];

/// Suggests a meaning for columns by their headers. A column gets one meaning
/// at most; every column that looks like a phone is taken, in order.
pub fn suggest(columns: &[String]) -> SuggestedMapping {
    let mut suggested = SuggestedMapping::default();
    for (index, header) in columns.iter().enumerate() {
        // Phone first: 客户电话 and "contact number" are phones, not names.
        if means(header, PHONE) {
            if suggested.phones.len() < limits::PHONES_PER_CUSTOMER {
                suggested.phones.push(index);
            }
        } else if means(header, REMARK) {
            suggested.remark.get_or_insert(index);
        } else if means(header, CITY) {
            suggested.city.get_or_insert(index);
        } else if means(header, NAME) {
            suggested.name.get_or_insert(index);
        }
    }
    suggested
}

/// Chinese words are found anywhere in the header, English ones as whole words
/// (with an s or a number behind), so that "hotel" is no telephone.
fn means(header: &str, words: &[&str]) -> bool {
    let header = header.trim().to_lowercase();
    let english: Vec<&str> = header
        .split(|c: char| !c.is_ascii_alphabetic())
        .filter(|word| !word.is_empty())
        .map(|word| word.strip_suffix('s').unwrap_or(word))
        .collect();
    words.iter().any(|word| if word.is_ascii() { english.contains(word) } else { header.contains(word) })
}

impl Mapping {
    /// Checks the mapping against the number of columns of the file.
    pub fn check(&self, columns: usize) -> Result<(), MappingRefused> {
        if self.phones.is_empty() {
            return Err(MappingRefused::NoPhone);
        }
        if self.phones.len() > limits::PHONES_PER_CUSTOMER {
            return Err(MappingRefused::TooManyPhones);
        }
        let mut used = std::collections::HashSet::new();
        for column in self.columns() {
            if column >= columns {
                return Err(MappingRefused::NoSuchColumn { column, columns });
            }
            if !used.insert(column) {
                return Err(MappingRefused::Twice { column });
            }
        }
        Ok(())
    }

    fn columns(&self) -> impl Iterator<Item = usize> + '_ {
        std::iter::once(self.name).chain(self.phones.iter().copied()).chain(self.city).chain(self.remark)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(
        headers: &[&str],
        name: Option<usize>,
        phones: &[usize],
        city: Option<usize>,
        remark: Option<usize>,
    ) {
        let headers: Vec<String> = headers.iter().map(|h| (*h).to_owned()).collect();
        let expected = SuggestedMapping { name, phones: phones.to_vec(), city, remark };
        assert_eq!(suggest(&headers), expected, "{headers:?}");
    }

    #[test]
    fn headers_in_chinese_and_english_are_recognised() {
        check(&["姓名", "电话", "城市", "备注"], Some(0), &[1], Some(2), Some(3));
        check(&["Name", "Phone 1", "phone2", "City", "Remarks"], Some(0), &[1, 2], Some(3), Some(4));
        check(&["编号", "客户名称", "手机号码", "固定电话", "所在城市"], Some(1), &[2, 3], Some(4), None);
        check(&["Contact name", "Contact number", "Telephone"], Some(0), &[1, 2], None, None);
        check(&["客户电话", "客户"], Some(1), &[0], None, None);
    }

    #[test]
    fn words_that_only_contain_a_word_are_not_taken_for_it() {
        check(&["hotel", "rename", "simplicity"], None, &[], None, None);
    }

    #[test]
    fn a_mapping_is_checked_against_the_file() {
        let mapping = Mapping { name: 0, phones: vec![1], city: None, remark: Some(2) };
        assert_eq!(mapping.check(3), Ok(()));
        assert_eq!(mapping.check(2), Err(MappingRefused::NoSuchColumn { column: 2, columns: 2 }));
        let none = Mapping { phones: vec![], ..mapping.clone() };
        assert_eq!(none.check(3), Err(MappingRefused::NoPhone));
        let twice = Mapping { city: Some(1), ..mapping.clone() };
        assert_eq!(twice.check(3), Err(MappingRefused::Twice { column: 1 }));
        let many = Mapping { phones: (3..40).collect(), ..mapping };
        assert_eq!(many.check(50), Err(MappingRefused::TooManyPhones));
    }
}
