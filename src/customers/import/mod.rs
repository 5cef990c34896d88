//! Bulk import of customers from a spreadsheet.
//!
//! In: a file from anywhere, which may be broken or hostile. Out: customers and
//! a list of leads, and for every row that was not taken a reason that names
//! its row and column.
//!
//! The way of a file: [`unpack`] measures a zip before anything unpacks it,
//! [`sheet`] turns the file into rows or refuses it as a whole, [`mapping`] says
//! which column means what, [`rows`] turns each row into a customer or a reason.
//! All four are pure and blocking: run them in `spawn_blocking`. [`http`] takes
//! uploads; the importer itself is in `customers/jobs.rs`.

pub mod csv;
pub mod http;
pub mod mapping;
pub mod rows;
pub mod sheet;
pub mod unpack;
