//! Turns a row of a spreadsheet into a customer, or says why not.
//!
//! In: rows in the order of the file and the chosen [`Mapping`]. Out: for each
//! row a [`NewCustomer`], or a [`RowReject`] that names the column. The reader
//! remembers the phone numbers of the rows before, so that a number that stands
//! in two rows is taken once.

use crate::base::limits;
use crate::base::phone::PhoneNumber;
use crate::customers::import::mapping::Mapping;
use crate::customers::import::sheet::{Cell, SheetRow};
use crate::customers::model::{NewCustomer, another_phone, clean_line, clean_text};
use std::collections::HashMap;

/// Why a row was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowReject {
    /// The column (counted from 0) at fault; `None` when it is the row's.
    pub column: Option<usize>,
    /// In words, for people.
    pub reason: String,
}

/// What separates several numbers in one cell.
const BETWEEN_PHONES: &[char] = &[',', ';', '/', '|', '\n', '，', '；', '、'];
/// From here on a spreadsheet has lost the last digits of a number.
const NUMBER_DIGITS_LOST: f64 = 1e15;

/// Reads the rows of one file, in order.
pub struct RowReader<'a> {
    mapping: &'a Mapping,
    home: &'a str,
    /// E.164 to the number of the row that has it.
    seen: HashMap<String, u32>,
}

impl<'a> RowReader<'a> {
    /// `home` is the ISO 3166 code of the country whose numbers are written
    /// without a prefix.
    pub fn new(mapping: &'a Mapping, home: &'a str) -> Self {
        Self { mapping, home, seen: HashMap::new() }
    }

    /// The customer in a row.
    pub fn read(&mut self, row: &SheetRow) -> Result<NewCustomer, RowReject> {
        let name =
            line(row, self.mapping.name)?.ok_or_else(|| reject(self.mapping.name, "the name is missing"))?;
        let phones = phones_in(row, &self.mapping.phones, self.home)?;
        let city = self.mapping.city.map(|column| line(row, column)).transpose()?.flatten();
        let remark = self.mapping.remark.map(|column| remark(row, column)).transpose()?.flatten();
        for (column, phone) in &phones {
            if let Some(first) = self.seen.get(&phone.e164) {
                return Err(reject(
                    *column,
                    format!("{} is already in row {first} of this file", phone.dial),
                ));
            }
        }
        let phones: Vec<PhoneNumber> = phones.into_iter().map(|(_, phone)| phone).collect();
        self.seen.extend(phones.iter().map(|phone| (phone.e164.clone(), row.number)));
        Ok(NewCustomer { name, phones, city, remark })
    }
}

/// The numbers in these columns of a row, each once, in their order; there is at
/// least one column.
pub fn phones_in(
    row: &SheetRow,
    columns: &[usize],
    home: &str,
) -> Result<Vec<(usize, PhoneNumber)>, RowReject> {
    let mut phones: Vec<(usize, PhoneNumber)> = Vec::new();
    for &column in columns {
        let text = phone_text(cell(row, column), column)?;
        for part in text.split(BETWEEN_PHONES) {
            let before = phones.iter().map(|(_, phone)| phone);
            let phone = another_phone(part, home, before).map_err(|refused| reject(column, refused))?;
            phones.extend(phone.map(|phone| (column, phone)));
        }
    }
    let first = columns.first().copied().unwrap_or_default();
    if phones.len() > limits::PHONES_PER_CUSTOMER {
        let most = limits::PHONES_PER_CUSTOMER;
        return Err(reject(first, format!("more than {most} phone numbers")));
    }
    if phones.is_empty() {
        return Err(reject(first, "no phone number"));
    }
    Ok(phones)
}

fn reject(column: usize, reason: impl ToString) -> RowReject {
    RowReject { column: Some(column), reason: reason.to_string() }
}

fn cell(row: &SheetRow, column: usize) -> &Cell {
    row.cells.get(column).unwrap_or(&Cell::Empty)
}

/// The digits in a cell. Spreadsheets turn phone numbers into numbers.
fn phone_text(cell: &Cell, column: usize) -> Result<String, RowReject> {
    match cell {
        Cell::Empty => Ok(String::new()),
        Cell::Text(text) if is_in_scientific_notation(text) => Err(reject(
            column,
            format!(
                "{text} has lost its digits in the spreadsheet: format the column as text and enter it again"
            ),
        )),
        Cell::Text(text) => Ok(text.clone()),
        Cell::Number(number) if *number < 0.0 || number.fract() != 0.0 => {
            Err(reject(column, format!("{number} is no phone number")))
        }
        Cell::Number(number) if *number >= NUMBER_DIGITS_LOST => Err(reject(
            column,
            "a number this long has lost its last digits in the spreadsheet: format the column as text",
        )),
        // Written without an exponent, whatever its size.
        Cell::Number(number) => Ok(number.to_string()),
        Cell::Date(date) => Err(reject(column, format!("{date} is a date, not a phone number"))),
        Cell::Bad(problem) => Err(reject(column, problem)),
    }
}

/// `1.38E+10`: what a spreadsheet shows of a long number.
fn is_in_scientific_notation(text: &str) -> bool {
    text.contains(['e', 'E']) && text.parse::<f64>().is_ok()
}

fn plain_text(cell: &Cell, column: usize) -> Result<Option<String>, RowReject> {
    match cell {
        Cell::Empty => Ok(None),
        Cell::Text(text) | Cell::Date(text) => Ok(Some(text.clone())),
        Cell::Number(number) => Ok(Some(number.to_string())),
        Cell::Bad(problem) => Err(reject(column, problem)),
    }
}

fn line(row: &SheetRow, column: usize) -> Result<Option<String>, RowReject> {
    let Some(text) = plain_text(cell(row, column), column)? else { return Ok(None) };
    clean_line(&text).map_err(|fault| reject(column, fault))
}

fn remark(row: &SheetRow, column: usize) -> Result<Option<String>, RowReject> {
    let Some(text) = plain_text(cell(row, column), column)? else { return Ok(None) };
    clean_text(&text).map_err(|fault| reject(column, fault))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customers::import::sheet::CellProblem;

    fn mapping() -> Mapping {
        Mapping { name: 0, phones: vec![1, 2], city: Some(3), remark: Some(4) }
    }

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    fn row(number: u32, cells: &[Cell]) -> SheetRow {
        SheetRow { number, cells: cells.to_vec() }
    }

    fn read_one(cells: &[Cell]) -> Result<NewCustomer, RowReject> {
        RowReader::new(&mapping(), "CN").read(&row(2, cells))
    }

    fn refused(cells: &[Cell]) -> (Option<usize>, String) {
        let reject = read_one(cells).expect_err("refused");
        (reject.column, reject.reason)
    }

    #[test]
    fn a_row_becomes_a_customer() {
        let customer = read_one(&[
            text("王\n 小明"),
            Cell::Number(13_800_138_000.0),
            text("138-0013-8000 / 021-62345678"),
            text("上海"),
            text("line 1\nline\u{7} 2"),
        ])
        .unwrap();
        assert_eq!(customer.name, "王 小明");
        let e164: Vec<&str> = customer.phones.iter().map(|p| p.e164.as_str()).collect();
        assert_eq!(e164, ["+8613800138000", "+862162345678"], "the same number in one row counts once");
        assert_eq!(customer.city.as_deref(), Some("上海"));
        assert_eq!(customer.remark.as_deref(), Some("line 1\nline 2"));
    }

    #[test]
    fn a_phone_that_is_none_names_its_column() {
        let name = text("王");
        for (cell, reason) in [
            (Cell::Number(1.5e9 + 0.5), "1500000000.5 is no phone number"),
            (Cell::Number(-13_800_138_000.0), "-13800138000 is no phone number"),
            (Cell::Number(1.38e15), "lost its last digits"),
            (text("1.38001E+10"), "has lost its digits"),
            (text("abc"), "not 'a'"),
            (text("12"), "not a possible phone number"),
            (Cell::Date("2026-11-23".into()), "is a date"),
            (Cell::Bad(CellProblem::Error("#N/A".into())), "#N/A"),
            (Cell::Bad(CellProblem::Formula), "formula"),
        ] {
            let (column, said) = refused(&[name.clone(), Cell::Empty, cell]);
            assert_eq!(column, Some(2), "{said}");
            assert!(said.contains(reason), "{said:?} should say {reason:?}");
        }
        assert_eq!(refused(&[name, Cell::Empty, text(" , ")]), (Some(1), "no phone number".into()));
    }

    #[test]
    fn names_and_texts_are_bounded() {
        let phone = text("13800138000");
        assert_eq!(refused(&[Cell::Empty, phone.clone()]), (Some(0), "the name is missing".into()));
        assert_eq!(refused(&[text("x".repeat(201).as_str()), phone.clone()]).0, Some(0));
        assert_eq!(refused(&[text("x"), phone.clone(), Cell::Empty, text(&"c".repeat(201))]).0, Some(3));
        let long = text(&"r".repeat(limits::TEXT_CHARS + 1));
        assert_eq!(refused(&[text("x"), phone, Cell::Empty, Cell::Empty, long]).0, Some(4));
    }

    #[test]
    fn a_number_in_two_rows_is_taken_from_the_first() {
        let mapping = mapping();
        let mut reader = RowReader::new(&mapping, "CN");
        reader.read(&row(2, &[text("a"), text("13800138000")])).unwrap();
        let again = reader.read(&row(7, &[text("b"), text("13900139000"), text("+86 13800138000")]));
        let expected =
            RowReject { column: Some(2), reason: "13800138000 is already in row 2 of this file".into() };
        assert_eq!(again, Err(expected));
        // The rejected row has not reserved its other number.
        reader.read(&row(8, &[text("c"), text("13900139000")])).unwrap();
    }

    #[test]
    fn a_problem_in_a_column_that_is_not_used_is_no_problem() {
        let mapping = Mapping { name: 0, phones: vec![1], city: None, remark: None };
        let bad = Cell::Bad(CellProblem::Error("#REF!".into()));
        let customer = RowReader::new(&mapping, "CN").read(&row(2, &[text("a"), text("13800138000"), bad]));
        assert!(customer.is_ok());
    }

    #[test]
    fn too_many_phones_are_refused() {
        let many: Vec<String> = (0..21).map(|n| format!("138001380{n:02}")).collect();
        assert_eq!(refused(&[text("a"), text(&many.join(","))]).0, Some(1));
    }
}
