//! Trunkline: an open control plane for call centres on FreeSWITCH.
//!
//! The rooms, from the ground up; each uses only rooms below it (a test reads
//! the `crate::` paths and keeps it so). ARCHITECTURE.md follows one call
//! through the house.

pub mod announcements;
pub mod api;
pub mod app;
pub mod audit;
pub mod auth;
pub mod calendars;
pub mod calls;
pub mod campaigns;
pub mod conductor;
pub mod config;
pub mod customers;
pub mod demo;
pub mod desk;
pub mod do_not_call;
pub mod http;
pub mod jobs;
pub mod live;
pub mod mail;
pub mod people;
pub mod places;
pub mod queues;
pub mod recordings;
pub mod reports;
pub mod secrets;
pub mod store;
pub mod supervision;
pub mod switch;

pub use trunkline_core::{base, ear, floor, sim};
