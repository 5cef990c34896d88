//! Leads that are done, put back to be dialled again by what came of them; and which
//! leads are dialled first.
//!
//! In: which leads of a campaign's list. Out: how many they are, and their rows
//! changed in one transaction, with what each was before.

pub mod http;
pub mod model;
mod store;
