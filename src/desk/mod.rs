//! What agents do to their state and their live call: requests turned into
//! inputs of the floor, and everything the desk page needs in one answer.

pub mod http;
