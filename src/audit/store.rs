//! Appends to the audit log.

use crate::audit::Entry;
use crate::base::clock;
use crate::store::entity::audit_log;
use crate::store::{DbErr, WriteTx};
use sea_orm::ActiveValue::Set;
use sea_orm::EntityTrait;

/// Appends an entry; lasting once `tx` is committed.
pub async fn record(tx: &WriteTx, entry: Entry<'_>) -> Result<(), DbErr> {
    let row = audit_log::ActiveModel {
        at: Set(clock::now().to_utc()),
        user_id: Set(entry.user.map(|user| user.0)),
        action: Set(entry.action.to_owned()),
        thing: Set(entry.thing.to_owned()),
        thing_id: Set(entry.thing_id),
        detail: Set(entry.detail),
        ..Default::default()
    };
    audit_log::Entity::insert(row).exec_without_returning(tx).await.map(|_| ())
}
