//! The trunks to the telephone network.

use crate::floor::trunks::GatewayProfile;
use crate::store::entity::gateways;
use crate::store::{Db, DbErr, WriteTx};
use sea_orm::{ActiveModelTrait, ActiveValue, ActiveValue::Set, ConnectionTrait, EntityTrait, QueryOrder};

/// What is to be changed of a gateway; `None` leaves it as it is.
#[derive(Debug, Clone, Default)]
pub struct GatewayChange {
    /// The carrier's host.
    pub proxy: Option<String>,
    /// The account, or none.
    pub username: Option<Option<String>>,
    /// Its secret, or none.
    pub secret: Option<Option<String>>,
    /// Whether to register.
    pub register: Option<bool>,
    /// The number shown unless a campaign has its own.
    pub caller_id: Option<String>,
    /// Whether it may be used.
    pub enabled: Option<bool>,
    /// The most calls at once; 0: any number.
    pub calls_max: Option<i32>,
    /// The most new calls per second; 0: any number.
    pub calls_per_second: Option<i32>,
}

/// Every gateway, by id.
pub async fn list_gateways(db: &impl ConnectionTrait) -> Result<Vec<gateways::Model>, DbErr> {
    gateways::Entity::find().order_by_asc(gateways::Column::Id).all(db).await
}

/// Every gateway as the floor needs it.
pub async fn load_gateway_profiles(db: &Db) -> Result<Vec<GatewayProfile>, DbErr> {
    let limit = |limit: i32| u32::try_from(limit).ok().filter(|limit| *limit > 0);
    let profile = |row: gateways::Model| GatewayProfile {
        calls_max: limit(row.calls_max),
        calls_per_second: limit(row.calls_per_second),
        name: row.name,
    };
    Ok(list_gateways(db.read()).await?.into_iter().map(profile).collect())
}

/// One gateway.
pub async fn find_gateway(db: &impl ConnectionTrait, id: i64) -> Result<Option<gateways::Model>, DbErr> {
    gateways::Entity::find_by_id(id).one(db).await
}

/// Inserts a gateway; `change` must hold a proxy and a caller id.
pub async fn insert_gateway(
    tx: &WriteTx,
    name: &str,
    change: GatewayChange,
) -> Result<gateways::Model, DbErr> {
    let mut row = changed(change);
    row.name = Set(name.to_owned());
    row.insert(tx).await
}

/// Changes a gateway. Its name stays: the ledger and the switch know it by that.
pub async fn update_gateway(tx: &WriteTx, id: i64, change: GatewayChange) -> Result<gateways::Model, DbErr> {
    let mut row = changed(change);
    row.id = ActiveValue::Unchanged(id);
    row.update(tx).await
}

fn changed(change: GatewayChange) -> gateways::ActiveModel {
    let mut row = gateways::ActiveModel { ..Default::default() };
    if let Some(proxy) = change.proxy {
        row.proxy = Set(proxy);
    }
    if let Some(username) = change.username {
        row.username = Set(username);
    }
    if let Some(secret) = change.secret {
        row.secret = Set(secret);
    }
    if let Some(register) = change.register {
        row.register = Set(register);
    }
    if let Some(caller_id) = change.caller_id {
        row.caller_id = Set(caller_id);
    }
    if let Some(enabled) = change.enabled {
        row.enabled = Set(enabled);
    }
    if let Some(calls_max) = change.calls_max {
        row.calls_max = Set(calls_max);
    }
    if let Some(calls_per_second) = change.calls_per_second {
        row.calls_per_second = Set(calls_per_second);
    }
    row
}
