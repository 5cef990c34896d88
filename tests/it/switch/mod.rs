//! The switch room against recorded traces of a real FreeSWITCH, a scripted
//! one, the built-in simulator and, where there is one, a real one.

mod contract;
mod control;
mod exam;
mod link;
mod phones;
mod queues;
mod rig;
mod traces;
