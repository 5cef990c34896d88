//! Customers and lists for those who may see them, and adding a customer.
//! Imports are in `import/http.rs`.

use crate::api::{
    ApiError, ApiResult, Check, Json, Page, PageQuery, Path, Problem, Query, Settings, search_text,
};
use crate::audit::{self, Entry};
use crate::auth::{Caller, Permission, Scope, UserFilter, visible_users};
use crate::base::clock;
use crate::base::ids::CustomerId;
use crate::base::limits::PHONES_PER_CUSTOMER;
use crate::base::phone::PhoneNumber;
use crate::calls;
use crate::calls::http::CallView;
use crate::customers::leads::http::LeadPreviewView;
use crate::customers::model::{CustomerEntry, ListEntry, NewCustomer, another_phone, clean_line, clean_text};
use crate::customers::store::{self, Added};
use crate::customers::{barred, import, leads};
use crate::do_not_call::http::{BarView, BlockView};
use crate::do_not_call::store::blocks_of_customer;
use crate::places::{Home, home_of};
use crate::store::changes::{Change, Changes};
use crate::store::entity::customer_phones;
use crate::store::{Db, write_tx};
use axum::Extension;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Calls of a customer's history that are shown at once.
const HISTORY_CALLS: u64 = 50;
/// Of what was held back of a customer, what is shown at once.
const HISTORY_BLOCKS: u64 = 20;

/// The room's routes.
pub fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(get_customers, post_customer))
        .routes(routes!(get_customer))
        .routes(routes!(get_lists))
        .merge(import::http::routes())
        .merge(barred::http::routes())
        .merge(leads::http::routes())
}

/// A customer with their history, as in the screen pop.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CustomerView {
    #[serde(flatten)]
    customer: CustomerItemView,
    /// The latest calls, newest first.
    history: Vec<CallView>,
    /// What the do-not-call list held back of them, the latest first.
    blocks: Vec<BlockView>,
    /// When agents saw a lead of theirs and skipped it, the latest first.
    skips: Vec<LeadPreviewView>,
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
    /// Where it comes from; null when nobody knows.
    home: Option<Home>,
    /// The entries of the do-not-call list that have it now.
    bars: Vec<BarView>,
}

/// A customer as a person enters them.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct CustomerRequest {
    /// One line.
    name: String,
    /// In the order in which they are dialled, as people write numbers.
    phones: Vec<String>,
    /// One line.
    city: Option<String>,
    /// Free text.
    remark: Option<String>,
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
    let text = search_text(query.q.as_deref())?;
    let limit = page.limit()?;
    let rows = store::list_customers(&db, &visible, text, page.after()?, limit + 1).await?;
    Ok(Json(Page::of(rows, limit, |entry| entry.customer.id, CustomerItemView::from)))
}

#[utoipa::path(post, path = "/customers", tag = "customers", operation_id = "post_customer",
    request_body = CustomerRequest,
    responses((status = 201, body = CustomerView), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem)))]
/// Adds a customer, whom the one who adds them looks after. Earlier calls of
/// their numbers become theirs, and whoever is on the line with one of them
/// is known at once. 409 `number_taken`: a number is another customer's.
async fn post_customer(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
    Extension(changes): Extension<Changes>,
    Json(request): Json<CustomerRequest>,
) -> ApiResult<(StatusCode, Json<CustomerView>)> {
    caller.require(Permission::CustomerWrite)?;
    let new = read_customer(&request, &settings.home_country)?;
    let tx = write_tx(&db).await?;
    let id = match store::add_customer(&tx, &new, Some(caller.user_id), clock::now()).await? {
        Added::New(id) => id,
        Added::Taken { e164, customer } => {
            drop(tx);
            return Err(taken(&db, &caller, &new, &e164, customer).await?);
        }
    };
    audit::record(&tx, Entry::of(caller.user_id, "customer.add", "customer", id)).await?;
    tx.commit().await?;
    changes.tell(Change::Numbers);
    let view = load_view(&db, id, &UserFilter::All, history_of(&db, &caller).await?).await?;
    Ok((StatusCode::CREATED, Json(view.ok_or_else(|| ApiError::not_found("customer"))?)))
}

fn read_customer(request: &CustomerRequest, home: &str) -> ApiResult<NewCustomer> {
    let mut check = Check::new();
    let name = clean_line(&request.name);
    let name = check.take("name", name.and_then(|name| name.ok_or_else(|| "the name is missing".to_owned())));
    let mut phones: Vec<PhoneNumber> = Vec::new();
    for (at, text) in request.phones.iter().enumerate() {
        phones.extend(check.take(&format!("phones.{at}"), another_phone(text, home, &phones)));
    }
    let readable = check.at_fault().iter().all(|field| !field.starts_with("phones"));
    check.that(!readable || !phones.is_empty(), "phones.0", "a phone number is wanted");
    let too_many = format!("more than {PHONES_PER_CUSTOMER} phone numbers");
    check.that(phones.len() <= PHONES_PER_CUSTOMER, "phones", too_many);
    let city = check.take("city", clean_line(request.city.as_deref().unwrap_or_default()));
    let remark = check.take("remark", clean_text(request.remark.as_deref().unwrap_or_default()));
    check.done()?;
    Ok(NewCustomer { name, phones, city, remark })
}

/// Says whose the number is, as far as the reader may know.
async fn taken(
    db: &Db,
    caller: &Caller,
    new: &NewCustomer,
    e164: &str,
    customer: Option<CustomerId>,
) -> ApiResult<ApiError> {
    let number = new.phones.iter().find(|phone| phone.e164 == e164);
    let number = number.map_or(e164, |phone| phone.dial.as_str());
    let entry = match (customer, caller.permissions.scope(Permission::CustomerRead)) {
        (Some(id), Some(scope)) => {
            store::find_customer(db, id, &visible_users(db, caller, scope).await?).await?
        }
        _ => None,
    };
    let whose = match entry {
        Some(entry) => format!("customer {}'s already ({})", entry.customer.id, entry.customer.name),
        None => "another customer's already, outside what you may see".to_owned(),
    };
    Ok(ApiError::conflict("number_taken", format!("{number} is {whose}")))
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
    let history = history_of(&db, &caller).await?;
    let view = load_view(&db, id, &visible, history).await?.ok_or_else(|| ApiError::not_found("customer"))?;
    if scope != Scope::Own {
        let tx = write_tx(&db).await?;
        audit::record(&tx, Entry::of(caller.user_id, "customer.read", "customer", id)).await?;
        tx.commit().await?;
    }
    Ok(Json(view))
}

/// Whose calls the reader may see.
async fn history_of(db: &Db, caller: &Caller) -> ApiResult<UserFilter> {
    Ok(match caller.permissions.scope(Permission::CallRead) {
        Some(scope) => visible_users(db, caller, scope).await?,
        None => UserFilter::Ids(Vec::new()),
    })
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
    let blocks = blocks_of_customer(db.read(), id, HISTORY_BLOCKS).await?;
    let blocks = blocks.into_iter().map(BlockView::from).collect();
    let skips = store::find_skips(db, id, HISTORY_BLOCKS).await?;
    let skips = skips.into_iter().map(LeadPreviewView::from).collect();
    Ok(Some(CustomerView { customer: entry.into(), history, blocks, skips }))
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
        let (customer, bars) = (entry.customer, entry.bars);
        let phone = |phone: customer_phones::Model| PhoneView {
            home: home_of(&phone.e164),
            bars: bars.get(&phone.e164).into_iter().flatten().map(BarView::from).collect(),
            number: phone.dial,
            e164: phone.e164,
        };
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
