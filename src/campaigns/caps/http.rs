//! The centre's caps on attempts, for those who set them.

use crate::api::{ApiResult, Check, Json, Problem};
use crate::audit::{self, Entry};
use crate::auth::{Caller, Permission};
use crate::base::clock;
use crate::campaigns::caps::model::AttemptCaps;
use crate::campaigns::caps::{rules, store};
use crate::store::changes::{Change, Changes};
use crate::store::{Db, write_tx};
use axum::Extension;
use serde_json::json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub fn routes() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(get_attempt_caps, put_attempt_caps))
}

#[utoipa::path(get, path = "/attempt-caps", tag = "campaigns", operation_id = "get_attempt_caps",
    responses((status = 200, body = AttemptCaps), (status = 403, body = Problem)))]
/// How often one number is dialled at most, whoever dials it.
async fn get_attempt_caps(caller: Caller, Extension(db): Extension<Db>) -> ApiResult<Json<AttemptCaps>> {
    caller.require(Permission::CampaignRead)?;
    Ok(Json(store::load_caps(db.read()).await?))
}

#[utoipa::path(put, path = "/attempt-caps", tag = "campaigns", operation_id = "put_attempt_caps",
    request_body = AttemptCaps,
    responses((status = 200, body = AttemptCaps), (status = 400, body = Problem), (status = 403, body = Problem)))]
/// Set how often one number is dialled at most; campaigns may be stricter. Leads that
/// wait for a cap are looked at anew.
async fn put_attempt_caps(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(changes): Extension<Changes>,
    Json(caps): Json<AttemptCaps>,
) -> ApiResult<Json<AttemptCaps>> {
    caller.require(Permission::CampaignWrite)?;
    let mut check = Check::new();
    rules::check(&caps, &mut check);
    check.done()?;
    let tx = write_tx(&db).await?;
    let before = store::load_caps(&tx).await?;
    store::save_caps(&tx, caps, clock::now()).await?;
    let entry = Entry::of(caller.user_id, "attempt_caps.update", "setting", "attempt_caps");
    audit::record(&tx, entry.with(json!({ "before": before, "after": caps }))).await?;
    tx.commit().await?;
    changes.tell(Change::Everything);
    Ok(Json(caps))
}
