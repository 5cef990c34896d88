//! The routes of people: users, where they belong, trunks.

mod chart;
pub mod forwarding;
mod gateways;
mod users;

use serde::{Deserialize, Deserializer};
use utoipa_axum::router::OpenApiRouter;

/// Every route of this room.
pub fn routes() -> OpenApiRouter {
    users::routes().merge(chart::routes()).merge(gateways::routes()).merge(forwarding::routes())
}

/// For a field that may be left out (no change), null (cleared) or a value.
fn nullable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(from).map(Some)
}
