//! The pure core: the live call centre as one deterministic state machine,
//! without I/O, clock, async or a random source of its own.
//!
//! In: [`input::Input`] with the time. Out: a list of [`effect::Effect`]s in
//! the order in which they are to be carried out. The conductor owns the one
//! floor and carries the effects out; simulations do the same in virtual time.

pub mod effect;
pub mod input;
pub mod pacing;
pub mod result;
