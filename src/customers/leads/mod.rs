//! One lead of a campaign: what became of it until now.
//!
//! In: a lead of a customer whom the reader may see. Out: its attempts, when it was
//! put back to be dialled again, and what was held back of it.

pub mod http;
