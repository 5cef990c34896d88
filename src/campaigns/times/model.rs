//! The words of a campaign's times, as the API and the database have them.

use crate::calendars::model::WeekdayName;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// When a campaign dials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TimesForm {
    /// Not before; null: from its start on.
    #[serde(default)]
    pub starts_at: Option<DateTime<Utc>>,
    /// Not from then on; null: until its list is done.
    #[serde(default)]
    pub ends_at: Option<DateTime<Utc>>,
    /// Daily windows in the centre's time zone; those that overlap or touch are one.
    #[serde(default)]
    pub windows: Vec<WindowForm>,
    /// The calendar whose holidays and make-up working days it follows. On a holiday
    /// nothing is dialled; a make-up day has the windows of the weekday it follows.
    #[serde(default)]
    pub calendar_id: Option<i64>,
    /// What else there is, or is not.
    #[serde(default)]
    pub cron: Vec<CronForm>,
    /// What must hold, besides, where a number lives that is in another time zone
    /// than the centre; null: nothing. 08:00 to 21:00 when left out.
    #[serde(default = "legal_hours")]
    pub called: Option<CalledForm>,
}

/// A daily window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WindowForm {
    /// On which days it begins.
    pub days: Vec<WeekdayName>,
    /// `HH:MM`.
    pub from: String,
    /// `HH:MM`, up to 24:00, the end of the day; earlier than `from`: it goes on past
    /// midnight.
    pub to: String,
}

/// A window that comes round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CronForm {
    /// When it begins: minute hour day month weekday, in the centre's time zone.
    pub expression: String,
    /// How long it lasts.
    #[schema(minimum = 1, maximum = 1440)]
    pub minutes: i32,
    /// What it does.
    pub effect: CronEffect,
}

/// What a window that comes round does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CronEffect {
    /// The campaign dials in it, beside its daily windows.
    Add,
    /// The campaign does not dial in it.
    Exclude,
}

/// Hours by the clock where the called number lives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CalledForm {
    /// `HH:MM`.
    pub from: String,
    /// `HH:MM`, later than `from`, up to 24:00.
    pub to: String,
}

fn legal_hours() -> Option<CalledForm> {
    Some(CalledForm { from: "08:00".to_owned(), to: "21:00".to_owned() })
}

impl Default for TimesForm {
    /// Every day in daytime.
    fn default() -> Self {
        let days = WeekdayName::ALL.to_vec();
        let window = WindowForm { days, from: "08:30".to_owned(), to: "20:30".to_owned() };
        Self {
            starts_at: None,
            ends_at: None,
            windows: vec![window],
            calendar_id: None,
            cron: Vec::new(),
            called: legal_hours(),
        }
    }
}

impl TimesForm {
    /// At every hour.
    pub fn always() -> Self {
        let mut times = Self::default();
        for window in &mut times.windows {
            (window.from, window.to) = ("00:00".to_owned(), "24:00".to_owned());
        }
        times
    }

    /// For the database: the calendar has a column of its own.
    pub fn stored(&self) -> Result<serde_json::Value, serde_json::Error> {
        serde_json::to_value(Self { calendar_id: None, ..self.clone() })
    }

    /// From the database; `None` when it holds what this version does not know.
    pub fn of_stored(times: serde_json::Value, calendar_id: Option<i64>) -> Option<Self> {
        let times: Self = serde_json::from_value(times).ok()?;
        Some(Self { calendar_id, ..times })
    }
}
