//! The store: the connection to SQLite or PostgreSQL, the one way to write, the
//! shape of every row, and the word of what changed.
//!
//! In: a database URL. Out: [`Db`], [`write_tx`], [`entity`], [`changes`]. The
//! queries themselves are in each room's `store.rs`, those of several in [`lookup`].

pub mod changes;
pub mod connection;
pub mod entity;
pub mod lookup;

pub use connection::{ConnectRefused, Db, WriteTx, is_unique_violation, write_tx};
pub use sea_orm::{ConnectionTrait, DbErr};
