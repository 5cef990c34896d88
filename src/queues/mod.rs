//! Inbound queues: which numbers lead to whom, when they are open, how long callers
//! wait, and what becomes of those who wait too long or call at other times.
//!
//! In: settings from the people who run the centre. Out: queue profiles for the
//! floor, queues for the console.

pub mod callback;
pub mod http;
pub mod model;
pub mod rules;
pub mod store;
