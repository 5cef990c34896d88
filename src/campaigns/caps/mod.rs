//! How often one number is dialled: on one day, in all, and how soon again. Counted
//! on the number itself, over every campaign and customer, from the ledger.
//!
//! In: the centre's caps and a campaign's stricter ones, the attempts at a number.
//! Out: whether it may be dialled now, and if not until when and by which rule.

pub mod http;
pub mod model;
pub mod rules;
pub(in crate::campaigns) mod store;

pub use store::{Candidate, find_capped, load_caps, save_caps};
