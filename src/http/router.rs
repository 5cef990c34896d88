//! Every room's routes, on one page.
//!
//! | path | who may | where |
//! |---|---|---|
//! | `/api/v1/auth/login`, `/refresh` | anybody | auth |
//! | `/api/v1/live` | says who it is in its first frame | live |
//! | `/api/v1/health`, `/health`, `/api/v1/openapi.json` | anybody | here |
//! | `/api/v1/...` | anybody signed in; each handler asks for its permission | the rooms |
//! | `/switch/...` | the switch, by its secret | switch_side |
//! | `/metrics` | this machine | health |
//! | everything else | anybody | console |

use crate::api::problem::{PROBLEM_JSON, Problem};
use crate::api::{ApiError, Settings};
use crate::auth::{self, AuthKeys};
use crate::base::limits::BODY_BYTES;
use crate::http::{console, frame, health, idempotency, switch_side};
use crate::live::hub::Hub;
use crate::live::view::{LiveMessage, LiveRequest};
use crate::store::Db;
use crate::store::changes::Changes;
use crate::{
    calendars, calls, campaigns, customers, desk, do_not_call, live, people, queues, recordings, reports,
    supervision,
};
use axum::extract::DefaultBodyLimit;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Extension, Router, middleware};
use metrics_exporter_prometheus::PrometheusHandle;
use std::sync::Arc;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi as OpenApiDocument, Ref, RefOr, ResponseBuilder};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What the handlers share.
#[derive(Clone)]
pub struct Services {
    /// The store.
    pub db: Db,
    /// Where rooms tell what they changed.
    pub changes: Changes,
    /// What signs access tokens.
    pub keys: Arc<AuthKeys>,
    /// The centre.
    pub settings: Settings,
    /// The live feed.
    pub hub: Hub,
    /// What has been measured, for `/metrics`.
    pub metrics: Option<PrometheusHandle>,
}

/// The whole application. What only some rooms need (a handle of the
/// conductor) is added by the caller as a further `Extension`.
pub fn app(services: Services) -> Router {
    let (api, document) = documented();
    let document = Arc::new(render(&document));
    let api = api
        .route("/api/v1/openapi.json", get(move || openapi(document.clone())))
        .nest("/api/v1", live::http::open_routes())
        .route("/api/{*rest}", get(no_such_route).fallback(no_such_route));
    Router::new()
        .merge(api)
        .merge(switch_side::routes())
        .merge(health::routes())
        .fallback(console::serve)
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(middleware::from_fn(frame::frame))
        // Outside the frame, which writes the bodies of problems anew.
        .layer(CompressionLayer::new().compress_when(compressible()))
        .layer(Extension(services.db))
        .layer(Extension(services.changes))
        .layer(Extension(services.keys))
        .layer(Extension(services.settings))
        .layer(Extension(services.hub))
        .layer(Extension(services.metrics))
}

/// The rooms' routes with their documentation.
fn api() -> OpenApiRouter {
    let signed_in = OpenApiRouter::default()
        .merge(auth::http::routes())
        .merge(people::http::routes())
        .merge(do_not_call::http::routes())
        .merge(customers::http::routes())
        .merge(campaigns::http::routes())
        .merge(queues::http::routes())
        .merge(calendars::http::routes())
        .merge(calls::http::routes())
        .merge(recordings::http::routes())
        .merge(reports::http::routes())
        .merge(desk::routes())
        .merge(supervision::http::routes())
        .layer(middleware::from_fn(idempotency::once))
        .layer(middleware::from_fn(auth::authenticate));
    let open = OpenApiRouter::default().merge(auth::http::open_routes()).routes(routes!(health::get_health));
    OpenApiRouter::with_openapi(Document::openapi()).nest("/api/v1", signed_in.merge(open))
}

/// The rooms' routes and their document, in which every operation may also end
/// in a problem: what a handler does not name is answered by the layers around
/// it (not signed in, too large, failed).
fn documented() -> (Router, OpenApiDocument) {
    let (router, mut document) = api().split_for_parts();
    let schema = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let problem = ResponseBuilder::new().description("A problem").content(PROBLEM_JSON, schema).build();
    for item in document.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            operation.responses.responses.entry("default".to_owned()).or_insert(RefOr::T(problem.clone()));
        }
    }
    (router, document)
}

/// The OpenAPI document, as committed in `web/openapi.json`.
pub fn openapi_json() -> String {
    render(&documented().1)
}

fn render(document: &OpenApiDocument) -> String {
    let text = document.to_pretty_json();
    text.unwrap_or_else(|error| format!("{{\"error\": \"{error}\"}}")) + "\n"
}

async fn openapi(document: Arc<String>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], document.as_str().to_owned())
}

async fn no_such_route() -> ApiError {
    ApiError::not_found("address in the API; see /api/v1/openapi.json")
}

/// Sound gains nothing, and a compressed part of a file would be a wrong part.
fn compressible() -> impl Predicate {
    DefaultPredicate::new().and(NotForContentType::const_new("audio/"))
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Trunkline",
        description = "The control plane of a call centre on FreeSWITCH. Errors are RFC 9457 problem \
                       details with a stable `code`. Lists are pages: pass `next_cursor` on as `cursor`. A \
                       write may carry an `Idempotency-Key`; repeated within a day, it is answered again \
                       and not done again.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(LiveMessage, LiveRequest, Problem)),
    security(("bearer" = [])),
    modifiers(&Bearer)
)]
struct Document;

struct Bearer;

impl utoipa::Modify for Bearer {
    fn modify(&self, document: &mut OpenApiDocument) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}
