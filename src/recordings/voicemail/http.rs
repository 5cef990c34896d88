//! Messages for those who answer them. A message is a queue's: whoever's scope holds
//! one of its agents may hear it and mark it. Every hearing and every mark is in the
//! audit log.

use super::model::VoicemailEntry;
use super::store::{self, VoicemailFilter};
use crate::api::{ApiError, ApiResult, Json, Page, PageQuery, Path, Problem, Query, Settings};
use crate::audit::{self, Entry};
use crate::auth::{Caller, Permission, UserFilter, visible_users};
use crate::base::clock::{self, Moment};
use crate::recordings::http::serve_audio;
use crate::store::{Db, write_tx};
use axum::Extension;
use axum::extract::Request;
use axum::http::header;
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(in crate::recordings) fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(get_voicemails))
        .routes(routes!(get_voicemail_counts))
        .routes(routes!(patch_voicemail))
        .routes(routes!(get_voicemail_audio))
}

/// A message that a caller left.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct VoicemailView {
    id: i64,
    queue_id: i64,
    queue_name: String,
    call_id: Uuid,
    /// The caller's number; null when they withhold it.
    number: Option<String>,
    /// Null for a caller nobody knows.
    customer_id: Option<i64>,
    customer_name: Option<String>,
    started_at: DateTime<Utc>,
    /// How long it is; from its file, once that has been measured.
    duration_ms: i64,
    /// The checksum of the file; null until it has been measured.
    sha256: Option<String>,
    /// When somebody marked it as handled; null while it is new.
    handled_at: Option<DateTime<Utc>>,
    handled_by_id: Option<i64>,
    handled_by_name: Option<String>,
}

/// Which messages.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct VoicemailQuery {
    /// Of this queue.
    queue_id: Option<i64>,
    /// Handled ones (true), or new ones; both when left out.
    handled: Option<bool>,
}

/// How many messages wait for somebody.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct VoicemailCountsView {
    /// In all queues that the reader may hear.
    new: i64,
    /// By queue; those without any are left out.
    queues: Vec<VoicemailCountView>,
}

/// How many messages of a queue wait for somebody.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct VoicemailCountView {
    queue_id: i64,
    new: i64,
}

/// What has become of a message.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VoicemailPatch {
    /// Handled (true), by the caller of this; or new again.
    handled: bool,
}

#[utoipa::path(get, path = "/voicemails", tag = "recordings", operation_id = "get_voicemails",
    params(VoicemailQuery, PageQuery),
    responses((status = 200, body = Page<VoicemailView>), (status = 400, body = Problem), (status = 403, body = Problem)))]
/// Messages, newest first, of the queues with an agent whom the reader's scope
/// holds.
async fn get_voicemails(
    caller: Caller,
    Extension(db): Extension<Db>,
    Query(query): Query<VoicemailQuery>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<VoicemailView>>> {
    let visible = visible(&db, &caller).await?;
    let filter = VoicemailFilter { visible, queue: query.queue_id, handled: query.handled };
    let limit = page.limit()?;
    let rows = store::list(&db, &filter, page.after()?, limit + 1).await?;
    Ok(Json(Page::of(rows, limit, |entry| entry.voicemail.id, VoicemailView::from)))
}

#[utoipa::path(get, path = "/voicemails/counts", tag = "recordings", operation_id = "get_voicemail_counts",
    responses((status = 200, body = VoicemailCountsView), (status = 403, body = Problem)))]
/// How many messages are new.
async fn get_voicemail_counts(
    caller: Caller,
    Extension(db): Extension<Db>,
) -> ApiResult<Json<VoicemailCountsView>> {
    let visible = visible(&db, &caller).await?;
    let counts = store::count_new(&db, &visible).await?;
    let new = counts.iter().map(|(_, new)| new).sum();
    let queues = counts.into_iter().map(|(queue_id, new)| VoicemailCountView { queue_id, new }).collect();
    Ok(Json(VoicemailCountsView { new, queues }))
}

#[utoipa::path(patch, path = "/voicemails/{id}", tag = "recordings", operation_id = "patch_voicemail",
    params(("id" = i64, Path, description = "The message")), request_body = VoicemailPatch,
    responses((status = 200, body = VoicemailView), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
/// Mark a message as handled, or as new again. Whoever marked it first stays the one
/// who handled it.
async fn patch_voicemail(
    caller: Caller,
    Extension(db): Extension<Db>,
    Path(id): Path<i64>,
    Json(patch): Json<VoicemailPatch>,
) -> ApiResult<Json<VoicemailView>> {
    let visible = visible(&db, &caller).await?;
    let tx = write_tx(&db).await?;
    let entry = store::find(&tx, id, &visible).await?.ok_or_else(missing)?;
    let by = patch.handled.then_some(caller.user_id);
    if store::mark_handled(&tx, id, by, clock::now()).await? {
        let action = if patch.handled { "voicemail.handle" } else { "voicemail.reopen" };
        let detail = json!({ "call_id": entry.voicemail.call_id, "queue_id": entry.voicemail.queue_id });
        audit::record(&tx, Entry::of(caller.user_id, action, "voicemail", id).with(detail)).await?;
    }
    let entry = store::find(&tx, id, &visible).await?.ok_or_else(missing)?;
    tx.commit().await?;
    Ok(Json(entry.into()))
}

#[utoipa::path(get, path = "/voicemails/{id}/audio", tag = "recordings", operation_id = "get_voicemail_audio",
    params(("id" = i64, Path, description = "The message"),
        ("Range" = Option<String>, Header, description = "Part of the file, as players ask for it")),
    responses((status = 200, content_type = "audio/wav", body = [u8]),
        (status = 206, content_type = "audio/wav", body = [u8]), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 416, description = "The range is outside the file")))]
/// The message.
async fn get_voicemail_audio(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
    Path(id): Path<i64>,
    request: Request,
) -> ApiResult<Response> {
    let visible = visible(&db, &caller).await?;
    let VoicemailEntry { voicemail, .. } = store::find(db.read(), id, &visible).await?.ok_or_else(missing)?;
    let range = request.headers().get(header::RANGE).and_then(|range| range.to_str().ok());
    let detail = json!({ "call_id": voicemail.call_id, "queue_id": voicemail.queue_id, "range": range });
    let heard = Entry::of(caller.user_id, "voicemail.listen", "voicemail", id).with(detail);
    serve_audio(&db, &settings, &voicemail.path, heard, request.headers().clone()).await
}

async fn visible(db: &Db, caller: &Caller) -> ApiResult<UserFilter> {
    let scope = caller.require(Permission::VoicemailListen)?;
    Ok(visible_users(db, caller, scope).await?)
}

fn missing() -> ApiError {
    ApiError::not_found("voicemail")
}

impl From<VoicemailEntry> for VoicemailView {
    fn from(entry: VoicemailEntry) -> Self {
        let VoicemailEntry { voicemail, call, queue_name, customer_name, handled_by_name } = entry;
        let lasted = voicemail.ended_at.map(|end| Moment::from(end).since_ms(voicemail.started_at.into()));
        Self {
            id: voicemail.id,
            queue_id: voicemail.queue_id,
            queue_name: queue_name.unwrap_or_default(),
            call_id: voicemail.call_id,
            customer_id: call.as_ref().and_then(|call| call.customer_id),
            number: call.map(|call| call.number).filter(|number| !number.is_empty()),
            customer_name,
            started_at: voicemail.started_at,
            duration_ms: voicemail.duration_ms.or(lasted).unwrap_or(0),
            sha256: voicemail.sha256,
            handled_at: voicemail.handled_at,
            handled_by_id: voicemail.handled_by,
            handled_by_name,
        }
    }
}
