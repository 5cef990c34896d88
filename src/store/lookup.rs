//! Questions about rows that several rooms name: trunks, users with a desk phone,
//! and settings of the whole centre.
//!
//! In: ids. Out: what a room that names them must know. Their own rooms are
//! where they are changed.

use super::WriteTx;
use super::entity::{centre_settings, gateways, users};
use crate::base::clock::Moment;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, Set};
use std::collections::{HashMap, HashSet};

/// The names of all gateways.
pub async fn gateway_names(db: &impl ConnectionTrait) -> Result<HashMap<i64, String>, DbErr> {
    let gateways = gateways::Entity::find().all(db).await?;
    Ok(gateways.into_iter().map(|gateway| (gateway.id, gateway.name)).collect())
}

/// The number a gateway shows when nobody names another; `None`: there is no
/// such gateway.
pub async fn gateway_caller_id(db: &impl ConnectionTrait, gateway: i64) -> Result<Option<String>, DbErr> {
    Ok(gateways::Entity::find_by_id(gateway).one(db).await?.map(|gateway| gateway.caller_id))
}

/// Which of these users can take calls: active, with a desk phone.
pub async fn with_desk_phone(
    db: &impl ConnectionTrait,
    users: impl IntoIterator<Item = i64>,
) -> Result<HashSet<i64>, DbErr> {
    let found = users::Entity::find()
        .select_only()
        .column(users::Column::Id)
        .filter(users::Column::Id.is_in(users))
        .filter(users::Column::Active.eq(true))
        .filter(users::Column::Extension.is_not_null())
        .into_tuple::<i64>()
        .all(db)
        .await?;
    Ok(found.into_iter().collect())
}

/// A setting of the whole centre; `None`: it was never set.
pub async fn setting(db: &impl ConnectionTrait, key: &str) -> Result<Option<serde_json::Value>, DbErr> {
    Ok(centre_settings::Entity::find_by_id(key).one(db).await?.map(|row| row.value))
}

/// Sets a setting of the whole centre. Each key belongs to one room.
pub async fn set_setting(
    tx: &WriteTx,
    key: &str,
    value: serde_json::Value,
    now: Moment,
) -> Result<(), DbErr> {
    let row = centre_settings::ActiveModel {
        key: Set(key.to_owned()),
        value: Set(value),
        updated_at: Set(now.to_utc()),
    };
    let mut again = OnConflict::column(centre_settings::Column::Key);
    again.update_columns([centre_settings::Column::Value, centre_settings::Column::UpdatedAt]);
    centre_settings::Entity::insert(row).on_conflict(again).exec_without_returning(tx).await.map(|_| ())
}
