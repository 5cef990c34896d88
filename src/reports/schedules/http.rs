//! Schedules and their runs through the API.
//!
//! Whoever may download the report may have it sent. A schedule is seen and
//! changed by those who may see everything that its report holds: who could
//! change its recipients could otherwise send themselves more than they may see.

use crate::api::{ApiError, ApiResult, Check, Json, Page, PageQuery, Path, Problem, Query, Settings};
use crate::audit::{self, Entry};
use crate::auth::{Caller, Permission, UserFilter, reach_of, visible_users};
use crate::base::clock::{self, Moment};
use crate::base::cron::Cron;
use crate::base::ids::UserId;
use crate::base::limits::{LINE_CHARS, REPORT_RECIPIENTS, REPORT_SCHEDULES};
use crate::mail::{self, Mailer};
use crate::reports::schedules::jobs::ReportPoke;
use crate::reports::schedules::model::{Delivery, RunState, ScheduleForm};
use crate::reports::schedules::{rules, store};
use crate::reports::xlsx::Language;
use crate::store::entity::{report_runs, report_schedules};
use crate::store::{Db, write_tx};
use axum::Extension;
use axum::http::StatusCode;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Instants shown before a schedule is saved.
const NEXT_SHOWN: usize = 3;

pub fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(get_report_schedules, post_report_schedule))
        .routes(routes!(get_report_schedule_preview))
        .routes(routes!(patch_report_schedule, delete_report_schedule))
        .routes(routes!(post_report_schedule_send))
        .routes(routes!(get_report_runs))
}

/// Every schedule that the reader may see.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportScheduleListView {
    /// By id.
    items: Vec<ReportScheduleView>,
    /// Whom the mail comes from; null when the centre has no mail server
    /// (`mail.host` in the configuration), and then nothing is sent.
    sender: Option<String>,
}

/// When the agents report goes out by e-mail, and to whom.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportScheduleView {
    id: i64,
    name: String,
    /// Minute hour day month weekday, in the centre's time zone.
    cron: String,
    recipients: Vec<String>,
    /// `zh` or `en`.
    language: Language,
    active: bool,
    /// The report holds what this user may see when it is sent.
    owner_id: i64,
    owner_name: String,
    /// When it is due next; null while it is not active.
    next_due_at: Option<DateTime<Utc>>,
    last_run: Option<ReportRunView>,
}

/// One going out of a report.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportRunView {
    id: i64,
    due_at: DateTime<Utc>,
    /// The day that the report is about.
    report_on: Option<NaiveDate>,
    #[schema(value_type = RunState)]
    state: String,
    /// Attempts begun.
    attempts: i32,
    /// When it is tried again.
    next_attempt_at: Option<DateTime<Utc>>,
    deliveries: Vec<Delivery>,
    /// Why not everybody has got it.
    error: Option<String>,
    /// Who asked for it out of turn.
    requested_by: Option<i64>,
    /// When everybody had it.
    sent_at: Option<DateTime<Utc>>,
}

/// A new schedule.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportScheduleRequest {
    name: String,
    /// Minute hour day month weekday, in the centre's time zone.
    cron: String,
    recipients: Vec<String>,
    #[serde(default)]
    language: Language,
    #[serde(default = "yes")]
    active: bool,
}

/// A change of a schedule: what is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportSchedulePatch {
    name: Option<String>,
    cron: Option<String>,
    recipients: Option<Vec<String>>,
    language: Option<Language>,
    active: Option<bool>,
}

/// What a cron expression means.
#[derive(Debug, Serialize, ToSchema)]
pub struct CronPreviewView {
    /// The next three instants.
    next: Vec<DateTime<Utc>>,
    /// The centre's time zone, in which the expression is read.
    zone: String,
}

/// Which expression.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CronQuery {
    /// Minute hour day month weekday.
    #[serde(default)]
    #[param(required = true)]
    cron: String,
}

fn yes() -> bool {
    true
}

#[utoipa::path(get, path = "/reports/schedules", tag = "reports", operation_id = "get_report_schedules",
    responses((status = 200, body = ReportScheduleListView), (status = 403, body = Problem)))]
/// The schedules whose reports hold no more than the reader may see.
async fn get_report_schedules(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
    Extension(mailer): Extension<Mailer>,
) -> ApiResult<Json<ReportScheduleListView>> {
    let visible = visible(&db, &caller).await?;
    let mut last_runs = store::last_runs(db.read()).await?;
    let mut reaches = HashMap::new();
    let mut rows = Vec::new();
    for row in store::list_schedules(db.read()).await? {
        let may = match reaches.get(&row.owner_id) {
            Some(may) => *may,
            None => may_manage(&db, &visible, UserId(row.owner_id)).await?,
        };
        reaches.insert(row.owner_id, may);
        if may {
            rows.push(row);
        }
    }
    let names = store::names_of(db.read(), rows.iter().map(|row| row.owner_id).collect()).await?;
    let now = clock::now();
    let view = |row: report_schedules::Model| {
        let last = last_runs.remove(&row.id);
        let name = names.get(&row.owner_id).cloned().unwrap_or_default();
        ReportScheduleView::of(row, name, last, settings.zone, now)
    };
    let items = rows.into_iter().map(view).collect();
    Ok(Json(ReportScheduleListView { items, sender: mailer.sender() }))
}

#[utoipa::path(post, path = "/reports/schedules", tag = "reports", operation_id = "post_report_schedule",
    request_body = ReportScheduleRequest,
    responses((status = 201, body = ReportScheduleView), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem)))]
/// Have the agents report sent on a schedule. It belongs to the caller: it holds
/// what the caller may see.
async fn post_report_schedule(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
    Json(request): Json<ReportScheduleRequest>,
) -> ApiResult<(StatusCode, Json<ReportScheduleView>)> {
    caller.require(Permission::ReportExport)?;
    let form = checked(ScheduleForm {
        name: request.name,
        cron: request.cron,
        recipients: request.recipients,
        language: request.language,
        active: request.active,
    })?;
    let now = clock::now();
    let tx = write_tx(&db).await?;
    if store::count_schedules(&tx).await? >= REPORT_SCHEDULES {
        let detail = format!("there are {REPORT_SCHEDULES} schedules already; delete one that is not needed");
        return Err(ApiError::conflict("too_many_schedules", detail));
    }
    let row = store::insert_schedule(&tx, &form, caller.user_id, now).await?;
    let entry = Entry::of(caller.user_id, "report_schedule.create", "report_schedule", row.id);
    audit::record(&tx, entry.with(in_audit(&form))).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(ReportScheduleView::of(row, caller.name, None, settings.zone, now))))
}

#[utoipa::path(patch, path = "/reports/schedules/{id}", tag = "reports", operation_id = "patch_report_schedule",
    params(("id" = i64, Path,)), request_body = ReportSchedulePatch,
    responses((status = 200, body = ReportScheduleView), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
/// Change a schedule; its owner stays. New recipients and switching off end runs
/// that are still waiting.
async fn patch_report_schedule(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
    Path(id): Path<i64>,
    Json(patch): Json<ReportSchedulePatch>,
) -> ApiResult<Json<ReportScheduleView>> {
    let old = managed(&db, &caller, id).await?;
    let recipients = addresses(&old.recipients);
    let form = checked(ScheduleForm {
        name: patch.name.unwrap_or_else(|| old.name.clone()),
        cron: patch.cron.unwrap_or_else(|| old.cron.clone()),
        recipients: patch.recipients.unwrap_or_else(|| recipients.clone()),
        language: patch.language.or_else(|| Language::from_name(&old.language)).unwrap_or_default(),
        active: patch.active.unwrap_or(old.active),
    })?;
    let now = clock::now();
    // Neither a new time nor the time of a pause is caught up.
    let anew = form.cron != old.cron || (form.active && !old.active);
    let tx = write_tx(&db).await?;
    store::find_schedule(&tx, id).await?.ok_or_else(|| ApiError::not_found("schedule"))?;
    let row = store::update_schedule(&tx, id, &form, anew, now).await?;
    if !form.active || form.recipients != recipients {
        store::cancel_waiting(&tx, id).await?;
    }
    let entry = Entry::of(caller.user_id, "report_schedule.update", "report_schedule", id);
    audit::record(&tx, entry.with(in_audit(&form))).await?;
    let last = store::list_runs(&tx, id, None, 1).await?.pop();
    tx.commit().await?;
    let mut names = store::names_of(db.read(), vec![row.owner_id]).await?;
    let owner = names.remove(&row.owner_id).unwrap_or_default();
    Ok(Json(ReportScheduleView::of(row, owner, last, settings.zone, now)))
}

#[utoipa::path(delete, path = "/reports/schedules/{id}", tag = "reports", operation_id = "delete_report_schedule",
    params(("id" = i64, Path,)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
/// Delete a schedule with the list of its runs; the audit log keeps both.
async fn delete_report_schedule(
    caller: Caller,
    Extension(db): Extension<Db>,
    Path(id): Path<i64>,
) -> ApiResult<StatusCode> {
    let old = managed(&db, &caller, id).await?;
    let tx = write_tx(&db).await?;
    store::delete_schedule(&tx, id).await?;
    let entry = Entry::of(caller.user_id, "report_schedule.delete", "report_schedule", id);
    audit::record(&tx, entry.with(json!({ "name": old.name, "recipients": old.recipients }))).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(post, path = "/reports/schedules/{id}/send", tag = "reports",
    operation_id = "post_report_schedule_send", params(("id" = i64, Path,)),
    responses((status = 202, body = ReportRunView), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
/// Send yesterday's report to the schedule's recipients now.
async fn post_report_schedule_send(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
    Extension(mailer): Extension<Mailer>,
    Extension(poke): Extension<ReportPoke>,
    Path(id): Path<i64>,
) -> ApiResult<(StatusCode, Json<ReportRunView>)> {
    let schedule = managed(&db, &caller, id).await?;
    if mailer.sender().is_none() {
        let detail = "the centre has no mail server: set mail.host and mail.sender in the configuration";
        return Err(ApiError::conflict("mail_not_configured", detail));
    }
    let deliveries: Vec<_> = addresses(&schedule.recipients).into_iter().map(Delivery::to).collect();
    let tx = write_tx(&db).await?;
    let run = store::insert_run(&tx, id, clock::now(), &deliveries, Some(caller.user_id)).await?;
    let run = run.ok_or_else(|| ApiError::conflict("in_progress", "it is being sent at this moment"))?;
    let entry = Entry::of(caller.user_id, "report_schedule.send", "report_schedule", id);
    audit::record(&tx, entry.with(json!({ "run": run.id }))).await?;
    tx.commit().await?;
    poke.poke();
    Ok((StatusCode::ACCEPTED, Json(ReportRunView::of(run, settings.zone))))
}

#[utoipa::path(get, path = "/reports/schedules/{id}/runs", tag = "reports", operation_id = "get_report_runs",
    params(("id" = i64, Path,), PageQuery),
    responses((status = 200, body = Page<ReportRunView>), (status = 403, body = Problem), (status = 404, body = Problem)))]
/// What became of a schedule's reports, newest first.
async fn get_report_runs(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
    Path(id): Path<i64>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<ReportRunView>>> {
    managed(&db, &caller, id).await?;
    let limit = page.limit()?;
    let rows = store::list_runs(db.read(), id, page.after()?, limit + 1).await?;
    Ok(Json(Page::of(rows, limit, |row| row.id, |row| ReportRunView::of(row, settings.zone))))
}

#[utoipa::path(get, path = "/reports/schedules/preview", tag = "reports",
    operation_id = "get_report_schedule_preview", params(CronQuery),
    responses((status = 200, body = CronPreviewView), (status = 400, body = Problem), (status = 403, body = Problem)))]
/// When a cron expression is due next, before it is saved.
async fn get_report_schedule_preview(
    caller: Caller,
    Extension(settings): Extension<Settings>,
    Query(query): Query<CronQuery>,
) -> ApiResult<Json<CronPreviewView>> {
    caller.require(Permission::ReportExport)?;
    let zone = settings.zone;
    let cron = cron(&query.cron).map_err(|problem| ApiError::bad_request("cron", problem))?;
    let next = cron.after(clock::now(), zone).take(NEXT_SHOWN).map(Moment::to_utc).collect();
    Ok(Json(CronPreviewView { next, zone: zone.name().to_owned() }))
}

/// Whom the caller may see in reports that leave the console.
async fn visible(db: &Db, caller: &Caller) -> ApiResult<UserFilter> {
    let scope = caller.require(Permission::ReportExport)?;
    Ok(visible_users(db, caller, scope).await?)
}

/// Whether the reports of a schedule of this owner hold nothing that the caller
/// may not see.
async fn may_manage(db: &Db, visible: &UserFilter, owner: UserId) -> ApiResult<bool> {
    // Without any reach nothing is sent, but it may come back.
    let reach = reach_of(db, owner, Permission::ReportExport).await?;
    Ok(visible.allows(owner) && reach.is_none_or(|reach| visible.covers(&reach)))
}

async fn managed(db: &Db, caller: &Caller, id: i64) -> ApiResult<report_schedules::Model> {
    let visible = visible(db, caller).await?;
    let row = store::find_schedule(db.read(), id).await?;
    let row = row.ok_or_else(|| ApiError::not_found("schedule"))?;
    if may_manage(db, &visible, UserId(row.owner_id)).await? {
        return Ok(row);
    }
    Err(ApiError::not_found("schedule"))
}

fn checked(mut form: ScheduleForm) -> ApiResult<ScheduleForm> {
    form.name = form.name.trim().to_owned();
    form.cron = form.cron.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut recipients: Vec<String> = Vec::new();
    for address in form.recipients.iter().map(|address| address.trim()) {
        // Upper and lower case reach the same mailbox.
        if !recipients.iter().any(|each| each.eq_ignore_ascii_case(address)) {
            recipients.push(address.to_owned());
        }
    }
    form.recipients = recipients;
    let mut check = Check::new();
    check.line("name", &form.name);
    if let Err(problem) = cron(&form.cron) {
        check.that(false, "cron", problem);
    }
    let count = form.recipients.len();
    let text = format!("must be 1 to {REPORT_RECIPIENTS} addresses");
    check.that((1..=REPORT_RECIPIENTS).contains(&count), "recipients", text);
    if let Some(wrong) = form.recipients.iter().find(|address| !mail::is_address(address)) {
        let text = format!("{wrong:?} is no mail address such as li.wei@example.com");
        check.that(false, "recipients", text);
    }
    check.done()?;
    Ok(form)
}

fn cron(text: &str) -> Result<Cron, String> {
    if text.chars().count() > LINE_CHARS {
        return Err(format!("must have at most {LINE_CHARS} characters"));
    }
    let cron = Cron::parse(text).map_err(|refused| refused.to_string())?;
    // A slip of the pen is not to fill mailboxes: it is a report of a whole day.
    if cron.minutes() > 1 {
        return Err(
            "minute: must be one number from 0 to 59: a report goes out at most once an hour".to_owned()
        );
    }
    Ok(cron)
}

fn in_audit(form: &ScheduleForm) -> serde_json::Value {
    json!({ "name": form.name, "cron": form.cron, "recipients": form.recipients, "active": form.active })
}

/// Recipients as they are stored.
pub(super) fn addresses(stored: &serde_json::Value) -> Vec<String> {
    stored.as_array().into_iter().flatten().filter_map(|each| each.as_str().map(str::to_owned)).collect()
}

impl ReportScheduleView {
    fn of(
        row: report_schedules::Model,
        owner_name: String,
        last: Option<report_runs::Model>,
        zone: Tz,
        now: Moment,
    ) -> Self {
        let cron = Cron::parse(&row.cron).ok().filter(|_| row.active);
        Self {
            id: row.id,
            name: row.name,
            recipients: addresses(&row.recipients),
            language: Language::from_name(&row.language).unwrap_or_default(),
            active: row.active,
            owner_id: row.owner_id,
            owner_name,
            next_due_at: cron.and_then(|cron| cron.after(now, zone).next()).map(Moment::to_utc),
            last_run: last.map(|run| ReportRunView::of(run, zone)),
            cron: row.cron,
        }
    }
}

impl ReportRunView {
    fn of(row: report_runs::Model, zone: Tz) -> Self {
        Self {
            id: row.id,
            due_at: row.due_at,
            report_on: rules::report_days(row.due_at.into(), zone).map(|days| days.to),
            state: row.state,
            attempts: row.attempts,
            next_attempt_at: row.next_attempt_at,
            deliveries: store::from_json(row.deliveries).unwrap_or_default(),
            error: row.error,
            requested_by: row.requested_by,
            sent_at: row.sent_at,
        }
    }
}
