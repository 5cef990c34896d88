//! Trunks. A carrier's secret can be set but never read back.

use crate::api::{ApiError, ApiResult, Check, Json, Page, Path, Problem};
use crate::audit::{self, Entry};
use crate::auth::{Caller, Permission};
use crate::base::phone::Dialable;
use crate::people::http::nullable;
use crate::people::rules;
use crate::people::store::{self, GatewayChange};
use crate::store::changes::{Change, Changes};
use crate::store::entity::gateways;
use crate::store::{Db, is_unique_violation, write_tx};
use axum::Extension;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(get_gateways, post_gateway)).routes(routes!(patch_gateway))
}

/// A trunk to a carrier.
#[derive(Debug, Serialize, ToSchema)]
pub struct GatewayView {
    id: i64,
    /// As the switch and the ledger know it.
    name: String,
    /// The carrier's host, with a port unless it is 5060.
    proxy: String,
    username: Option<String>,
    /// Whether a secret is stored.
    has_secret: bool,
    /// Whether to register with the carrier.
    register: bool,
    /// The number shown unless a campaign has its own.
    caller_id: String,
    enabled: bool,
    /// The most calls over it at once, in either direction; 0: any number.
    calls_max: i32,
    /// The most new calls per second that are launched over it; 0: any number.
    calls_per_second: i32,
}

/// A new trunk.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GatewayRequest {
    /// Letters, digits, dashes and underscores; cannot be changed later.
    name: String,
    proxy: String,
    username: Option<String>,
    secret: Option<String>,
    #[serde(default)]
    register: bool,
    caller_id: String,
    #[serde(default = "yes")]
    enabled: bool,
    /// The most calls over it at once, in either direction; 0: any number.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 10000)]
    calls_max: i32,
    /// The most new calls per second that are launched over it; 0: any number.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1000)]
    calls_per_second: i32,
}

/// A change of a trunk: what is left out stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GatewayPatch {
    proxy: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    username: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    secret: Option<Option<String>>,
    register: Option<bool>,
    caller_id: Option<String>,
    enabled: Option<bool>,
    #[schema(minimum = 0, maximum = 10000)]
    calls_max: Option<i32>,
    #[schema(minimum = 0, maximum = 1000)]
    calls_per_second: Option<i32>,
}

fn yes() -> bool {
    true
}

#[utoipa::path(get, path = "/gateways", tag = "people", operation_id = "get_gateways",
    responses((status = 200, body = Page<GatewayView>), (status = 403, body = Problem)))]
/// Every trunk.
async fn get_gateways(caller: Caller, Extension(db): Extension<Db>) -> ApiResult<Json<Page<GatewayView>>> {
    caller.require(Permission::GatewayRead)?;
    let rows = store::list_gateways(db.read()).await?;
    Ok(Json(Page::all(rows.into_iter().map(GatewayView::from).collect())))
}

#[utoipa::path(post, path = "/gateways", tag = "people", operation_id = "post_gateway",
    request_body = GatewayRequest,
    responses((status = 201, body = GatewayView), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem)))]
/// Make a trunk.
async fn post_gateway(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(changes): Extension<Changes>,
    Json(request): Json<GatewayRequest>,
) -> ApiResult<(StatusCode, Json<GatewayView>)> {
    caller.require(Permission::GatewayWrite)?;
    let mut check = Check::new();
    let text = "must be 1 to 40 letters, digits, dashes and underscores";
    check.that(rules::is_gateway_name(&request.name), "name", text);
    let change = GatewayChange {
        proxy: Some(request.proxy),
        username: Some(request.username),
        secret: Some(request.secret),
        register: Some(request.register),
        caller_id: Some(request.caller_id),
        enabled: Some(request.enabled),
        calls_max: Some(request.calls_max),
        calls_per_second: Some(request.calls_per_second),
    };
    check_change(&mut check, &change);
    check.done()?;
    let tx = write_tx(&db).await?;
    let row = store::insert_gateway(&tx, &request.name, change).await.map_err(|error| {
        let taken = || ApiError::conflict("name_taken", "there is a gateway of this name");
        if is_unique_violation(&error) { taken() } else { error.into() }
    })?;
    audit::record(&tx, Entry::of(caller.user_id, "gateway.create", "gateway", row.id)).await?;
    tx.commit().await?;
    changes.tell(Change::Gateways);
    Ok((StatusCode::CREATED, Json(row.into())))
}

#[utoipa::path(patch, path = "/gateways/{id}", tag = "people", operation_id = "patch_gateway",
    params(("id" = i64, Path,)), request_body = GatewayPatch,
    responses((status = 200, body = GatewayView), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
/// Change a trunk. It cannot be deleted, since the ledger names it; disable it.
async fn patch_gateway(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(changes): Extension<Changes>,
    Path(id): Path<i64>,
    Json(request): Json<GatewayPatch>,
) -> ApiResult<Json<GatewayView>> {
    caller.require(Permission::GatewayWrite)?;
    let change = GatewayChange {
        proxy: request.proxy,
        username: request.username,
        secret: request.secret,
        register: request.register,
        caller_id: request.caller_id,
        enabled: request.enabled,
        calls_max: request.calls_max,
        calls_per_second: request.calls_per_second,
    };
    let mut check = Check::new();
    check_change(&mut check, &change);
    check.done()?;
    let tx = write_tx(&db).await?;
    store::find_gateway(&tx, id).await?.ok_or_else(|| ApiError::not_found("gateway"))?;
    let detail = json!({ "enabled": change.enabled, "new_secret": change.secret.is_some() });
    let row = store::update_gateway(&tx, id, change).await?;
    audit::record(&tx, Entry::of(caller.user_id, "gateway.update", "gateway", id).with(detail)).await?;
    tx.commit().await?;
    changes.tell(Change::Gateways);
    Ok(Json(row.into()))
}

/// These travel into the switch's configuration and dial strings.
fn check_change(check: &mut Check, change: &GatewayChange) {
    if let Some(proxy) = &change.proxy {
        check.that(
            rules::is_proxy(proxy),
            "proxy",
            "must be a host or address, with :port unless it is 5060",
        );
    }
    for (field, value) in [("username", &change.username), ("secret", &change.secret)] {
        if let Some(Some(value)) = value {
            let text = "must be letters, digits and signs without quotes, angle brackets, & and backslash";
            check.that(rules::is_carrier_word(value), field, text);
        }
    }
    if let Some(calls_max) = change.calls_max {
        check.range("calls_max", calls_max, 0..=10_000, "calls");
    }
    if let Some(calls_per_second) = change.calls_per_second {
        check.range("calls_per_second", calls_per_second, 0..=1_000, "calls");
    }
    if let Some(caller_id) = &change.caller_id {
        check.that(
            Dialable::new(caller_id).is_ok(),
            "caller_id",
            "must be 1 to 20 digits, with or without a +",
        );
    }
}

impl From<gateways::Model> for GatewayView {
    fn from(row: gateways::Model) -> Self {
        Self {
            id: row.id,
            name: row.name,
            proxy: row.proxy,
            username: row.username,
            has_secret: row.secret.is_some(),
            register: row.register,
            caller_id: row.caller_id,
            enabled: row.enabled,
            calls_max: row.calls_max,
            calls_per_second: row.calls_per_second,
        }
    }
}
