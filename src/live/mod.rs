//! The live feed: what every console sees change as it changes.
//!
//! In: [`crate::floor::effect::Tell`] from the conductor. Out: numbered
//! [`view::LiveMessage`]s on `/api/v1/live`, a snapshot first, each viewer
//! only what their scope allows. A console that falls behind is given a new
//! snapshot instead of a gap.

pub mod http;
pub mod hub;
pub mod view;
