//! The REST API, through the real router.

mod auth;
mod frame;
mod idempotency;
mod people;
mod permissions;
mod report_schedules;
mod states;
mod switch_side;
