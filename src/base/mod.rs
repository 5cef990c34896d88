//! The ground everything stands on: typed ids, phone numbers as they may be
//! dialled, the one reader of the clock, and the limit of every queue and list.
//! Nothing here does I/O; nothing here knows another room.

pub mod clock;
pub mod cron;
pub mod day;
pub mod ids;
pub mod limits;
pub mod phone;
