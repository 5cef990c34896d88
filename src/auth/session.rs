//! Sessions: signing in, going on, signing out, changing the password.
//!
//! In: what a person or a browser shows. Out: an [`Opened`] session or a
//! [`Refused`]. A refresh token is good once; showing a used one again means
//! that it was copied, so the whole session ends. Only right after its use it
//! is borne with: two tabs that refresh at the same instant show the same one.

use crate::audit::{self, Entry};
use crate::auth::caller::Caller;
use crate::auth::tokens::{self, AuthKeys, REFRESH_MS, REUSE_MS};
use crate::auth::{password, rules, store};
use crate::base::clock::Moment;
use crate::base::ids::UserId;
use crate::store::entity::{refresh_tokens, users};
use crate::store::{Db, DbErr, WriteTx, write_tx};
use serde_json::json;
use uuid::Uuid;

/// A session as it goes to the browser.
#[derive(Debug)]
pub struct Opened {
    /// Whose.
    pub user: UserId,
    /// Which.
    pub session: Uuid,
    /// Good for 15 minutes.
    pub access_token: String,
    /// Good for the next refresh.
    pub refresh_token: String,
}

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Which of the three is not said, so that it cannot be used to find out
    /// user names.
    #[error("wrong user name or password, or too many failed attempts: then wait 15 minutes")]
    WrongLogin,
    /// The refresh token is unknown, over, revoked or used a while ago.
    #[error("the session is over; please sign in again")]
    Over,
    /// The present password is not that.
    #[error("is not your present password")]
    WrongPassword,
    /// The new password is not acceptable.
    #[error("{0}")]
    WeakPassword(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbErr),
    /// Something else on the server failed.
    #[error(transparent)]
    Server(#[from] anyhow::Error),
}

/// Signs somebody in.
pub async fn log_in(
    db: &Db,
    keys: &AuthKeys,
    username: &str,
    password: &str,
    now: Moment,
) -> Result<Opened, Refused> {
    let username = username.trim().to_lowercase();
    let known = store::find_by_username(db.read(), &username).await?;
    // Outside the transaction: hashing takes long, and nobody else could write.
    let right = password::matches(password, known.as_ref().map(|user| user.password_hash.clone())).await?;
    let Some(known) = known else { return Err(Refused::WrongLogin) };

    let tx = write_tx(db).await?;
    // Read again: another attempt may have locked the account meanwhile.
    let user = store::find_user(&tx, UserId(known.id)).await?.ok_or(Refused::WrongLogin)?;
    if !user.active || is_locked(&user, now) || user.password_hash != known.password_hash {
        return Err(Refused::WrongLogin);
    }
    let id = UserId(user.id);
    if !right {
        count_failure(&tx, &user, now).await?;
        tx.commit().await?;
        return Err(Refused::WrongLogin);
    }
    store::mark_login(&tx, id, 0, None).await?;
    store::forget_expired(&tx, id, now).await?;
    let opened = open(&tx, keys, id, Uuid::new_v4(), now).await?;
    audit::record(&tx, Entry::of(id, "auth.login", "user", id)).await?;
    tx.commit().await?;
    Ok(opened)
}

/// Exchanges a refresh token for the next one and a new access token. Within
/// [`REUSE_MS`] of its use a token gets another successor of the same session.
pub async fn refresh(db: &Db, keys: &AuthKeys, token: &str, now: Moment) -> Result<Opened, Refused> {
    let tx = write_tx(db).await?;
    let found = store::find_token(&tx, &tokens::token_hash(token)).await?.ok_or(Refused::Over)?;
    if found.revoked_at.is_some() || Moment::from(found.expires_at) <= now {
        return Err(Refused::Over);
    }
    let id = UserId(found.user_id);
    if !store::mark_used(&tx, found.id, now).await?
        && !store::was_used_since(&tx, found.id, now - REUSE_MS).await?
    {
        store::revoke_session(&tx, found.family, now).await?;
        let entry = Entry::of(id, "auth.token_reused", "user", id).with(json!({ "session": found.family }));
        audit::record(&tx, entry).await?;
        tx.commit().await?;
        tracing::warn!(user.id = id.0, "a refresh token was shown twice; the session is ended");
        return Err(Refused::Over);
    }
    let active = store::find_user(&tx, id).await?.is_some_and(|user| user.active);
    if !active {
        return Err(Refused::Over);
    }
    let opened = open(&tx, keys, id, found.family, now).await?;
    tx.commit().await?;
    Ok(opened)
}

/// Ends the caller's session.
pub async fn log_out(db: &Db, caller: &Caller, now: Moment) -> Result<(), DbErr> {
    let tx = write_tx(db).await?;
    store::revoke_session(&tx, caller.session, now).await?;
    audit::record(&tx, Entry::of(caller.user_id, "auth.logout", "user", caller.user_id)).await?;
    tx.commit().await
}

/// Changes the caller's password and ends their other sessions.
pub async fn change_password(
    db: &Db,
    caller: &Caller,
    current: &str,
    new: &str,
    now: Moment,
) -> Result<(), Refused> {
    let user = store::find_user(db.read(), caller.user_id).await?.ok_or(Refused::Over)?;
    if let Some(fault) = password::fault(new, &user.username) {
        return Err(Refused::WeakPassword(fault));
    }
    if current == new {
        return Err(Refused::WeakPassword("must differ from the present password".to_owned()));
    }
    let right = password::matches(current, Some(user.password_hash.clone())).await?;
    let hash = if right { Some(password::hash(new).await?) } else { None };

    let tx = write_tx(db).await?;
    let user = store::find_user(&tx, caller.user_id).await?.ok_or(Refused::Over)?;
    if is_locked(&user, now) {
        return Err(Refused::WrongPassword);
    }
    let Some(hash) = hash else {
        count_failure(&tx, &user, now).await?;
        tx.commit().await?;
        return Err(Refused::WrongPassword);
    };
    store::set_password(&tx, caller.user_id, &hash, now).await?;
    store::revoke_sessions(&tx, caller.user_id, Some(caller.session), now).await?;
    audit::record(&tx, Entry::of(caller.user_id, "auth.password_changed", "user", caller.user_id)).await?;
    tx.commit().await?;
    Ok(())
}

fn is_locked(user: &users::Model, now: Moment) -> bool {
    user.locked_until.is_some_and(|until| now < Moment::from(until))
}

async fn count_failure(tx: &WriteTx, user: &users::Model, now: Moment) -> Result<(), DbErr> {
    let after = rules::after_failure(user.failed_logins, now);
    let id = UserId(user.id);
    store::mark_login(tx, id, after.failures, after.locked_until).await?;
    let action = if after.locked_until.is_some() { "auth.locked" } else { "auth.login_failed" };
    audit::record(tx, Entry::of(id, action, "user", id)).await
}

async fn open(
    tx: &WriteTx,
    keys: &AuthKeys,
    user: UserId,
    session: Uuid,
    now: Moment,
) -> Result<Opened, Refused> {
    let refresh_token = tokens::new_refresh_token();
    let row = refresh_tokens::Model {
        id: Uuid::new_v4(),
        user_id: user.0,
        family: session,
        token_hash: tokens::token_hash(&refresh_token),
        expires_at: (now + REFRESH_MS).to_utc(),
        used_at: None,
        revoked_at: None,
        created_at: now.to_utc(),
    };
    store::insert_token(tx, row).await?;
    let access_token = keys.issue(user, session, now)?;
    Ok(Opened { user, session, access_token, refresh_token })
}
