//! Listening to recordings: every time is in the audit log.

use crate::api::{ApiError, ApiResult, Path, Problem, Settings};
use crate::audit::{self, Entry};
use crate::auth::{Caller, Permission, visible_users};
use crate::recordings::{files, store, voicemail};
use crate::store::{Db, write_tx};
use axum::Extension;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tower::ServiceExt;
use tower_http::services::ServeFile;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The room's routes.
pub fn routes() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(get_recording_audio)).merge(voicemail::http::routes())
}

#[utoipa::path(get, path = "/recordings/{id}/audio", tag = "recordings", operation_id = "get_recording_audio",
    params(("id" = Uuid, Path, description = "The recording"),
        ("Range" = Option<String>, Header, description = "Part of the file, as players ask for it")),
    responses((status = 200, content_type = "audio/wav", body = [u8]),
        (status = 206, content_type = "audio/wav", body = [u8]), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 416, description = "The range is outside the file")))]
/// The audio: agent and customer on a channel each, or a supervisor who barged alone.
async fn get_recording_audio(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
    Path(id): Path<Uuid>,
    request: Request,
) -> ApiResult<Response> {
    let scope = caller.require(Permission::RecordingListen)?;
    let visible = visible_users(&db, &caller, scope).await?;
    let missing = || ApiError::not_found("recording");
    let recording = store::find_recording(&db, id, &visible).await?.ok_or_else(missing)?;
    let range = request.headers().get(header::RANGE).and_then(|range| range.to_str().ok());
    let mut detail = json!({ "call_id": recording.call_id, "agent_id": recording.agent_id, "range": range });
    if let Some(speaker) = recording.speaker_id {
        detail["speaker_id"] = speaker.into();
    }
    let heard = Entry::of(caller.user_id, "recording.listen", "recording", id).with(detail);
    serve_audio(&db, &settings, &recording.path, heard, request.headers().clone()).await
}

/// A file of the switch, once it is written down that it is heard. `headers` are
/// the request's, which may ask for a part of it.
pub(in crate::recordings) async fn serve_audio(
    db: &Db,
    settings: &Settings,
    switch_path: &str,
    heard: Entry<'_>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let missing = || ApiError::not_found("recording");
    let path = files::locate(&settings.recordings_dir, switch_path).ok_or_else(missing)?;
    if !tokio::fs::try_exists(&path).await.unwrap_or(false) {
        let detail = "the recording is listed, but its file is not there (any more)";
        return Err(ApiError::new(axum::http::StatusCode::NOT_FOUND, "file_missing", detail));
    }
    let tx = write_tx(db).await?;
    audit::record(&tx, heard).await?;
    tx.commit().await?;
    let mut request = Request::new(Body::empty());
    *request.headers_mut() = headers;
    let served = ServeFile::new(path).oneshot(request).await.into_response();
    Ok(as_audio(served))
}

fn as_audio(mut response: Response<Body>) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("audio/wav"));
    // A shared computer must not keep what a person was allowed to hear once.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    response
}
