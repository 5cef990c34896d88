//! When something is due that comes round, a report or a window of calling: five
//! fields as in a crontab (minute hour day month weekday), read in the centre's
//! time zone.
//!
//! In: an expression, an instant. Out: the instants that follow. Pure.
//!
//! The `cron` crate walks the calendar; the rest is done here, because it reads
//! a weekday of 1 as Sunday, wants a field of seconds, and around a change of
//! the clocks skips a time, gives it twice or gives times out of order. So it is
//! asked for what a clock on the wall shows, and [`day::instant`] says when that
//! is: a time that the clocks skip is due right after the gap, one that comes
//! twice is due once.

use crate::base::clock::Moment;
use crate::base::day;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use std::collections::BTreeSet;
use std::fmt::Write;

const HOUR_MS: i64 = 3_600_000;
/// How far back the latest due instant is looked for, step by step, so that an
/// absence of a year does not walk through every instant of it.
const LOOK_BACK_MS: [i64; 4] = [HOUR_MS, 25 * HOUR_MS, 32 * 24 * HOUR_MS, 370 * 24 * HOUR_MS];
const EXAMPLE: &str = "minute hour day month weekday, e.g. \"0 8 * * 1-5\"";
const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// A checked expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Cron {
    schedule: cron::Schedule,
    minutes: usize,
}

/// Why an expression cannot be used: the field, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CronRefused {
    /// Not five fields.
    #[error("has {0} fields instead of five: {EXAMPLE}")]
    Fields(usize),
    /// A field is wrong.
    #[error("{field}: {text:?} {problem}")]
    Field {
        /// Which.
        field: &'static str,
        /// What was written.
        text: String,
        /// What would be right.
        problem: String,
    },
    /// Day and weekday at once: crontabs take either, other programs both.
    #[error("day and weekday: give one of them and * for the other")]
    TwoDays,
    /// Such as 31 February.
    #[error("day: no month named has such a day")]
    Never,
    /// The crate does not agree with us on what is right.
    #[error("cannot be used: {0}")]
    Other(String),
}

struct Field {
    name: &'static str,
    min: u32,
    max: u32,
    names: &'static [&'static str],
}

const FIELDS: [Field; 5] = [
    Field { name: "minute", min: 0, max: 59, names: &[] },
    Field { name: "hour", min: 0, max: 23, names: &[] },
    Field { name: "day", min: 1, max: 31, names: &[] },
    Field { name: "month", min: 1, max: 12, names: &MONTHS },
    Field { name: "weekday", min: 0, max: 7, names: &WEEKDAYS },
];

impl Cron {
    /// Reads an expression.
    pub fn parse(text: &str) -> Result<Self, CronRefused> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let words: [&str; 5] = words.try_into().map_err(|words: Vec<_>| CronRefused::Fields(words.len()))?;
        let mut values: [BTreeSet<u32>; 5] = Default::default();
        for ((field, word), values) in FIELDS.iter().zip(words).zip(&mut values) {
            *values = field.read(word)?;
        }
        let [minutes, hours, days, months, weekdays] = &values;
        let (any_day, any_weekday) = (days.len() == 31, weekdays.len() == 7);
        if !any_day && !any_weekday {
            return Err(CronRefused::TwoDays);
        }
        let names = weekdays.iter().filter_map(|day| WEEKDAYS.get(*day as usize)).copied();
        let weekdays = if any_weekday { "*".to_owned() } else { names.collect::<Vec<_>>().join(",") };
        let mut expression = "0".to_owned();
        for values in [minutes, hours, days, months] {
            let _ = write!(expression, " {}", list(values));
        }
        let _ = write!(expression, " {weekdays}");
        let schedule =
            expression.parse::<cron::Schedule>().map_err(|error| CronRefused::Other(error.to_string()))?;
        let cron = Self { schedule, minutes: minutes.len() };
        // Every possible day comes within eight years: 29 February around 2100.
        let begin = Moment(1_767_225_600_000);
        cron.after(begin, Tz::UTC).next().ok_or(CronRefused::Never)?;
        Ok(cron)
    }

    /// How often in an hour it can be due.
    pub fn minutes(&self) -> usize {
        self.minutes
    }

    /// The instants after `at`, in order, none twice.
    pub fn after(&self, at: Moment, zone: Tz) -> impl Iterator<Item = Moment> {
        let wall: DateTime<Utc> = at.to_utc().with_timezone(&zone).naive_local().and_utc();
        let mut last = at;
        self.schedule.after_owned(wall).filter_map(move |wall| {
            let due = day::instant(wall.date_naive(), wall.time(), zone).filter(|due| *due > last)?;
            last = due;
            Some(due)
        })
    }

    /// The latest due instant after `last`, up to and including `now`.
    pub fn latest(&self, last: Moment, now: Moment, zone: Tz) -> Option<Moment> {
        let starts = LOOK_BACK_MS.map(|back| now - back).into_iter().filter(|start| *start > last);
        starts.chain([last]).find_map(|start| self.after(start, zone).take_while(|due| *due <= now).last())
    }
}

impl Field {
    fn refuse(&self, text: &str, problem: impl Into<String>) -> CronRefused {
        CronRefused::Field { field: self.name, text: text.to_owned(), problem: problem.into() }
    }

    /// The values that a field names, e.g. `1-5`, `0,30`, `*/2`, `MON-FRI`.
    fn read(&self, text: &str) -> Result<BTreeSet<u32>, CronRefused> {
        let mut values = BTreeSet::new();
        for part in text.split(',') {
            let (range, step) = match part.split_once('/') {
                None => (part, None),
                Some((range, step)) => (range, Some(step)),
            };
            let (first, last) = if range == "*" {
                (self.min, self.max)
            } else if let Some((first, last)) = range.split_once('-') {
                let (first, last) = (self.value(first, text)?, self.value(last, text)?);
                // A week that ends on Sunday.
                (first, if last == 0 && first > 0 && self.max == 7 { 7 } else { last })
            } else if step.is_some() {
                return Err(self.refuse(text, "has a step without a range: write */2 or 8-18/2"));
            } else {
                let value = self.value(range, text)?;
                (value, value)
            };
            if first > last {
                return Err(self.refuse(text, "has a range whose first value is after its last"));
            }
            let step = match step.map(str::parse::<u32>) {
                None => 1,
                Some(Ok(step)) if (1..=self.max).contains(&step) => step,
                Some(_) => {
                    let problem = format!("has a step that is no number from 1 to {}", self.max);
                    return Err(self.refuse(text, problem));
                }
            };
            // 0 and 7 are Sunday.
            let week = |value: u32| if self.max == 7 { value % 7 } else { value };
            let last = if range == "*" && self.max == 7 { 6 } else { last };
            values.extend((first..=last).step_by(step as usize).map(week));
        }
        Ok(values)
    }

    fn value(&self, word: &str, text: &str) -> Result<u32, CronRefused> {
        let named = self.names.iter().zip(0u32..).find(|(name, _)| name.eq_ignore_ascii_case(word));
        if let Some((_, at)) = named {
            // Months are counted from 1, weekdays from 0.
            return Ok(at + self.min);
        }
        let plain = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
        let number = if plain { word.parse().ok() } else { None };
        number.filter(|number| (self.min..=self.max).contains(number)).ok_or_else(|| {
            let names = match self.names {
                [first, .., last] => format!(", or {first} to {last}"),
                _ => String::new(),
            };
            let problem = format!("must be made of numbers from {} to {}{names}", self.min, self.max);
            self.refuse(text, format!("{problem}; also *, 1-5, 1,3 and */2"))
        })
    }
}

fn list(values: &BTreeSet<u32>) -> String {
    values.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
#[path = "cron_tests.rs"]
mod tests;
