//! Places that callers keep in queues: a supervisor takes one out.
//!
//! In: the place, named by the call from which it was kept. Out: an input of the
//! floor; the entry in the audit log is committed before it, and a refusal is
//! entered after it.

use crate::api::{ApiError, ApiResult, Path, Problem};
use crate::audit::{self, Entry};
use crate::auth::{Caller, Permission};
use crate::base::ids::{AgentId, CallId};
use crate::conductor::Handle;
use crate::floor::input::SupervisorCommand;
use crate::live::hub::Hub;
use crate::store::{Db, write_tx};
use axum::Extension;
use axum::http::StatusCode;
use serde_json::json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes of kept places.
pub fn routes() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(delete_kept_place))
}

/// Takes a place that a caller keeps out of its queue: they are not called back.
#[utoipa::path(delete, path = "/kept-places/{id}", tag = "supervision",
    params(("id" = Uuid, Path, description = "The call from which the place was kept")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
async fn delete_kept_place(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(hub): Extension<Hub>,
    Extension(handle): Extension<Handle>,
    Path(place): Path<CallId>,
) -> ApiResult<StatusCode> {
    caller.require(Permission::QueueRemovePlace)?;
    let (queue, kept) = hub.kept_place(place).ok_or_else(|| ApiError::not_found("kept place"))?;
    let detail = json!({ "queue_id": queue, "since": kept.since, "tries": kept.tries });
    let enter = async |detail| -> ApiResult<()> {
        let tx = write_tx(&db).await?;
        let entry = Entry::of(caller.user_id, "queue.remove_place", "call", place).with(detail);
        audit::record(&tx, entry).await?;
        Ok(tx.commit().await?)
    };
    enter(detail.clone()).await?;
    let command = SupervisorCommand::RemoveKept { place };
    match handle.supervisor(AgentId(caller.user_id.0), command).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(refused) => {
            let mut detail = detail;
            detail["refused"] = refused.to_string().into();
            enter(detail).await?;
            Err(refused.into())
        }
    }
}
