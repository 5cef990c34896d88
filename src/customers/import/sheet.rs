//! Turns an uploaded file into rows, or refuses it as a whole.
//!
//! In: the bytes of a file that claims to be an .xlsx workbook or a .csv text.
//! Out: the header and the rows that hold anything, with every cell either a
//! plain value or a [`CellProblem`]. A problem in one cell spoils at most its
//! row, and only when its column is used; what concerns the whole file (no
//! spreadsheet, no header, too large) is a [`SheetRefused`].
//!
//! Formulas: the result that the spreadsheet program saved beside the formula is
//! used, because that is what a person sees on screen. A formula without a saved
//! result, or with an error as its result, is a problem of its cell.

use crate::base::limits;
use crate::customers::import::csv::Records;
use crate::customers::import::unpack::{self, UnpackLimits};
use calamine::{Data, DataRef, DataType, Reader, SheetType, SheetVisible, Xlsx};
use std::fmt;
use std::io::Cursor;

/// The header and the rows of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// The header of each column, trimmed, each once.
    pub columns: Vec<String>,
    /// The rows below the header that hold anything.
    pub rows: Vec<SheetRow>,
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetRow {
    /// Its number as the spreadsheet program shows it; in a .csv, its line.
    pub number: u32,
    /// Its cells from the first column; empty ones at the end are left out.
    pub cells: Vec<Cell>,
}

/// The value of a cell.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Cell {
    /// Nothing, or white space.
    #[default]
    Empty,
    /// A text, trimmed.
    Text(String),
    /// A number. Phone numbers come as numbers, too.
    Number(f64),
    /// A date or a time, written out as ISO 8601.
    Date(String),
    /// Something that cannot be used.
    Bad(CellProblem),
}

/// Why a cell cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CellProblem {
    /// #N/A and the like.
    #[error("the cell holds the error {0}")]
    Error(String),
    /// A formula whose result was never saved.
    #[error("the cell holds a formula without a saved result: replace the formula by its value")]
    Formula,
    /// A date that is none.
    #[error("the cell is formatted as a date, but {0} is no date")]
    Date(String),
    /// Too much text.
    #[error("the cell holds {0} characters, more than {max}", max = limits::IMPORT_CELL_CHARS)]
    TooLong(usize),
}

/// Why a file is refused as a whole. The texts are for the person who uploaded
/// it; rows and columns are named as the spreadsheet program names them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SheetRefused {
    /// Something else.
    #[error("this file is not a spreadsheet: upload an .xlsx file, or a .csv file in UTF-8")]
    NotASpreadsheet,
    /// The format of Excel before 2007.
    #[error(
        "this is a workbook in the old .xls format, or one with a password: save it as .xlsx without a password"
    )]
    OldOrLocked,
    /// It begins like a spreadsheet and goes on otherwise.
    #[error("the file is damaged and cannot be read: open it in your spreadsheet program and save it again")]
    Broken,
    /// It unpacks to far more than a list of customers.
    #[error("the file unpacks to more data than is allowed and was not read")]
    Bomb,
    /// A workbook with thousands of parts.
    #[error("the workbook holds too many sheets, pictures or other parts")]
    TooManyParts,
    /// A text in another encoding.
    #[error("line {row} of the text file is not UTF-8: save the file as \"CSV UTF-8\" or as .xlsx")]
    NotUtf8 {
        /// The line.
        row: u32,
    },
    /// Quotation marks that do not pair.
    #[error("the quotation marks of the record in line {row} do not pair")]
    Quotes {
        /// The line on which the record starts.
        row: u32,
    },
    /// Nothing in it.
    #[error("the file is empty: the first row must hold the column headers, the rows below the customers")]
    Empty,
    /// Headers and nothing below.
    #[error("there are no customers below the column headers in row {row}")]
    NoRows {
        /// The row of the headers.
        row: u32,
    },
    /// A column without a header.
    #[error("column {column} has no header in row {header_row}, but holds data in row {row}")]
    HeaderMissing {
        /// The column's letter.
        column: ColumnLetter,
        /// The row of the headers.
        header_row: u32,
        /// The first row with data in the column.
        row: u32,
    },
    /// The header itself cannot be used.
    #[error("the header in row {row}, column {column} cannot be used: {problem}")]
    HeaderBad {
        /// The column's letter.
        column: ColumnLetter,
        /// The row of the headers.
        row: u32,
        /// Why.
        problem: String,
    },
    /// Two columns with one name.
    #[error("the header {header:?} in row {row} stands in column {first} and again in column {second}")]
    HeaderTwice {
        /// The header.
        header: String,
        /// The row of the headers.
        row: u32,
        /// The column it was met in first.
        first: ColumnLetter,
        /// The column it was met in again.
        second: ColumnLetter,
    },
    /// Too many rows.
    #[error("row {row} is one too many: a file may hold {max} customers", max = limits::IMPORT_ROWS)]
    TooManyRows {
        /// The first row over the limit.
        row: u32,
    },
    /// Too many columns.
    #[error("row {row} holds data in column {column}: a file may have {max} columns", max = limits::IMPORT_COLUMNS)]
    TooManyColumns {
        /// The row.
        row: u32,
        /// The column's letter.
        column: ColumnLetter,
    },
    /// Too much text in all.
    #[error("the file holds too much text; row {row} was the last that was read")]
    TooMuchText {
        /// The row at which the limit was passed.
        row: u32,
    },
}

/// A column as spreadsheet programs name it: 0 is A, 26 is AA.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnLetter(pub usize);

impl fmt::Display for ColumnLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 >= 26 {
            ColumnLetter(self.0 / 26 - 1).fmt(f)?;
        }
        write!(f, "{}", char::from(b'A' + (self.0 % 26) as u8))
    }
}

/// Reads a file. Blocking, and heavy for a large file.
pub fn read(bytes: &[u8]) -> Result<Sheet, SheetRefused> {
    if bytes.starts_with(b"PK\x03\x04") {
        unpack::check(bytes, UnpackLimits::STANDARD)?;
        read_xlsx(bytes)
    } else if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        Err(SheetRefused::OldOrLocked)
    } else {
        read_csv(bytes)
    }
}

/// The first sheet that is visible and not empty.
fn read_xlsx(bytes: &[u8]) -> Result<Sheet, SheetRefused> {
    let broken = |_| SheetRefused::Broken;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let sheets: Vec<String> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible)
        .map(|sheet| sheet.name.clone())
        .collect();
    for name in sheets {
        let mut builder = Builder::default();
        let mut cells = workbook.worksheet_cells_reader(&name).map_err(broken)?;
        while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(broken)? {
            let value = if cell.formula.is_some() && cell.value.is_empty() {
                Cell::Bad(CellProblem::Formula)
            } else {
                from_calamine(cell.value)
            };
            builder.put(cell.pos.0, cell.pos.1 as usize, value)?;
        }
        if !builder.is_empty() {
            return builder.finish();
        }
    }
    Err(SheetRefused::Empty)
}

fn read_csv(bytes: &[u8]) -> Result<Sheet, SheetRefused> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // No text holds NUL; a picture, a PDF or UTF-16 soon does.
    if bytes.iter().take(8_192).any(|b| *b == 0) || bytes.starts_with(b"%PDF") {
        return Err(SheetRefused::NotASpreadsheet);
    }
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let row = 1 + bytes[..e.valid_up_to()].iter().filter(|b| **b == b'\n').count() as u32;
        SheetRefused::NotUtf8 { row }
    })?;
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(SheetRefused::NotASpreadsheet);
    }
    let mut builder = Builder::default();
    let mut records = Records::new(text);
    while let Some(record) = records.next_record()? {
        for (column, field) in record.fields.iter().enumerate() {
            builder.put(record.line - 1, column, text_cell(field))?;
        }
    }
    builder.finish()
}

fn text_cell(text: &str) -> Cell {
    let text = text.trim();
    let chars = text.chars().count();
    match chars {
        0 => Cell::Empty,
        _ if chars > limits::IMPORT_CELL_CHARS => Cell::Bad(CellProblem::TooLong(chars)),
        _ => Cell::Text(text.to_owned()),
    }
}

fn from_calamine(value: DataRef<'_>) -> Cell {
    if let DataRef::SharedString(text) = value {
        return text_cell(text);
    }
    match Data::from(value) {
        Data::Empty => Cell::Empty,
        Data::String(text) => text_cell(&text),
        Data::Int(number) => Cell::Number(number as f64),
        Data::Float(number) => Cell::Number(number),
        Data::Bool(yes) => Cell::Text(if yes { "TRUE" } else { "FALSE" }.to_owned()),
        Data::Error(error) => Cell::Bad(CellProblem::Error(error.to_string())),
        Data::DateTimeIso(text) | Data::DurationIso(text) => {
            match text.get(..10).and_then(|day| day.parse::<chrono::NaiveDate>().ok()) {
                Some(_) => Cell::Date(text),
                None => Cell::Bad(CellProblem::Date(text)),
            }
        }
        Data::DateTime(at) => {
            // Excel's calendar ends with the year 9999.
            let is_in_calendar = (0.0..2_958_466.0).contains(&at.as_f64());
            match at.as_datetime().filter(|_| is_in_calendar) {
                Some(at) if at.time() == chrono::NaiveTime::MIN => Cell::Date(at.format("%F").to_string()),
                Some(at) => Cell::Date(at.format("%F %T").to_string()),
                None => Cell::Bad(CellProblem::Date(at.as_f64().to_string())),
            }
        }
    }
}

/// Collects cells in the order of the file and stops at the first limit.
#[derive(Default)]
struct Builder {
    header: Option<SheetRow>,
    rows: Vec<SheetRow>,
    text_bytes: usize,
}

impl Builder {
    fn is_empty(&self) -> bool {
        self.header.is_none()
    }

    /// Takes a cell; rows must come in order, as both formats have them.
    fn put(&mut self, row: u32, column: usize, cell: Cell) -> Result<(), SheetRefused> {
        if cell == Cell::Empty {
            return Ok(());
        }
        let number = row.saturating_add(1);
        if column >= limits::IMPORT_COLUMNS {
            return Err(SheetRefused::TooManyColumns { row: number, column: ColumnLetter(column) });
        }
        if let Cell::Text(text) = &cell {
            self.text_bytes += text.len();
            if self.text_bytes > limits::IMPORT_TEXT_BYTES {
                return Err(SheetRefused::TooMuchText { row: number });
            }
        }
        let row = self.row(number)?;
        if row.cells.len() <= column {
            row.cells.resize(column + 1, Cell::Empty);
        }
        row.cells[column] = cell;
        Ok(())
    }

    fn row(&mut self, number: u32) -> Result<&mut SheetRow, SheetRefused> {
        let new = SheetRow { number, cells: Vec::new() };
        let header = self.header.get_or_insert_with(|| new.clone());
        if header.number == number {
            return Ok(header);
        }
        // A row above the header, or out of order: no program writes that.
        let latest = self.rows.last().map_or(header.number, |row| row.number);
        if number < latest {
            return Err(SheetRefused::Broken);
        }
        if number > latest {
            if self.rows.len() == limits::IMPORT_ROWS {
                return Err(SheetRefused::TooManyRows { row: number });
            }
            self.rows.push(new);
        }
        self.rows.last_mut().ok_or(SheetRefused::Broken)
    }

    fn finish(self) -> Result<Sheet, SheetRefused> {
        let header = self.header.ok_or(SheetRefused::Empty)?;
        let columns = headers(&header)?;
        if self.rows.is_empty() {
            return Err(SheetRefused::NoRows { row: header.number });
        }
        for row in &self.rows {
            let orphan = row.cells.iter().enumerate().find(|(column, cell)| {
                **cell != Cell::Empty && columns.get(*column).is_none_or(|header| header.is_empty())
            });
            if let Some((column, _)) = orphan {
                return Err(SheetRefused::HeaderMissing {
                    column: ColumnLetter(column),
                    header_row: header.number,
                    row: row.number,
                });
            }
        }
        Ok(Sheet { columns, rows: self.rows })
    }
}

/// The texts of the header row; an empty column has an empty header.
fn headers(row: &SheetRow) -> Result<Vec<String>, SheetRefused> {
    let mut columns: Vec<String> = Vec::with_capacity(row.cells.len());
    for (index, cell) in row.cells.iter().enumerate() {
        let column = ColumnLetter(index);
        let bad = |problem: String| SheetRefused::HeaderBad { column, row: row.number, problem };
        let header = match cell {
            Cell::Empty => String::new(),
            Cell::Text(text) | Cell::Date(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
            Cell::Number(number) => number.to_string(),
            Cell::Bad(problem) => return Err(bad(problem.to_string())),
        };
        if header.chars().count() > limits::LINE_CHARS {
            return Err(bad(format!("it is longer than {} characters", limits::LINE_CHARS)));
        }
        let same = |other: &String| !header.is_empty() && other.to_lowercase() == header.to_lowercase();
        if let Some(first) = columns.iter().position(same) {
            let first = ColumnLetter(first);
            return Err(SheetRefused::HeaderTwice { header, row: row.number, first, second: column });
        }
        columns.push(header);
    }
    Ok(columns)
}

#[cfg(test)]
#[path = "sheet_tests.rs"]
mod tests;
