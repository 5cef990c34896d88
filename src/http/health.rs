//! Whether Trunkline can work, for load balancers and people; and what it has
//! measured, for Prometheus on the same machine.

use crate::api::Json;
use crate::live::hub::Hub;
use crate::store::Db;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use metrics_exporter_prometheus::PrometheusHandle;
use serde::Serialize;
use std::net::SocketAddr;
use std::time::Duration;
use utoipa::ToSchema;

/// How long the database may take to answer before it counts as away.
const DATABASE_ANSWERS: Duration = Duration::from_secs(2);

/// `/health` and `/metrics`.
pub fn routes() -> Router {
    Router::new().route("/health", get(get_health)).route("/metrics", get(get_metrics))
}

/// Whether a part works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// It does.
    Ok,
    /// It does not.
    Down,
}

/// Whether Trunkline can work.
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthView {
    /// `ok` when every part is.
    status: Health,
    /// The connection to the switch.
    switch: Health,
    /// The database.
    database: Health,
    /// Whether new conversations are recorded: `down` while the disk is full.
    recordings: Health,
    /// The version that runs.
    version: &'static str,
}

#[utoipa::path(get, path = "/health", tag = "platform", operation_id = "get_health", security(()),
    responses((status = 200, body = HealthView), (status = 503, body = HealthView)))]
/// Whether Trunkline can work. 503 when the database is away; without the
/// switch people can still work in the console.
pub async fn get_health(
    Extension(db): Extension<Db>,
    Extension(hub): Extension<Hub>,
) -> (StatusCode, Json<HealthView>) {
    let answered = tokio::time::timeout(DATABASE_ANSWERS, db.ping()).await;
    let database = if matches!(answered, Ok(Ok(()))) { Health::Ok } else { Health::Down };
    let switch = if hub.switch().up { Health::Ok } else { Health::Down };
    let recordings = if hub.recordings().stopped { Health::Down } else { Health::Ok };
    let all = [database, switch, recordings].iter().all(|part| *part == Health::Ok);
    let status = if all { Health::Ok } else { Health::Down };
    let code = if database == Health::Ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (code, Json(HealthView { status, switch, database, recordings, version: env!("CARGO_PKG_VERSION") }))
}

/// Only for this machine: figures tell much about a business. A request that a
/// proxy passed on is not from this machine, whatever its address says.
async fn get_metrics(
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    Extension(metrics): Extension<Option<PrometheusHandle>>,
    headers: HeaderMap,
) -> Response {
    let near = peer.is_some_and(|Extension(ConnectInfo(peer))| peer.ip().to_canonical().is_loopback());
    let passed_on = headers.contains_key(header::FORWARDED) || headers.contains_key("x-forwarded-for");
    if !near || passed_on {
        return (StatusCode::FORBIDDEN, "metrics are only shown to this machine\n").into_response();
    }
    match metrics {
        Some(metrics) => {
            ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], metrics.render()).into_response()
        }
        None => (StatusCode::NOT_FOUND, "metrics are not collected\n").into_response(),
    }
}
