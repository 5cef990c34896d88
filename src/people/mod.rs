//! People and what belongs to them: users with their roles, teams and
//! departments; desk phones; the agents' states over their shifts; and the
//! trunks, which are administered by the same people.
//!
//! In: requests of administrators; facts of the floor. Out: users, gateways;
//! [`store::load_agents`] and [`store::load_open_states`] for the floor;
//! phones and gateways for the switch.

pub mod http;
pub mod rules;
pub mod store;
