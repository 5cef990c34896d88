//! A week of a campaign's times, drawn up before they are saved.

use super::model::TimesForm;
use super::rules;
use crate::api::{ApiError, ApiResult, Check, Json, Problem, Settings};
use crate::auth::{Caller, Permission};
use crate::base::clock::{self, Moment};
use crate::base::day::{day_of, end_of_day, start_of_day};
use crate::calendars;
use crate::calendars::http::Opening;
use crate::calendars::model::{HolidayForm, WeekdayName};
use crate::floor::calling::{Bar, CallingTimes, Rule, Span};
use crate::floor::hours::{DayRule, Like, SpecialDays};
use crate::floor::stretch::Stretch;
use crate::store::Db;
use crate::store::entity::calendars as calendar_rows;
use axum::Extension;
use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(in crate::campaigns) fn routes() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(post_campaign_week))
}

/// Times that need not be saved, and which week of them is wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignWeekRequest {
    times: TimesForm,
    /// A day of the week; today when left out.
    date: Option<NaiveDate>,
}

/// A week of a campaign's times.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CampaignWeekView {
    /// The centre's time zone: times of day are in it.
    zone: String,
    /// The day it is there.
    today: NaiveDate,
    /// Monday to Sunday.
    days: Vec<CampaignDayView>,
    /// Whether dialling is allowed now.
    open_now: bool,
    /// When it next is, while it is not; null also when not within a year.
    opens_at: Option<DateTime<Utc>>,
    /// When it ends, while it is; null also when not within a year.
    closes_at: Option<DateTime<Utc>>,
}

/// A day of it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CampaignDayView {
    date: NaiveDate,
    weekday: WeekdayName,
    /// How it differs from its weekday, by the calendar.
    special: Option<SpecialDayView>,
    /// In which dialling is allowed, in order, without overlaps.
    spans: Vec<CampaignSpanView>,
    /// What takes time out of the windows.
    bars: Vec<CampaignBarView>,
}

/// A day that differs from its weekday.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SpecialDayView {
    /// What the calendar calls it.
    name: String,
    kind: SpecialDayKind,
    /// With `make_up`: whose windows it has.
    follows: Option<WeekdayName>,
}

/// How a day differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SpecialDayKind {
    /// Nothing is dialled.
    Holiday,
    /// It has the windows of another weekday.
    MakeUp,
    /// It has times of its own.
    OwnTimes,
}

/// A time in which dialling is allowed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CampaignSpanView {
    /// `HH:MM` by the clock on the wall.
    from: String,
    /// `HH:MM`; 24:00 is the end of the day.
    to: String,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    /// One after the other, without a gap.
    parts: Vec<CampaignPartView>,
}

/// A part of it, with all that makes it: where two windows overlap, both.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CampaignPartView {
    /// `HH:MM`.
    from: String,
    /// `HH:MM`.
    to: String,
    rules: Vec<CampaignRuleView>,
}

/// What allows dialling.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CampaignRuleView {
    kind: CampaignRuleKind,
    /// With `cron`: which of the expressions, from 0 on.
    cron: Option<usize>,
}

/// What allows dialling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CampaignRuleKind {
    /// A window of the weekday.
    Weekday,
    /// A window of the weekday that a make-up day follows.
    MakeUp,
    /// The times of a day that has its own.
    OwnTimes,
    /// An expression.
    Cron,
}

/// A time that is taken out of the windows.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CampaignBarView {
    /// `HH:MM`.
    from: String,
    /// `HH:MM`.
    to: String,
    kind: CampaignBarKind,
    /// With `cron`: which of the expressions, from 0 on.
    cron: Option<usize>,
}

/// What takes time out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CampaignBarKind {
    /// A holiday.
    Holiday,
    /// An expression that excludes.
    Cron,
    /// The campaign has not begun.
    NotYet,
    /// It is over.
    Over,
}

#[utoipa::path(post, path = "/campaign-weeks", tag = "campaigns", operation_id = "post_campaign_week",
    request_body = CampaignWeekRequest,
    responses((status = 200, body = CampaignWeekView), (status = 400, body = Problem), (status = 403, body = Problem)))]
/// Draws up a week of a campaign's times: what comes of windows, calendar and
/// expressions, and which rule makes what. Nothing is stored.
async fn post_campaign_week(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
    Json(request): Json<CampaignWeekRequest>,
) -> ApiResult<Json<CampaignWeekView>> {
    caller.require(Permission::CampaignRead)?;
    let CampaignWeekRequest { times: form, date } = request;
    let now = clock::now();
    let date = date.unwrap_or_else(|| day_of(now, settings.zone));
    let mut check = Check::new();
    rules::check(&form, &mut check);
    check.that((2000..=2199).contains(&date.year()), "date", "between the years 2000 and 2199");
    check.done()?;
    let holidays = match form.calendar_id {
        None => Vec::new(),
        Some(id) => {
            let found = calendars::store::find_calendar(db.read(), id).await?;
            let found = found
                .ok_or_else(|| ApiError::bad_request("times.calendar_id", "there is no such calendar"))?;
            calendars::store::form_of(&found.calendar).ok_or_else(|| broken(id))?.holidays
        }
    };
    let times = calendars::rules::special_days(&holidays)
        .and_then(|special| rules::calling_times(&form, special, settings.zone))
        .ok_or_else(|| ApiError::internal(anyhow::anyhow!("checked times cannot be read")))?;
    let opening = opening(&times, now);
    Ok(Json(CampaignWeekView {
        zone: settings.zone.name().to_owned(),
        today: day_of(now, settings.zone),
        days: date
            .week(chrono::Weekday::Mon)
            .first_day()
            .iter_days()
            .take(7)
            .map(|day| drawn(&times, &holidays, day))
            .collect(),
        open_now: opening.in_hours,
        opens_at: opening.opens_at,
        closes_at: opening.closes_at,
    }))
}

fn broken(id: i64) -> ApiError {
    ApiError::internal(anyhow::anyhow!("calendar {id} holds what cannot be read"))
}

/// Whether dialling is allowed, and what comes next.
fn opening(times: &CallingTimes, now: Moment) -> Opening {
    Opening::new(times.open_at(now), times.next_change(now))
}

/// The same of stored times; `None` when they hold what this version cannot read.
pub(in crate::campaigns) fn stored_opening(
    form: &TimesForm,
    calendars: &HashMap<i64, calendar_rows::Model>,
    zone: Tz,
    now: Moment,
) -> Option<Opening> {
    let special = special_days(form, calendars)?;
    rules::calling_times(form, special, zone).map(|times| opening(&times, now))
}

/// The days that differ for these times.
pub(in crate::campaigns) fn special_days(
    form: &TimesForm,
    calendars: &HashMap<i64, calendar_rows::Model>,
) -> Option<Vec<SpecialDays>> {
    match form.calendar_id {
        None => Some(Vec::new()),
        Some(id) => calendars::store::special_days_of(calendars.get(&id)?),
    }
}

fn drawn(times: &CallingTimes, holidays: &[HolidayForm], day: NaiveDate) -> CampaignDayView {
    let zone = times.schedule.zone;
    let whole = start_of_day(day, zone).zip(end_of_day(day, zone)).map(|(from, to)| Stretch { from, to });
    let spans = whole.map_or(Vec::new(), |whole| times.spans(whole));
    let bars = whole.map_or(Vec::new(), |whole| times.bars(whole));
    let wall = |at: Moment| wall(at, day, zone);
    let weekday = WeekdayName::ALL[day.weekday().num_days_from_monday() as usize];
    CampaignDayView {
        date: day,
        weekday,
        special: times.schedule.special_on(day).map(|special| special_view(special, holidays, day)),
        spans: spans.into_iter().map(|span| span_view(span, wall)).collect(),
        bars: bars
            .into_iter()
            .map(|(stretch, bar)| {
                let (kind, cron) = match bar {
                    Bar::Holiday => (CampaignBarKind::Holiday, None),
                    Bar::Cron(at) => (CampaignBarKind::Cron, Some(at)),
                    Bar::NotYet => (CampaignBarKind::NotYet, None),
                    Bar::Over => (CampaignBarKind::Over, None),
                };
                CampaignBarView { from: wall(stretch.from), to: wall(stretch.to), kind, cron }
            })
            .collect(),
    }
}

fn span_view(span: Span, wall: impl Fn(Moment) -> String) -> CampaignSpanView {
    let rule = |rule: Rule| {
        let (kind, cron) = match rule {
            Rule::Day(DayRule::Weekday) => (CampaignRuleKind::Weekday, None),
            Rule::Day(DayRule::MakeUp) => (CampaignRuleKind::MakeUp, None),
            Rule::Day(DayRule::OwnTimes) => (CampaignRuleKind::OwnTimes, None),
            Rule::Cron(at) => (CampaignRuleKind::Cron, Some(at)),
        };
        CampaignRuleView { kind, cron }
    };
    let parts = span.parts.into_iter().map(|(part, rules)| CampaignPartView {
        from: wall(part.from),
        to: wall(part.to),
        rules: rules.into_iter().map(rule).collect(),
    });
    CampaignSpanView {
        from: wall(span.whole.from),
        to: wall(span.whole.to),
        starts_at: span.whole.from.to_utc(),
        ends_at: span.whole.to.to_utc(),
        parts: parts.collect(),
    }
}

fn special_view(special: &SpecialDays, holidays: &[HolidayForm], day: NaiveDate) -> SpecialDayView {
    let named = holidays.iter().find(|holiday| holiday.from <= day && day <= holiday.to);
    let kind = match special.like {
        Like::Closed => SpecialDayKind::Holiday,
        Like::Weekday(_) => SpecialDayKind::MakeUp,
        Like::Periods(_) => SpecialDayKind::OwnTimes,
    };
    SpecialDayView {
        name: named.map(|holiday| holiday.name.clone()).unwrap_or_default(),
        kind,
        follows: named.and_then(|holiday| holiday.follows),
    }
}

/// What a clock on the wall shows; the end of the day is 24:00.
fn wall(at: Moment, day: NaiveDate, zone: Tz) -> String {
    let local = at.to_utc().with_timezone(&zone);
    if local.date_naive() > day {
        "24:00".to_owned()
    } else {
        format!("{:02}:{:02}", local.hour(), local.minute())
    }
}
