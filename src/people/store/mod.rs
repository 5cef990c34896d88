//! The queries of people: users and where they belong, trunks, and the states
//! of agents.

mod forwarding;
mod gateways;
mod start;
mod states;
mod users;

pub use forwarding::{
    find_by_extension, find_forwarding, load_missed_rings, save_forwarding, save_missed_rings,
    save_team_missed_rings,
};
pub use gateways::{
    GatewayChange, find_gateway, insert_gateway, list_gateways, load_gateway_profiles, update_gateway,
};
pub use start::{AgentCardRow, keep_password, load_cards, load_gateway_names, make_first_administrator};
pub use states::{OpenState, load_open_states, write_fact};
pub use users::{
    UserChange, UserListed, extension_taken, find_phone, find_role, find_user, insert_department,
    insert_team, insert_user, list_departments, list_roles, list_teams, list_users, load_agent, load_agents,
    phone_mode_of, update_user, username_taken,
};
