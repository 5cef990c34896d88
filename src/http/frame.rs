//! What holds for every request and every answer: an id that the log, the
//! answer and a person's report share; headers that keep browsers strict; and
//! problem details also for what axum itself refuses.

use crate::api::Problem;
use crate::api::problem::{PROBLEM_JSON, problem_response};
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;
use uuid::Uuid;

/// The header that carries a request's id, in both directions.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Bytes of a refusal's plain text that are worth quoting.
const QUOTED_BYTES: usize = 2_000;

/// The console loads nothing from elsewhere. Styles are inline because the
/// component library writes them at run time; recordings are played from blobs.
const CONTENT_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob:; media-src 'self' blob:; worker-src 'self' blob:; object-src 'none'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The outermost layer.
pub async fn frame(request: Request, next: Next) -> Response {
    let id = request_id(request.headers());
    let is_api = request.uri().path().starts_with("/api/");
    let span = tracing::info_span!(
        "request",
        request.id = %id,
        http.method = %request.method(),
        http.path = request.uri().path(),
    );
    let response = next.run(request).instrument(span).await;
    let mut response = named(response, &id, is_api).await;
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_POLICY));
    if is_api {
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    response
}

/// The caller's own id, when it is one that can be logged; otherwise a new one.
fn request_id(headers: &HeaderMap) -> String {
    let sane = |id: &&str| {
        (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    let given = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()).filter(sane);
    given.map_or_else(|| Uuid::new_v4().to_string(), str::to_owned)
}

/// Puts the request's id into a problem, and makes a problem of a refusal that
/// is none yet (a method that a path does not have, a body that is too large).
async fn named(mut response: Response, id: &str, is_api: bool) -> Response {
    let status = response.status();
    let problem = match response.extensions_mut().remove::<Problem>() {
        Some(problem) => problem,
        None if is_api && (status.is_client_error() || status.is_server_error()) => {
            if is_problem(&response) {
                return response;
            }
            let body = std::mem::replace(response.body_mut(), Body::empty());
            let text = to_bytes(body, QUOTED_BYTES).await.unwrap_or_default();
            let text = String::from_utf8_lossy(&text).trim().to_owned();
            let title = status.canonical_reason().unwrap_or("Error").to_owned();
            let code = title.to_lowercase().replace([' ', '-'], "_");
            let detail = if text.is_empty() { title.clone() } else { text };
            let kind = format!("urn:trunkline:problem:{code}");
            let status = status.as_u16();
            Problem { kind, title, status, detail, code, request_id: None, fields: Vec::new() }
        }
        None => return response,
    };
    let mut named = problem_response(status, Problem { request_id: Some(id.to_owned()), ..problem });
    for (name, value) in response.headers() {
        if ![header::CONTENT_TYPE, header::CONTENT_LENGTH].contains(name) {
            named.headers_mut().append(name, value.clone());
        }
    }
    named
}

fn is_problem(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with(PROBLEM_JSON))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_id_that_can_be_logged_is_taken_over() {
        let with = |id: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_str(id).expect("header"));
            request_id(&headers)
        };
        assert_eq!(with("abc-1"), "abc-1");
        assert_ne!(with("a b"), "a b");
        assert_ne!(with(&"x".repeat(65)), "x".repeat(65));
    }
}
