//! Checks of a request's fields, collected so that a person sees all faults at
//! once.

use crate::api::problem::{ApiError, ApiResult, FieldError};
use crate::base::limits::{LINE_CHARS, TEXT_CHARS};
use std::fmt::Display;
use std::ops::RangeInclusive;

/// Collects what is wrong with a request.
#[derive(Debug, Default)]
pub struct Check {
    faults: Vec<FieldError>,
}

impl Check {
    /// Nothing is wrong yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// `field` is at fault unless `holds`.
    pub fn that(&mut self, holds: bool, field: &str, message: impl Into<String>) -> &mut Self {
        if !holds {
            self.fault(field, message.into());
        }
        self
    }

    /// `field` is at fault.
    pub fn fault(&mut self, field: &str, message: impl Display) {
        self.faults.push(FieldError { field: field.to_owned(), message: message.to_string() });
    }

    /// What was read from `field`; where it could not be, the field is at fault
    /// and there is nothing.
    pub fn take<T: Default>(&mut self, field: &str, read: Result<T, impl Display>) -> T {
        read.unwrap_or_else(|message| {
            self.fault(field, message);
            T::default()
        })
    }

    /// A line of text that must not be empty: no control characters, at most
    /// [`LINE_CHARS`] characters.
    pub fn line(&mut self, field: &str, text: &str) -> &mut Self {
        self.that(!text.trim().is_empty(), field, "must not be empty").line_or_empty(field, text)
    }

    /// A line of text that may be empty.
    pub fn line_or_empty(&mut self, field: &str, text: &str) -> &mut Self {
        self.that(
            text.chars().count() <= LINE_CHARS,
            field,
            format!("must have at most {LINE_CHARS} characters"),
        );
        self.that(!text.chars().any(char::is_control), field, "must be a single line of text")
    }

    /// Text of several lines, at most [`TEXT_CHARS`] characters.
    pub fn text(&mut self, field: &str, text: &str) -> &mut Self {
        let long = text.chars().count() > TEXT_CHARS;
        self.that(!long, field, format!("must have at most {TEXT_CHARS} characters"));
        self.that(!text.contains('\0'), field, "must not contain a null character")
    }

    /// What somebody calls a thing of this kind: a line of text.
    pub fn name(&mut self, name: &str, kind: &str) -> &mut Self {
        let name = name.trim();
        let one_line = name.chars().count() <= LINE_CHARS && !name.chars().any(char::is_control);
        self.that(!name.is_empty(), "name", format!("give the {kind} a name"));
        self.that(one_line, "name", format!("one line of at most {LINE_CHARS} characters"))
    }

    /// A file or stream that the switch is told to play, if there is one: nothing
    /// in it ends or extends a command.
    pub fn sound(&mut self, field: &str, sound: Option<&str>) -> &mut Self {
        let message = "a file or stream of the switch, of letters, digits and - _ . : /";
        self.that(sound.is_none_or(is_sound), field, message)
    }

    /// A number within bounds.
    pub fn range(&mut self, field: &str, value: i32, allowed: RangeInclusive<i32>, unit: &str) -> &mut Self {
        let message = format!("between {} and {} {unit}", allowed.start(), allowed.end());
        self.that(allowed.contains(&value), field, message)
    }

    /// The names of the fields at fault, in the order of the checks.
    pub fn at_fault(&self) -> Vec<&str> {
        self.faults.iter().map(|fault| fault.field.as_str()).collect()
    }

    /// All is well, or every fault at once.
    pub fn done(&mut self) -> Result<(), ApiError> {
        if self.faults.is_empty() { Ok(()) } else { Err(ApiError::invalid(std::mem::take(&mut self.faults))) }
    }
}

/// What is looked for in a list (`q`), without the spaces around it; `None` when
/// that is nothing.
pub fn search_text(q: Option<&str>) -> ApiResult<Option<&str>> {
    let text = q.map(str::trim).filter(|q| !q.is_empty());
    if text.is_some_and(|text| text.chars().count() > LINE_CHARS) {
        return Err(ApiError::bad_request("q", format!("must have at most {LINE_CHARS} characters")));
    }
    Ok(text)
}

/// Whether the switch may be told to play this.
pub fn is_sound(text: &str) -> bool {
    let harmless = |c: char| c.is_ascii_alphanumeric() || "-_.:/".contains(c);
    !text.is_empty() && text.len() <= LINE_CHARS && text.chars().all(harmless)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_reported_and_characters_are_counted_not_bytes() {
        let mut check = Check::new();
        check.line("name", &"名".repeat(LINE_CHARS)).text("remark", "two\nlines");
        assert!(check.done().is_ok());

        check.line("name", " ").line("city", "a\nb").that(1 > 2, "sum", "is wrong");
        let error = check.done().expect_err("faults");
        let fields: Vec<_> = error.problem().fields.iter().map(|f| f.field.as_str()).collect();
        assert_eq!(fields, ["name", "city", "sum"]);
    }
}
