//! The person behind a request.
//!
//! In: the bearer token of a request. Out: a [`Caller`], read anew from the
//! store every time, so that a changed role, a deactivated user or a revoked
//! session counts at once and not when the token ends.

use crate::api::ApiError;
use crate::auth::permission::{Permission, Permissions, Scope};
use crate::auth::store;
use crate::auth::tokens::AuthKeys;
use crate::base::clock;
use crate::base::ids::UserId;
use crate::store::Db;
use axum::Extension;
use axum::extract::{FromRequestParts, Request};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;
use uuid::Uuid;

/// Who is calling.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The user.
    pub user_id: UserId,
    /// The name shown to others.
    pub name: String,
    /// The role's key, e.g. `team_lead`.
    pub role: String,
    /// What the role may do.
    pub permissions: Permissions,
    /// The session: what log-out ends.
    pub session: Uuid,
    /// Until the password is changed, nothing else is allowed.
    pub must_change_password: bool,
}

impl Caller {
    /// May the caller do this at all, and how far? The one question every
    /// handler asks; 403 when not.
    pub fn require(&self, permission: Permission) -> Result<Scope, ApiError> {
        self.permissions.scope(permission).ok_or_else(ApiError::forbidden)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        parts.extensions.get::<Caller>().cloned().ok_or_else(not_signed_in)
    }
}

/// Stands before every route that needs somebody signed in.
pub async fn authenticate(
    Extension(db): Extension<Db>,
    Extension(keys): Extension<Arc<AuthKeys>>,
    mut request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let token = bearer(request.headers()).ok_or_else(not_signed_in)?;
    let caller = identify(&db, &keys, token).await?;
    // Log-out, one's own account, and the change itself stay possible.
    if caller.must_change_password && !request.uri().path().contains("/auth/") {
        let detail = "the password must be changed first";
        return Err(ApiError::new(StatusCode::FORBIDDEN, "must_change_password", detail));
    }
    request.extensions_mut().insert(caller);
    Ok(next.run(request).await)
}

/// Whose access token this is; for those who receive it otherwise than in a
/// header, as the live feed does.
pub async fn identify(db: &Db, keys: &AuthKeys, token: &str) -> Result<Caller, ApiError> {
    let over = || ApiError::unauthenticated("the session is over; please sign in again");
    let (user, session) = keys.verify(token, clock::now()).ok_or_else(over)?;
    store::load_caller(db.read(), user, session).await?.ok_or_else(over)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

fn not_signed_in() -> ApiError {
    ApiError::unauthenticated("please sign in")
}
