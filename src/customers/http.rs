//! Customers and lists for those who may see them. Imports are in
//! `import/http.rs`.

use crate::api::{ApiError, ApiResult, Json, Page, PageQuery, Path, Problem, Query};
use crate::audit::{self, Entry};
use crate::auth::{Caller, Permission, Scope, UserFilter, visible_users};
use crate::base::ids::CustomerId;
use crate::base::limits::LINE_CHARS;
use crate::calls;
use crate::calls::http::CallView;
use crate::customers::import;
use crate::customers::model::{CustomerEntry, ListEntry};
use crate::customers::store;
use crate::store::entity::customer_phones;
use crate::store::{Db, write_tx};
use axum::Extension;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Calls of a customer's history that are shown at once.
const HISTORY_CALLS: u64 = 50;

/// The room's routes.
pub fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(get_customers))
        .routes(routes!(get_customer))
        .routes(routes!(get_lists))
        .merge(import::http::routes())
}

/// A customer with their history, as in the screen pop.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CustomerView {
    #[serde(flatten)]
    customer: CustomerItemView,
    /// The latest calls, newest first.
    history: Vec<CallView>,
}

/// A customer in a list.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CustomerItemView {
    id: i64,
    name: String,
    city: Option<String>,
    remark: Option<String>,
    /// The user who looks after them.
    owner_id: Option<i64>,
    /// Where they come from: the file they were imported from.
    source: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    /// In the order in which they are dialled.
    phones: Vec<PhoneView>,
}

/// A phone number of a customer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PhoneView {
    /// The digits dialled.
    number: String,
    /// With country code: `+8613800138000`.
    e164: String,
}

/// A list of leads.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ListView {
    id: i64,
    name: String,
    /// Leads on it.
    leads: i64,
    /// Of these, never dialled.
    fresh: i64,
    /// Dialled at least once.
    dialled: i64,
    created_at: DateTime<Utc>,
}

/// Which customers are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CustomerQuery {
    /// Part of a name or number.
    q: Option<String>,
}

#[utoipa::path(get, path = "/customers", tag = "customers", operation_id = "get_customers",
    params(CustomerQuery, PageQuery),
    responses((status = 200, body = Page<CustomerItemView>), (status = 400, body = Problem),
        (status = 403, body = Problem)))]
/// Customers, newest first. Who may not see everybody sees those they (or those
/// in their scope) own, have spoken with, or imported.
async fn get_customers(
    caller: Caller,
    Extension(db): Extension<Db>,
    Query(query): Query<CustomerQuery>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<CustomerItemView>>> {
    let scope = caller.require(Permission::CustomerRead)?;
    let visible = visible_users(&db, &caller, scope).await?;
    let text = query.q.as_deref().map(str::trim).filter(|q| !q.is_empty());
    if text.is_some_and(|text| text.chars().count() > LINE_CHARS) {
        return Err(ApiError::bad_request("q", format!("must have at most {LINE_CHARS} characters")));
    }
    let limit = page.limit()?;
    let rows = store::list_customers(&db, &visible, text, page.after()?, limit + 1).await?;
    Ok(Json(Page::of(rows, limit, |entry| entry.customer.id, CustomerItemView::from)))
}

#[utoipa::path(get, path = "/customers/{id}", tag = "customers", operation_id = "get_customer",
    params(("id" = i64, Path, description = "The customer")),
    responses((status = 200, body = CustomerView), (status = 403, body = Problem), (status = 404, body = Problem)))]
/// One customer, with the calls that the reader may see.
async fn get_customer(
    caller: Caller,
    Extension(db): Extension<Db>,
    Path(id): Path<CustomerId>,
) -> ApiResult<Json<CustomerView>> {
    let scope = caller.require(Permission::CustomerRead)?;
    let visible = visible_users(&db, &caller, scope).await?;
    let history = match caller.permissions.scope(Permission::CallRead) {
        Some(scope) => visible_users(&db, &caller, scope).await?,
        None => UserFilter::Ids(Vec::new()),
    };
    let view = load_view(&db, id, &visible, history).await?.ok_or_else(|| ApiError::not_found("customer"))?;
    if scope != Scope::Own {
        let tx = write_tx(&db).await?;
        audit::record(&tx, Entry::of(caller.user_id, "customer.read", "customer", id)).await?;
        tx.commit().await?;
    }
    Ok(Json(view))
}

/// A customer for the screen pop: with the whole history, whoever made the
/// calls. To be given only to the agent whose call it is.
pub async fn view_for_call(db: &Db, id: CustomerId) -> ApiResult<Option<CustomerView>> {
    load_view(db, id, &UserFilter::All, UserFilter::All).await
}

async fn load_view(
    db: &Db,
    id: CustomerId,
    visible: &UserFilter,
    history: UserFilter,
) -> ApiResult<Option<CustomerView>> {
    let Some(entry) = store::find_customer(db, id, visible).await? else { return Ok(None) };
    let history = calls::store::find_calls_of_customer(db, id, history, HISTORY_CALLS).await?;
    let history = history.into_iter().map(CallView::from).collect();
    Ok(Some(CustomerView { customer: entry.into(), history }))
}

#[utoipa::path(get, path = "/lists", tag = "customers", operation_id = "get_lists",
    responses((status = 200, body = Page<ListView>), (status = 403, body = Problem)))]
/// The lists of leads that were made within the reader's scope, newest first.
async fn get_lists(caller: Caller, Extension(db): Extension<Db>) -> ApiResult<Json<Page<ListView>>> {
    let scope = caller.require(Permission::CampaignRead)?;
    let visible = visible_users(&db, &caller, scope).await?;
    let lists = store::list_lists(&db, &visible).await?;
    Ok(Json(Page::all(lists.into_iter().map(ListView::from).collect())))
}

impl From<CustomerEntry> for CustomerItemView {
    fn from(entry: CustomerEntry) -> Self {
        let customer = entry.customer;
        let phone = |phone: customer_phones::Model| PhoneView { number: phone.dial, e164: phone.e164 };
        Self {
            id: customer.id,
            name: customer.name,
            city: customer.city,
            remark: customer.remark,
            owner_id: customer.owner_id,
            source: customer.source,
            created_at: customer.created_at,
            updated_at: customer.updated_at,
            phones: entry.phones.into_iter().map(phone).collect(),
        }
    }
}

impl From<ListEntry> for ListView {
    fn from(list: ListEntry) -> Self {
        let ListEntry { id, name, leads, fresh, created_at } = list;
        Self { id, name, leads, fresh, dialled: leads - fresh, created_at }
    }
}
