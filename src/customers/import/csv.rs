//! Reads comma-separated text (RFC 4180; also `;` and tab) into records.
//!
//! In: text. Out: each record with the line it starts on, or where the text is
//! broken. Fields may be quoted, and a quoted field may hold line breaks.

use crate::customers::import::sheet::SheetRefused;
use std::iter::Peekable;
use std::str::Chars;

/// One record and the line it starts on, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The line in the file.
    pub line: u32,
    /// Its fields.
    pub fields: Vec<String>,
}

/// Reads records one at a time, so that the reader can stop at its limits.
pub struct Records<'a> {
    text: Peekable<Chars<'a>>,
    separator: char,
    line: u32,
}

impl<'a> Records<'a> {
    /// The separator is the one of `,`, `;` and tab that the first line has most.
    pub fn new(text: &'a str) -> Self {
        let first_line = text.lines().next().unwrap_or_default();
        let separator =
            [',', ';', '\t'].into_iter().rev().max_by_key(|s| first_line.matches(*s).count()).unwrap_or(',');
        Self { text: text.chars().peekable(), separator, line: 1 }
    }

    /// The next record; `None` at the end of the text.
    pub fn next_record(&mut self) -> Result<Option<Record>, SheetRefused> {
        if self.text.peek().is_none() {
            return Ok(None);
        }
        let line = self.line;
        let mut fields = Vec::new();
        loop {
            let field = match self.text.peek() {
                Some('"') => self.quoted(line)?,
                _ => self.plain(),
            };
            fields.push(field);
            match self.text.next() {
                Some(c) if c == self.separator => {}
                Some('\r') => {
                    self.text.next_if_eq(&'\n');
                    self.line += 1;
                    return Ok(Some(Record { line, fields }));
                }
                Some('\n') => {
                    self.line += 1;
                    return Ok(Some(Record { line, fields }));
                }
                None => return Ok(Some(Record { line, fields })),
                // Text after a closing quote.
                Some(_) => return Err(SheetRefused::Quotes { row: line }),
            }
        }
    }

    fn plain(&mut self) -> String {
        let mut field = String::new();
        let separator = self.separator;
        while let Some(c) = self.text.next_if(|c| *c != separator && *c != '\r' && *c != '\n') {
            field.push(c);
        }
        field
    }

    fn quoted(&mut self, line: u32) -> Result<String, SheetRefused> {
        self.text.next();
        let mut field = String::new();
        loop {
            match self.text.next() {
                Some('"') if self.text.next_if_eq(&'"').is_some() => field.push('"'),
                Some('"') => return Ok(field),
                Some(c) => {
                    if c == '\n' {
                        self.line += 1;
                    }
                    field.push(c);
                }
                None => return Err(SheetRefused::Quotes { row: line }),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Result<Vec<(u32, Vec<String>)>, SheetRefused> {
        let mut records = Records::new(text);
        let mut out = Vec::new();
        while let Some(record) = records.next_record()? {
            out.push((record.line, record.fields));
        }
        Ok(out)
    }

    #[test]
    fn quotes_line_breaks_and_the_three_separators_are_understood() {
        let rows = all("姓名,备注\r\n\"王, \"\"小\"\"\",\"a\nb\"\r\n李,\n").unwrap();
        assert_eq!(
            rows,
            [
                (1, vec!["姓名".to_owned(), "备注".to_owned()]),
                (2, vec!["王, \"小\"".to_owned(), "a\nb".to_owned()]),
                (4, vec!["李".to_owned(), String::new()]),
            ]
        );
        assert_eq!(all("a;b,c\n").unwrap()[0].1.len(), 2, "a tie goes to the comma");
        assert_eq!(all("a;b;c,d").unwrap()[0].1.len(), 3);
        assert_eq!(all("a\tb").unwrap()[0].1.len(), 2);
    }

    #[test]
    fn a_quote_that_never_closes_names_its_row() {
        assert_eq!(all("a,b\n1,\"2\n3,4\n"), Err(SheetRefused::Quotes { row: 2 }));
        assert_eq!(all("a,b\n\"1\"x,2\n"), Err(SheetRefused::Quotes { row: 2 }));
    }
}
