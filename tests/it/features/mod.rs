//! The feature rooms on both databases: imports, leads, facts, reports,
//! recordings, each through its store and through the API; reports by mail.

mod calendars;
mod caller_ids;
mod campaign_times;
mod campaigns;
mod caps;
mod customers;
mod do_not_call;
mod facts;
mod forwards;
mod imports;
mod kept_places;
mod leads;
mod ledger;
mod ledger_api;
mod lines;
mod previews;
mod queues;
mod recycling;
mod report_mail;
mod reports;
mod retry;
mod spool;
mod voicemail;
mod voices;
mod world;
