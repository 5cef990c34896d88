//! What the tests share: databases of their own, the application on top, and a
//! mail server.

pub mod app;
pub mod db;
pub mod smtp;
