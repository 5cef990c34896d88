//! Recordings: every connected call, agent and customer apart, and who may hear
//! them. Messages that callers left are in `voicemail`.
//!
//! In: facts about files that the switch writes. Out: the audio to those whose
//! scope covers the agent, each listening in the audit log; sizes, lengths and
//! checksums of closed files; whether the disk has room for more.

pub mod files;
pub mod http;
pub mod jobs;
pub mod space;
pub mod store;
pub mod voicemail;
pub mod wav;
