//! Putting leads back and setting their priority, for those who run campaigns.

use crate::api::{ApiError, ApiResult, Check, Json, Path, Problem, Settings};
use crate::audit::{self, Entry};
use crate::auth::{Caller, Permission};
use crate::base::clock;
use crate::base::day::{end_of_day, start_of_day};
use crate::base::ids::{CampaignId, ListId};
use crate::campaigns::model::CampaignState;
use crate::campaigns::recycling::model::{LeadFilter, OfResult, OpenState, Span};
use crate::campaigns::recycling::store;
use crate::store::changes::{Change, Changes};
use crate::store::entity::campaigns;
use crate::store::{Db, write_tx};
use axum::Extension;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The highest and, below 0, the lowest priority.
const PRIORITY_MAX: i32 = 100;

/// The routes.
pub fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(post_recycle_preview))
        .routes(routes!(post_recycle))
        .routes(routes!(post_leads_priority))
}

/// Which leads that are done are put back, and how.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecycleRequest {
    /// By results, dispositions or both.
    filter: LeadFilter,
    /// Whether their attempts count from nothing again. Otherwise those whose
    /// attempts are used up stay as they are.
    reset: bool,
}

/// How many leads would be put back.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecyclePreviewView {
    /// That would be put back.
    leads: i64,
    /// That would stay as they are, because their attempts are used up.
    used_up: i64,
    /// By their last result.
    by_result: Vec<RecycledResultView>,
}

/// The leads of one last result.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecycledResultView {
    result: String,
    leads: i64,
    used_up: i64,
}

/// Leads were put back.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecycledView {
    leads: i32,
}

/// Which leads are dialled before others.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeadPriorityRequest {
    /// Higher ones are dialled first; 0 unless set.
    #[schema(minimum = -100, maximum = 100)]
    priority: i32,
    /// Those never dialled, or those to be dialled again; both, when left out.
    state: Option<OpenState>,
    /// By what came of their last attempt; all, when left out.
    #[serde(default)]
    filter: LeadFilter,
}

/// Leads whose priority was set.
#[derive(Debug, Serialize, ToSchema)]
pub struct PrioritisedView {
    leads: u64,
}

#[utoipa::path(post, path = "/campaigns/{id}/recycle-preview", tag = "campaigns",
    operation_id = "post_recycle_preview",
    params(("id" = i64, Path, description = "The campaign")), request_body = RecycleRequest,
    responses((status = 200, body = RecyclePreviewView), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
/// How many leads would be put back; nothing is changed.
async fn post_recycle_preview(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
    Path(id): Path<CampaignId>,
    Json(request): Json<RecycleRequest>,
) -> ApiResult<Json<RecyclePreviewView>> {
    caller.require(Permission::CampaignRun)?;
    let campaign = find(&db, id).await?;
    let span = read_recycle(&db, &request, settings.zone).await?;
    let counted = store::count(db.read(), &campaign, &request.filter, span, request.reset).await?;
    let sum = |of: fn(&OfResult) -> i64| counted.iter().map(of).sum();
    Ok(Json(RecyclePreviewView {
        leads: sum(|each| each.leads),
        used_up: sum(|each| each.used_up),
        by_result: counted.into_iter().map(RecycledResultView::from).collect(),
    }))
}

#[utoipa::path(post, path = "/campaigns/{id}/recycle", tag = "campaigns", operation_id = "post_recycle",
    params(("id" = i64, Path, description = "The campaign")), request_body = RecycleRequest,
    responses((status = 200, body = RecycledView), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
/// Put leads that are done back, to be dialled again: all or none. The do-not-call
/// list, the caps on attempts and the rest of those who were dropped hold as ever.
async fn post_recycle(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(changes): Extension<Changes>,
    Extension(settings): Extension<Settings>,
    Path(id): Path<CampaignId>,
    Json(request): Json<RecycleRequest>,
) -> ApiResult<Json<RecycledView>> {
    caller.require(Permission::CampaignRun)?;
    let span = read_recycle(&db, &request, settings.zone).await?;
    let campaign = find(&db, id).await?;
    if campaign.state == CampaignState::Finished.as_str() {
        return Err(ApiError::conflict("wrong_state", "a campaign that is finished dials nobody again"));
    }
    let RecycleRequest { filter, reset } = request;
    let tx = write_tx(&db).await?;
    let by = (caller.user_id, clock::now());
    let leads = store::recycle(&tx, &campaign, &filter, span, reset, by).await?;
    let detail = json!({ "list_id": campaign.list_id, "filter": filter, "reset": reset, "leads": leads });
    audit::record(&tx, Entry::of(caller.user_id, "campaign.recycle", "campaign", id).with(detail)).await?;
    tx.commit().await?;
    changes.tell(Change::Leads(ListId(campaign.list_id)));
    Ok(Json(RecycledView { leads }))
}

#[utoipa::path(post, path = "/campaigns/{id}/leads/priority", tag = "campaigns",
    operation_id = "post_leads_priority",
    params(("id" = i64, Path, description = "The campaign")), request_body = LeadPriorityRequest,
    responses((status = 200, body = PrioritisedView), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
/// Set which leads of a campaign's list are dialled before others.
async fn post_leads_priority(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(changes): Extension<Changes>,
    Extension(settings): Extension<Settings>,
    Path(id): Path<CampaignId>,
    Json(request): Json<LeadPriorityRequest>,
) -> ApiResult<Json<PrioritisedView>> {
    caller.require(Permission::CampaignRun)?;
    let LeadPriorityRequest { priority, state, filter } = request;
    let mut check = Check::new();
    check.range("priority", priority, -PRIORITY_MAX..=PRIORITY_MAX, "");
    let span = read_span(&mut check, &filter, settings.zone);
    check.done()?;
    known_dispositions(&db, &filter).await?;
    let campaign = find(&db, id).await?;
    let tx = write_tx(&db).await?;
    let leads = store::prioritise(&tx, campaign.list_id, state, &filter, span, priority).await?;
    let detail = json!({ "list_id": campaign.list_id, "filter": filter, "state": state, "priority": priority,
        "leads": leads });
    audit::record(&tx, Entry::of(caller.user_id, "campaign.priority", "campaign", id).with(detail)).await?;
    tx.commit().await?;
    changes.tell(Change::Leads(ListId(campaign.list_id)));
    Ok(Json(PrioritisedView { leads }))
}

async fn find(db: &Db, id: CampaignId) -> ApiResult<campaigns::Model> {
    store::find_campaign(db.read(), id.0).await?.ok_or_else(|| ApiError::not_found("campaign"))
}

/// The span of days that is meant, or every fault.
async fn read_recycle(db: &Db, request: &RecycleRequest, zone: Tz) -> ApiResult<Span> {
    let filter = &request.filter;
    let mut check = Check::new();
    let some = !filter.results.is_empty() || !filter.dispositions.is_empty();
    check.that(some, "filter", "choose results or dispositions");
    let span = read_span(&mut check, filter, zone);
    check.done()?;
    known_dispositions(db, filter).await?;
    Ok(span)
}

fn read_span(check: &mut Check, filter: &LeadFilter, zone: Tz) -> Span {
    let few = filter.dispositions.len() <= 200 && filter.results.len() <= 100;
    check.that(few, "filter", "names too many results or dispositions");
    if let (Some(from), Some(to)) = (filter.from_on, filter.to_on) {
        check.that(from <= to, "filter", "to_on must not be before from_on");
    }
    Span {
        from: filter.from_on.and_then(|day| start_of_day(day, zone)),
        until: filter.to_on.and_then(|day| end_of_day(day, zone)),
    }
}

async fn known_dispositions(db: &Db, filter: &LeadFilter) -> ApiResult<()> {
    match store::unknown_dispositions(db.read(), &filter.dispositions).await?.first() {
        Some(id) => Err(ApiError::bad_request("filter", format!("there is no disposition {id}"))),
        None => Ok(()),
    }
}

impl From<OfResult> for RecycledResultView {
    fn from(of: OfResult) -> Self {
        Self { result: of.result, leads: of.leads, used_up: of.used_up }
    }
}
