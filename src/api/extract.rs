//! Axum's extractors for bodies, queries and paths, answering in problem
//! details when a request does not fit. A null character is refused here for
//! every field: PostgreSQL holds none.

use crate::api::problem::ApiError;
use axum::body::{Body, Bytes};
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A JSON body, in or out.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

/// The query string.
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

/// The variable parts of the path.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let body = Bytes::from_request(Request::from_parts(parts.clone(), body), state).await;
        let body = body.map_err(|error| unusable(error.status(), error.body_text()))?;
        if holds_null(&body) {
            return Err(null_refused());
        }
        let request = Request::from_parts(parts, Body::from(body));
        match axum::Json::<T>::from_request(request, state).await {
            Ok(axum::Json(value)) => Ok(Json(value)),
            Err(JsonRejection::JsonDataError(error)) => Err(data_error(&error.body_text())),
            Err(other) => Err(unusable(other.status(), other.body_text())),
        }
    }
}

fn unusable(status: StatusCode, text: String) -> ApiError {
    let code = match status {
        StatusCode::PAYLOAD_TOO_LARGE => "too_large",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "unsupported_media_type",
        _ => "malformed",
    };
    ApiError::new(status, code, text)
}

fn null_refused() -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, "invalid", "the request contains a null character")
}

/// Whether a JSON text holds the escape of the null character; the only way to
/// write one. Behind an odd number of backslashes it is just text.
fn holds_null(json: &[u8]) -> bool {
    const ESCAPE: &[u8] = br"\u0000";
    let backslashes = |before: &[u8]| before.iter().rev().take_while(|byte| **byte == b'\\').count();
    let found = json.windows(ESCAPE.len()).enumerate().filter(|(_, bytes)| *bytes == ESCAPE);
    found.into_iter().any(|(at, _)| backslashes(json.get(..at).unwrap_or_default()) % 2 == 0)
}

/// Axum puts the path of the field before the reason: `name: missing field ...`.
fn data_error(text: &str) -> ApiError {
    let text = text.rsplit_once("target type: ").map_or(text, |(_, reason)| reason);
    let reason = text.rsplit_once(" at line ").map_or(text, |(reason, _)| reason);
    if let Some(field) = reason.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
        return ApiError::bad_request(field, "is missing");
    }
    match reason.split_once(": ") {
        Some((field, message)) if !field.contains([' ', '`']) => ApiError::bad_request(field, message),
        _ => ApiError::new(StatusCode::BAD_REQUEST, "invalid", reason),
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let refused = |error: axum::extract::rejection::QueryRejection| {
            ApiError::new(StatusCode::BAD_REQUEST, "invalid", error.body_text())
        };
        if parts.uri.query().is_some_and(|query| query.contains("%00")) {
            return Err(null_refused());
        }
        axum::extract::Query::from_request_parts(parts, state).await.map(|q| Query(q.0)).map_err(refused)
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let refused = |_| ApiError::not_found("page: an id in the address is not of the right form");
        axum::extract::Path::from_request_parts(parts, state).await.map(|p| Path(p.0)).map_err(refused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    #[derive(Debug, serde::Deserialize)]
    struct Sample {
        #[expect(dead_code, reason = "only its presence matters")]
        name: String,
        #[expect(dead_code, reason = "only its presence matters")]
        count: u32,
    }

    #[test]
    fn a_null_character_is_told_from_the_text_of_its_escape() {
        for json in [r#"{"name":"\u0000"}"#, r#"{"name":"a\\\u0000"}"#, r#"{"\u0000":1}"#] {
            assert!(holds_null(json.as_bytes()), "{json}");
        }
        for json in [
            r#"{"name":"\\u0000"}"#,
            r#"{"name":"\u00001 u0000"}"#.replace("00001", "0041").as_str(),
            "",
            "\\",
        ] {
            assert!(!holds_null(json.as_bytes()), "{json}");
        }
    }

    async fn refusal(body: &'static str) -> ApiError {
        let request = Request::post("/").header("content-type", "application/json").body(Body::from(body));
        Json::<Sample>::from_request(request.expect("request"), &()).await.expect_err("must be refused")
    }

    #[tokio::test]
    async fn the_field_at_fault_is_named() {
        let missing = refusal(r#"{"count": 1}"#).await;
        assert_eq!(missing.problem().fields[0].field, "name");
        let wrong = refusal(r#"{"name": "x", "count": "many"}"#).await;
        assert_eq!(wrong.problem().fields[0].field, "count");
        let malformed = refusal("{").await;
        assert_eq!((malformed.status().as_u16(), malformed.problem().code.as_str()), (400, "malformed"));
    }
}
