//! Who is calling, and may they.
//!
//! In: user names with passwords, access tokens, refresh tokens. Out: a
//! [`Caller`] for every handler; [`Caller::require`] answers whether they may do
//! something, and how far; [`visible_users`] is the same answer for lists.
//!
//! A handler that asks for nothing is still only reached by somebody signed in:
//! [`authenticate`] stands before every route but log-in and refresh.

mod caller;
pub mod http;
pub mod password;
mod permission;
mod rules;
mod scope;
mod session;
mod store;
mod tokens;

pub use caller::{Caller, authenticate, identify};
pub use permission::{Permission, Permissions, Scope};
pub use scope::{
    DepartmentFilter, UserFilter, covers_place, departments_above, reach_of, visible_departments,
    visible_users,
};
pub use store::revoke_sessions;
pub use tokens::{AuthKeys, REUSE_MS};
