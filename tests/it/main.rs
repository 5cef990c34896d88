//! Integration tests across rooms: one binary, a module per room. Each test has
//! a database of its own; what needs PostgreSQL runs when TRUNKLINE_TEST_POSTGRES
//! names a server, and says `skipped:` when it does not.

mod api;
mod architecture;
mod contract;
mod contract_switch;
mod features;
mod program;
mod sim;
mod store;
mod support;
mod switch;
