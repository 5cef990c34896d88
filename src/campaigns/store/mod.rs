//! The rows of campaigns and leads.
//!
//! In: checked settings, facts, requests for leads. Out: campaigns with their
//! figures, profiles for the floor, due leads.

mod attempts;
mod barred;
mod called;
mod campaigns;
mod capped;
mod leads;
mod previews;
mod profiles;

pub use attempts::write_fact;
pub use barred::give_back_leads;
pub use campaigns::{
    find_campaign, find_script, insert_campaign, list_campaigns, mark_state, update_campaign,
};
pub use leads::{claim_leads, release_all_claims, release_leads};
pub use profiles::{load_profile, load_profiles};
