//! The store: its schema on both databases.

mod migrations;
mod seeds;
