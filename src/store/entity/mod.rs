//! The shape of every row. Entities never leave the server: views are made from
//! them. The first line of each file names the room that writes the table; every
//! room may read it.

pub mod agent_states;
pub mod audit_log;
pub mod calendars;
pub mod call_forwards;
pub mod call_legs;
pub mod call_monitors;
pub mod call_notes;
pub mod call_spans;
pub mod call_transfers;
pub mod calls;
pub mod campaign_agents;
pub mod campaigns;
pub mod centre_settings;
pub mod consents;
pub mod customer_phones;
pub mod customers;
pub mod departments;
pub mod dispositions;
pub mod do_not_call_blocks;
pub mod do_not_call_entries;
pub mod forwardings;
pub mod gateways;
pub mod idempotency_keys;
pub mod import_rejects;
pub mod imports;
pub mod kept_places;
pub mod lead_lists;
pub mod leads;
pub mod queue_members;
pub mod queue_numbers;
pub mod queue_visits;
pub mod queues;
pub mod recording_pauses;
pub mod recordings;
pub mod recycled_leads;
pub mod recycles;
pub mod refresh_tokens;
pub mod report_runs;
pub mod report_schedules;
pub mod roles;
pub mod switch_cdrs;
pub mod teams;
pub mod users;
pub mod voicemails;
