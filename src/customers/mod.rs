//! Customers and their phone numbers: who is called.
//!
//! In: spreadsheets of customers ([`import`]). Out: customers, each phone
//! number once in the whole system, and lists of leads for campaigns.

pub mod import;
pub mod jobs;
pub mod model;
pub mod rejected;
pub mod store;
