//! Campaigns for those who run them.

use crate::api::{ApiError, ApiResult, Json, Page, Path, Problem, Settings};
use crate::audit::{self, Entry};
use crate::auth::{Caller, Permission};
use crate::base::clock::{self, Moment};
use crate::base::ids::CampaignId;
use crate::campaigns::caps::model::CampaignCaps;
use crate::campaigns::model::{
    AttemptCounts, CampaignCounts, CampaignEntry, CampaignForm, CampaignRefused, CampaignState,
};
use crate::campaigns::retry::model::RetryRules;
use crate::campaigns::times::http::stored_opening;
use crate::campaigns::times::model::TimesForm;
use crate::campaigns::{caller_ids, caps, recycling, rules, store, times};
use crate::floor::input::DialMode;
use crate::floor::preview::PreviewRules;
use crate::store::changes::{Change, Changes};
use crate::store::{Db, lookup, write_tx};
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
        .routes(routes!(get_campaigns, post_campaign))
        .routes(routes!(get_campaign, patch_campaign))
        .routes(routes!(post_campaign_start))
        .routes(routes!(post_campaign_pause))
        .routes(routes!(post_campaign_finish))
        .merge(times::http::routes())
        .merge(caller_ids::http::routes())
        .merge(caps::http::routes())
        .merge(recycling::http::routes())
}

/// A campaign.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CampaignView {
    id: i64,
    name: String,
    list_id: i64,
    list_name: String,
    state: CampaignState,
    mode: DialMode,
    ratio_permille: i32,
    preview: PreviewRules,
    gateway_id: i64,
    gateway_name: String,
    caller_id: String,
    /// The pool from which each customer's caller ID is chosen instead.
    caller_id_pool_id: Option<i64>,
    ring_seconds: i32,
    wrap_up_seconds: i32,
    drop_cap_permille: i32,
    cap_window_hours: i32,
    cap_group: Option<String>,
    drop_after_ms: i32,
    wait_ms_max: i32,
    drop_message: Option<String>,
    lines_max: i32,
    /// When it dials.
    times: TimesForm,
    /// Whether its times allow dialling now; whether it runs is in `state`.
    open_now: bool,
    /// When they next do, while they do not; null also when not within a year.
    opens_at: Option<DateTime<Utc>>,
    /// When they end, while they do; null also when not within a year.
    closes_at: Option<DateTime<Utc>>,
    calls_per_second: i32,
    priority: i32,
    share: i32,
    max_attempts: i32,
    retry: RetryRules,
    caps: CampaignCaps,
    script: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    /// The users who take its calls.
    agents: Vec<i64>,
    counts: CampaignCountsView,
}

/// A campaign's figures, over its whole life.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CampaignCountsView {
    /// Leads on its list.
    leads: i64,
    /// Of these, never dialled.
    fresh: i64,
    /// To be dialled again.
    retry: i64,
    /// Not to be dialled again.
    done: i64,
    /// Originates handed to a gateway.
    attempts: i64,
    /// Of these, answered.
    answered: i64,
    /// Of these, connected with an agent.
    connected: i64,
    /// Answered and no agent there within the limit.
    dropped: i64,
}

/// The settings of a campaign. A new one needs name, list and gateway; what is
/// left out of a new one is set to a sound default, and what is left out of a
/// change stays as it is.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignRequest {
    /// Unique.
    name: Option<String>,
    /// The list it dials.
    list_id: Option<i64>,
    mode: Option<DialMode>,
    /// Calls for each free agent in the mode `ratio`, per mille.
    #[schema(minimum = 1000, maximum = 5000)]
    ratio_permille: Option<i32>,
    /// How leads are shown in the mode `preview`; as a whole.
    preview: Option<PreviewRules>,
    gateway_id: Option<i64>,
    /// The number shown to customers; the gateway's own when left out.
    caller_id: Option<String>,
    /// The pool from which each customer's caller ID is chosen instead; 0: none.
    caller_id_pool_id: Option<i64>,
    /// 15 to 120 seconds.
    #[schema(minimum = 15, maximum = 120)]
    ring_seconds: Option<i32>,
    /// Length of after-call work; 0: until the disposition is saved.
    #[schema(minimum = 0, maximum = 3600)]
    wrap_up_seconds: Option<i32>,
    /// Cap on dropped calls, per mille of answered calls.
    #[schema(minimum = 0, maximum = 100)]
    drop_cap_permille: Option<i32>,
    /// Over how many hours the cap holds, 720 (30 days) at most; over each day
    /// besides.
    #[schema(minimum = 1, maximum = 720)]
    cap_window_hours: Option<i32>,
    /// Campaigns of one group count as one for the cap; empty for none.
    cap_group: Option<String>,
    /// When an answered call without an agent counts as dropped.
    #[schema(minimum = 500, maximum = 10000)]
    drop_after_ms: Option<i32>,
    /// How long a customer is kept waiting at all; not less than drop_after_ms.
    #[schema(minimum = 500, maximum = 60000)]
    wait_ms_max: Option<i32>,
    /// What a customer who has waited so long hears before they are hung up: a
    /// file or stream of the switch; empty for none.
    drop_message: Option<String>,
    /// The most calls in progress at once.
    #[schema(minimum = 1, maximum = 2000)]
    lines_max: Option<i32>,
    /// When it dials; as a whole.
    times: Option<TimesForm>,
    /// The most new calls per second; 0: any number.
    #[schema(minimum = 0, maximum = 1000)]
    calls_per_second: Option<i32>,
    /// The higher one takes what it can use of shared agents and lines first.
    #[schema(minimum = -100, maximum = 100)]
    priority: Option<i32>,
    /// Among campaigns of one priority, shared agents and lines go by this
    /// proportion.
    #[schema(minimum = 1, maximum = 1000)]
    share: Option<i32>,
    /// Attempts at most for each lead.
    #[schema(minimum = 1, maximum = 20)]
    max_attempts: Option<i32>,
    /// When a lead is dialled again, by the result of its attempts.
    retry: Option<RetryRules>,
    /// In place of `retry`: after every result so many minutes, on the customer's next
    /// number.
    #[schema(minimum = 1, maximum = 43200)]
    retry_minutes: Option<u32>,
    /// Its own caps on attempts at one number, where they are stricter than the
    /// centre's.
    caps: Option<CampaignCaps>,
    /// What the agent says; empty for none.
    script: Option<String>,
    /// The users who take its calls.
    agents: Option<Vec<i64>>,
}

impl CampaignRequest {
    /// The form with what is given here.
    fn apply(self, form: CampaignForm) -> CampaignForm {
        CampaignForm {
            name: self.name.unwrap_or(form.name),
            list_id: self.list_id.unwrap_or(form.list_id),
            mode: self.mode.unwrap_or(form.mode),
            ratio_permille: self.ratio_permille.unwrap_or(form.ratio_permille),
            preview: self.preview.unwrap_or(form.preview),
            gateway_id: self.gateway_id.unwrap_or(form.gateway_id),
            caller_id: self.caller_id.unwrap_or(form.caller_id),
            caller_id_pool_id: self.caller_id_pool_id.or(form.caller_id_pool_id).filter(|pool| *pool != 0),
            ring_seconds: self.ring_seconds.unwrap_or(form.ring_seconds),
            wrap_up_seconds: self.wrap_up_seconds.unwrap_or(form.wrap_up_seconds),
            drop_cap_permille: self.drop_cap_permille.unwrap_or(form.drop_cap_permille),
            cap_window_hours: self.cap_window_hours.unwrap_or(form.cap_window_hours),
            cap_group: unless_empty(self.cap_group.or(form.cap_group)),
            drop_after_ms: self.drop_after_ms.unwrap_or(form.drop_after_ms),
            wait_ms_max: self.wait_ms_max.unwrap_or(form.wait_ms_max),
            drop_message: unless_empty(self.drop_message.or(form.drop_message)),
            lines_max: self.lines_max.unwrap_or(form.lines_max),
            times: self.times.unwrap_or(form.times),
            calls_per_second: self.calls_per_second.unwrap_or(form.calls_per_second),
            priority: self.priority.unwrap_or(form.priority),
            share: self.share.unwrap_or(form.share),
            max_attempts: self.max_attempts.unwrap_or(form.max_attempts),
            retry: self.retry.or(self.retry_minutes.map(RetryRules::every)).unwrap_or(form.retry),
            caps: self.caps.unwrap_or(form.caps),
            script: unless_empty(self.script.or(form.script)),
            agents: self.agents.unwrap_or(form.agents),
        }
    }
}

fn unless_empty(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

#[utoipa::path(get, path = "/campaigns", tag = "campaigns", operation_id = "get_campaigns",
    responses((status = 200, body = Page<CampaignView>), (status = 403, body = Problem)))]
/// Every campaign.
async fn get_campaigns(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
) -> ApiResult<Json<Page<CampaignView>>> {
    caller.require(Permission::CampaignRead)?;
    let entries = store::list_campaigns(&db).await?;
    let now = clock::now();
    let view = |entry| CampaignView::new(entry, settings.zone, now);
    let views = entries.into_iter().map(view).collect::<Result<_, _>>()?;
    Ok(Json(Page::all(views)))
}

#[utoipa::path(get, path = "/campaigns/{id}", tag = "campaigns", operation_id = "get_campaign",
    params(("id" = i64, Path, description = "The campaign")),
    responses((status = 200, body = CampaignView), (status = 403, body = Problem), (status = 404, body = Problem)))]
/// One campaign.
async fn get_campaign(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
    Path(id): Path<CampaignId>,
) -> ApiResult<Json<CampaignView>> {
    caller.require(Permission::CampaignRead)?;
    view(&db, id, settings.zone).await.map(Json)
}

#[utoipa::path(post, path = "/campaigns", tag = "campaigns", operation_id = "post_campaign",
    request_body = CampaignRequest,
    responses((status = 201, body = CampaignView), (status = 400, body = Problem), (status = 403, body = Problem)))]
/// Make a campaign, as a draft.
async fn post_campaign(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
    Extension(changes): Extension<Changes>,
    Json(mut request): Json<CampaignRequest>,
) -> ApiResult<(StatusCode, Json<CampaignView>)> {
    caller.require(Permission::CampaignWrite)?;
    let needed = |field| ApiError::bad_request(field, "is missing");
    let name = request.name.take().ok_or_else(|| needed("name"))?;
    let list = request.list_id.ok_or_else(|| needed("list_id"))?;
    let gateway = request.gateway_id.ok_or_else(|| needed("gateway_id"))?;
    let caller_id = match request.caller_id.take() {
        Some(caller_id) => caller_id,
        None => lookup::gateway_caller_id(db.read(), gateway).await?.ok_or(CampaignRefused::NoSuchGateway)?,
    };
    let form = request.apply(CampaignForm::new(name, list, gateway, caller_id));
    rules::check(&form).done()?;
    let tx = write_tx(&db).await?;
    let id = store::insert_campaign(&tx, &form, caller.user_id, clock::now()).await??;
    let entry = Entry::of(caller.user_id, "campaign.create", "campaign", id);
    audit::record(&tx, entry.with(json!({ "name": form.name }))).await?;
    tx.commit().await?;
    changes.tell(Change::Campaign(id));
    Ok((StatusCode::CREATED, Json(view(&db, id, settings.zone).await?)))
}

#[utoipa::path(patch, path = "/campaigns/{id}", tag = "campaigns", operation_id = "patch_campaign",
    params(("id" = i64, Path, description = "The campaign")), request_body = CampaignRequest,
    responses((status = 200, body = CampaignView), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
/// Change a campaign; it may be running.
async fn patch_campaign(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
    Extension(changes): Extension<Changes>,
    Path(id): Path<CampaignId>,
    Json(request): Json<CampaignRequest>,
) -> ApiResult<Json<CampaignView>> {
    caller.require(Permission::CampaignWrite)?;
    let before = form_of(find(&db, id).await?)?;
    let form = request.apply(before.clone());
    rules::check(&form).done()?;
    let tx = write_tx(&db).await?;
    store::update_campaign(&tx, id, &form, clock::now()).await??;
    let detail = json!({ "before": format!("{before:?}"), "after": format!("{form:?}") });
    audit::record(&tx, Entry::of(caller.user_id, "campaign.update", "campaign", id).with(detail)).await?;
    tx.commit().await?;
    changes.tell(Change::Campaign(id));
    view(&db, id, settings.zone).await.map(Json)
}

#[utoipa::path(post, path = "/campaigns/{id}/start", tag = "campaigns", operation_id = "post_campaign_start",
    params(("id" = i64, Path, description = "The campaign")),
    responses((status = 200, body = CampaignView), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
/// Let it dial, within its hours.
async fn post_campaign_start(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
    Extension(changes): Extension<Changes>,
    Path(id): Path<CampaignId>,
) -> ApiResult<Json<CampaignView>> {
    set_state(&caller, (&db, &changes, settings.zone), id, CampaignState::Running).await
}

#[utoipa::path(post, path = "/campaigns/{id}/pause", tag = "campaigns", operation_id = "post_campaign_pause",
    params(("id" = i64, Path, description = "The campaign")),
    responses((status = 200, body = CampaignView), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
/// Let it dial no more; calls in progress go on.
async fn post_campaign_pause(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
    Extension(changes): Extension<Changes>,
    Path(id): Path<CampaignId>,
) -> ApiResult<Json<CampaignView>> {
    set_state(&caller, (&db, &changes, settings.zone), id, CampaignState::Paused).await
}

#[utoipa::path(post, path = "/campaigns/{id}/finish", tag = "campaigns", operation_id = "post_campaign_finish",
    params(("id" = i64, Path, description = "The campaign")),
    responses((status = 200, body = CampaignView), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
/// End it for good.
async fn post_campaign_finish(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
    Extension(changes): Extension<Changes>,
    Path(id): Path<CampaignId>,
) -> ApiResult<Json<CampaignView>> {
    set_state(&caller, (&db, &changes, settings.zone), id, CampaignState::Finished).await
}

async fn set_state(
    caller: &Caller,
    (db, changes, zone): (&Db, &Changes, Tz),
    id: CampaignId,
    to: CampaignState,
) -> ApiResult<Json<CampaignView>> {
    caller.require(Permission::CampaignRun)?;
    let entry = find(db, id).await?;
    let from = state_of(&entry)?;
    if !rules::may_become(from, to) {
        let detail = format!("a campaign that is {} cannot become {}", from.as_str(), to.as_str());
        return Err(ApiError::conflict("wrong_state", detail));
    }
    if to == CampaignState::Running && entry.agents.is_empty() {
        return Err(ApiError::conflict("no_agents", "the campaign has no agents: choose some first"));
    }
    let tx = write_tx(db).await?;
    store::mark_state(&tx, id, to, clock::now()).await?;
    let detail = json!({ "from": from, "to": to });
    audit::record(&tx, Entry::of(caller.user_id, "campaign.state", "campaign", id).with(detail)).await?;
    tx.commit().await?;
    changes.tell(Change::Campaign(id));
    view(db, id, zone).await.map(Json)
}

async fn find(db: &Db, id: CampaignId) -> ApiResult<CampaignEntry> {
    store::find_campaign(db, id).await?.ok_or_else(|| ApiError::not_found("campaign"))
}

async fn view(db: &Db, id: CampaignId, zone: Tz) -> ApiResult<CampaignView> {
    CampaignView::new(find(db, id).await?, zone, clock::now())
}

fn broken(id: i64, column: &str) -> ApiError {
    ApiError::internal(anyhow::anyhow!("campaign {id}: {column} holds an unknown name"))
}

fn state_of(entry: &CampaignEntry) -> ApiResult<CampaignState> {
    CampaignState::from_name(&entry.campaign.state).ok_or_else(|| broken(entry.campaign.id, "state"))
}

fn form_of(entry: CampaignEntry) -> ApiResult<CampaignForm> {
    let row = entry.campaign;
    Ok(CampaignForm {
        mode: DialMode::from_name(&row.mode).ok_or_else(|| broken(row.id, "mode"))?,
        name: row.name,
        list_id: row.list_id,
        gateway_id: row.gateway_id,
        caller_id: row.caller_id,
        caller_id_pool_id: row.caller_id_pool_id,
        ring_seconds: row.ring_seconds,
        wrap_up_seconds: row.wrap_up_seconds,
        drop_cap_permille: row.drop_cap_permille,
        ratio_permille: row.ratio_permille,
        preview: PreviewRules::from_stored(&row.preview),
        cap_window_hours: row.cap_window_hours,
        cap_group: row.cap_group,
        drop_after_ms: row.drop_after_ms,
        wait_ms_max: row.wait_ms_max,
        drop_message: row.drop_message,
        lines_max: row.lines_max,
        times: TimesForm::of_stored(row.times, row.calendar_id).ok_or_else(|| broken(row.id, "times"))?,
        calls_per_second: row.calls_per_second,
        priority: row.priority,
        share: row.share,
        max_attempts: row.max_attempts,
        retry: RetryRules::from_stored(&row.retry),
        caps: CampaignCaps::from_stored(&row.caps),
        script: row.script,
        agents: entry.agents,
    })
}

impl From<CampaignRefused> for ApiError {
    fn from(refused: CampaignRefused) -> Self {
        ApiError::bad_request(refused.field(), refused.to_string())
    }
}

impl CampaignView {
    fn new(entry: CampaignEntry, zone: Tz, now: Moment) -> ApiResult<Self> {
        let state = state_of(&entry)?;
        let calendars = entry.calendar.iter().map(|row| (row.id, row.clone())).collect();
        let (list_name, gateway_name) = (entry.list_name.clone(), entry.gateway_name.clone());
        let (id, counts) = (entry.campaign.id, entry.counts.into());
        let (created_at, updated_at) = (entry.campaign.created_at, entry.campaign.updated_at);
        let form = form_of(entry)?;
        let opening =
            stored_opening(&form.times, &calendars, zone, now).ok_or_else(|| broken(id, "times"))?;
        Ok(Self {
            id,
            name: form.name,
            list_id: form.list_id,
            list_name,
            state,
            mode: form.mode,
            ratio_permille: form.ratio_permille,
            preview: form.preview,
            gateway_id: form.gateway_id,
            gateway_name,
            caller_id: form.caller_id,
            caller_id_pool_id: form.caller_id_pool_id,
            ring_seconds: form.ring_seconds,
            wrap_up_seconds: form.wrap_up_seconds,
            drop_cap_permille: form.drop_cap_permille,
            cap_window_hours: form.cap_window_hours,
            cap_group: form.cap_group,
            drop_after_ms: form.drop_after_ms,
            wait_ms_max: form.wait_ms_max,
            drop_message: form.drop_message,
            lines_max: form.lines_max,
            times: form.times,
            open_now: opening.in_hours,
            opens_at: opening.opens_at,
            closes_at: opening.closes_at,
            calls_per_second: form.calls_per_second,
            priority: form.priority,
            share: form.share,
            max_attempts: form.max_attempts,
            retry: form.retry,
            caps: form.caps,
            script: form.script,
            created_at,
            updated_at,
            agents: form.agents,
            counts,
        })
    }
}

impl From<CampaignCounts> for CampaignCountsView {
    fn from(counts: CampaignCounts) -> Self {
        let AttemptCounts { attempts, answered, connected, dropped } = counts.attempts;
        let CampaignCounts { leads, fresh, retry, done, .. } = counts;
        Self { leads, fresh, retry, done, attempts, answered, connected, dropped }
    }
}
