//! The REST API, through the real router.

mod auth;
mod control;
mod frame;
mod idempotency;
mod people;
mod permissions;
mod phones;
mod report_schedules;
mod states;
mod supervision;
mod switch_side;
