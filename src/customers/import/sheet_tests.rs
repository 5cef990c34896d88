//! Every bad file that `sheet` must refuse, made here byte by byte or with
//! rust_xlsxwriter, and the good ones it must read.

use super::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};
use std::io::{Read, Write};

fn xlsx(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    fill(workbook.add_worksheet());
    workbook.save_to_buffer().unwrap()
}

fn headers_and(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    xlsx(|sheet| {
        sheet.write(0, 0, "姓名").unwrap().write(0, 1, "电话").unwrap();
        fill(sheet);
    })
}

/// The same workbook with the XML of its first sheet changed.
fn edit_sheet(file: &[u8], edit: impl Fn(String) -> String) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..from.len() {
        let mut part = from.by_index(index).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut content = String::new();
        part.read_to_string(&mut content).unwrap();
        if name == "xl/worksheets/sheet1.xml" {
            let edited = edit(content.clone());
            assert_ne!(edited, content, "the edit found its place");
            content = edited;
        }
        to.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        to.write_all(content.as_bytes()).unwrap();
    }
    to.finish().unwrap().into_inner()
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

/// The problem in the only data cell of column B.
fn cell_b2(file: &[u8]) -> Cell {
    read(file).unwrap().rows[0].cells[1].clone()
}

#[test]
fn a_workbook_is_read_with_its_numbers_dates_and_row_numbers() {
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let file = headers_and(|sheet| {
        sheet.write(0, 2, " 日期 ").unwrap();
        sheet.write(1, 0, " 王小明 ").unwrap().write(1, 1, 13_800_138_000_u64).unwrap();
        // Row 3 is left empty.
        sheet.write(3, 0, "李").unwrap().write(3, 1, "021-62345678").unwrap();
        sheet.write_with_format(3, 2, ExcelDateTime::from_ymd(2026, 11, 23).unwrap(), &day).unwrap();
    });
    let sheet = read(&file).unwrap();
    assert_eq!(sheet.columns, ["姓名", "电话", "日期"]);
    assert_eq!(
        sheet.rows,
        [
            SheetRow { number: 2, cells: vec![text("王小明"), Cell::Number(13_800_138_000.0)] },
            SheetRow {
                number: 4,
                cells: vec![text("李"), text("021-62345678"), Cell::Date("2026-11-23".into())]
            },
        ]
    );
}

#[test]
fn empty_and_hidden_sheets_are_passed_over() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet();
    workbook.add_worksheet().set_hidden(true).write(0, 0, "hidden").unwrap();
    let third = workbook.add_worksheet();
    third.write(0, 0, "name").unwrap().write(1, 0, "x").unwrap();
    assert_eq!(read(&workbook.save_to_buffer().unwrap()).unwrap().columns, ["name"]);
}

#[test]
fn a_csv_is_read_with_and_without_a_byte_order_mark() {
    for file in ["姓名,电话\n王,13800138000\n", "\u{feff}姓名,电话\r\n\r\n王,13800138000"] {
        let sheet = read(file.as_bytes()).unwrap();
        assert_eq!(sheet.columns, ["姓名", "电话"]);
        assert_eq!(sheet.rows[0].cells, [text("王"), text("13800138000")]);
    }
}

#[test]
fn what_is_no_spreadsheet_is_refused() {
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    let pdf = b"%PDF-1.7 plain text".to_vec();
    let utf16 = "name,phone".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    for file in [png, pdf, utf16, b"a,b\n\x1b[1m,c\n".to_vec()] {
        assert_eq!(read(&file), Err(SheetRefused::NotASpreadsheet));
    }
    assert_eq!(read(b"PK\x03\x04 truncated"), Err(SheetRefused::Broken));
    assert_eq!(read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old"), Err(SheetRefused::OldOrLocked));
    let gb18030 = b"a,b\n\xcd\xf5,1\n";
    assert_eq!(read(gb18030), Err(SheetRefused::NotUtf8 { row: 2 }));
}

#[test]
fn a_workbook_cut_short_anywhere_is_refused_and_never_panics() {
    let file = headers_and(|sheet| {
        sheet.write(1, 0, "王").unwrap();
    });
    for length in (4..file.len()).step_by(97) {
        assert_eq!(read(&file[..length]), Err(SheetRefused::Broken), "{length} bytes");
    }
}

#[test]
fn a_file_without_customers_is_refused() {
    assert_eq!(read(b""), Err(SheetRefused::Empty));
    assert_eq!(read(b"\n\n  ,  \n"), Err(SheetRefused::Empty));
    assert_eq!(read(&xlsx(|_| {})), Err(SheetRefused::Empty));
    assert_eq!(read(&headers_and(|_| {})), Err(SheetRefused::NoRows { row: 1 }));
}

#[test]
fn a_column_with_data_needs_a_header() {
    let file = headers_and(|sheet| {
        sheet.write(1, 0, "王").unwrap();
        sheet.write(2, 3, "stray").unwrap();
    });
    let refused = read(&file).unwrap_err();
    assert_eq!(refused.to_string(), "column D has no header in row 1, but holds data in row 3");
    assert!(read(b"name,,phone\nx,,1\n").is_ok(), "an empty column needs none");
}

#[test]
fn a_header_may_not_stand_twice() {
    let refused = read(b"Name,phone,name \nx,1,y\n").unwrap_err();
    assert_eq!(refused.to_string(), "the header \"name\" in row 1 stands in column A and again in column C");
}

#[test]
fn a_header_with_an_error_or_too_long_is_refused() {
    let file = format!("name,{}\nx,1\n", "h".repeat(limits::LINE_CHARS + 1));
    assert!(matches!(read(file.as_bytes()), Err(SheetRefused::HeaderBad { row: 1, .. })));
}

#[test]
fn rows_and_columns_are_limited() {
    let row = "x,13800138000\n".repeat(limits::IMPORT_ROWS);
    assert_eq!(read(format!("name,phone\n{row}").as_bytes()).unwrap().rows.len(), limits::IMPORT_ROWS);
    let refused = read(format!("name,phone\n{row}y,1\n").as_bytes()).unwrap_err();
    assert_eq!(refused, SheetRefused::TooManyRows { row: limits::IMPORT_ROWS as u32 + 2 });
    let wide = headers_and(|sheet| {
        sheet.write(4, limits::IMPORT_COLUMNS as u16, "x").unwrap();
    });
    assert_eq!(
        read(&wide),
        Err(SheetRefused::TooManyColumns { row: 5, column: ColumnLetter(limits::IMPORT_COLUMNS) })
    );
}

#[test]
fn one_cell_at_the_far_corner_costs_no_memory() {
    let file = headers_and(|sheet| {
        sheet.write(1_048_575, 1, "x").unwrap();
    });
    assert_eq!(
        read(&file).unwrap().rows,
        [SheetRow { number: 1_048_576, cells: vec![Cell::Empty, text("x")] }]
    );
}

#[test]
fn a_text_shared_by_very_many_cells_is_stopped() {
    let long = "长".repeat(limits::IMPORT_CELL_CHARS);
    let rows = limits::IMPORT_TEXT_BYTES / long.len() + 2;
    let file = headers_and(|sheet| {
        for row in 0..rows as u32 {
            sheet.write(1 + row, 0, &long).unwrap();
        }
    });
    assert!(file.len() < 2_000_000, "small on disk: {}", file.len());
    assert!(matches!(read(&file), Err(SheetRefused::TooMuchText { .. })));
}

#[test]
fn a_cell_with_too_much_text_is_a_problem_of_its_row() {
    let long = "长".repeat(limits::IMPORT_CELL_CHARS + 1);
    let file = headers_and(|sheet| {
        sheet.write(1, 1, &long).unwrap();
    });
    assert_eq!(cell_b2(&file), Cell::Bad(CellProblem::TooLong(limits::IMPORT_CELL_CHARS + 1)));
}

#[test]
fn a_formula_counts_by_its_saved_result() {
    let saved = headers_and(|sheet| {
        sheet.write_formula(1, 1, Formula::new("=1+1").set_result("13800138000")).unwrap();
    });
    assert_eq!(cell_b2(&saved), Cell::Number(13_800_138_000.0));
    // rust_xlsxwriter always writes a result; other programs do not.
    let unsaved = headers_and(|sheet| {
        sheet.write_formula(1, 1, Formula::new("=A1").set_result("77")).unwrap();
    });
    let unsaved = edit_sheet(&unsaved, |xml| xml.replace("<v>77</v>", ""));
    assert_eq!(cell_b2(&unsaved), Cell::Bad(CellProblem::Formula));
    let failed = headers_and(|sheet| {
        sheet.write_formula(1, 1, Formula::new("=NA()").set_result("#N/A")).unwrap();
    });
    assert_eq!(cell_b2(&failed), Cell::Bad(CellProblem::Error("#N/A".into())));
}

#[test]
fn a_date_outside_the_calendar_is_a_problem_of_its_cell() {
    let day = Format::new().set_num_format("yyyy-mm-dd");
    for serial in [-3.0, 9_000_000_000.0] {
        let file = headers_and(|sheet| {
            sheet.write_number_with_format(1, 1, serial, &day).unwrap();
        });
        assert!(matches!(cell_b2(&file), Cell::Bad(CellProblem::Date(_))), "{serial}");
    }
}

#[test]
fn columns_are_named_as_on_screen() {
    let names: Vec<String> = [0, 25, 26, 51, 52, 701, 702].map(|c| ColumnLetter(c).to_string()).to_vec();
    assert_eq!(names, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
}
