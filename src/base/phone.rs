//! Phone numbers as people write them, and as they may be dialled.
//!
//! In: any text from a spreadsheet, a form or a switch. Out: a [`PhoneNumber`]
//! (E.164 for uniqueness, dial digits for the trunk) or a reason in words.
//! [`Dialable`] is the only form of a number that may enter a switch command:
//! an Event Socket command is a line of text, so a brace or a line break in a
//! number would be an injection.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Why a text is not a phone number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PhoneRefused {
    /// Nothing but white space.
    #[error("the phone number is empty")]
    Empty,
    /// A character that no phone number has.
    #[error("a phone number may hold digits, spaces, dashes, brackets and one leading +, not {0:?}")]
    Character(char),
    /// Digits, but no number of any numbering plan.
    #[error("{0} is not a possible phone number: too short, too long, or with an unknown country code")]
    Impossible(String),
}

/// Digits with an optional leading `+`, 1 to 20 of them: what may be put into
/// a switch command. Made only by [`Dialable::new`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Dialable(String);

impl Dialable {
    /// Digits one can dial, e.g. an extension `1001` or `13800138000`.
    pub fn new(text: &str) -> Result<Self, PhoneRefused> {
        let digits = text.strip_prefix('+').unwrap_or(text);
        if digits.is_empty() {
            return Err(PhoneRefused::Empty);
        }
        if let Some(odd) = digits.chars().find(|c| !c.is_ascii_digit()) {
            return Err(PhoneRefused::Character(odd));
        }
        if digits.len() > 20 {
            return Err(PhoneRefused::Impossible(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }

    /// The digits as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Dialable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Dialable {
    type Error = PhoneRefused;
    fn try_from(text: String) -> Result<Self, PhoneRefused> {
        Self::new(&text)
    }
}

impl From<Dialable> for String {
    fn from(number: Dialable) -> String {
        number.0
    }
}

/// A customer's phone number.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PhoneNumber {
    /// `+8613800138000`: unique in the system.
    pub e164: String,
    /// What is dialled at home: `13800138000`, `02112345678`; abroad with `00`.
    pub dial: Dialable,
}

impl PhoneNumber {
    /// Reads a number as people write it in the given home country
    /// (ISO 3166 code, e.g. `CN`): spaces, dashes, brackets, `+86`, `0086`,
    /// full-width digits.
    pub fn parse(text: &str, home: &str) -> Result<Self, PhoneRefused> {
        let mut plain = String::with_capacity(text.len());
        for c in text.trim().chars() {
            let c = match c {
                '\u{ff10}'..='\u{ff19}' => char::from(b'0' + (c as u32 - 0xff10) as u8),
                '\u{ff0b}' => '+',
                other => other,
            };
            match c {
                '0'..='9' => plain.push(c),
                '+' if plain.is_empty() => plain.push(c),
                // No control character gets in, a line break least of all.
                ' '
                | '-'
                | '('
                | ')'
                | '.'
                | '\u{a0}'
                | '\u{2010}'..='\u{2015}'
                | '\u{ff08}'
                | '\u{ff09}'
                | '\u{ff0d}'
                | '\u{3000}' => {}
                odd => return Err(PhoneRefused::Character(odd)),
            }
        }
        if plain.is_empty() || plain == "+" {
            return Err(PhoneRefused::Empty);
        }
        // 00 is the international prefix of China and most of the world.
        if let Some(rest) = plain.strip_prefix("00") {
            plain = format!("+{rest}");
        }
        let impossible = || PhoneRefused::Impossible(text.trim().to_owned());
        let region = Region::from_str(home).map_err(|_| impossible())?;
        let parsed = PHONE_NUMBER_UTIL.parse(&plain, Some(region)).map_err(|_| impossible())?;
        if !PHONE_NUMBER_UTIL.is_possible_number(&parsed) {
            return Err(impossible());
        }
        let e164 = PHONE_NUMBER_UTIL.format(&parsed, PhoneNumberFormat::E164).into_owned();
        let at_home = PHONE_NUMBER_UTIL.get_country_code_for_region(region) == Some(parsed.country_code);
        let dial = if at_home {
            let national = PHONE_NUMBER_UTIL.format(&parsed, PhoneNumberFormat::National);
            national.chars().filter(char::is_ascii_digit).collect()
        } else {
            e164.replacen('+', "00", 1)
        };
        Ok(Self { e164, dial: Dialable::new(&dial)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dial(text: &str) -> (String, String) {
        let n = PhoneNumber::parse(text, "CN").expect("a number");
        (n.e164, n.dial.to_string())
    }

    #[test]
    fn the_ways_people_write_a_mobile_number_are_one_number() {
        for text in [
            "13800138000",
            "138 0013 8000",
            "138-0013-8000",
            "+86 138 0013 8000",
            "0086 13800138000",
            "+8613800138000",
            "１３８００１３８０００",
            " 13800138000 ",
        ] {
            assert_eq!(dial(text), ("+8613800138000".into(), "13800138000".into()), "{text}");
        }
    }

    #[test]
    fn a_fixed_line_keeps_its_area_code() {
        assert_eq!(dial("021-62345678"), ("+862162345678".into(), "02162345678".into()));
        assert_eq!(dial("(0755) 8234 5678"), ("+8675582345678".into(), "075582345678".into()));
    }

    #[test]
    fn a_foreign_number_is_dialled_with_its_prefix() {
        assert_eq!(dial("+1 650 253 0000"), ("+16502530000".into(), "0016502530000".into()));
    }

    #[test]
    fn what_could_end_or_extend_a_command_is_refused() {
        for text in ["138{x}", "1380013\n8000", "1380013\r8000", "138,139", "abc", "13800138000x1", "138'00"]
        {
            assert!(matches!(PhoneNumber::parse(text, "CN"), Err(PhoneRefused::Character(_))), "{text:?}");
        }
        assert_eq!(PhoneNumber::parse("  ", "CN"), Err(PhoneRefused::Empty));
        assert!(matches!(PhoneNumber::parse("12", "CN"), Err(PhoneRefused::Impossible(_))));
        for text in ["", "1{", "1 2", "1\n", "+", "123456789012345678901"] {
            assert!(Dialable::new(text).is_err(), "{text:?}");
        }
    }
}
