//! The do-not-call list for those who may see and change it.
//!
//! The file of numbers is taken by customers, which reads spreadsheets; the one
//! click on a call by calls; what customers said is shown with the customer.

mod views;
mod writer;

pub use views::{BarView, BlockView, DoNotCallView};
pub use writer::{TargetRequest, Terms, Writer};

use crate::api::{
    ApiError, ApiResult, Check, Json, Page, PageQuery, Path, Problem, Query, Settings, search_text,
};
use crate::audit::{self, Entry};
use crate::auth::{Caller, Permission};
use crate::base::clock::{self, Moment};
use crate::base::phone::PhoneNumber;
use crate::do_not_call::model::{Added, BarScope, BarSource, EntryFilter, NewEntry, Target};
use crate::do_not_call::{rules, store};
use crate::store::changes::{Change, Changes};
use crate::store::{Db, write_tx};
use axum::Extension;
use axum::http::StatusCode;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use writer::{covers, reach};

/// The room's routes.
pub fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(get_do_not_call, post_do_not_call))
        .routes(routes!(post_do_not_call_check))
        .routes(routes!(delete_do_not_call))
}

/// A number to be put on the list.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DoNotCallRequest {
    /// As people write it.
    number: String,
    #[serde(flatten)]
    target: TargetRequest,
    /// `typed` or `complaint`; `typed` when left out.
    source: Option<BarSource>,
    /// One line.
    reason: String,
    /// Free text.
    note: Option<String>,
    /// The last day on which it counts (`2026-12-31`, in the centre's zone); left
    /// out: for good.
    expires_on: Option<NaiveDate>,
}

/// Which entries are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DoNotCallQuery {
    /// Any part of the number.
    q: Option<String>,
    scope: Option<BarScope>,
    source: Option<BarSource>,
    /// Those that were taken off or have expired, instead of those that count.
    #[serde(default)]
    ended: bool,
}

/// A number to be looked up.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CheckRequest {
    /// As people write it.
    number: String,
}

/// What bars a number.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckView {
    /// The digits that would be dialled.
    number: String,
    e164: String,
    /// Whether nobody dials it.
    barred_for_all: bool,
    /// The entries that count now and that the reader may see, those of the
    /// farthest reach first.
    bars: Vec<DoNotCallView>,
}

#[utoipa::path(get, path = "/do-not-call", tag = "do_not_call", operation_id = "get_do_not_call",
    params(DoNotCallQuery, PageQuery),
    responses((status = 200, body = Page<DoNotCallView>), (status = 400, body = Problem),
        (status = 403, body = Problem)))]
/// The do-not-call list, newest first: entries of the whole system, and those of the
/// departments and campaigns in the reader's scope.
async fn get_do_not_call(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
    Query(query): Query<DoNotCallQuery>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<DoNotCallView>>> {
    let reach = reach(&db, &caller, Permission::DoNotCallRead).await?;
    let digits = search_text(query.q.as_deref())?
        .map(|text| {
            rules::searched(text).ok_or_else(|| ApiError::bad_request("q", "must hold digits of the number"))
        })
        .transpose()?;
    let filter = EntryFilter { reach, digits, scope: query.scope, source: query.source, ended: query.ended };
    let limit = page.limit()?;
    let rows = store::list_entries(db.read(), &filter, page.after()?, limit + 1, clock::now()).await?;
    let writer = Writer::of(&db, &caller).await?;
    let home = &settings.home_country;
    Ok(Json(Page::of(
        rows,
        limit,
        |listed| listed.entry.id,
        |listed| DoNotCallView::new(listed, &writer, home),
    )))
}

#[utoipa::path(post, path = "/do-not-call", tag = "do_not_call", operation_id = "post_do_not_call",
    request_body = DoNotCallRequest,
    responses((status = 201, body = DoNotCallView), (status = 200, body = DoNotCallView),
        (status = 400, body = Problem), (status = 403, body = Problem), (status = 409, body = Problem)))]
/// Puts a number on the list. 200 when it was there for a shorter time and stays
/// longer now; 409 `already_listed` when it was there for as long.
async fn post_do_not_call(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
    Extension(changes): Extension<Changes>,
    Json(request): Json<DoNotCallRequest>,
) -> ApiResult<(StatusCode, Json<DoNotCallView>)> {
    let writer = Writer::require(&db, &caller).await?;
    let now = clock::now();
    let mut check = Check::new();
    let number = PhoneNumber::parse(&request.number, &settings.home_country);
    let number = number.map_err(|refused| check.fault("number", refused)).ok();
    let source = request.source.unwrap_or(BarSource::Typed);
    let by_hand = matches!(source, BarSource::Typed | BarSource::Complaint);
    check.that(by_hand, "source", "must be typed or complaint");
    let terms =
        Terms { reason: &request.reason, note: request.note.as_deref(), expires_on: request.expires_on };
    let new = terms.read(&mut check, &request.target, source, settings.zone, now);
    check.done()?;
    let (Some(number), Some(new)) = (number, new) else {
        return Err(ApiError::bad_request("number", "is wrong"));
    };
    let new = NewEntry { by: Some(caller.user_id), ..new };
    writer.may_write(&db, new.target).await?;
    let tx = write_tx(&db).await?;
    let added = store::add(&tx, &number.e164, &new, now).await?;
    if let Added::There(id) = added {
        drop(tx);
        let text = format!("{} is on this list already (entry {id})", number.dial);
        return Err(ApiError::conflict("already_listed", text));
    }
    let entry = Entry::of(caller.user_id, "do_not_call.add", "do_not_call", added.entry());
    let detail = json!({ "e164": number.e164, "target": format!("{:?}", new.target), "source": new.source,
        "reason": new.reason, "expires_at": new.expires_at.map(Moment::to_utc) });
    audit::record(&tx, entry.with(detail)).await?;
    tx.commit().await?;
    changes.tell(Change::DoNotCall);
    let status = if matches!(added, Added::New(_)) { StatusCode::CREATED } else { StatusCode::OK };
    let listed = store::find_entry(db.read(), added.entry()).await?.ok_or_else(not_found)?;
    Ok((status, Json(DoNotCallView::new(listed, &writer, &settings.home_country))))
}

#[utoipa::path(delete, path = "/do-not-call/{id}", tag = "do_not_call", operation_id = "delete_do_not_call",
    params(("id" = i64, Path, description = "The entry")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
/// Takes a number off the list. The leads that the entry held back are due again,
/// unless another entry bars them.
async fn delete_do_not_call(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(changes): Extension<Changes>,
    Path(id): Path<i64>,
) -> ApiResult<StatusCode> {
    let writer = Writer::require(&db, &caller).await?;
    let listed = store::find_entry(db.read(), id).await?.ok_or_else(not_found)?;
    let target = Target::of(&listed.entry);
    if target != Target::System && !writer.writes(target) {
        return Err(not_found());
    }
    writer.may_write(&db, target).await?;
    let tx = write_tx(&db).await?;
    if !store::remove(&tx, id, caller.user_id, clock::now()).await? {
        return Err(ApiError::conflict("wrong_state", "this entry has been taken off or has expired"));
    }
    let entry = Entry::of(caller.user_id, "do_not_call.remove", "do_not_call", id);
    let detail = json!({ "e164": listed.entry.e164, "target": format!("{target:?}") });
    audit::record(&tx, entry.with(detail)).await?;
    tx.commit().await?;
    changes.tell(Change::DoNotCall);
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(post, path = "/do-not-call/check", tag = "do_not_call", operation_id = "post_do_not_call_check",
    request_body = CheckRequest,
    responses((status = 200, body = CheckView), (status = 400, body = Problem), (status = 403, body = Problem)))]
/// Which entries bar a number, and for whom.
async fn post_do_not_call_check(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
    Json(request): Json<CheckRequest>,
) -> ApiResult<Json<CheckView>> {
    let reach = reach(&db, &caller, Permission::DoNotCallRead).await?;
    let home = &settings.home_country;
    let number = PhoneNumber::parse(&request.number, home)
        .map_err(|refused| ApiError::bad_request("number", refused.to_string()))?;
    let mut found = store::find_of_numbers(db.read(), vec![number.e164.clone()], clock::now()).await?;
    let found = found.remove(&number.e164).unwrap_or_default();
    let barred_for_all = found.iter().any(|listed| Target::of(&listed.entry) == Target::System);
    let writer = Writer::of(&db, &caller).await?;
    let seen = found.into_iter().filter(|listed| covers(&reach, Target::of(&listed.entry)));
    let bars = seen.map(|listed| DoNotCallView::new(listed, &writer, home)).collect();
    Ok(Json(CheckView { number: number.dial.to_string(), e164: number.e164, barred_for_all, bars }))
}

fn not_found() -> ApiError {
    ApiError::not_found("entry of the do-not-call list")
}
