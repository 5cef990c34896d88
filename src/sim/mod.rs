//! The simulated telephone world: customers who answer, refuse or are busy,
//! desk phones, a trunk that can fail, and a switch between them.
//!
//! In: what a switch can be told ([`world::WorldCommand`]) and the time. Out:
//! what a switch says of its legs ([`event::WorldEvent`]), in the order in
//! which a real FreeSWITCH says it. One model, two fronts: [`server`] speaks
//! the Event Socket over TCP in real time, for demonstrations and tests
//! without a switch; [`day`] drives the floor through whole days in virtual
//! time, with faults, from a seed. [`scenario`] has no switch to speak of: it
//! measures the floor's pacing in a world that other programs know as well.

pub mod apps;
mod audio;
pub mod callers;
pub mod cdr;
pub mod chance;
pub mod commands;
mod connection;
pub mod customer;
pub mod day;
pub mod event;
pub mod headers;
pub mod keyboard;
pub mod leg;
mod moves;
pub mod originate;
pub mod phone;
pub mod protocol;
pub mod recorder;
mod registrar;
pub mod scenario;
pub mod server;
mod steps;
#[cfg(test)]
mod tests;
pub mod world;

use crate::base::clock::Moment;

/// When what is simulated in virtual time begins: half past eight in Shanghai on
/// Monday 2026-11-23.
const OPENS: Moment = Moment(1_795_393_800_000);
/// Broken promises kept; the first ones tell the story.
const VIOLATIONS_KEPT: usize = 20;
