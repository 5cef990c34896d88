//! The public holidays that the program knows: a file for each year, in the form of a
//! calendar's own days, with its source. A calendar takes them over with one click
//! and they may be changed there, as every centre works on other days.
//!
//! In: files of the program. Out: the years, the latest first. Another year is another
//! file and a line in [`FILES`].

use super::model::HolidayForm;
use anyhow::Context;
use serde::Deserialize;

/// The latest first.
const FILES: [&str; 2] = [include_str!("china/2026.json"), include_str!("china/2025.json")];

/// One year of one country.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicHolidays {
    /// ISO 3166 code.
    pub country: &'static str,
    /// Which.
    pub year: i32,
    /// Who announced them, and when.
    pub source: &'static str,
    /// By date.
    pub holidays: Vec<HolidayForm>,
}

/// Every year there is.
pub fn years() -> anyhow::Result<Vec<PublicHolidays>> {
    let read = |text: &'static str| serde_json::from_str(text).context("a file of public holidays");
    FILES.into_iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendars::model::{CalendarForm, PeriodForm, WeekForm};
    use crate::calendars::rules;
    use chrono::{Datelike, Weekday};

    fn weekend(day: chrono::NaiveDate) -> bool {
        matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
    }

    #[test]
    fn every_year_can_be_taken_over_and_lies_in_itself() {
        for year in years().expect("files") {
            let work = vec![PeriodForm { from: "09:00".into(), to: "18:00".into() }];
            let form = CalendarForm {
                name: year.year.to_string(),
                week: WeekForm { monday: work, ..WeekForm::default() },
                holidays: year.holidays.clone(),
            };
            assert!(rules::check(&form).at_fault().is_empty(), "{}", year.year);
            assert!(
                year.holidays.iter().all(|days| days.from.year() == year.year && days.to.year() == year.year)
            );
            assert!(year.holidays.is_sorted_by_key(|days| days.from), "{}", year.year);
            assert!(year.source.contains(&year.year.to_string()));
        }
    }

    #[test]
    fn make_up_days_are_weekend_days_and_as_many_as_they_make_up_for() {
        for (year, off, made_up) in [(2026, 33, 6), (2025, 28, 5)] {
            let all = years().expect("files");
            let year = all.iter().find(|each| each.year == year).expect("the year");
            let (work, free): (Vec<_>, Vec<_>) =
                year.holidays.iter().partition(|days| days.follows.is_some());
            assert!(work.iter().all(|days| days.from == days.to && weekend(days.from)), "{}", year.year);
            let days = |days: &&HolidayForm| (days.to - days.from).num_days() + 1;
            assert_eq!((free.iter().map(days).sum::<i64>(), work.len()), (off, made_up), "{}", year.year);
        }
    }
}
