//! Customers and their phone numbers: who is called.
//!
//! In: spreadsheets of customers ([`import`]), customers whom people add. Out:
//! customers, each phone number once in the whole system, where numbers come
//! from ([`crate::places`]), what they said of being called ([`barred`]), and lists of leads
//! for campaigns.

pub mod barred;
pub mod http;
pub mod import;
pub mod jobs;
pub mod leads;
pub mod model;
pub mod rejected;
pub mod store;
