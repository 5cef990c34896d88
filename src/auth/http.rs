//! Signing in and out, one's own account.
//!
//! The refresh token travels only in a cookie that scripts cannot read and that
//! other sites cannot send.

use crate::api::{ApiError, ApiResult, Json, Problem, Settings};
use crate::auth::caller::Caller;
use crate::auth::permission::{Permission, Scope};
use crate::auth::session::{self, Opened, Refused};
use crate::auth::store;
use crate::auth::tokens::{ACCESS_SECONDS, AuthKeys};
use crate::base::clock;
use crate::base::ids::{TeamId, UserId};
use crate::base::limits::LINE_CHARS;

use crate::store::Db;
use axum::Extension;
use axum::http::StatusCode;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The cookie that carries the refresh token.
pub const COOKIE: &str = "trunkline_refresh";
const COOKIE_PATH: &str = "/api/v1/auth";

/// Routes for those who are not signed in yet.
pub fn open_routes() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(post_login)).routes(routes!(post_refresh))
}

/// Routes for those who are.
pub fn routes() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(post_logout)).routes(routes!(get_me)).routes(routes!(post_password))
}

/// A user name and a password.
#[derive(Deserialize, ToSchema)]
pub struct LoginRequest {
    /// Upper and lower case are the same.
    username: String,
    password: String,
}

/// A session.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionView {
    /// For the header `Authorization: Bearer ...`.
    access_token: String,
    /// Seconds until it ends; refresh before.
    expires_in: i64,
    user: MeView,
}

/// One's own account.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeView {
    id: UserId,
    username: String,
    display_name: String,
    /// The role's key.
    role: String,
    /// What one may do, each with its scope.
    permissions: BTreeMap<String, Scope>,
    /// Whether one has a desk phone and may work with it.
    is_agent: bool,
    extension: Option<String>,
    /// `off_hook` or `on_hook`.
    phone_mode: String,
    team_id: Option<TeamId>,
    /// Until the password is changed, every other request is refused.
    must_change_password: bool,
    /// The centre's time zone, in which instants are shown.
    zone: String,
}

/// A change of one's own password.
#[derive(Deserialize, ToSchema)]
pub struct PasswordRequest {
    current: String,
    /// 10 to 128 characters.
    new: String,
}

#[utoipa::path(post, path = "/auth/login", tag = "auth", operation_id = "post_login",
    request_body = LoginRequest, security(()),
    responses((status = 200, body = SessionView), (status = 401, body = Problem)))]
/// Sign in.
async fn post_login(
    Extension(db): Extension<Db>,
    Extension(keys): Extension<Arc<AuthKeys>>,
    Extension(settings): Extension<Settings>,
    jar: CookieJar,
    Json(request): Json<LoginRequest>,
) -> ApiResult<(CookieJar, Json<SessionView>)> {
    // Longer than either can be: not worth a hash.
    if request.username.len() > LINE_CHARS * 4 || request.password.len() > LINE_CHARS * 4 {
        return Err(Refused::WrongLogin.into());
    }
    let opened = session::log_in(&db, &keys, &request.username, &request.password, clock::now()).await?;
    answer(&db, &settings, jar, opened).await
}

#[utoipa::path(post, path = "/auth/refresh", tag = "auth", operation_id = "post_refresh", security(()),
    responses((status = 200, body = SessionView), (status = 401, body = Problem)))]
/// Go on with a session, by its cookie.
async fn post_refresh(
    Extension(db): Extension<Db>,
    Extension(keys): Extension<Arc<AuthKeys>>,
    Extension(settings): Extension<Settings>,
    jar: CookieJar,
) -> ApiResult<(CookieJar, Json<SessionView>)> {
    let token = jar.get(COOKIE).map(|cookie| cookie.value().to_owned()).ok_or(Refused::Over)?;
    let opened = session::refresh(&db, &keys, &token, clock::now()).await?;
    answer(&db, &settings, jar, opened).await
}

#[utoipa::path(post, path = "/auth/logout", tag = "auth", operation_id = "post_logout",
    responses((status = 204), (status = 401, body = Problem)))]
/// Sign out.
async fn post_logout(
    caller: Caller,
    Extension(db): Extension<Db>,
    jar: CookieJar,
) -> ApiResult<(CookieJar, StatusCode)> {
    session::log_out(&db, &caller, clock::now()).await?;
    Ok((jar.remove(Cookie::build(COOKIE).path(COOKIE_PATH)), StatusCode::NO_CONTENT))
}

#[utoipa::path(get, path = "/auth/me", tag = "auth", operation_id = "get_me",
    responses((status = 200, body = MeView), (status = 401, body = Problem)))]
/// One's own account and permissions.
async fn get_me(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
) -> ApiResult<Json<MeView>> {
    me(&db, &settings, &caller).await.map(Json)
}

#[utoipa::path(post, path = "/auth/password", tag = "auth", operation_id = "post_password",
    request_body = PasswordRequest,
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem)))]
/// Change one's own password; ends all other sessions.
async fn post_password(
    caller: Caller,
    Extension(db): Extension<Db>,
    Json(request): Json<PasswordRequest>,
) -> ApiResult<StatusCode> {
    session::change_password(&db, &caller, &request.current, &request.new, clock::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn answer(
    db: &Db,
    settings: &Settings,
    jar: CookieJar,
    opened: Opened,
) -> ApiResult<(CookieJar, Json<SessionView>)> {
    let caller = store::load_caller(db.read(), opened.user, opened.session).await?.ok_or(Refused::Over)?;
    // Without an age: closing the browser ends it, on a desk that is shared.
    let cookie = Cookie::build((COOKIE, opened.refresh_token))
        .path(COOKIE_PATH)
        .http_only(true)
        .secure(settings.secure_cookies)
        .same_site(SameSite::Strict);
    let user = me(db, settings, &caller).await?;
    let view = SessionView { access_token: opened.access_token, expires_in: ACCESS_SECONDS, user };
    Ok((jar.add(cookie), Json(view)))
}

async fn me(db: &Db, settings: &Settings, caller: &Caller) -> ApiResult<MeView> {
    let row = store::find_user(db.read(), caller.user_id).await?.ok_or(Refused::Over)?;
    let may_work = caller.permissions.scope(Permission::DeskUse).is_some();
    Ok(MeView {
        id: caller.user_id,
        username: row.username,
        display_name: row.display_name,
        role: caller.role.clone(),
        permissions: caller.permissions.by_name(),
        is_agent: may_work && row.extension.is_some(),
        extension: row.extension,
        phone_mode: row.phone_mode,
        team_id: row.team_id.map(TeamId),
        must_change_password: row.must_change_password,
        zone: settings.zone.name().to_owned(),
    })
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::WrongLogin => {
                ApiError::new(StatusCode::UNAUTHORIZED, "login_refused", refused.to_string())
            }
            Refused::Over => ApiError::unauthenticated(refused.to_string()),
            Refused::WrongPassword => ApiError::bad_request("current", refused.to_string()),
            Refused::WeakPassword(fault) => ApiError::bad_request("new", fault),
            Refused::Store(error) => error.into(),
            Refused::Server(error) => error.into(),
        }
    }
}
