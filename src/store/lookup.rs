//! Questions about rows that several rooms name: trunks, and users with a desk
//! phone.
//!
//! In: ids. Out: what a room that names them must know. Their own rooms are
//! where they are changed.

use super::entity::{gateways, users};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
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
