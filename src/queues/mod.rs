//! Inbound queues: which numbers lead to whom, how long callers wait, and what
//! becomes of those who wait too long.
//!
//! In: settings from the people who run the centre. Out: queue profiles for the
//! floor, queues for the console.

pub mod http;
pub mod model;
pub mod rules;
pub mod store;
