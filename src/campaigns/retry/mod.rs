//! When a lead is dialled again after an attempt, by the attempt's result.
//!
//! In: a campaign's rules, what came of the lead's attempts, the customer's numbers.
//! Out: when and on which number it is dialled next, or that it is done, and the
//! rule that says so.

pub mod model;
pub mod rules;
pub(in crate::campaigns) mod store;
