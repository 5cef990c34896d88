//! Turns a spreadsheet into numbers for the do-not-call list: pure and blocking.
//!
//! In: a sheet as imports read it. Out: its numbers, each once, and the rows of
//! which none was taken, with the reason. Such files are often a bare column of
//! numbers: a first row that holds a number is no header then.

use crate::base::phone::PhoneNumber;
use crate::customers::import::mapping;
use crate::customers::import::rows::phones_in;
use crate::customers::import::sheet::{Cell, Sheet, SheetRow};
use std::collections::HashSet;

/// A row that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Its number as the spreadsheet program shows it.
    pub row: u32,
    /// In words.
    pub reason: String,
}

/// What a file holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Rows that were looked at.
    pub rows: u64,
    /// E.164, each once, in the order of the file.
    pub numbers: Vec<String>,
    /// Numbers that stood in the file before.
    pub repeated: u64,
    /// Rows of which nothing was taken.
    pub rejected: Vec<Rejected>,
}

/// Reads the numbers; `None` when no column can hold them.
pub fn read(sheet: &Sheet, home: &str) -> Option<Numbers> {
    let columns = columns(sheet, home)?;
    let mut read = Numbers::default();
    let mut seen = HashSet::new();
    for row in bare_first_row(sheet, &columns, home).iter().chain(&sheet.rows) {
        read.rows += 1;
        match phones_in(row, &columns, home) {
            Ok(phones) => {
                for (_, phone) in phones {
                    if seen.insert(phone.e164.clone()) {
                        read.numbers.push(phone.e164);
                    } else {
                        read.repeated += 1;
                    }
                }
            }
            Err(reject) => read.rejected.push(Rejected { row: row.number, reason: reject.reason }),
        }
    }
    Some(read)
}

/// The columns whose header says so; otherwise the first that holds a number in the
/// header or below.
fn columns(sheet: &Sheet, home: &str) -> Option<Vec<usize>> {
    let named = mapping::suggest(&sheet.columns).phones;
    if !named.is_empty() {
        return Some(named);
    }
    let holds = |column: &usize| {
        is_number(&sheet.columns[*column], home)
            || sheet.rows.iter().take(LOOKED_AT).any(|row| phones_in(row, &[*column], home).is_ok())
    };
    (0..sheet.columns.len()).find(holds).map(|column| vec![column])
}

/// Rows in which a column without a telling header is looked for a number.
const LOOKED_AT: usize = 100;

fn is_number(text: &str, home: &str) -> bool {
    PhoneNumber::parse(text, home).is_ok()
}

/// The first row, taken for the header, when it holds a number.
fn bare_first_row(sheet: &Sheet, columns: &[usize], home: &str) -> Option<SheetRow> {
    columns.iter().any(|column| is_number(&sheet.columns[*column], home)).then(|| {
        let cells = sheet.columns.iter().map(|text| Cell::Text(text.clone())).collect();
        SheetRow { number: 1, cells }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customers::import::sheet;

    fn read_csv(text: &str) -> Option<Numbers> {
        read(&sheet::read(text.as_bytes()).expect("a sheet"), "CN")
    }

    #[test]
    fn numbers_come_from_the_column_that_is_named_so() {
        let read =
            read_csv("姓名,电话\n王,13800138000\n李,\"13900139000, 021-62345678\"\n张,\n赵,12\n").unwrap();
        assert_eq!(read.numbers, ["+8613800138000", "+8613900139000", "+862162345678"]);
        let rejected: Vec<(u32, &str)> =
            read.rejected.iter().map(|row| (row.row, row.reason.as_str())).collect();
        assert_eq!(rejected[0], (4, "no phone number"));
        assert!(rejected[1].0 == 5 && rejected[1].1.contains("not a possible phone number"));
        assert_eq!((read.rows, read.repeated), (4, 0));
    }

    #[test]
    fn a_bare_column_of_numbers_has_no_header() {
        let read = read_csv("13800138000\n+86 138 0013 8000\n13900139000\n").unwrap();
        assert_eq!(read.numbers, ["+8613800138000", "+8613900139000"]);
        assert_eq!((read.rows, read.repeated), (3, 1));
    }

    #[test]
    fn a_column_with_another_header_is_found_by_what_it_holds() {
        let read = read_csv("who,what\nx,-\ny,13800138000\n").unwrap();
        assert_eq!(read.numbers, ["+8613800138000"]);
        assert_eq!(read_csv("who,what\nx,y\n"), None);
    }
}
