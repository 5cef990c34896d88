//! The do-not-call list: which numbers are not dialled, for whom, what that held
//! back, and what customers said of being called.
//!
//! In: entries from people and from calls, for the whole system, a department or a
//! campaign; what somebody is about to dial. Out: which entries bar it, each block
//! in a log, each consent and refusal in a log that nobody can edit.
//!
//! Whoever dials asks [`store::find_bars`] in the transaction that commits the
//! attempt. Leads that entries held back are given back by campaigns, which writes
//! them, once an entry has ended ([`store::take_ended`]).

pub mod http;
pub mod model;
pub mod rules;
pub mod store;
