//! The only place that knows FreeSWITCH.
//!
//! In: the floor's [`crate::floor::effect::SwitchCommand`]s, the switch's
//! events over the Event Socket, and the switch's HTTP questions (directory)
//! and call records. Out: [`crate::floor::input::Input`]s for the floor, command
//! lines for the switch, XML answers, and call records in our words.
//!
//! - [`link`]: the connection; one task owns it, reconnects, and keeps the
//!   floor's picture true
//! - [`decode`]: event → input
//! - [`encode`]: command → line of text
//! - [`snapshot`]: the switch's channels after (re)connecting
//! - [`directory`]: phones and gateways for mod_xml_curl
//! - [`cdr`]: records of mod_json_cdr

pub mod cdr;
pub mod decode;
pub mod directory;
pub mod encode;
mod event_log;
pub mod link;
mod meters;
mod session;
pub mod snapshot;
