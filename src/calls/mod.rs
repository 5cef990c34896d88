//! The ledger: one row for every attempt, from dialling to the disposition.
//!
//! In: facts from the floor, call records from the switch, dispositions from
//! agents. Out: lists of calls within the reader's scope, and after a restart
//! the calls that have no end yet.

pub mod http;
pub mod model;
pub mod records;
pub mod store;
