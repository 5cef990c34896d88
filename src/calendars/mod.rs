//! Calendars: when the centre's queues are open, and on which days campaigns do not
//! dial. Opening periods by weekday, and days that differ: holidays, and the working
//! days that make up for them (调休). A queue follows both; a campaign has windows of
//! its own (`campaigns::times`) and follows the days that differ.
//!
//! In: settings from the people who run the centre; the holidays of a country, a file
//! of the program for each year. Out: the schedules that queues and campaigns follow,
//! calendars for the console.

pub mod holidays;
pub mod http;
pub mod model;
pub mod rules;
pub mod store;
