//! Voicemail: messages that callers left with a queue, who may hear them, and who
//! has handled them.
//!
//! In: facts about messages, files that the switch wrote. Out: the list and the
//! audio to those whose scope holds an agent of the queue, each listening in the
//! audit log. What is too short to be a message is deleted.

pub mod http;
pub mod jobs;
pub mod model;
pub mod store;
