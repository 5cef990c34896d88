//! A write that carries an `Idempotency-Key` is done once: the same request
//! with the same key is answered again from what was answered first.
//!
//! In: the key, the caller, the request. Out: the first answer, kept for a day.
//! An answer that says "try again" (5xx, 429) is not kept. Uploads are told
//! apart by their path alone: their body is not held in memory.

use crate::api::ApiError;
use crate::auth::Caller;
use crate::base::clock;
use crate::base::limits::BODY_BYTES;
use crate::http::store::{self, Claim, Claimed};
use crate::store::Db;
use axum::Extension;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

/// The header that names a write.
pub const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// On an answer that was given before.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// The layer; inside the one that authenticates.
pub async fn once(
    Extension(db): Extension<Db>,
    caller: Caller,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let Some(key) = request.headers().get(KEY) else { return Ok(next.run(request).await) };
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(next.run(request).await);
    }
    let key = key.to_str().ok().filter(|key| (1..=128).contains(&key.len()));
    let key =
        key.ok_or_else(|| ApiError::bad_request("Idempotency-Key", "must be 1 to 128 ASCII characters"))?;
    let claim = Claim {
        key: key.to_owned(),
        user: caller.user_id,
        method_path: format!("{} {}", request.method(), request.uri().path()),
        fingerprint: String::new(),
    };
    let (claim, request) = fingerprinted(claim, request).await?;
    match store::claim(&db, &claim, clock::now()).await? {
        Claimed::Ours => {}
        Claimed::Answered { status, body } => return Ok(replay(status, body)),
        Claimed::InProgress => {
            return Err(ApiError::conflict(
                "in_progress",
                "the first request with this key is still being served",
            ));
        }
        Claimed::Different => {
            let text = "this Idempotency-Key was used for another request; use a new one";
            return Err(ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", text));
        }
    }
    keep(&db, &claim, next.run(request).await).await
}

async fn fingerprinted(mut claim: Claim, request: Request) -> Result<(Claim, Request), ApiError> {
    if is_multipart(request.headers()) {
        return Ok((claim, request));
    }
    let (parts, body) = request.into_parts();
    let too_large = |_| ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the body is too large");
    let bytes = to_bytes(body, BODY_BYTES).await.map_err(too_large)?;
    claim.fingerprint = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((claim, Request::from_parts(parts, Body::from(bytes))))
}

fn is_multipart(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("multipart/"))
}

async fn keep(db: &Db, claim: &Claim, response: Response) -> Result<Response, ApiError> {
    let status = response.status();
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        store::forget(db, claim).await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    // Answers to writes are single views, which we made ourselves.
    let bytes =
        to_bytes(body, BODY_BYTES).await.map_err(|error| ApiError::internal(anyhow::Error::new(error)))?;
    store::keep_answer(db, claim, status.as_u16(), &String::from_utf8_lossy(&bytes)).await?;
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

fn replay(status: u16, body: String) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let problem = serde_json::from_str(&body).ok().filter(|_| status.is_client_error());
    let mut response = match problem {
        Some(problem) => crate::api::problem::problem_response(status, problem),
        None if body.is_empty() => status.into_response(),
        None => (status, [(header::CONTENT_TYPE, "application/json")], body).into_response(),
    };
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
