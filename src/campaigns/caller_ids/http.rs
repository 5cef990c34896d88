//! Caller-ID pools for those who run campaigns.

use super::model::{PoolEntry, PoolForm, PoolNumberForm, PoolRefused, Used};
use super::{rules, store};
use crate::api::{ApiError, ApiResult, Json, Page, Path, Problem, Settings};
use crate::audit::{self, Entry};
use crate::auth::{Caller, Permission};
use crate::base::clock;
use crate::base::ids::CallerIdPoolId;
use crate::base::limits;
use crate::places;
use crate::store::changes::{Change, Changes};
use crate::store::{Db, write_tx};
use axum::Extension;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(in crate::campaigns) fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(get_caller_id_pools, post_caller_id_pool))
        .routes(routes!(get_caller_id_pool, patch_caller_id_pool, delete_caller_id_pool))
        .routes(routes!(get_number_places))
}

/// A pool of caller IDs.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CallerIdPoolView {
    id: i64,
    name: String,
    numbers: Vec<PoolNumberView>,
    /// The campaigns that use it.
    campaigns: Vec<PoolCampaignView>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// A number of a pool.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PoolNumberView {
    #[serde(flatten)]
    settings: PoolNumberForm,
    /// Calls in this hour of the clock.
    used_hour: i64,
    /// Calls today.
    used_today: i64,
}

/// A campaign that uses a pool.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PoolCampaignView {
    id: i64,
    name: String,
}

/// A new pool needs a name and a number for everybody; what is left out of a change
/// stays as it is.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallerIdPoolRequest {
    /// Unique.
    name: Option<String>,
    /// As a whole; at least one that is in use has no regions, so that nobody is
    /// called with an empty caller ID.
    numbers: Option<Vec<PoolNumberForm>>,
}

/// A province with its cities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProvinceView {
    /// As the regions of a number name it.
    province: String,
    cities: Vec<String>,
}

#[utoipa::path(get, path = "/caller-id-pools", tag = "campaigns", operation_id = "get_caller_id_pools",
    responses((status = 200, body = Page<CallerIdPoolView>), (status = 403, body = Problem)))]
/// Every pool of caller IDs.
async fn get_caller_id_pools(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
) -> ApiResult<Json<Page<CallerIdPoolView>>> {
    caller.require(Permission::CampaignRead)?;
    let entries = store::list_pools(&db, clock::now(), settings.zone).await?;
    Ok(Json(Page::all(entries.into_iter().map(CallerIdPoolView::try_from).collect::<Result<_, _>>()?)))
}

#[utoipa::path(get, path = "/caller-id-pools/{id}", tag = "campaigns", operation_id = "get_caller_id_pool",
    params(("id" = i64, Path, description = "The pool")),
    responses((status = 200, body = CallerIdPoolView), (status = 403, body = Problem), (status = 404, body = Problem)))]
/// One pool.
async fn get_caller_id_pool(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
    Path(id): Path<CallerIdPoolId>,
) -> ApiResult<Json<CallerIdPoolView>> {
    caller.require(Permission::CampaignRead)?;
    view(&db, id, settings.zone).await.map(Json)
}

#[utoipa::path(post, path = "/caller-id-pools", tag = "campaigns", operation_id = "post_caller_id_pool",
    request_body = CallerIdPoolRequest,
    responses((status = 201, body = CallerIdPoolView), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem)))]
/// Make a pool; campaigns may use it from then on.
async fn post_caller_id_pool(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(changes): Extension<Changes>,
    Extension(settings): Extension<Settings>,
    Json(mut request): Json<CallerIdPoolRequest>,
) -> ApiResult<(StatusCode, Json<CallerIdPoolView>)> {
    caller.require(Permission::CampaignWrite)?;
    let name = request.name.take().ok_or_else(|| ApiError::bad_request("name", "is missing"))?;
    let form = PoolForm { name, numbers: request.numbers.unwrap_or_default() };
    rules::check(&form).done()?;
    let tx = write_tx(&db).await?;
    if store::count_pools(&tx).await? >= limits::CALLER_ID_POOLS {
        let detail = format!("there are {} pools already; delete one of no use", limits::CALLER_ID_POOLS);
        return Err(ApiError::conflict("too_many_pools", detail));
    }
    let id = store::insert_pool(&tx, &form, caller.user_id, clock::now()).await??;
    let entry = Entry::of(caller.user_id, "caller_id_pool.create", "caller_id_pool", id);
    audit::record(&tx, entry.with(json!({ "name": form.name }))).await?;
    tx.commit().await?;
    changes.tell(Change::CallerIds);
    Ok((StatusCode::CREATED, Json(view(&db, id, settings.zone).await?)))
}

#[utoipa::path(patch, path = "/caller-id-pools/{id}", tag = "campaigns", operation_id = "patch_caller_id_pool",
    params(("id" = i64, Path, description = "The pool")), request_body = CallerIdPoolRequest,
    responses((status = 200, body = CallerIdPoolView), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
/// Change a pool; campaigns that use it follow at once.
async fn patch_caller_id_pool(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(changes): Extension<Changes>,
    Extension(settings): Extension<Settings>,
    Path(id): Path<CallerIdPoolId>,
    Json(request): Json<CallerIdPoolRequest>,
) -> ApiResult<Json<CallerIdPoolView>> {
    caller.require(Permission::CampaignWrite)?;
    let before = form_of(find(&db, id, settings.zone).await?)?;
    let form = PoolForm {
        name: request.name.unwrap_or_else(|| before.name.clone()),
        numbers: request.numbers.unwrap_or_else(|| before.numbers.clone()),
    };
    rules::check(&form).done()?;
    let tx = write_tx(&db).await?;
    store::update_pool(&tx, id, &form, clock::now()).await??;
    let detail = json!({ "before": format!("{before:?}"), "after": format!("{form:?}") });
    let entry = Entry::of(caller.user_id, "caller_id_pool.update", "caller_id_pool", id);
    audit::record(&tx, entry.with(detail)).await?;
    tx.commit().await?;
    changes.tell(Change::CallerIds);
    view(&db, id, settings.zone).await.map(Json)
}

#[utoipa::path(delete, path = "/caller-id-pools/{id}", tag = "campaigns", operation_id = "delete_caller_id_pool",
    params(("id" = i64, Path, description = "The pool")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
/// Delete a pool that no campaign uses.
async fn delete_caller_id_pool(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(changes): Extension<Changes>,
    Extension(settings): Extension<Settings>,
    Path(id): Path<CallerIdPoolId>,
) -> ApiResult<StatusCode> {
    caller.require(Permission::CampaignWrite)?;
    let entry = find(&db, id, settings.zone).await?;
    let tx = write_tx(&db).await?;
    let users = store::campaigns_of(&tx, id).await?;
    if !users.is_empty() {
        let detail = format!("campaigns use this pool: {}", users.join(", "));
        return Err(ApiError::conflict("pool_in_use", detail));
    }
    store::delete_pool(&tx, id).await?;
    let written = Entry::of(caller.user_id, "caller_id_pool.delete", "caller_id_pool", id);
    audit::record(&tx, written.with(json!({ "name": entry.pool.name }))).await?;
    tx.commit().await?;
    changes.tell(Change::CallerIds);
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(get, path = "/number-places", tag = "campaigns", operation_id = "get_number_places",
    responses((status = 200, body = Page<ProvinceView>), (status = 403, body = Problem)))]
/// The provinces and cities that numbers can be at home in.
async fn get_number_places(caller: Caller) -> ApiResult<Json<Page<ProvinceView>>> {
    caller.require(Permission::CampaignRead)?;
    let view = |(province, cities): (&str, Vec<&str>)| ProvinceView {
        province: province.to_owned(),
        cities: cities.into_iter().map(str::to_owned).collect(),
    };
    Ok(Json(Page::all(places::provinces().into_iter().map(view).collect())))
}

async fn find(db: &Db, id: CallerIdPoolId, zone: Tz) -> ApiResult<PoolEntry> {
    let found = store::find_pool(db, id, clock::now(), zone).await?;
    found.ok_or_else(|| ApiError::not_found("pool of caller IDs"))
}

async fn view(db: &Db, id: CallerIdPoolId, zone: Tz) -> ApiResult<CallerIdPoolView> {
    find(db, id, zone).await?.try_into()
}

fn form_of(entry: PoolEntry) -> ApiResult<PoolForm> {
    let numbers = entry.numbers.iter().map(|row| {
        let broken = || anyhow::anyhow!("caller ID {}: its regions cannot be read", row.id);
        store::form_of(row).ok_or_else(|| ApiError::internal(broken()))
    });
    Ok(PoolForm { name: entry.pool.name.clone(), numbers: numbers.collect::<ApiResult<_>>()? })
}

impl From<PoolRefused> for ApiError {
    fn from(refused: PoolRefused) -> Self {
        ApiError::bad_request("name", refused.to_string())
    }
}

impl TryFrom<PoolEntry> for CallerIdPoolView {
    type Error = ApiError;

    fn try_from(entry: PoolEntry) -> ApiResult<Self> {
        let form = form_of(entry.clone())?;
        let number = |settings: PoolNumberForm| {
            let Used { hour, today } = entry.used.get(&settings.number).copied().unwrap_or_default();
            PoolNumberView { settings, used_hour: hour, used_today: today }
        };
        Ok(Self {
            id: entry.pool.id,
            name: form.name,
            numbers: form.numbers.into_iter().map(number).collect(),
            campaigns: entry
                .campaigns
                .iter()
                .cloned()
                .map(|(id, name)| PoolCampaignView { id, name })
                .collect(),
            created_at: entry.pool.created_at,
            updated_at: entry.pool.updated_at,
        })
    }
}
