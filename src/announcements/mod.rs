//! Announcements of carriers: the reference clips that the ear compares with,
//! and how well it does on recorded ones.
//!
//! In: a folder `CARRIER/MEANING/*.wav` (a meaning is the word of
//! [`Meaning`](crate::ear::Meaning)). Out: the [`Library`](crate::ear::Library)
//! of them; what the ear hears in a file; a table of how often it is right
//! (`trunkline hear`, `scripts/bench ear`).

pub mod files;
pub mod trial;
