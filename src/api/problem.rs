//! Errors as RFC 9457 problem details.
//!
//! In: an [`ApiError`] from a handler. Out: a response whose body is a
//! [`Problem`]. An internal error is logged once, here, with its whole chain;
//! the answer only says that it happened.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What every handler returns.
pub type ApiResult<T> = Result<T, ApiError>;

/// The media type of problem details.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// An error on its way to the client.
#[derive(Debug)]
pub struct ApiError {
    problem: Box<Problem>,
    status: StatusCode,
    source: Option<anyhow::Error>,
}

/// The body of every error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Stable name of the kind of problem, as a URN.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in words.
    pub title: String,
    /// The HTTP status again.
    pub status: u16,
    /// What happened this time, and what to do.
    pub detail: String,
    /// Stable short name for programs; the last part of `type`.
    pub code: String,
    /// The request, as named in the server's log.
    pub request_id: Option<String>,
    /// The fields at fault.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldError>,
}

/// What is wrong with one field of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// Its name in the request.
    pub field: String,
    /// What is wrong, for people.
    pub message: String,
}

impl ApiError {
    /// An error with everything chosen by the caller; prefer the names below.
    pub fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Self {
        let problem = Problem {
            kind: format!("urn:trunkline:problem:{code}"),
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            code: code.to_owned(),
            request_id: None,
            fields: Vec::new(),
        };
        Self { problem: Box::new(problem), status, source: None }
    }

    /// 400: one field is wrong.
    pub fn bad_request(field: &str, message: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError { field: field.to_owned(), message: message.into() }])
    }

    /// 400: these fields are wrong.
    pub fn invalid(fields: Vec<FieldError>) -> Self {
        let detail =
            fields.iter().map(|f| format!("{}: {}", f.field, f.message)).collect::<Vec<_>>().join("; ");
        let mut error = Self::new(StatusCode::BAD_REQUEST, "invalid", detail);
        error.problem.fields = fields;
        error
    }

    /// 401: not signed in, or not any more.
    pub fn unauthenticated(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", detail)
    }

    /// 403: signed in, but may not.
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "your role does not allow this")
    }

    /// 404: there is no such thing, or it is outside what the caller may see.
    pub fn not_found(thing: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("there is no such {thing}"))
    }

    /// 409: it does not fit the state of things. `code` is for programs.
    pub fn conflict(code: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 429: too often.
    pub fn too_many(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail)
    }

    /// 503: for now.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail)
    }

    /// 500: our fault. The cause goes to the log, not to the client.
    pub fn internal(source: impl Into<anyhow::Error>) -> Self {
        let detail = "something failed on the server; its log names the cause under this request's id";
        let mut error = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail);
        error.source = Some(source.into());
        error
    }

    /// The problem as the client will see it.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// Its HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }
}

impl From<anyhow::Error> for ApiError {
    fn from(error: anyhow::Error) -> Self {
        Self::internal(error)
    }
}

impl From<sea_orm::DbErr> for ApiError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::internal(anyhow::Error::new(error).context("the database"))
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        if let Some(source) = &self.source {
            tracing::error!(error = format!("{source:#}"), "a request failed");
        }
        problem_response(self.status, *self.problem)
    }
}

/// A response with this problem as its body. The problem also rides along as an
/// extension, so that the router's outermost layer can add the request's id.
pub fn problem_response(status: StatusCode, problem: Problem) -> Response {
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    let mut response = (status, body).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    response.extensions_mut().insert(problem);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_named_and_causes_are_kept_back() {
        let error = ApiError::bad_request("name", "must not be empty");
        assert_eq!(error.status(), StatusCode::BAD_REQUEST);
        assert_eq!(error.problem().fields[0].field, "name");

        let error = ApiError::internal(anyhow::anyhow!("the password is hush"));
        let text = serde_json::to_string(error.problem()).expect("json");
        assert!(!text.contains("hush") && text.contains("urn:trunkline:problem:internal"), "{text}");
    }
}
