//! What is asked of people when the server starts: the first administrator,
//! the names that the live floor shows, the trunks to have the switch read.

use crate::base::clock::Moment;
use crate::base::ids::{AgentId, TeamId, UserId};
use crate::store::entity::users;
use crate::store::{Db, DbErr, WriteTx, write_tx};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ActiveValue::Unchanged, EntityTrait, PaginatorTrait, QueryOrder,
};

use super::{UserChange, find_role, insert_user, list_gateways};

/// What people see of an agent beside the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentCardRow {
    /// The name shown to others.
    pub name: String,
    /// The name to sign in with.
    pub username: String,
    /// The desk phone's number.
    pub extension: String,
    /// The team.
    pub team: Option<TeamId>,
}

/// The cards of everybody who has a desk phone.
pub async fn load_cards(db: &Db) -> Result<Vec<(AgentId, AgentCardRow)>, DbErr> {
    let rows = users::Entity::find().order_by_asc(users::Column::Id).all(db.read()).await?;
    let card = |row: users::Model| {
        let card = AgentCardRow {
            name: row.display_name,
            username: row.username,
            extension: row.extension?,
            team: row.team_id.map(TeamId),
        };
        Some((AgentId(row.id), card))
    };
    Ok(rows.into_iter().filter_map(card).collect())
}

/// The names of all trunks, disabled ones as well: the switch may have those.
pub async fn load_gateway_names(db: &Db) -> Result<Vec<String>, DbErr> {
    Ok(list_gateways(db.read()).await?.into_iter().map(|gateway| gateway.name).collect())
}

/// Makes an administrator in a database without users, so that somebody can
/// sign in; says whether it did. The password must be changed at first.
pub async fn make_first_administrator(
    db: &Db,
    username: &str,
    password_hash: &str,
    now: Moment,
) -> Result<bool, DbErr> {
    let tx = write_tx(db).await?;
    if users::Entity::find().count(&tx).await? > 0 {
        return Ok(false);
    }
    let Some(role) = find_role(&tx, "administrator").await? else {
        return Err(DbErr::RecordNotFound("the role of administrators".to_owned()));
    };
    let change = UserChange {
        display_name: Some(username.to_owned()),
        password_hash: Some(password_hash.to_owned()),
        role_id: Some(role.id),
        active: Some(true),
        phone_mode: Some(crate::floor::input::PhoneMode::OffHook),
        ..UserChange::default()
    };
    insert_user(&tx, username, change, now).await?;
    tx.commit().await?;
    Ok(true)
}

/// Lets a user keep the password they were given; for accounts whose password
/// is public on purpose.
pub async fn keep_password(tx: &WriteTx, user: UserId) -> Result<(), DbErr> {
    let row =
        users::ActiveModel { id: Unchanged(user.0), must_change_password: Set(false), ..Default::default() };
    row.update(tx).await.map(|_| ())
}
