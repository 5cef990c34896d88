//! Campaigns: which list is dialled, by whom, when and how, and what becomes of
//! a lead after each attempt.
//!
//! In: settings from the people who run campaigns; facts from the floor. Out:
//! campaign profiles and due leads for the floor, figures for the console.

pub mod caller_ids;
pub mod caps;
pub mod http;
pub mod model;
pub mod recycling;
pub mod retry;
pub mod rules;
pub mod store;
pub mod times;
pub mod zones;
