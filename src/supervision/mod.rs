//! What supervisors do on live calls: listen, whisper, barge, take over, hang
//! up, set an agent's state, and take kept places out of queues.
//!
//! In: requests of people who may, about agents within their scope. Out: inputs
//! of the floor, and an entry in the audit log before each of them.

pub mod http;
mod kept;
