//! When a campaign dials: its first and last instant, daily windows by weekday, the
//! calendar whose holidays and make-up days it follows, expressions of a crontab, and
//! the hours that must hold where the called number lives.
//!
//! In: settings from the people who run campaigns, a lead's number. Out: the times
//! that the floor follows, a week of them to look at before they are saved, when a
//! number in another time zone may be called, and when the campaign dials next.

pub mod called;
pub mod http;
pub mod model;
pub mod openings;
pub mod rules;
pub(in crate::campaigns) mod store;
