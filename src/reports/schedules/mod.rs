//! The agents report by e-mail, on a schedule.
//!
//! In: schedules that people make ([`http`]), and time. Out: letters with the
//! workbook, each run and what became of it in `report_runs`. A report holds
//! what its schedule's owner may see at the moment it is sent.

pub mod http;
pub mod jobs;
pub mod letter;
pub mod model;
pub mod rules;
pub mod store;
