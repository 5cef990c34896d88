//! Answers remembered for repeated requests.

use crate::base::clock::Moment;
use crate::base::ids::UserId;
use crate::store::entity::idempotency_keys;
use crate::store::{Db, DbErr, write_tx};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, TryInsertResult};

/// How long an answer is remembered, in milliseconds.
const REMEMBERED_MS: i64 = 24 * 60 * 60 * 1000;
/// How long a request may take before its key can be claimed again: the client
/// has gone, or the server was stopped in between.
const ABANDONED_MS: i64 = 60 * 1000;
/// The status of a key whose request is being served.
const BEING_SERVED: i32 = 0;

/// A write that is to be done once.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Chosen by the client.
    pub key: String,
    /// Keys of different users do not meet.
    pub user: UserId,
    /// `POST /users`.
    pub method_path: String,
    /// Of the body.
    pub fingerprint: String,
}

/// Whether it is ours to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Claimed {
    /// It is.
    Ours,
    /// It was done: this was the answer.
    Answered {
        /// The HTTP status.
        status: u16,
        /// The body.
        body: String,
    },
    /// Somebody is at it.
    InProgress,
    /// The key belongs to another request.
    Different,
}

/// Claims a write.
pub async fn claim(db: &Db, claim: &Claim, now: Moment) -> Result<Claimed, DbErr> {
    let tx = write_tx(db).await?;
    idempotency_keys::Entity::delete_many()
        .filter(idempotency_keys::Column::CreatedAt.lt((now - REMEMBERED_MS).to_utc()))
        .exec(&tx)
        .await?;
    let row = idempotency_keys::ActiveModel {
        key: Set(claim.key.clone()),
        user_id: Set(claim.user.0),
        method_path: Set(claim.method_path.clone()),
        fingerprint: Set(claim.fingerprint.clone()),
        status: Set(BEING_SERVED),
        body: Set(String::new()),
        created_at: Set(now.to_utc()),
    };
    let columns = [idempotency_keys::Column::Key, idempotency_keys::Column::UserId];
    let inserted = idempotency_keys::Entity::insert(row).on_conflict_do_nothing_on(columns).exec(&tx).await?;
    if matches!(inserted, TryInsertResult::Inserted(_)) {
        tx.commit().await?;
        return Ok(Claimed::Ours);
    }
    let found = idempotency_keys::Entity::find_by_id((claim.key.clone(), claim.user.0)).one(&tx).await?;
    let Some(found) = found else { return Ok(Claimed::InProgress) };
    if found.method_path != claim.method_path || found.fingerprint != claim.fingerprint {
        return Ok(Claimed::Different);
    }
    if found.status != BEING_SERVED {
        let status = u16::try_from(found.status).unwrap_or_default();
        return Ok(Claimed::Answered { status, body: found.body });
    }
    if now.since_ms(found.created_at.into()) < ABANDONED_MS {
        return Ok(Claimed::InProgress);
    }
    // Only one of those who find it abandoned takes it over.
    let taken = idempotency_keys::Entity::update_many()
        .col_expr(idempotency_keys::Column::CreatedAt, Expr::value(now.to_utc()))
        .filter(idempotency_keys::Column::Key.eq(&claim.key))
        .filter(idempotency_keys::Column::UserId.eq(claim.user.0))
        .filter(idempotency_keys::Column::CreatedAt.eq(found.created_at))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(if taken.rows_affected == 1 { Claimed::Ours } else { Claimed::InProgress })
}

/// Remembers the answer.
pub async fn keep_answer(db: &Db, claim: &Claim, status: u16, body: &str) -> Result<(), DbErr> {
    let tx = write_tx(db).await?;
    idempotency_keys::Entity::update_many()
        .col_expr(idempotency_keys::Column::Status, Expr::value(i32::from(status)))
        .col_expr(idempotency_keys::Column::Body, Expr::value(body))
        .filter(idempotency_keys::Column::Key.eq(&claim.key))
        .filter(idempotency_keys::Column::UserId.eq(claim.user.0))
        .exec(&tx)
        .await?;
    tx.commit().await
}

/// Gives a claim up: the request may be tried again.
pub async fn forget(db: &Db, claim: &Claim) -> Result<(), DbErr> {
    let tx = write_tx(db).await?;
    idempotency_keys::Entity::delete_by_id((claim.key.clone(), claim.user.0)).exec(&tx).await?;
    tx.commit().await
}
