//! Users, roles, teams, departments, and the agents among the users.

use crate::auth::{Permission, Permissions, UserFilter};
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, UserId};
use crate::base::phone::Dialable;
use crate::floor::input::{AgentProfile, PhoneMode};
use crate::people::store::forwarding::{self, Common};
use crate::store::entity::{departments, roles, teams, users};
use crate::store::{Db, DbErr, WriteTx};
use sea_orm::{
    ActiveModelTrait, ActiveValue, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

/// A user with the key of their role.
pub type UserListed = (users::Model, String);

/// What is to be changed of a user; `None` leaves it as it is.
#[derive(Debug, Clone, Default)]
pub struct UserChange {
    /// The name shown to others.
    pub display_name: Option<String>,
    /// A new password's hash; its owner must change it at the next log-in.
    pub password_hash: Option<String>,
    /// The role.
    pub role_id: Option<i64>,
    /// The team, or none.
    pub team_id: Option<Option<i64>>,
    /// The department, or none.
    pub department_id: Option<Option<i64>>,
    /// The desk phone's number, or none.
    pub extension: Option<Option<String>>,
    /// The desk phone's secret.
    pub phone_secret: Option<String>,
    /// How the desk phone is used.
    pub phone_mode: Option<PhoneMode>,
    /// Whether the desk phone can be asked to answer; none: by its make.
    pub remote_answer: Option<Option<bool>>,
    /// Whether the user may sign in.
    pub active: Option<bool>,
}

/// Users that the filter allows, by id, from after one id; `name` is part of
/// the user name, the display name or the extension.
pub async fn list_users(
    db: &impl ConnectionTrait,
    filter: &UserFilter,
    name: Option<&str>,
    after: Option<i64>,
    limit: u64,
) -> Result<Vec<UserListed>, DbErr> {
    let mut query = users::Entity::find().filter(filter.on(users::Column::Id));
    if let Some(name) = name {
        let matches = Condition::any()
            .add(users::Column::Username.contains(name.to_lowercase()))
            .add(users::Column::DisplayName.contains(name))
            .add(users::Column::Extension.contains(name));
        query = query.filter(matches);
    }
    if let Some(after) = after {
        query = query.filter(users::Column::Id.gt(after));
    }
    let rows = query.order_by_asc(users::Column::Id).limit(limit).all(db).await?;
    let roles = list_roles(db).await?;
    let key =
        |id: i64| roles.iter().find(|role| role.id == id).map_or_else(String::new, |role| role.key.clone());
    Ok(rows.into_iter().map(|row| (key(row.role_id), row)).map(|(key, row)| (row, key)).collect())
}

/// One user with the key of their role.
pub async fn find_user(db: &impl ConnectionTrait, user: UserId) -> Result<Option<UserListed>, DbErr> {
    let Some(row) = users::Entity::find_by_id(user.0).one(db).await? else { return Ok(None) };
    let role = roles::Entity::find_by_id(row.role_id).one(db).await?;
    Ok(Some((row, role.map(|role| role.key).unwrap_or_default())))
}

/// Whether another user has this name.
pub async fn username_taken(db: &impl ConnectionTrait, username: &str) -> Result<bool, DbErr> {
    Ok(users::Entity::find().filter(users::Column::Username.eq(username)).count(db).await? > 0)
}

/// Whether a user other than `except` has this extension.
pub async fn extension_taken(
    db: &impl ConnectionTrait,
    extension: &str,
    except: Option<UserId>,
) -> Result<bool, DbErr> {
    let mut query = users::Entity::find().filter(users::Column::Extension.eq(extension));
    if let Some(except) = except {
        query = query.filter(users::Column::Id.ne(except.0));
    }
    Ok(query.count(db).await? > 0)
}

/// Inserts a user; `change` must hold a display name, a password and a role.
pub async fn insert_user(
    tx: &WriteTx,
    username: &str,
    change: UserChange,
    now: Moment,
) -> Result<users::Model, DbErr> {
    let mut row = changed(change, now);
    row.username = Set(username.to_owned());
    row.created_at = Set(now.to_utc());
    row.insert(tx).await
}

/// Changes a user; an error when there is none of that id.
pub async fn update_user(
    tx: &WriteTx,
    user: UserId,
    change: UserChange,
    now: Moment,
) -> Result<users::Model, DbErr> {
    let mut row = changed(change, now);
    row.id = ActiveValue::Unchanged(user.0);
    row.update(tx).await
}

fn changed(change: UserChange, now: Moment) -> users::ActiveModel {
    let mut row = users::ActiveModel { updated_at: Set(now.to_utc()), ..Default::default() };
    let set_password = change.password_hash.is_some();
    set(&mut row.display_name, change.display_name);
    set(&mut row.password_hash, change.password_hash);
    set(&mut row.role_id, change.role_id);
    set(&mut row.team_id, change.team_id);
    set(&mut row.department_id, change.department_id);
    set(&mut row.extension, change.extension);
    set(&mut row.phone_secret, change.phone_secret.map(Some));
    set(&mut row.phone_mode, change.phone_mode.map(|mode| phone_mode_name(mode).to_owned()));
    set(&mut row.remote_answer, change.remote_answer);
    set(&mut row.active, change.active);
    if set_password {
        // Somebody else knows it now; and a lock has served its purpose.
        row.must_change_password = Set(true);
        row.failed_logins = Set(0);
        row.locked_until = Set(None);
    }
    row
}

fn set<V: Into<sea_orm::Value>>(column: &mut ActiveValue<V>, value: Option<V>) {
    if let Some(value) = value {
        *column = Set(value);
    }
}

/// Every role.
pub async fn list_roles(db: &impl ConnectionTrait) -> Result<Vec<roles::Model>, DbErr> {
    roles::Entity::find().order_by_asc(roles::Column::Id).all(db).await
}

/// The role of that key.
pub async fn find_role(db: &impl ConnectionTrait, key: &str) -> Result<Option<roles::Model>, DbErr> {
    roles::Entity::find().filter(roles::Column::Key.eq(key)).one(db).await
}

/// Every team.
pub async fn list_teams(db: &impl ConnectionTrait) -> Result<Vec<teams::Model>, DbErr> {
    teams::Entity::find().order_by_asc(teams::Column::Id).all(db).await
}

/// Every department.
pub async fn list_departments(db: &impl ConnectionTrait) -> Result<Vec<departments::Model>, DbErr> {
    departments::Entity::find().order_by_asc(departments::Column::Id).all(db).await
}

/// Makes a team.
pub async fn insert_team(tx: &WriteTx, department: i64, name: &str) -> Result<teams::Model, DbErr> {
    let row = teams::ActiveModel {
        department_id: Set(department),
        name: Set(name.to_owned()),
        ..Default::default()
    };
    row.insert(tx).await
}

/// Makes a department, at the top or below another.
pub async fn insert_department(
    tx: &WriteTx,
    parent: Option<i64>,
    name: &str,
) -> Result<departments::Model, DbErr> {
    let row =
        departments::ActiveModel { parent_id: Set(parent), name: Set(name.to_owned()), ..Default::default() };
    row.insert(tx).await
}

/// The desk phone of an active user: its number and secret, for the switch.
pub async fn find_phone(
    db: &impl ConnectionTrait,
    extension: &str,
) -> Result<Option<(String, String)>, DbErr> {
    let user = users::Entity::find()
        .filter(users::Column::Extension.eq(extension))
        .filter(users::Column::Active.eq(true))
        .one(db)
        .await?;
    Ok(user.and_then(|user| Some((user.extension?, user.phone_secret?))))
}

/// Every agent: active, with a desk phone, in a role that may work with it.
pub async fn load_agents(db: &Db) -> Result<Vec<AgentProfile>, DbErr> {
    let working = working_roles(db).await?;
    let mut common = forwarding::common(db).await?;
    let rows = users::Entity::find()
        .filter(users::Column::Active.eq(true))
        .filter(users::Column::Extension.is_not_null())
        .filter(users::Column::RoleId.is_in(working))
        .order_by_asc(users::Column::Id)
        .all(db.read())
        .await?;
    Ok(rows.into_iter().filter_map(|row| profile(row, &mut common)).collect())
}

/// One agent; `None` when the user is not, or no longer, one.
pub async fn load_agent(db: &Db, agent: AgentId) -> Result<Option<AgentProfile>, DbErr> {
    let working = working_roles(db).await?;
    let row = users::Entity::find_by_id(agent.0).one(db.read()).await?;
    let mut common = forwarding::common(db).await?;
    let agent = row.filter(|row| row.active && working.contains(&row.role_id));
    Ok(agent.and_then(|row| profile(row, &mut common)))
}

async fn working_roles(db: &Db) -> Result<Vec<i64>, DbErr> {
    let works = |role: &roles::Model| {
        Permissions::from_stored(&role.permissions).scope(Permission::DeskUse).is_some()
    };
    Ok(list_roles(db.read()).await?.into_iter().filter(works).map(|role| role.id).collect())
}

fn profile(row: users::Model, common: &mut Common) -> Option<AgentProfile> {
    let extension = row.extension?;
    match Dialable::new(&extension) {
        Ok(extension) => {
            let phone_mode = phone_mode_of(&row.phone_mode);
            Some(AgentProfile {
                agent: AgentId(row.id),
                extension,
                phone_mode,
                remote_answer: row.remote_answer,
                missed_rings_max: common.missed_rings_max(row.team_id),
                forwarding: common.forwarding(row.id),
            })
        }
        Err(error) => {
            tracing::error!(user.id = row.id, %error, "a user's extension cannot be dialled");
            None
        }
    }
}

/// The name in the database.
fn phone_mode_name(mode: PhoneMode) -> &'static str {
    match mode {
        PhoneMode::OffHook => "off_hook",
        PhoneMode::OnHook => "on_hook",
    }
}

/// The mode of that name; off-hook, the default, for any other.
pub fn phone_mode_of(name: &str) -> PhoneMode {
    if name == phone_mode_name(PhoneMode::OnHook) { PhoneMode::OnHook } else { PhoneMode::OffHook }
}
