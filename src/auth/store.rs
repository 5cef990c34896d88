//! Queries of users as they sign in, their sessions, and who belongs where.

use crate::auth::caller::Caller;
use crate::auth::permission::Permissions;
use crate::auth::scope::{Chart, UserFilter};
use crate::base::clock::Moment;
use crate::base::ids::UserId;
use crate::store::entity::{departments, refresh_tokens, roles, teams, users};
use crate::store::{DbErr, WriteTx};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter,
    QuerySelect,
};
use uuid::Uuid;

/// The user of that name, active or not.
pub async fn find_by_username(
    db: &impl ConnectionTrait,
    username: &str,
) -> Result<Option<users::Model>, DbErr> {
    users::Entity::find().filter(users::Column::Username.eq(username)).one(db).await
}

/// The user with that id.
pub async fn find_user(db: &impl ConnectionTrait, user: UserId) -> Result<Option<users::Model>, DbErr> {
    users::Entity::find_by_id(user.0).one(db).await
}

/// The caller of a live session of an active user.
pub async fn load_caller(
    db: &impl ConnectionTrait,
    user: UserId,
    session: Uuid,
) -> Result<Option<Caller>, DbErr> {
    let live = refresh_tokens::Entity::find()
        .filter(refresh_tokens::Column::Family.eq(session))
        .filter(refresh_tokens::Column::UserId.eq(user.0))
        .filter(refresh_tokens::Column::RevokedAt.is_null())
        .count(db)
        .await?;
    if live == 0 {
        return Ok(None);
    }
    let Some(row) = find_user(db, user).await?.filter(|row| row.active) else { return Ok(None) };
    let Some(role) = roles::Entity::find_by_id(row.role_id).one(db).await? else { return Ok(None) };
    Ok(Some(Caller {
        user_id: user,
        name: row.display_name,
        role: role.key,
        permissions: Permissions::from_stored(&role.permissions),
        session,
        must_change_password: row.must_change_password,
    }))
}

/// Notes how a log-in went.
pub async fn mark_login(
    tx: &WriteTx,
    user: UserId,
    failures: i32,
    locked_until: Option<Moment>,
) -> Result<(), DbErr> {
    users::Entity::update_many()
        .col_expr(users::Column::FailedLogins, Expr::value(failures))
        .col_expr(users::Column::LockedUntil, Expr::value(locked_until.map(Moment::to_utc)))
        .filter(users::Column::Id.eq(user.0))
        .exec(tx)
        .await
        .map(|_| ())
}

/// Sets a password that its owner chose.
pub async fn set_password(tx: &WriteTx, user: UserId, hash: &str, now: Moment) -> Result<(), DbErr> {
    users::Entity::update_many()
        .col_expr(users::Column::PasswordHash, Expr::value(hash))
        .col_expr(users::Column::MustChangePassword, Expr::value(false))
        .col_expr(users::Column::UpdatedAt, Expr::value(now.to_utc()))
        .filter(users::Column::Id.eq(user.0))
        .exec(tx)
        .await
        .map(|_| ())
}

/// Keeps a new refresh token.
pub async fn insert_token(tx: &WriteTx, token: refresh_tokens::Model) -> Result<(), DbErr> {
    let row = refresh_tokens::ActiveModel {
        id: Set(token.id),
        user_id: Set(token.user_id),
        family: Set(token.family),
        token_hash: Set(token.token_hash),
        expires_at: Set(token.expires_at),
        used_at: Set(token.used_at),
        revoked_at: Set(token.revoked_at),
        created_at: Set(token.created_at),
    };
    refresh_tokens::Entity::insert(row).exec_without_returning(tx).await.map(|_| ())
}

/// The refresh token with that hash.
pub async fn find_token(
    db: &impl ConnectionTrait,
    hash: &str,
) -> Result<Option<refresh_tokens::Model>, DbErr> {
    refresh_tokens::Entity::find().filter(refresh_tokens::Column::TokenHash.eq(hash)).one(db).await
}

/// Marks a token as used; false when it was used before, also a moment ago by
/// another request.
pub async fn mark_used(tx: &WriteTx, token: Uuid, now: Moment) -> Result<bool, DbErr> {
    let done = refresh_tokens::Entity::update_many()
        .col_expr(refresh_tokens::Column::UsedAt, Expr::value(now.to_utc()))
        .filter(refresh_tokens::Column::Id.eq(token))
        .filter(refresh_tokens::Column::UsedAt.is_null())
        .exec(tx)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Whether a token was used at that moment or later.
pub async fn was_used_since(tx: &WriteTx, token: Uuid, since: Moment) -> Result<bool, DbErr> {
    let used = refresh_tokens::Entity::find_by_id(token)
        .filter(refresh_tokens::Column::UsedAt.gte(since.to_utc()))
        .one(tx)
        .await?;
    Ok(used.is_some())
}

/// Ends a session.
pub async fn revoke_session(tx: &WriteTx, session: Uuid, now: Moment) -> Result<(), DbErr> {
    refresh_tokens::Entity::update_many()
        .col_expr(refresh_tokens::Column::RevokedAt, Expr::value(now.to_utc()))
        .filter(refresh_tokens::Column::Family.eq(session))
        .filter(refresh_tokens::Column::RevokedAt.is_null())
        .exec(tx)
        .await
        .map(|_| ())
}

/// Ends every session of a user but, perhaps, the one in use.
pub async fn revoke_sessions(
    tx: &WriteTx,
    user: UserId,
    except: Option<Uuid>,
    now: Moment,
) -> Result<(), DbErr> {
    let mut update = refresh_tokens::Entity::update_many()
        .col_expr(refresh_tokens::Column::RevokedAt, Expr::value(now.to_utc()))
        .filter(refresh_tokens::Column::UserId.eq(user.0))
        .filter(refresh_tokens::Column::RevokedAt.is_null());
    if let Some(session) = except {
        update = update.filter(refresh_tokens::Column::Family.ne(session));
    }
    update.exec(tx).await.map(|_| ())
}

/// Forgets a user's tokens that are over: a table that only grows helps nobody.
pub async fn forget_expired(tx: &WriteTx, user: UserId, now: Moment) -> Result<(), DbErr> {
    refresh_tokens::Entity::delete_many()
        .filter(refresh_tokens::Column::UserId.eq(user.0))
        .filter(refresh_tokens::Column::ExpiresAt.lt(now.to_utc()))
        .exec(tx)
        .await
        .map(|_| ())
}

/// Who belongs where, everybody.
pub async fn load_chart(db: &impl ConnectionTrait) -> Result<Chart, DbErr> {
    let departments = departments::Entity::find().all(db).await?;
    let teams = teams::Entity::find().all(db).await?;
    let users: Vec<(i64, Option<i64>, Option<i64>)> = users::Entity::find()
        .select_only()
        .columns([users::Column::Id, users::Column::TeamId, users::Column::DepartmentId])
        .into_tuple()
        .all(db)
        .await?;
    Ok(Chart {
        departments: departments.into_iter().map(|row| (row.id, row.parent_id)).collect(),
        teams: teams.into_iter().map(|row| (row.id, row.department_id)).collect(),
        users: users.into_iter().map(|(id, team, department)| (id, (team, department))).collect(),
    })
}

impl UserFilter {
    /// The same filter on a column that holds a user's id.
    pub fn on(&self, column: impl ColumnTrait) -> Condition {
        match self {
            UserFilter::All => Condition::all(),
            UserFilter::Ids(ids) => Condition::all().add(column.is_in(ids.iter().map(|id| id.0))),
        }
    }
}
