//! Customers and the do-not-call list: files of numbers to be listed, what customers
//! said of being called, and the leads of a campaign with what was held back.
//!
//! In: spreadsheets of numbers, what people enter. Out: entries of the list, the log
//! of consents, a campaign's leads within the reader's scope.

pub mod http;
pub mod numbers;
