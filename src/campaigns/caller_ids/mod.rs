//! Pools of caller IDs: which numbers customers of a campaign see.
//!
//! In: settings from the people who run campaigns. Out: pools with what their
//! numbers were used today, and the same for the floor, which chooses.

pub mod http;
pub mod model;
pub mod rules;
pub mod store;
