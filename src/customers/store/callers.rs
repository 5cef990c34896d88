//! Who calls.

use crate::base::ids::{AgentId, CustomerId};
use crate::store::Db;
use crate::store::entity::{customer_phones, customers};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};

/// The customer who has this number (E.164), and the agent whose customer they
/// are.
pub async fn find_caller(db: &Db, e164: &str) -> Result<Option<(CustomerId, Option<AgentId>)>, DbErr> {
    let phone = customer_phones::Entity::find()
        .filter(customer_phones::Column::E164.eq(e164))
        .filter(customer_phones::Column::Live.eq(true))
        .one(db.read())
        .await?;
    let Some(phone) = phone else { return Ok(None) };
    let customer = customers::Entity::find_by_id(phone.customer_id).one(db.read()).await?;
    Ok(customer.map(|customer| (CustomerId(customer.id), customer.owner_id.map(AgentId))))
}
