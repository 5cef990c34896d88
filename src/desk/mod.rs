//! What agents do to their state and their live call: requests turned into
//! inputs of the floor, and everything the desk page needs in one answer.

mod control;
mod forwarding;
mod http;
mod preview;

use utoipa_axum::router::OpenApiRouter;

/// Every route of the desk.
pub fn routes() -> OpenApiRouter {
    http::routes().merge(control::routes()).merge(forwarding::routes()).merge(preview::routes())
}
