//! The words of calendars, as the API and the database have them.

use crate::store::entity::calendars;
use chrono::{NaiveDate, Weekday};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A part of a day, by the clock on the wall in the centre's time zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PeriodForm {
    /// `HH:MM`, from 00:00 on.
    pub from: String,
    /// `HH:MM`, up to 24:00, the end of the day.
    pub to: String,
}

/// Opening periods by weekday; a day without any is closed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WeekForm {
    /// On Mondays.
    #[serde(default)]
    pub monday: Vec<PeriodForm>,
    /// On Tuesdays.
    #[serde(default)]
    pub tuesday: Vec<PeriodForm>,
    /// On Wednesdays.
    #[serde(default)]
    pub wednesday: Vec<PeriodForm>,
    /// On Thursdays.
    #[serde(default)]
    pub thursday: Vec<PeriodForm>,
    /// On Fridays.
    #[serde(default)]
    pub friday: Vec<PeriodForm>,
    /// On Saturdays.
    #[serde(default)]
    pub saturday: Vec<PeriodForm>,
    /// On Sundays.
    #[serde(default)]
    pub sunday: Vec<PeriodForm>,
}

impl WeekForm {
    /// Each day with the name of its field, Monday first.
    pub fn days(&self) -> [(&'static str, &[PeriodForm]); 7] {
        [
            ("week.monday", &self.monday),
            ("week.tuesday", &self.tuesday),
            ("week.wednesday", &self.wednesday),
            ("week.thursday", &self.thursday),
            ("week.friday", &self.friday),
            ("week.saturday", &self.saturday),
            ("week.sunday", &self.sunday),
        ]
    }
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WeekdayName {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

impl WeekdayName {
    /// Each of them, Monday first.
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    /// As the calendar's arithmetic has it.
    pub fn weekday(self) -> Weekday {
        match self {
            Self::Monday => Weekday::Mon,
            Self::Tuesday => Weekday::Tue,
            Self::Wednesday => Weekday::Wed,
            Self::Thursday => Weekday::Thu,
            Self::Friday => Weekday::Fri,
            Self::Saturday => Weekday::Sat,
            Self::Sunday => Weekday::Sun,
        }
    }
}

/// Days that differ from their weekday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HolidayForm {
    /// For people.
    pub name: String,
    /// The first day.
    pub from: NaiveDate,
    /// The last day; the first again for a single one.
    pub to: NaiveDate,
    /// When it is open on each of these days, if at times of their own; none: closed,
    /// unless they follow a weekday.
    #[serde(default)]
    pub periods: Vec<PeriodForm>,
    /// Of make-up working days: the weekday whose times they have, of a queue's
    /// calendar and of a campaign alike. Not with periods.
    #[serde(default)]
    pub follows: Option<WeekdayName>,
}

/// A calendar as people give it: not yet checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarForm {
    /// One line, unique.
    pub name: String,
    /// The week.
    pub week: WeekForm,
    /// The days that differ.
    pub holidays: Vec<HolidayForm>,
}

/// A calendar with the queues and campaigns that follow it.
#[derive(Debug, Clone, PartialEq)]
pub struct CalendarEntry {
    /// The row.
    pub calendar: calendars::Model,
    /// Id and name of each queue, by name.
    pub queues: Vec<(i64, String)>,
    /// Id and name of each campaign, by name.
    pub campaigns: Vec<(i64, String)>,
}

/// Why a calendar that is right in itself cannot be stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarRefused {
    /// Another calendar has it.
    #[error("another calendar has this name")]
    NameTaken,
}
