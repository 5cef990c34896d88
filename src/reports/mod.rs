//! Figures about agents and calls, each with the one definition of the
//! glossary; the screen and the workbook ask the same query.
//!
//! In: the ledger of calls and the agents' state spans, which other rooms write.
//! Out: the agents report, on screen, as a workbook, and by e-mail on a schedule.

pub mod agents;
pub mod http;
pub mod schedules;
pub mod stats;
pub mod store;
pub mod xlsx;
