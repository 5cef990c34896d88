//! With one click, the agent on a call, or who had it, puts its number on the
//! do-not-call list of the whole system, and takes that back.

use crate::api::{ApiError, ApiResult, Json, Path, Problem};
use crate::audit::{self, Entry};
use crate::auth::{Caller, Permission};
use crate::base::clock;
use crate::base::ids::{AgentId, CallId};
use crate::calls::store::{self, BarRefused};
use crate::do_not_call::http::BarView;
use crate::do_not_call::model::{Added, BarSource};
use crate::do_not_call::store::{find_entry, find_of_call};
use crate::store::changes::{Change, Changes};
use crate::store::entity::calls;
use crate::store::{Db, write_tx};
use axum::Extension;
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(post_call_do_not_call, delete_call_do_not_call))
}

/// What became of the number of a call.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CallBarView {
    /// The entry of the do-not-call list.
    bar: BarView,
    /// Whether it was not there before.
    added: bool,
    /// Whether the reader may take it back: they made it on this call.
    may_undo: bool,
}

#[utoipa::path(post, path = "/calls/{id}/do-not-call", tag = "calls", operation_id = "post_call_do_not_call",
    params(("id" = Uuid, Path, description = "The call")),
    responses((status = 200, body = CallBarView), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
/// Puts the number of one's own call on the list, for the whole system and for good,
/// and keeps the refusal. Twice is no fault.
async fn post_call_do_not_call(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(changes): Extension<Changes>,
    Path(id): Path<CallId>,
) -> ApiResult<Json<CallBarView>> {
    let (agent, call) = own_call(&db, &caller, id).await?;
    let tx = write_tx(&db).await?;
    let added = store::bar_number(&tx, agent, &call, clock::now()).await?;
    if !matches!(added, Added::There(_)) {
        let entry = Entry::of(caller.user_id, "do_not_call.add", "do_not_call", added.entry());
        audit::record(&tx, entry.with(json!({ "e164": call.e164, "call": id, "source": BarSource::Click })))
            .await?;
    }
    tx.commit().await?;
    changes.tell(Change::DoNotCall);
    let own = find_of_call(db.read(), id.0, caller.user_id, BarSource::Click.as_str()).await?;
    let listed = find_entry(db.read(), added.entry()).await?.ok_or_else(|| ApiError::not_found("entry"))?;
    let may_undo = own.is_some_and(|own| own.id == listed.entry.id);
    let added = matches!(added, Added::New(_));
    Ok(Json(CallBarView { bar: BarView::from(&listed), added, may_undo }))
}

#[utoipa::path(delete, path = "/calls/{id}/do-not-call", tag = "calls",
    operation_id = "delete_call_do_not_call", params(("id" = Uuid, Path, description = "The call")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
/// Takes back what one did with that click on this call.
async fn delete_call_do_not_call(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(changes): Extension<Changes>,
    Path(id): Path<CallId>,
) -> ApiResult<StatusCode> {
    let (agent, call) = own_call(&db, &caller, id).await?;
    let tx = write_tx(&db).await?;
    let Some(entry) = store::unbar_number(&tx, agent, &call, clock::now()).await? else {
        return Err(ApiError::not_found("entry that you made on this call"));
    };
    let undone = Entry::of(caller.user_id, "do_not_call.remove", "do_not_call", entry);
    audit::record(&tx, undone.with(json!({ "e164": call.e164, "call": id }))).await?;
    tx.commit().await?;
    changes.tell(Change::DoNotCall);
    Ok(StatusCode::NO_CONTENT)
}

async fn own_call(db: &Db, caller: &Caller, id: CallId) -> ApiResult<(AgentId, calls::Model)> {
    caller.require(Permission::DeskUse)?;
    let agent = AgentId(caller.user_id.0);
    match store::find_own_call(db.read(), agent, id).await? {
        Ok(call) => Ok((agent, call)),
        Err(BarRefused::NotYourCall) => Err(ApiError::not_found("call of yours")),
        Err(BarRefused::NoNumber) => {
            Err(ApiError::conflict("no_number", "the caller withholds their number"))
        }
    }
}
