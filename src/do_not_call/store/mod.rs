//! The rows of the do-not-call list.
//!
//! In: entries, what was held back, what was said. Out: which entries bar a number
//! for somebody who dials; pages of entries; the logs.

mod blocks;
mod consents;
mod entries;
mod names;

pub use blocks::{
    blocks_of_customer, blocks_of_leads, let_go, lift_of_campaign, lift_of_caps, lift_of_entries, log_blocks,
};
pub use consents::{append_consent, list_consents};
pub use entries::{
    add, add_many, campaigns_of, end_expired, find_active, find_bars, find_entry, find_of_call,
    find_of_numbers, has_ended, list_entries, mark_leads_back, remove, take_ended, target_exists,
};
