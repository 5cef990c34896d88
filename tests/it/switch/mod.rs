//! The switch room against recorded traces of a real FreeSWITCH and against a
//! scripted one.

mod link;
mod real;
mod traces;
