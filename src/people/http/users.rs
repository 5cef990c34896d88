//! Users. A phone's secret is shown once, in the answer that set it.
//!
//! Nobody hands out more than they have: the role given, and the role of the
//! user changed, must be covered by the caller's own; nor may a user be placed
//! where the caller could not see them.

use crate::api::{ApiError, ApiResult, Check, Json, Page, PageQuery, Path, Problem, Query};
use crate::audit::{self, Entry};
use crate::auth::{self, Caller, Permission, Permissions, Scope, password};
use crate::base::clock;
use crate::base::ids::{AgentId, DepartmentId, TeamId, UserId};
use crate::floor::input::PhoneMode;
use crate::people::http::nullable;
use crate::people::rules;
use crate::people::store::{self, UserChange, UserListed};
use crate::store::changes::{Change, Changes};
use crate::store::entity::users;
use crate::store::{Db, WriteTx, is_unique_violation, write_tx};
use axum::Extension;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(get_users, post_user)).routes(routes!(get_user, patch_user))
}

/// A user.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserView {
    id: UserId,
    username: String,
    display_name: String,
    /// The role's key.
    role: String,
    team_id: Option<TeamId>,
    department_id: Option<DepartmentId>,
    /// The desk phone's number.
    extension: Option<String>,
    phone_mode: PhoneMode,
    /// Whether the desk phone can be asked to answer; null: by its make.
    remote_answer: Option<bool>,
    active: bool,
    /// The desk phone's password: only in the answer that set it.
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_secret: Option<String>,
}

/// A new user.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserRequest {
    /// Lower-case letters, digits, dots, dashes, underscores.
    username: String,
    display_name: String,
    /// The role's key.
    role: String,
    team_id: Option<TeamId>,
    /// Taken from the team when left out.
    department_id: Option<DepartmentId>,
    extension: Option<String>,
    phone_mode: Option<PhoneMode>,
    /// Whether the desk phone can be asked to answer; by its make when left out.
    remote_answer: Option<bool>,
    /// To be changed at the first log-in.
    password: String,
    /// Made by the server when there is an extension and this is left out.
    phone_secret: Option<String>,
}

/// A change of a user: what is left out stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserPatch {
    display_name: Option<String>,
    role: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<TeamId>)]
    team_id: Option<Option<TeamId>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<DepartmentId>)]
    department_id: Option<Option<DepartmentId>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    extension: Option<Option<String>>,
    phone_mode: Option<PhoneMode>,
    /// Whether the desk phone can be asked to answer; null: by its make.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<bool>)]
    remote_answer: Option<Option<bool>>,
    /// A new password, to be changed at the next log-in.
    password: Option<String>,
    phone_secret: Option<String>,
    /// False: may not sign in, and is no agent any more.
    active: Option<bool>,
}

/// Which users.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UserQuery {
    /// Part of the user name, the display name or the extension.
    q: Option<String>,
}

#[utoipa::path(get, path = "/users", tag = "people", operation_id = "get_users",
    params(UserQuery, PageQuery),
    responses((status = 200, body = Page<UserView>), (status = 403, body = Problem)))]
/// The users one may see.
async fn get_users(
    caller: Caller,
    Extension(db): Extension<Db>,
    Query(query): Query<UserQuery>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<UserView>>> {
    let scope = caller.require(Permission::UserRead)?;
    let filter = auth::visible_users(&db, &caller, scope).await?;
    let limit = page.limit()?;
    let name = query.q.as_deref().map(str::trim).filter(|q| !q.is_empty());
    let rows = store::list_users(db.read(), &filter, name, page.after()?, limit + 1).await?;
    Ok(Json(Page::of(rows, limit, |(row, _)| row.id, UserView::from)))
}

#[utoipa::path(get, path = "/users/{id}", tag = "people", operation_id = "get_user",
    params(("id" = i64, Path,)),
    responses((status = 200, body = UserView), (status = 403, body = Problem), (status = 404, body = Problem)))]
/// One user.
async fn get_user(
    caller: Caller,
    Extension(db): Extension<Db>,
    Path(id): Path<UserId>,
) -> ApiResult<Json<UserView>> {
    let scope = caller.require(Permission::UserRead)?;
    visible(&db, &caller, scope, id).await?;
    let user = store::find_user(db.read(), id).await?.ok_or_else(|| ApiError::not_found("user"))?;
    Ok(Json(user.into()))
}

#[utoipa::path(post, path = "/users", tag = "people", operation_id = "post_user",
    request_body = UserRequest,
    responses((status = 201, body = UserView), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem)))]
/// Make a user.
async fn post_user(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(changes): Extension<Changes>,
    Json(request): Json<UserRequest>,
) -> ApiResult<(StatusCode, Json<UserView>)> {
    let scope = caller.require(Permission::UserWrite)?;
    let username = request.username.trim().to_lowercase();
    let mut check = Check::new();
    let text = "must be 2 to 64 lower-case letters, digits, dots, dashes and underscores";
    check.that(rules::is_username(&username), "username", text);
    let patch = UserPatch {
        display_name: Some(request.display_name),
        role: Some(request.role),
        team_id: Some(request.team_id),
        department_id: Some(request.department_id),
        extension: Some(request.extension),
        phone_mode: request.phone_mode,
        remote_answer: Some(request.remote_answer),
        password: Some(request.password),
        phone_secret: request.phone_secret,
        active: None,
    };
    check_patch(&mut check, &patch, &username);
    check.done()?;
    let change = prepare(&db, &caller, scope, patch, None).await?;
    let secret = change.phone_secret.clone();

    let now = clock::now();
    let tx = write_tx(&db).await?;
    if store::username_taken(&tx, &username).await? {
        return Err(ApiError::conflict("username_taken", "there is a user of this name"));
    }
    check_extension_free(&tx, &change, None).await?;
    let row = store::insert_user(&tx, &username, change, now).await.map_err(taken)?;
    let id = UserId(row.id);
    audit::record(&tx, Entry::of(caller.user_id, "user.create", "user", id)).await?;
    tx.commit().await?;
    changes.tell(Change::Agent(AgentId(row.id)));
    Ok((StatusCode::CREATED, Json(saved(&db, id, secret).await?)))
}

#[utoipa::path(patch, path = "/users/{id}", tag = "people", operation_id = "patch_user",
    params(("id" = i64, Path,)), request_body = UserPatch,
    responses((status = 200, body = UserView), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
/// Change a user. A new password or deactivation ends the user's sessions.
async fn patch_user(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(changes): Extension<Changes>,
    Path(id): Path<UserId>,
    Json(patch): Json<UserPatch>,
) -> ApiResult<Json<UserView>> {
    let scope = caller.require(Permission::UserWrite)?;
    visible(&db, &caller, scope, id).await?;
    let before = store::find_user(db.read(), id).await?.ok_or_else(|| ApiError::not_found("user"))?;
    if id == caller.user_id
        && (patch.role.is_some() || patch.active == Some(false) || patch.password.is_some())
    {
        let text = "nobody can deactivate themselves, or change their own role or password here";
        return Err(ApiError::conflict("own_account", text));
    }
    let mut check = Check::new();
    check_patch(&mut check, &patch, &before.0.username);
    check.done()?;
    let detail = changed_fields(&patch);
    let ends_sessions = patch.password.is_some() || patch.active == Some(false);
    let change = prepare(&db, &caller, scope, patch, Some(&before)).await?;
    let secret = change.phone_secret.clone();

    let now = clock::now();
    let tx = write_tx(&db).await?;
    check_extension_free(&tx, &change, Some(id)).await?;
    store::update_user(&tx, id, change, now).await.map_err(taken)?;
    if ends_sessions {
        auth::revoke_sessions(&tx, id, None, now).await?;
    }
    let entry = Entry::of(caller.user_id, "user.update", "user", id).with(json!({ "fields": detail }));
    audit::record(&tx, entry).await?;
    tx.commit().await?;
    changes.tell(Change::Agent(AgentId(id.0)));
    Ok(Json(saved(&db, id, secret).await?))
}

/// A user outside one's scope does not exist.
async fn visible(db: &Db, caller: &Caller, scope: Scope, user: UserId) -> ApiResult<()> {
    let seen = auth::visible_users(db, caller, scope).await?.allows(user);
    seen.then_some(()).ok_or_else(|| ApiError::not_found("user"))
}

fn check_patch(check: &mut Check, patch: &UserPatch, username: &str) {
    if let Some(name) = &patch.display_name {
        check.line("display_name", name);
    }
    if let Some(Some(extension)) = &patch.extension {
        check.that(rules::is_extension(extension), "extension", "must be 2 to 10 digits");
    }
    if let Some(secret) = &patch.phone_secret {
        let text =
            "must be 12 to 64 letters, digits and signs without quotes, angle brackets, & and backslash";
        check.that(rules::is_phone_secret(secret), "phone_secret", text);
    }
    if let Some(fault) = patch.password.as_deref().and_then(|new| password::fault(new, username)) {
        check.that(false, "password", fault);
    }
}

/// Resolves names, asks whether the caller may, hashes the password.
async fn prepare(
    db: &Db,
    caller: &Caller,
    scope: Scope,
    patch: UserPatch,
    before: Option<&UserListed>,
) -> ApiResult<UserChange> {
    if let Some((_, role)) = before {
        covered_role(db, caller, role).await?;
    }
    let role_id = match &patch.role {
        Some(role) => Some(covered_role(db, caller, role).await?),
        None => None,
    };
    let team = patch.team_id.unwrap_or_else(|| before.and_then(|(row, _)| row.team_id.map(TeamId)));
    let stays = before.and_then(|(row, _)| row.department_id.map(DepartmentId));
    let asked = match patch.department_id {
        Some(department) => department,
        // A new team brings its department along.
        None if patch.team_id.is_some() => None,
        None => stays,
    };
    let moves = patch.team_id.is_some() || patch.department_id.is_some();
    let department = if moves { place(db, caller, scope, team, asked).await? } else { stays };

    let had_secret = before.is_some_and(|(row, _)| row.phone_secret.is_some());
    let gets_phone = matches!(patch.extension, Some(Some(_)));
    let made = (gets_phone && !had_secret && patch.phone_secret.is_none()).then(rules::new_phone_secret);
    let password_hash = match &patch.password {
        Some(new) => Some(password::hash(new).await?),
        None => None,
    };
    Ok(UserChange {
        display_name: patch.display_name.map(|name| name.trim().to_owned()),
        password_hash,
        role_id,
        team_id: patch.team_id.map(|team| team.map(|id| id.0)),
        department_id: moves.then(|| department.map(|id| id.0)),
        extension: patch.extension,
        phone_secret: patch.phone_secret.or(made),
        phone_mode: patch.phone_mode,
        remote_answer: patch.remote_answer,
        active: patch.active,
    })
}

/// The id of a role that holds no more than the caller's.
async fn covered_role(db: &Db, caller: &Caller, key: &str) -> ApiResult<i64> {
    let role = store::find_role(db.read(), key).await?;
    let role = role.ok_or_else(|| ApiError::bad_request("role", "there is no such role"))?;
    let covered = caller.permissions.cover(&Permissions::from_stored(&role.permissions));
    if covered { Ok(role.id) } else { Err(ApiError::forbidden()) }
}

/// The department of a place that exists, fits together and is in sight.
async fn place(
    db: &Db,
    caller: &Caller,
    scope: Scope,
    team: Option<TeamId>,
    department: Option<DepartmentId>,
) -> ApiResult<Option<DepartmentId>> {
    let mut department = department;
    if let Some(team) = team {
        let known = store::list_teams(db.read()).await?.into_iter().find(|known| known.id == team.0);
        let known = known.ok_or_else(|| ApiError::bad_request("team_id", "there is no such team"))?;
        if department.is_some_and(|id| id.0 != known.department_id) {
            return Err(ApiError::bad_request("department_id", "is not the team's department"));
        }
        department = Some(DepartmentId(known.department_id));
    } else if let Some(id) = department {
        let known = store::list_departments(db.read()).await?.into_iter().any(|known| known.id == id.0);
        if !known {
            return Err(ApiError::bad_request("department_id", "there is no such department"));
        }
    }
    let seen = auth::covers_place(db, caller, scope, team, department).await?;
    if seen { Ok(department) } else { Err(ApiError::forbidden()) }
}

async fn check_extension_free(tx: &WriteTx, change: &UserChange, except: Option<UserId>) -> ApiResult<()> {
    let Some(Some(extension)) = &change.extension else { return Ok(()) };
    if store::extension_taken(tx, extension, except).await? {
        return Err(ApiError::conflict("extension_taken", "another user has this extension"));
    }
    Ok(())
}

/// Two at once, on a database where writers do not queue.
fn taken(error: crate::store::DbErr) -> ApiError {
    if is_unique_violation(&error) {
        return ApiError::conflict("taken", "another user has this name or extension");
    }
    error.into()
}

fn changed_fields(patch: &UserPatch) -> Vec<&'static str> {
    [
        ("display_name", patch.display_name.is_some()),
        ("role", patch.role.is_some()),
        ("team_id", patch.team_id.is_some()),
        ("department_id", patch.department_id.is_some()),
        ("extension", patch.extension.is_some()),
        ("phone_mode", patch.phone_mode.is_some()),
        ("remote_answer", patch.remote_answer.is_some()),
        ("password", patch.password.is_some()),
        ("phone_secret", patch.phone_secret.is_some()),
        ("active", patch.active.is_some()),
    ]
    .into_iter()
    .filter_map(|(field, changed)| changed.then_some(field))
    .collect()
}

async fn saved(db: &Db, user: UserId, phone_secret: Option<String>) -> ApiResult<UserView> {
    let user = store::find_user(db.read(), user).await?.ok_or_else(|| ApiError::not_found("user"))?;
    Ok(UserView { phone_secret, ..UserView::from(user) })
}

impl From<(users::Model, String)> for UserView {
    fn from((row, role): UserListed) -> Self {
        Self {
            id: UserId(row.id),
            username: row.username,
            display_name: row.display_name,
            role,
            team_id: row.team_id.map(TeamId),
            department_id: row.department_id.map(DepartmentId),
            extension: row.extension,
            phone_mode: store::phone_mode_of(&row.phone_mode),
            remote_answer: row.remote_answer,
            active: row.active,
            phone_secret: None,
        }
    }
}
