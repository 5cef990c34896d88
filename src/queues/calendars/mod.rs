//! Calendars: when the centre's queues are open. Opening periods by weekday, and
//! days that differ: holidays, and the working days that make up for them (调休).
//!
//! In: settings from the people who run the centre. Out: the schedules that queues
//! follow, calendars for the console.

pub mod http;
pub mod model;
pub mod rules;
pub mod store;
