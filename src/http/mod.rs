//! The front door: every route on one page, the OpenAPI document, the embedded
//! console, health and metrics, and what holds for every request: an id, a
//! body limit, security headers, problem details.
//!
//! In: [`Services`]. Out: [`app`], a router to be served, and [`openapi_json`].

mod console;
mod frame;
mod health;
mod idempotency;
mod router;
mod store;
mod switch_side;

pub use router::{Services, app, openapi_json};
