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
//! - [`readiness`]: whether it can take calls yet
//! - [`snapshot`]: the switch's channels after (re)connecting
//! - [`directory`]: phones and gateways for mod_xml_curl
//! - [`cdr`]: records of mod_json_cdr
//!
//! Everything that is ever said to a switch, so also what a simulated one has to
//! understand:
//!
//! | when | line |
//! |---|---|
//! | connect | `auth …`, `event plain …`, `api sofia status` until both SIP profiles run, `api show channels as json`, `api uuid_dump LEG json` for each, `api global_getvar core_uuid`, `bgapi sofia profile external rescan`, `bgapi reloadacl` |
//! | every 30 s, and twice soon after a list | `api show channels as json`, `api sofia xmlstatus profile internal reg` |
//! | lost events | the last three questions of the connect |
//! | a leg | `bgapi originate {…}sofia/gateway/NAME/NUMBER &park()`, `bgapi originate {…}user/EXTENSION@DOMAIN &park()`, `api uuid_setvar CUSTOMER tl_with_agent N`, `api uuid_bridge CUSTOMER AGENT`, `api uuid_kill LEG CAUSE`, `api uuid_exists LEG`, `api uuid_record LEG start PATH` |
//! | gateways change | `api sofia profile external killgw NAME`, then the two of the connect |

pub mod cdr;
pub mod decode;
mod delays;
pub mod directory;
pub mod encode;
mod event_log;
mod frames;
pub mod link;
pub mod meters;
mod orders;
mod problem;
pub mod readiness;
mod registrations;
mod session;
pub mod snapshot;
mod socket;
mod wire;
