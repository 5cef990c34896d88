//! The agents' states: spans that tile a shift from log-in to log-out.
//!
//! In: facts of the floor, in order. Out: one row a span; the open one is the
//! present state. Being logged out is not a span but the lack of one, and a
//! span of no length is replaced by the next, so that an agent has one row for
//! an instant and a fact written twice finds its own row.

use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId};
use crate::floor::effect::{AgentStateKind, Fact};
use crate::floor::input::StoredState;
use crate::store::entity::agent_states;
use crate::store::{Db, DbErr, WriteTx};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ActiveValue::Unchanged, ColumnTrait, EntityTrait, QueryFilter,
    QueryOrder,
};

/// An agent's present state as stored, for the floor after a restart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenState {
    /// Who.
    pub agent: AgentId,
    /// The state, as far as it can be taken up again.
    pub state: StoredState,
    /// Since when.
    pub since: Moment,
}

/// Writes an agent's change of state; other facts are not ours. Writing the
/// same fact again, or one that a later fact has overtaken, changes nothing.
pub async fn write_fact(tx: &WriteTx, fact: &Fact) -> Result<(), DbErr> {
    let Fact::AgentState { agent, kind, reason, call, at } = fact else { return Ok(()) };
    let latest = agent_states::Entity::find()
        .filter(agent_states::Column::AgentId.eq(agent.0))
        .order_by_desc(agent_states::Column::StartedAt)
        .one(tx)
        .await?;
    let mut row = agent_states::ActiveModel {
        agent_id: Set(agent.0),
        kind: Set(kind.as_str().to_owned()),
        reason: Set(reason.clone()),
        call_id: Set(call.map(|call| call.0)),
        started_at: Set(at.to_utc()),
        ended_at: Set(None),
        ..Default::default()
    };
    let logged_out = *kind == AgentStateKind::LoggedOut;
    match latest {
        Some(span) if *at < Moment::from(span.started_at) => Ok(()),
        Some(span) if span.ended_at.is_some_and(|end| *at < Moment::from(end)) => Ok(()),
        // The same instant: a log-out closed that span, or this state replaces it.
        Some(span) if *at == Moment::from(span.started_at) && span.ended_at.is_some() => Ok(()),
        Some(span) if *at == Moment::from(span.started_at) && !logged_out => {
            row.id = Unchanged(span.id);
            row.update(tx).await.map(|_| ())
        }
        other => {
            if let Some(span) = other.filter(|span| span.ended_at.is_none()) {
                close(tx, span.id, *at).await?;
            }
            if logged_out { Ok(()) } else { row.insert(tx).await.map(|_| ()) }
        }
    }
}

async fn close(tx: &WriteTx, span: i64, at: Moment) -> Result<(), DbErr> {
    let row = agent_states::ActiveModel {
        id: Unchanged(span),
        ended_at: Set(Some(at.to_utc())),
        ..Default::default()
    };
    row.update(tx).await.map(|_| ())
}

/// Every agent on shift, as the store knows it.
pub async fn load_open_states(db: &Db) -> Result<Vec<OpenState>, DbErr> {
    let rows = agent_states::Entity::find()
        .filter(agent_states::Column::EndedAt.is_null())
        .order_by_asc(agent_states::Column::AgentId)
        .all(db.read())
        .await?;
    Ok(rows.into_iter().map(open_state).collect())
}

fn open_state(row: agent_states::Model) -> OpenState {
    let state = match (AgentStateKind::from_name(&row.kind), row.call_id) {
        (Some(AgentStateKind::Paused), _) => StoredState::Paused { reason: row.reason.unwrap_or_default() },
        (Some(AgentStateKind::WrapUp), Some(call)) => StoredState::WrapUp { call: CallId(call) },
        _ => StoredState::Working,
    };
    OpenState { agent: AgentId(row.agent_id), state, since: row.started_at.into() }
}
