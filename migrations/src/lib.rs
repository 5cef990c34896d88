//! Trunkline's database schema. One file a change, each with the way up and
//! the way down, the same for SQLite and PostgreSQL.
//!
//! In: a connection. Out: the schema that `src/store/entity` describes; the
//! result on both databases is in `tests/it/golden/`.
//!
//! A change that has been released is never edited; the next change is a new
//! file with a later number.

mod m20261123_000001_people;
mod m20261123_000002_customers;
mod m20261123_000003_campaigns;
mod m20261123_000004_ledger;
mod m20261123_000005_platform;
mod m20261123_000006_seeds;
mod m20261125_000007_report_mail;
mod m20261125_000008_campaign_figures;
mod m20261125_000009_call_control;
mod m20261125_000010_unrecorded;
mod m20261125_000011_forwarding;
mod m20261125_000012_queues;
mod m20261130_000013_calendars;
mod m20261130_000014_voicemail;
mod m20261130_000015_queue_announcements;
mod m20261130_000016_kept_places;
mod m20261130_000017_voices;
mod m20261130_000018_drop_cap;
mod m20261130_000019_do_not_call;
mod m20261201_000020_campaign_times;
mod m20261201_000021_retry_rules;
mod m20261201_000022_lines;
mod m20261201_000025_previews;
mod parts;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

/// The list of changes, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_people::Migration),
            Box::new(m20261123_000002_customers::Migration),
            Box::new(m20261123_000003_campaigns::Migration),
            Box::new(m20261123_000004_ledger::Migration),
            Box::new(m20261123_000005_platform::Migration),
            Box::new(m20261123_000006_seeds::Migration),
            Box::new(m20261125_000007_report_mail::Migration),
            Box::new(m20261125_000008_campaign_figures::Migration),
            Box::new(m20261125_000009_call_control::Migration),
            Box::new(m20261125_000010_unrecorded::Migration),
            Box::new(m20261125_000011_forwarding::Migration),
            Box::new(m20261125_000012_queues::Migration),
            Box::new(m20261130_000013_calendars::Migration),
            Box::new(m20261130_000014_voicemail::Migration),
            Box::new(m20261130_000015_queue_announcements::Migration),
            Box::new(m20261130_000016_kept_places::Migration),
            Box::new(m20261130_000017_voices::Migration),
            Box::new(m20261130_000018_drop_cap::Migration),
            Box::new(m20261130_000019_do_not_call::Migration),
            Box::new(m20261201_000020_campaign_times::Migration),
            Box::new(m20261201_000021_retry_rules::Migration),
            Box::new(m20261201_000022_lines::Migration),
            Box::new(m20261201_000025_previews::Migration),
        ]
    }
}
