//! Roles, teams and departments.

use crate::api::{ApiError, ApiResult, Check, Json, Page, Problem};
use crate::audit::{self, Entry};
use crate::auth::{Caller, Permission, Permissions, Scope};
use crate::base::ids::{DepartmentId, RoleId, TeamId};
use crate::people::store;
use crate::store::entity::{departments, roles, teams};
use crate::store::{Db, write_tx};
use axum::Extension;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(get_roles))
        .routes(routes!(get_teams, post_team))
        .routes(routes!(get_departments, post_department))
}

/// A role.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleView {
    id: RoleId,
    /// Stable name, e.g. `team_lead`.
    key: String,
    name: String,
    permissions: BTreeMap<String, Scope>,
    /// Came with Trunkline.
    builtin: bool,
}

/// A team.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeamView {
    id: TeamId,
    department_id: DepartmentId,
    name: String,
}

/// A department.
#[derive(Debug, Serialize, ToSchema)]
pub struct DepartmentView {
    id: DepartmentId,
    /// The department above; null at the top.
    parent_id: Option<DepartmentId>,
    name: String,
}

/// A new team.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamRequest {
    department_id: DepartmentId,
    name: String,
}

/// A new department.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DepartmentRequest {
    parent_id: Option<DepartmentId>,
    name: String,
}

#[utoipa::path(get, path = "/roles", tag = "people", operation_id = "get_roles",
    responses((status = 200, body = Page<RoleView>), (status = 403, body = Problem)))]
/// Every role with its permissions.
async fn get_roles(caller: Caller, Extension(db): Extension<Db>) -> ApiResult<Json<Page<RoleView>>> {
    caller.require(Permission::UserRead)?;
    let roles = store::list_roles(db.read()).await?;
    Ok(Json(Page::all(roles.into_iter().map(RoleView::from).collect())))
}

#[utoipa::path(get, path = "/teams", tag = "people", operation_id = "get_teams",
    responses((status = 200, body = Page<TeamView>), (status = 403, body = Problem)))]
/// Every team.
async fn get_teams(caller: Caller, Extension(db): Extension<Db>) -> ApiResult<Json<Page<TeamView>>> {
    caller.require(Permission::UserRead)?;
    let teams = store::list_teams(db.read()).await?;
    Ok(Json(Page::all(teams.into_iter().map(TeamView::from).collect())))
}

#[utoipa::path(get, path = "/departments", tag = "people", operation_id = "get_departments",
    responses((status = 200, body = Page<DepartmentView>), (status = 403, body = Problem)))]
/// Every department.
async fn get_departments(
    caller: Caller,
    Extension(db): Extension<Db>,
) -> ApiResult<Json<Page<DepartmentView>>> {
    caller.require(Permission::UserRead)?;
    let departments = store::list_departments(db.read()).await?;
    Ok(Json(Page::all(departments.into_iter().map(DepartmentView::from).collect())))
}

#[utoipa::path(post, path = "/teams", tag = "people", operation_id = "post_team",
    request_body = TeamRequest,
    responses((status = 201, body = TeamView), (status = 400, body = Problem), (status = 403, body = Problem)))]
/// Make a team. Only for those who administer everybody.
async fn post_team(
    caller: Caller,
    Extension(db): Extension<Db>,
    Json(request): Json<TeamRequest>,
) -> ApiResult<(StatusCode, Json<TeamView>)> {
    require_all(&caller)?;
    Check::new().line("name", &request.name).done()?;
    let tx = write_tx(&db).await?;
    let known = store::list_departments(&tx).await?;
    if !known.iter().any(|department| department.id == request.department_id.0) {
        return Err(ApiError::bad_request("department_id", "there is no such department"));
    }
    let team = store::insert_team(&tx, request.department_id.0, request.name.trim()).await?;
    audit::record(&tx, Entry::of(caller.user_id, "team.create", "team", team.id)).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(team.into())))
}

#[utoipa::path(post, path = "/departments", tag = "people", operation_id = "post_department",
    request_body = DepartmentRequest,
    responses((status = 201, body = DepartmentView), (status = 400, body = Problem),
        (status = 403, body = Problem)))]
/// Make a department. Only for those who administer everybody.
async fn post_department(
    caller: Caller,
    Extension(db): Extension<Db>,
    Json(request): Json<DepartmentRequest>,
) -> ApiResult<(StatusCode, Json<DepartmentView>)> {
    require_all(&caller)?;
    Check::new().line("name", &request.name).done()?;
    let tx = write_tx(&db).await?;
    if let Some(parent) = request.parent_id {
        let known = store::list_departments(&tx).await?;
        if !known.iter().any(|department| department.id == parent.0) {
            return Err(ApiError::bad_request("parent_id", "there is no such department"));
        }
    }
    let parent = request.parent_id.map(|parent| parent.0);
    let department = store::insert_department(&tx, parent, request.name.trim()).await?;
    let entry = Entry::of(caller.user_id, "department.create", "department", department.id);
    audit::record(&tx, entry).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(department.into())))
}

fn require_all(caller: &Caller) -> ApiResult<()> {
    match caller.require(Permission::UserWrite)? {
        Scope::All => Ok(()),
        Scope::Own | Scope::Team | Scope::Department => Err(ApiError::forbidden()),
    }
}

impl From<roles::Model> for RoleView {
    fn from(row: roles::Model) -> Self {
        let permissions = Permissions::from_stored(&row.permissions).by_name();
        Self { id: RoleId(row.id), key: row.key, name: row.name, permissions, builtin: row.builtin }
    }
}

impl From<teams::Model> for TeamView {
    fn from(row: teams::Model) -> Self {
        Self { id: TeamId(row.id), department_id: DepartmentId(row.department_id), name: row.name }
    }
}

impl From<departments::Model> for DepartmentView {
    fn from(row: departments::Model) -> Self {
        Self { id: DepartmentId(row.id), parent_id: row.parent_id.map(DepartmentId), name: row.name }
    }
}
