//! What the tests share: databases of their own, and the application on top.

pub mod app;
pub mod db;
