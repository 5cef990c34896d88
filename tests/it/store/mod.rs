//! The store: its schema on both databases.

mod connection;
mod migrations;
mod seeds;
