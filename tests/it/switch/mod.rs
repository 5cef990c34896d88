//! The switch room against recorded traces of a real FreeSWITCH, a scripted
//! one, the built-in simulator and, where there is one, a real one.

mod announce;
mod callback;
mod contract;
mod control;
mod exam;
mod journeys;
mod link;
mod phones;
mod queues;
mod rig;
mod ring_all;
mod traces;
