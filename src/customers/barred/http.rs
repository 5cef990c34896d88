//! Files of numbers for the do-not-call list, consents, and a campaign's leads with
//! what was held back, over HTTP.

use crate::api::{
    ApiError, ApiResult, Check, Json, Page, PageQuery, Path, Problem, Query, Settings, search_text,
};
use crate::audit::{self, Entry};
use crate::auth::{Caller, Permission, Scope, UserFilter, visible_users};
use crate::base::clock::{self, Moment};
use crate::base::ids::{CallId, CampaignId, CustomerId};
use crate::base::limits;
use crate::calls::store::find_call;
use crate::customers::barred::numbers::{self, Numbers};
use crate::customers::http::CustomerItemView;
use crate::customers::import::http::{FORM_BYTES, file_name, malformed, write_file};
use crate::customers::jobs;
use crate::customers::model::{CustomerEntry, LeadEntry, LeadKind};
use crate::customers::store;
use crate::do_not_call::http::{BlockView, TargetRequest, Terms, Writer};
use crate::do_not_call::model::{
    AddedMany, BarScope, BarSource, ConsentKind, ConsentSource, ListedConsent, NewConsent, NewEntry,
};
use crate::do_not_call::store::{add_many, append_consent, list_consents};
use crate::store::changes::{Change, Changes};
use crate::store::entity::hours_blocks;
use crate::store::{Db, write_tx};
use axum::Extension;
use axum::extract::DefaultBodyLimit;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::http::StatusCode;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// These routes.
pub fn routes() -> OpenApiRouter {
    let upload = OpenApiRouter::new()
        .routes(routes!(post_do_not_call_import))
        .layer(DefaultBodyLimit::max(limits::IMPORT_BYTES + FORM_BYTES));
    OpenApiRouter::new()
        .routes(routes!(get_consents, post_consent))
        .routes(routes!(get_campaign_leads))
        .merge(upload)
}

/// The form in which a file of numbers is uploaded.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form; it is read as a stream")]
pub struct DoNotCallUpload {
    /// An .xlsx file, or a .csv file in UTF-8.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    scope: BarScope,
    /// With the scope `department`.
    department_id: Option<i64>,
    /// With the scope `campaign`.
    campaign_id: Option<i64>,
    /// One line; the file's name when left out.
    reason: Option<String>,
    /// Free text.
    note: Option<String>,
    /// The last day on which they count; left out: for good.
    expires_on: Option<NaiveDate>,
}

/// What became of a file of numbers.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DoNotCallImportView {
    file_name: String,
    /// Rows looked at.
    rows: u64,
    /// Numbers that are on the list now.
    accepted: u64,
    /// Numbers that were there already, or stand in the file twice.
    already_there: u64,
    /// Rows of which nothing was taken.
    rejected: u64,
    /// The first of these.
    rejects: Vec<NumberRejectView>,
}

/// A row of which nothing was taken.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NumberRejectView {
    /// Its number as the spreadsheet program shows it.
    row: u32,
    reason: String,
}

/// What somebody said of being called on a number.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ConsentView {
    id: i64,
    e164: String,
    #[schema(value_type = ConsentKind)]
    kind: String,
    #[schema(value_type = ConsentSource)]
    source: String,
    note: Option<String>,
    said_at: DateTime<Utc>,
    /// When it was written down.
    recorded_at: DateTime<Utc>,
    recorded_by: Option<i64>,
    recorded_by_name: Option<String>,
    /// The call in which it was said.
    call_id: Option<Uuid>,
    /// The recording of that call.
    recording_id: Option<Uuid>,
}

/// What somebody said, to be kept.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentRequest {
    /// One of the customer's numbers (E.164).
    e164: String,
    kind: ConsentKind,
    /// `call`, `written`, `online` or `complaint`.
    source: ConsentSource,
    /// Free text.
    note: Option<String>,
    /// With the source `call`: a call with that number.
    call_id: Option<CallId>,
    /// When; now, when left out.
    said_at: Option<DateTime<Utc>>,
}

/// A lead of a campaign.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LeadView {
    id: i64,
    customer: CustomerItemView,
    /// `fresh`, `retry`, `claimed`, `dialling` or `done`.
    state: String,
    attempts: i32,
    /// What the last attempt came to; `do_not_call` when every number is barred.
    last_result: Option<String>,
    last_attempt_at: Option<DateTime<Utc>>,
    /// Not before; null: as soon as it is its turn.
    next_attempt_at: Option<DateTime<Utc>>,
    /// The number whose turn it is, as dialled; null when it is done.
    next_number: Option<String>,
    /// Which rule set `next_attempt_at`, or ended it: `delay`, `other_part`,
    /// `next_number`, `rest_after_drop`, `taken_back`, `recycled`, `cap_day`,
    /// `cap_in_all`, `spacing`, `on_the_line`, `called_hours`; `reached`, `attempts_used_up`,
    /// `times_used_up`, `no_number_left`.
    rule: Option<String>,
    /// Higher ones are dialled first.
    priority: i32,
    /// What the do-not-call list and the caps on attempts held back of it for this
    /// campaign, the latest first.
    blocks: Vec<BlockView>,
    /// Why it waits though it is due: it is no hour to call at where its number lives.
    waits: Option<HoursBlockView>,
}

/// A lead that waits for an hour that is right where its number lives.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HoursBlockView {
    e164: String,
    /// The time zone of the number, or the first of those it may be in.
    zone: String,
    /// When it may be called.
    next_at: DateTime<Utc>,
    /// How often it has been put off.
    times: i32,
    first_at: DateTime<Utc>,
    last_at: DateTime<Utc>,
}

/// Which leads are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LeadQuery {
    #[param(inline)]
    kind: Option<LeadKind>,
    /// Part of the customer's name or number.
    q: Option<String>,
}

#[utoipa::path(post, path = "/do-not-call/imports", tag = "do_not_call",
    operation_id = "post_do_not_call_import",
    request_body(content = DoNotCallUpload, content_type = "multipart/form-data"),
    responses((status = 200, body = DoNotCallImportView), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 413, body = Problem)))]
/// Puts the numbers of a file on the do-not-call list. A row that cannot be read is
/// rejected with its reason; the others are taken. Uploading a file again adds
/// nothing.
async fn post_do_not_call_import(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
    Extension(changes): Extension<Changes>,
    form: Result<Multipart, MultipartRejection>,
) -> ApiResult<Json<DoNotCallImportView>> {
    let writer = Writer::require(&db, &caller).await?;
    let form = form.map_err(|refused| ApiError::new(refused.status(), "malformed", refused.body_text()))?;
    let upload = settings.uploads_dir.join(format!("{}.upload", Uuid::new_v4()));
    let path = upload.to_string_lossy().into_owned();
    let work = async {
        let form = receive(form, &path).await?;
        let (file_name, new) = form.read(&settings, clock::now())?;
        writer.may_write(&db, new.target).await?;
        let new = NewEntry { by: Some(caller.user_id), ..new };
        let read = read_numbers(&path, settings.home_country.clone()).await?;
        let added = write(&db, &caller, &file_name, &read, &new).await?;
        Ok(DoNotCallImportView {
            file_name,
            rows: read.rows,
            accepted: added.added,
            already_there: added.there + read.repeated,
            rejected: read.rejected.len() as u64,
            rejects: read
                .rejected
                .into_iter()
                .take(limits::DO_NOT_CALL_REJECTS_SHOWN)
                .map(|row| NumberRejectView { row: row.row, reason: row.reason })
                .collect(),
        })
    };
    let done: ApiResult<DoNotCallImportView> = work.await;
    jobs::remove_upload(&path).await?;
    changes.tell(Change::DoNotCall);
    Ok(Json(done?))
}

/// The form around a file of numbers.
#[derive(Default)]
struct Form {
    file_name: Option<String>,
    fields: Vec<(String, String)>,
}

async fn receive(mut multipart: Multipart, path: &str) -> ApiResult<Form> {
    let mut form = Form::default();
    while let Some(field) = multipart.next_field().await.map_err(malformed)? {
        match field.name().map(str::to_owned) {
            Some(name) if name == "file" => {
                form.file_name = Some(file_name(&field));
                write_file(field, path).await?;
            }
            Some(name) if form.fields.len() < 10 => {
                form.fields.push((name, field.text().await.map_err(malformed)?));
            }
            _ => {}
        }
    }
    Ok(form)
}

impl Form {
    fn text(&self, name: &str) -> Option<&str> {
        let field = self.fields.iter().find(|(field, _)| field == name);
        field.map(|(_, text)| text.trim()).filter(|text| !text.is_empty())
    }

    /// A field in the form of JSON's texts and numbers, if it is there.
    fn parsed<T: serde::de::DeserializeOwned>(
        &self,
        check: &mut Check,
        name: &str,
        right: &str,
    ) -> Option<T> {
        let text = self.text(name)?;
        let as_text = || serde_json::from_value(json!(text)).ok();
        let read = serde_json::from_str(text).ok().or_else(as_text);
        check.that(read.is_some(), name, right);
        read
    }

    /// The file's name and what its numbers are to be, or every fault.
    fn read(&self, settings: &Settings, now: Moment) -> ApiResult<(String, NewEntry)> {
        let mut check = Check::new();
        check.that(self.file_name.is_some(), "file", "is missing");
        let scope: Option<BarScope> =
            self.parsed(&mut check, "scope", "must be system, department or campaign");
        let department = self.parsed(&mut check, "department_id", "must be a department's id");
        let campaign = self.parsed(&mut check, "campaign_id", "must be a campaign's id");
        let expires_on = self.parsed(&mut check, "expires_on", "must be a day as 2026-12-31");
        check.done()?;
        let file_name = self.file_name.clone().unwrap_or_default();
        let terms =
            Terms { reason: self.text("reason").unwrap_or(&file_name), note: self.text("note"), expires_on };
        let target = TargetRequest::new(scope, department, campaign);
        let new = terms.read(&mut check, &target, BarSource::Import, settings.zone, now);
        check.done()?;
        // Without a fault there is an entry.
        let new = new.ok_or_else(|| ApiError::bad_request("scope", "must be given"))?;
        Ok((file_name, new))
    }
}

async fn read_numbers(path: &str, home: String) -> ApiResult<Numbers> {
    let sheet = jobs::read_sheet(path).await?;
    let sheet = sheet.map_err(|refused| ApiError::bad_request("file", refused.to_string()))?;
    let read = tokio::task::spawn_blocking(move || numbers::read(&sheet, &home)).await;
    let read = read.map_err(anyhow::Error::from)?;
    read.ok_or_else(|| ApiError::bad_request("file", "no column of this file holds phone numbers"))
}

/// In portions, so that calls in progress can be written in between; what was
/// written stays if a later portion fails.
async fn write(
    db: &Db,
    caller: &Caller,
    file_name: &str,
    read: &Numbers,
    new: &NewEntry,
) -> ApiResult<AddedMany> {
    let mut sum = AddedMany::default();
    for chunk in read.numbers.chunks(limits::IMPORT_ROWS_PER_COMMIT) {
        let tx = write_tx(db).await?;
        let added = add_many(&tx, chunk, new, clock::now()).await?;
        tx.commit().await?;
        sum = AddedMany { added: sum.added + added.added, there: sum.there + added.there };
    }
    let detail = json!({ "file_name": file_name, "target": format!("{:?}", new.target), "rows": read.rows,
        "accepted": sum.added, "already_there": sum.there, "rejected": read.rejected.len() });
    let tx = write_tx(db).await?;
    let entry =
        Entry { thing_id: None, ..Entry::of(caller.user_id, "do_not_call.import", "do_not_call", "") };
    audit::record(&tx, entry.with(detail)).await?;
    tx.commit().await?;
    Ok(sum)
}

#[utoipa::path(get, path = "/customers/{id}/consents", tag = "customers", operation_id = "get_consents",
    params(("id" = i64, Path, description = "The customer"), PageQuery),
    responses((status = 200, body = Page<ConsentView>), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
/// What was said of being called on this customer's numbers, the last first.
async fn get_consents(
    caller: Caller,
    Extension(db): Extension<Db>,
    Path(id): Path<CustomerId>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<ConsentView>>> {
    let customer = find(&db, &caller, Permission::CustomerRead, id).await?;
    let numbers: Vec<String> = customer.phones.into_iter().map(|phone| phone.e164).collect();
    let limit = page.limit()?;
    let rows = list_consents(db.read(), &numbers, page.after()?, limit + 1).await?;
    Ok(Json(Page::of(rows, limit, |listed| listed.consent.id, ConsentView::from)))
}

#[utoipa::path(post, path = "/customers/{id}/consents", tag = "customers", operation_id = "post_consent",
    params(("id" = i64, Path, description = "The customer")), request_body = ConsentRequest,
    responses((status = 201, body = ConsentView), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
/// Keeps what somebody said of being called. It is never changed; what was said
/// before is taken back with `withdrawn`. The do-not-call list is not changed by it.
async fn post_consent(
    caller: Caller,
    Extension(db): Extension<Db>,
    Path(id): Path<CustomerId>,
    Json(request): Json<ConsentRequest>,
) -> ApiResult<(StatusCode, Json<ConsentView>)> {
    let customer = find(&db, &caller, Permission::CustomerWrite, id).await?;
    let now = clock::now();
    let mut check = Check::new();
    let theirs = customer.phones.iter().any(|phone| phone.e164 == request.e164);
    check.that(theirs, "e164", "must be one of the customer's numbers, as +8613800138000");
    let by_hand = !matches!(request.source, ConsentSource::Disposition | ConsentSource::Click);
    check.that(by_hand, "source", "must be call, written, online or complaint");
    let note = request.note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
    check.text("note", note.as_deref().unwrap_or_default());
    let said_at = request.said_at.map_or(now, Moment::from);
    check.that(said_at <= now, "said_at", "must not lie ahead");
    if let Some(call) = request.call_id {
        let on_call = request.source == ConsentSource::Call;
        check.that(on_call, "call_id", "must be left out unless the source is call");
        let found = find_call(&db, call, calls_of(&db, &caller).await?).await?;
        let same = found.is_some_and(|found| found.call.e164 == request.e164);
        check.that(!on_call || same, "call_id", "must be a call with this number that you may see");
    }
    check.done()?;
    let said = NewConsent {
        e164: request.e164,
        customer: Some(id),
        kind: request.kind,
        source: request.source,
        note,
        call: request.call_id,
        said_at,
        by: Some(caller.user_id),
    };
    let tx = write_tx(&db).await?;
    let kept = append_consent(&tx, &said, now).await?;
    let detail = json!({ "consent": kept, "e164": said.e164, "kind": said.kind, "source": said.source });
    audit::record(&tx, Entry::of(caller.user_id, "customer.consent", "customer", id).with(detail)).await?;
    tx.commit().await?;
    let listed = list_consents(db.read(), &[said.e164], None, limits::PAGE_MAX).await?;
    let listed = listed.into_iter().find(|listed| listed.consent.id == kept);
    Ok((StatusCode::CREATED, Json(listed.ok_or_else(|| ApiError::not_found("consent"))?.into())))
}

/// The calls that the caller may see.
async fn calls_of(db: &Db, caller: &Caller) -> ApiResult<UserFilter> {
    Ok(match caller.permissions.scope(Permission::CallRead) {
        Some(scope) => visible_users(db, caller, scope).await?,
        None => UserFilter::Ids(Vec::new()),
    })
}

async fn find(db: &Db, caller: &Caller, permission: Permission, id: CustomerId) -> ApiResult<CustomerEntry> {
    let scope = caller.require(permission)?;
    let visible = visible_users(db, caller, scope).await?;
    store::find_customer(db, id, &visible).await?.ok_or_else(|| ApiError::not_found("customer"))
}

#[utoipa::path(get, path = "/campaigns/{id}/leads", tag = "campaigns", operation_id = "get_campaign_leads",
    params(("id" = i64, Path, description = "The campaign"), LeadQuery, PageQuery),
    responses((status = 200, body = Page<LeadView>), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
/// The leads on a campaign's list, newest first, of the customers that the reader
/// may see, with what the do-not-call list and the caps on attempts held back.
async fn get_campaign_leads(
    caller: Caller,
    Extension(db): Extension<Db>,
    Path(id): Path<CampaignId>,
    Query(query): Query<LeadQuery>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<LeadView>>> {
    caller.require(Permission::CampaignRead)?;
    let scope = caller.require(Permission::CustomerRead)?;
    let visible = visible_users(&db, &caller, scope).await?;
    let list = store::list_of_campaign(&db, id).await?.ok_or_else(|| ApiError::not_found("campaign"))?;
    let text = search_text(query.q.as_deref())?;
    let limit = page.limit()?;
    let wanted = (query.kind, text, clock::now());
    let rows = store::list_leads(&db, (id, list), &visible, wanted, page.after()?, limit + 1).await?;
    if scope != Scope::Own {
        let tx = write_tx(&db).await?;
        audit::record(&tx, Entry::of(caller.user_id, "campaign.leads", "campaign", id)).await?;
        tx.commit().await?;
    }
    Ok(Json(Page::of(rows, limit, |entry| entry.lead.id, LeadView::from)))
}

impl From<ListedConsent> for ConsentView {
    fn from(listed: ListedConsent) -> Self {
        let consent = listed.consent;
        Self {
            id: consent.id,
            e164: consent.e164,
            kind: consent.kind,
            source: consent.source,
            note: consent.note,
            said_at: consent.said_at,
            recorded_at: consent.recorded_at,
            recorded_by: consent.recorded_by,
            recorded_by_name: listed.by_name,
            call_id: consent.call_id,
            recording_id: listed.recording,
        }
    }
}

impl From<hours_blocks::Model> for HoursBlockView {
    fn from(block: hours_blocks::Model) -> Self {
        let hours_blocks::Model { e164, zone, next_at, times, first_at, last_at, .. } = block;
        Self { e164, zone, next_at, times, first_at, last_at }
    }
}

impl From<LeadEntry> for LeadView {
    fn from(entry: LeadEntry) -> Self {
        let next = entry.next_number().filter(|_| entry.lead.state != "done").map(|phone| phone.dial.clone());
        let lead = entry.lead;
        Self {
            id: lead.id,
            customer: entry.customer.into(),
            state: lead.state,
            attempts: lead.attempts,
            last_result: lead.last_result,
            last_attempt_at: lead.last_attempt_at,
            next_attempt_at: lead.next_attempt_at,
            next_number: next,
            rule: lead.rule,
            priority: lead.priority,
            blocks: entry.blocks.into_iter().map(BlockView::from).collect(),
            waits: entry.hours.map(HoursBlockView::from),
        }
    }
}
