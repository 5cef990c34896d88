//! Calendars for those who run the queues and campaigns, and the holidays that the
//! program knows.

use super::model::{CalendarEntry, CalendarForm, CalendarRefused, HolidayForm, WeekForm};
use super::{holidays, rules, store};
use crate::api::{ApiError, ApiResult, Json, Page, Path, Problem, Settings};
use crate::audit::{self, Entry};
use crate::auth::{Caller, Permission};
use crate::base::clock::{self, Moment};
use crate::base::ids::{CampaignId, QueueId};
use crate::base::limits;
use crate::floor::hours::Schedule;
use crate::store::changes::{Change, Changes};
use crate::store::{Db, write_tx};
use axum::Extension;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The room's routes.
pub fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(get_calendars, post_calendar))
        .routes(routes!(get_calendar, patch_calendar, delete_calendar))
        .routes(routes!(get_public_holidays))
}

/// A calendar of opening hours.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CalendarView {
    id: i64,
    name: String,
    week: WeekForm,
    /// Days that differ from their weekday, by date.
    holidays: Vec<HolidayForm>,
    /// Whether it is open now.
    open_now: bool,
    /// When it next opens, while it is closed; null also when not within a year.
    opens_at: Option<DateTime<Utc>>,
    /// When it closes, while it is open; null also when not within a year.
    closes_at: Option<DateTime<Utc>>,
    /// The queues that follow it.
    queues: Vec<CalendarFollowerView>,
    /// The campaigns that follow its days that differ.
    campaigns: Vec<CalendarFollowerView>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// A queue or campaign that follows a calendar.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CalendarFollowerView {
    id: i64,
    name: String,
}

/// The holidays and make-up working days of a country in one year, as its government
/// announced them.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PublicHolidaysView {
    /// ISO 3166 code, e.g. `CN`.
    country: &'static str,
    year: i32,
    /// Who announced them, and when.
    source: &'static str,
    /// Ready for a calendar; they may be changed there.
    holidays: Vec<HolidayForm>,
}

/// A new calendar needs a name and at least one opening period; what is left out of
/// a change stays as it is.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarRequest {
    /// Unique.
    name: Option<String>,
    /// Opening periods by weekday, in the centre's time zone; as a whole.
    week: Option<WeekForm>,
    /// Days that differ from their weekday; as a whole. None is named twice.
    holidays: Option<Vec<HolidayForm>>,
}

impl CalendarRequest {
    fn apply(self, form: CalendarForm) -> CalendarForm {
        let mut holidays = self.holidays.unwrap_or(form.holidays);
        holidays.sort_by_key(|holiday| (holiday.from, holiday.to));
        CalendarForm { name: self.name.unwrap_or(form.name), week: self.week.unwrap_or(form.week), holidays }
    }
}

#[utoipa::path(get, path = "/calendars", tag = "calendars", operation_id = "get_calendars",
    responses((status = 200, body = Page<CalendarView>), (status = 403, body = Problem)))]
/// Every calendar.
async fn get_calendars(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
) -> ApiResult<Json<Page<CalendarView>>> {
    caller.require(Permission::QueueRead)?;
    let now = clock::now();
    let entries = store::list_calendars(&db).await?.into_iter();
    let views =
        entries.map(|entry| CalendarView::new(entry, settings.zone, now)).collect::<Result<_, _>>()?;
    Ok(Json(Page::all(views)))
}

#[utoipa::path(get, path = "/calendars/{id}", tag = "calendars", operation_id = "get_calendar",
    params(("id" = i64, Path, description = "The calendar")),
    responses((status = 200, body = CalendarView), (status = 403, body = Problem), (status = 404, body = Problem)))]
/// One calendar.
async fn get_calendar(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
    Path(id): Path<i64>,
) -> ApiResult<Json<CalendarView>> {
    caller.require(Permission::QueueRead)?;
    view(&db, id, settings.zone).await.map(Json)
}

#[utoipa::path(post, path = "/calendars", tag = "calendars", operation_id = "post_calendar",
    request_body = CalendarRequest,
    responses((status = 201, body = CalendarView), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem)))]
/// Make a calendar; queues and campaigns may follow it from then on.
async fn post_calendar(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
    Json(mut request): Json<CalendarRequest>,
) -> ApiResult<(StatusCode, Json<CalendarView>)> {
    caller.require(Permission::QueueWrite)?;
    let name = request.name.take().ok_or_else(|| ApiError::bad_request("name", "is missing"))?;
    let form = request.apply(CalendarForm { name, week: WeekForm::default(), holidays: Vec::new() });
    rules::check(&form).done()?;
    let tx = write_tx(&db).await?;
    if store::count_calendars(&tx).await? >= limits::CALENDARS {
        let detail = format!("there are {} calendars already; delete one of no use", limits::CALENDARS);
        return Err(ApiError::conflict("too_many_calendars", detail));
    }
    let id = store::insert_calendar(&tx, &form, caller.user_id, clock::now()).await??;
    let entry = Entry::of(caller.user_id, "calendar.create", "calendar", id);
    audit::record(&tx, entry.with(json!({ "name": form.name }))).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(view(&db, id, settings.zone).await?)))
}

#[utoipa::path(patch, path = "/calendars/{id}", tag = "calendars", operation_id = "patch_calendar",
    params(("id" = i64, Path, description = "The calendar")), request_body = CalendarRequest,
    responses((status = 200, body = CalendarView), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
/// Change a calendar. It counts at once for who calls, or is called, from then on; who
/// waits in a queue already is served.
async fn patch_calendar(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(changes): Extension<Changes>,
    Extension(settings): Extension<Settings>,
    Path(id): Path<i64>,
    Json(request): Json<CalendarRequest>,
) -> ApiResult<Json<CalendarView>> {
    caller.require(Permission::QueueWrite)?;
    let tx = write_tx(&db).await?;
    let entry = store::find_calendar(&tx, id).await?.ok_or_else(no_calendar)?;
    let before = store::form_of(&entry.calendar).ok_or_else(|| broken(id))?;
    let form = request.apply(before.clone());
    rules::check(&form).done()?;
    store::update_calendar(&tx, id, &form, clock::now()).await??;
    let detail = json!({ "before": format!("{before:?}"), "after": format!("{form:?}") });
    audit::record(&tx, Entry::of(caller.user_id, "calendar.update", "calendar", id).with(detail)).await?;
    tx.commit().await?;
    for (queue, _) in entry.queues {
        changes.tell(Change::Queue(QueueId(queue)));
    }
    for (campaign, _) in entry.campaigns {
        changes.tell(Change::Campaign(CampaignId(campaign)));
    }
    view(&db, id, settings.zone).await.map(Json)
}

#[utoipa::path(delete, path = "/calendars/{id}", tag = "calendars", operation_id = "delete_calendar",
    params(("id" = i64, Path, description = "The calendar")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
/// Delete a calendar that no queue and no campaign follows.
async fn delete_calendar(
    caller: Caller,
    Extension(db): Extension<Db>,
    Path(id): Path<i64>,
) -> ApiResult<StatusCode> {
    caller.require(Permission::QueueWrite)?;
    let tx = write_tx(&db).await?;
    let entry = store::find_calendar(&tx, id).await?.ok_or_else(no_calendar)?;
    if !entry.queues.is_empty() {
        let names: Vec<String> = entry.queues.into_iter().map(|(_, name)| name).collect();
        let detail = format!(
            "hours: {} of the queues follow this calendar ({}); give them another in their field `hours` first",
            names.len(),
            names.join(", ")
        );
        return Err(ApiError::conflict("calendar_in_use", detail));
    }
    if !entry.campaigns.is_empty() {
        let names: Vec<String> = entry.campaigns.into_iter().map(|(_, name)| name).collect();
        let detail = format!(
            "times.calendar_id: {} of the campaigns follow this calendar ({}); give them another first",
            names.len(),
            names.join(", ")
        );
        return Err(ApiError::conflict("calendar_in_use", detail));
    }
    store::delete_calendar(&tx, id).await?;
    let detail = json!({ "name": entry.calendar.name });
    audit::record(&tx, Entry::of(caller.user_id, "calendar.delete", "calendar", id).with(detail)).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(get, path = "/public-holidays", tag = "calendars", operation_id = "get_public_holidays",
    responses((status = 200, body = Page<PublicHolidaysView>), (status = 403, body = Problem)))]
/// The public holidays that the program knows, the latest year first: what a calendar
/// may take over.
async fn get_public_holidays(caller: Caller) -> ApiResult<Json<Page<PublicHolidaysView>>> {
    caller.require(Permission::QueueRead)?;
    let years = holidays::years()?.into_iter().map(|year| PublicHolidaysView {
        country: year.country,
        year: year.year,
        source: year.source,
        holidays: year.holidays,
    });
    Ok(Json(Page::all(years.collect())))
}

fn no_calendar() -> ApiError {
    ApiError::not_found("calendar")
}

fn broken(id: i64) -> ApiError {
    ApiError::internal(anyhow::anyhow!("calendar {id} holds what cannot be read"))
}

async fn view(db: &Db, id: i64, zone: Tz) -> ApiResult<CalendarView> {
    let entry = store::find_calendar(db.read(), id).await?.ok_or_else(no_calendar)?;
    CalendarView::new(entry, zone, clock::now())
}

impl From<CalendarRefused> for ApiError {
    fn from(refused: CalendarRefused) -> Self {
        match refused {
            CalendarRefused::NameTaken => ApiError::bad_request("name", refused.to_string()),
        }
    }
}

/// Whether something is open, and what comes next.
pub struct Opening {
    /// Whether it is open.
    pub in_hours: bool,
    /// While it is closed.
    pub opens_at: Option<DateTime<Utc>>,
    /// While it is open.
    pub closes_at: Option<DateTime<Utc>>,
}

impl Opening {
    /// By a schedule; `None`: always open.
    pub fn of(schedule: Option<&Schedule>, now: Moment) -> Self {
        let in_hours = schedule.is_none_or(|schedule| schedule.open_at(now));
        Self::new(in_hours, schedule.and_then(|schedule| schedule.next_change(now)))
    }

    /// What is open, or closed, until then.
    pub fn new(in_hours: bool, changes_at: Option<Moment>) -> Self {
        let change = changes_at.map(Moment::to_utc);
        let (opens_at, closes_at) = if in_hours { (None, change) } else { (change, None) };
        Self { in_hours, opens_at, closes_at }
    }
}

impl CalendarView {
    fn new(entry: CalendarEntry, zone: Tz, now: Moment) -> ApiResult<Self> {
        let CalendarEntry { calendar, queues, campaigns } = entry;
        let followers = |all: Vec<(i64, String)>| {
            all.into_iter().map(|(id, name)| CalendarFollowerView { id, name }).collect()
        };
        let form = store::form_of(&calendar).ok_or_else(|| broken(calendar.id))?;
        let schedule = store::schedule_of(&calendar, zone).ok_or_else(|| broken(calendar.id))?;
        let opening = Opening::of(Some(&schedule), now);
        Ok(Self {
            id: calendar.id,
            name: form.name,
            week: form.week,
            holidays: form.holidays,
            open_now: opening.in_hours,
            opens_at: opening.opens_at,
            closes_at: opening.closes_at,
            queues: followers(queues),
            campaigns: followers(campaigns),
            created_at: calendar.created_at,
            updated_at: calendar.updated_at,
        })
    }
}
