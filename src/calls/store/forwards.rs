//! The way a call took by agents' forwardings.
//!
//! In: facts in order, each perhaps more than once. Out: a row per forward; a
//! phone that rang in vain has no part in the call any more.

use super::story::close_legs;
use crate::base::clock::Moment;
use crate::base::ids::CallId;
use crate::floor::effect::Fact;
use crate::floor::input::Party;
use crate::store::WriteTx;
use crate::store::entity::{call_forwards, call_legs};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait,
    PaginatorTrait, QueryFilter, QueryOrder,
};
use uuid::Uuid;

/// Writes a forward down, once.
pub(super) async fn write_fact(tx: &WriteTx, fact: &Fact) -> Result<(), DbErr> {
    let Fact::CallForwarded { call, by, reason, to, at } = fact else { return Ok(()) };
    let known = call_forwards::Entity::find()
        .filter(call_forwards::Column::CallId.eq(call.0))
        .filter(call_forwards::Column::AgentId.eq(by.0))
        .filter(call_forwards::Column::At.eq(at.to_utc()));
    if known.count(tx).await? > 0 || !super::is_open(tx, *call).await? {
        return Ok(());
    }
    let (to_agent, to_number) = match to {
        Party::Agent(agent) => (Some(agent.0), None),
        Party::Outside(number) => (None, Some(number.to_string())),
        Party::Queue(_) => (None, None),
    };
    let row = call_forwards::ActiveModel {
        call_id: Set(call.0),
        agent_id: Set(by.0),
        reason: Set(reason.as_str().to_owned()),
        to_agent: Set(to_agent),
        to_number: Set(to_number),
        at: Set(at.to_utc()),
        ..Default::default()
    };
    row.insert(tx).await?;
    let of_them = Condition::all().add(call_legs::Column::AgentId.eq(by.0));
    close_legs(tx, *call, of_them, *at).await
}

/// Every forward of a call, in order.
pub(super) async fn load(db: &impl ConnectionTrait, call: Uuid) -> Result<Vec<call_forwards::Model>, DbErr> {
    call_forwards::Entity::find()
        .filter(call_forwards::Column::CallId.eq(call))
        .order_by_asc(call_forwards::Column::At)
        .order_by_asc(call_forwards::Column::Id)
        .all(db)
        .await
}

/// Whom the call went to last, if it was forwarded since.
pub(super) async fn last_target(
    tx: &WriteTx,
    call: CallId,
    since: Moment,
) -> Result<Option<call_forwards::Model>, DbErr> {
    let all = load(tx, call.0).await?;
    Ok(all.into_iter().rfind(|row| Moment::from(row.at) >= since))
}
