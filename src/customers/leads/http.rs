//! The history of a lead.

use crate::api::{ApiError, ApiResult, Json, Path, Problem};
use crate::auth::{Caller, Permission, visible_users};
use crate::base::ids::{CampaignId, LeadId};
use crate::customers::barred::http::LeadView;
use crate::customers::model::{LeadHistory, ListedPreview};
use crate::customers::store;
use crate::floor::effect::CallResult;
use crate::floor::preview::{PreviewEnd, SkipReason};
use crate::store::Db;
use crate::store::entity::calls;
use axum::Extension;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub fn routes() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(get_lead_history))
}

/// What became of a lead until now, each the latest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeadHistoryView {
    lead: LeadView,
    /// Its calls, of whichever campaign.
    attempts: Vec<LeadAttemptView>,
    /// When it was put back to be dialled again.
    recycles: Vec<LeadRecycleView>,
    /// Who looked at it before it was dialled.
    previews: Vec<LeadPreviewView>,
}

/// An agent looked at a lead before it was to be dialled.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LeadPreviewView {
    campaign_id: i64,
    agent_id: i64,
    agent_name: Option<String>,
    offered_at: DateTime<Utc>,
    ended_at: DateTime<Utc>,
    /// How it ended.
    #[schema(value_type = PreviewEnd)]
    end: String,
    /// Of a lead that was skipped: why.
    #[schema(value_type = Option<SkipReason>)]
    reason: Option<String>,
    note: Option<String>,
    /// Of a lead that was skipped: not again before.
    rests_until: Option<DateTime<Utc>>,
    /// The attempt.
    call_id: Option<Uuid>,
}

/// An attempt at a lead.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeadAttemptView {
    call_id: Uuid,
    campaign_id: Option<i64>,
    at: DateTime<Utc>,
    /// The number dialled.
    number: String,
    /// Null while it goes on.
    #[schema(value_type = Option<CallResult>)]
    result: Option<String>,
    disposition_id: Option<i64>,
    /// Whether it counts for the campaign's rules: the lead was not put back with its
    /// attempts counted from nothing since.
    counts: bool,
}

/// A lead was put back to be dialled again.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeadRecycleView {
    at: DateTime<Utc>,
    campaign_id: i64,
    /// Who did.
    by_name: Option<String>,
    /// Whether its attempts count from nothing again.
    reset: bool,
    /// Its attempts before.
    attempts: i32,
    /// Its last result before.
    last_result: Option<String>,
}

#[utoipa::path(get, path = "/campaigns/{id}/leads/{lead_id}/history", tag = "campaigns",
    operation_id = "get_lead_history",
    params(("id" = i64, Path, description = "The campaign"), ("lead_id" = i64, Path, description = "The lead")),
    responses((status = 200, body = LeadHistoryView), (status = 403, body = Problem), (status = 404, body = Problem)))]
/// What became of a lead: its attempts, when it was put back, what was held back.
async fn get_lead_history(
    caller: Caller,
    Extension(db): Extension<Db>,
    Path((id, lead)): Path<(CampaignId, LeadId)>,
) -> ApiResult<Json<LeadHistoryView>> {
    caller.require(Permission::CampaignRead)?;
    let scope = caller.require(Permission::CustomerRead)?;
    let visible = visible_users(&db, &caller, scope).await?;
    let list = store::list_of_campaign(&db, id).await?.ok_or_else(|| ApiError::not_found("campaign"))?;
    let found = store::find_lead_history(&db, (id, list), lead, &visible).await?;
    Ok(Json(found.ok_or_else(|| ApiError::not_found("lead"))?.into()))
}

impl From<LeadHistory> for LeadHistoryView {
    fn from(history: LeadHistory) -> Self {
        let counts_from = history.lead.lead.counts_from;
        let attempt = |call: calls::Model| LeadAttemptView {
            call_id: call.id,
            campaign_id: call.campaign_id,
            at: call.started_at,
            number: call.number,
            result: call.result,
            disposition_id: call.disposition_id,
            counts: counts_from.is_none_or(|from| from <= call.started_at),
        };
        Self {
            attempts: history.attempts.into_iter().map(attempt).collect(),
            recycles: history
                .recycles
                .into_iter()
                .map(|(run, lead, by_name)| LeadRecycleView {
                    at: run.created_at,
                    campaign_id: run.campaign_id,
                    by_name,
                    reset: run.reset,
                    attempts: lead.attempts,
                    last_result: lead.last_result,
                })
                .collect(),
            previews: history.previews.into_iter().map(LeadPreviewView::from).collect(),
            lead: history.lead.into(),
        }
    }
}

impl From<ListedPreview> for LeadPreviewView {
    fn from((row, agent_name): ListedPreview) -> Self {
        Self {
            campaign_id: row.campaign_id,
            agent_id: row.agent_id,
            agent_name,
            offered_at: row.offered_at,
            ended_at: row.ended_at,
            end: row.end,
            reason: row.reason,
            note: row.note,
            rests_until: row.rests_until,
            call_id: row.call_id,
        }
    }
}
