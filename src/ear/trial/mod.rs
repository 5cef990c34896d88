//! Is the ear right? Sounds that are made, what lines do to them, and the table
//! of how often it was.
//!
//! In: a seed, and perhaps folders of recorded sounds. Out: the same sounds, and
//! the same damage, for the same seed; precision, recall and time to the
//! decision. `scripts/bench ear` prints them for spoken announcements.

pub mod damage;
pub mod measure;
pub mod signal;
pub mod voice;
