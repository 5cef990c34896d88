//! The workbook of the rows that an import did not take: corrected, it can be
//! uploaded as it is.
//!
//! In: the rejected rows and the file's headers. Out: the bytes of an .xlsx file.
//! Blocking.

use crate::store::entity::import_rejects;
use rust_xlsxwriter::{Format, Workbook, XlsxError};

/// The language of the headers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize, utoipa::ToSchema)]
pub enum Language {
    /// Simplified Chinese.
    #[default]
    #[serde(rename = "zh", alias = "zh-CN")]
    Chinese,
    /// English.
    #[serde(rename = "en")]
    English,
}

/// The workbook: the file's own columns first, so that they keep their places,
/// then row, column at fault and reason. Every cell is a text: nothing that came
/// from the file can be a formula.
pub fn workbook(
    columns: &[String],
    rejects: &[import_rejects::Model],
    language: Language,
) -> Result<Vec<u8>, XlsxError> {
    let added = match language {
        Language::Chinese => ["原行号", "出错列", "原因"],
        Language::English => ["Row in the file", "Column at fault", "Reason"],
    };
    let header = Format::new().set_bold();
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let headers = columns.iter().map(String::as_str).chain(added);
    for (column, text) in (0u16..).zip(headers) {
        sheet.write_string_with_format(0, column, text, &header)?;
        sheet.set_column_width(column, 18)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let width = u16::try_from(columns.len()).unwrap_or(u16::MAX - 3);
    for (row, reject) in (1u32..).zip(rejects) {
        let cells = reject.cells.as_array().into_iter().flatten().filter_map(|cell| cell.as_str());
        for (column, text) in (0..width).zip(cells) {
            if !text.is_empty() {
                sheet.write_string(row, column, text)?;
            }
        }
        sheet.write_number(row, width, reject.row)?;
        sheet.write_string(row, width + 1, reject.column_name.as_deref().unwrap_or_default())?;
        sheet.write_string(row, width + 2, &reject.reason)?;
    }
    workbook.save_to_buffer()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customers::import::sheet::{self, Cell};

    #[test]
    fn what_looks_like_a_formula_stays_a_text() {
        let reject = import_rejects::Model {
            id: 1,
            import_id: 1,
            row: 7,
            column_name: Some("电话".to_owned()),
            reason: "no phone number".to_owned(),
            cells: serde_json::json!(["=HYPERLINK(\"x\")", "", "+1"]),
        };
        let columns = ["姓名".to_owned(), "电话".to_owned(), "备注".to_owned()];
        let file = workbook(&columns, &[reject], Language::English).unwrap();
        let read = sheet::read(&file).unwrap();
        assert_eq!(read.columns[2..], ["备注", "Row in the file", "Column at fault", "Reason"]);
        let text = |text: &str| Cell::Text(text.to_owned());
        assert_eq!(
            read.rows[0].cells,
            [
                text("=HYPERLINK(\"x\")"),
                Cell::Empty,
                text("+1"),
                Cell::Number(7.0),
                text("电话"),
                text("no phone number")
            ]
        );
    }
}
