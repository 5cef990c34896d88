//! Where the calls of the person at the desk go.
//!
//! In: requests about one's own phone alone. Out: the rules as people's room
//! keeps them; the floor follows them from then on.

use crate::api::{ApiResult, Json, Problem, Settings};
use crate::auth::Caller;
use crate::desk::http::desk_of;
use crate::people::http::forwarding::{self, ForwardingRequest, ForwardingView};
use crate::store::Db;
use crate::store::changes::Changes;
use axum::Extension;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(get_forwarding, put_forwarding))
}

/// Where one's own personal calls go.
#[utoipa::path(get, path = "/desk/forwarding", tag = "desk",
    responses((status = 200, body = ForwardingView), (status = 403, body = Problem)))]
async fn get_forwarding(caller: Caller, Extension(db): Extension<Db>) -> ApiResult<Json<ForwardingView>> {
    desk_of(&caller)?;
    Ok(Json(forwarding::load(&db, caller.user_id).await?))
}

/// Sets where one's own personal calls go.
#[utoipa::path(put, path = "/desk/forwarding", tag = "desk", request_body = ForwardingRequest,
    responses((status = 200, body = ForwardingView), (status = 400, body = Problem),
        (status = 403, body = Problem)))]
async fn put_forwarding(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(changes): Extension<Changes>,
    Extension(settings): Extension<Settings>,
    Json(request): Json<ForwardingRequest>,
) -> ApiResult<Json<ForwardingView>> {
    desk_of(&caller)?;
    Ok(Json(forwarding::save(&db, &changes, &settings, caller.user_id, caller.user_id, request).await?))
}
