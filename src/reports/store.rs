//! Reads what the reports fold: the calls and state spans of a period.

use crate::auth::UserFilter;
use crate::floor::effect::{AgentStateKind, CallResult};
use crate::reports::stats::{CallFigures, DispositionFlags, Period, Span};
use crate::store::Db;
use crate::store::entity::{agent_states, calls, dispositions, users};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use std::collections::{BTreeMap, HashSet};

/// An agent to be reported on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentName {
    /// Who.
    pub id: i64,
    /// The name shown.
    pub name: String,
}

/// Everything the agents report is folded from.
#[derive(Debug, Clone)]
pub struct AgentsFacts {
    /// By name.
    pub agents: Vec<AgentName>,
    /// The calls that started in the period.
    pub calls: Vec<CallFigures>,
    /// The spans that touch it.
    pub spans: Vec<Span>,
    /// Every disposition, also those no longer used.
    pub dispositions: Vec<dispositions::Model>,
}

impl AgentsFacts {
    /// What each disposition counts as.
    pub fn flags(&self) -> BTreeMap<i64, DispositionFlags> {
        let flags = |row: &dispositions::Model| DispositionFlags {
            contact: row.contact,
            sale: row.sale,
            visit: row.visit,
            refusal: row.refusal,
        };
        self.dispositions.iter().map(|row| (row.id, flags(row))).collect()
    }
}

#[derive(Debug, FromQueryResult)]
struct CallRow {
    agent_id: Option<i64>,
    answered_at: Option<DateTime<Utc>>,
    connected_at: Option<DateTime<Utc>>,
    talk_ms: i64,
    result: Option<String>,
    disposition_id: Option<i64>,
}

#[derive(Debug, FromQueryResult)]
struct SpanRow {
    agent_id: i64,
    kind: String,
    started_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

/// Reads the facts about the visible agents: those who have a desk phone, and
/// those who have not (any more) but worked in the period. Who sees everything
/// also gets the calls that reached no agent.
pub async fn load_facts(db: &Db, visible: &UserFilter, period: Period) -> Result<AgentsFacts, DbErr> {
    let calls = load_calls(db, visible, period).await?;
    let spans = load_spans(db, visible, period).await?;
    let worked: HashSet<i64> =
        calls.iter().filter_map(|call| call.agent_id).chain(spans.iter().map(|span| span.agent_id)).collect();
    let agents = load_agents(db, visible, worked).await?;
    let dispositions = dispositions::Entity::find()
        .order_by_asc(dispositions::Column::Position)
        .order_by_asc(dispositions::Column::Id)
        .all(db.read())
        .await?;
    Ok(AgentsFacts { agents, calls, spans, dispositions })
}

async fn load_agents(db: &Db, visible: &UserFilter, worked: HashSet<i64>) -> Result<Vec<AgentName>, DbErr> {
    let is_agent = users::Column::Active.eq(true).and(users::Column::Extension.is_not_null());
    let rows: Vec<(i64, String)> = users::Entity::find()
        .select_only()
        .column(users::Column::Id)
        .column(users::Column::DisplayName)
        .filter(visible.on(users::Column::Id))
        .filter(is_agent.or(users::Column::Id.is_in(worked)))
        .order_by_asc(users::Column::DisplayName)
        .order_by_asc(users::Column::Id)
        .into_tuple()
        .all(db.read())
        .await?;
    Ok(rows.into_iter().map(|(id, name)| AgentName { id, name }).collect())
}

async fn load_calls(db: &Db, visible: &UserFilter, period: Period) -> Result<Vec<CallFigures>, DbErr> {
    let rows = calls::Entity::find()
        .select_only()
        .columns([
            calls::Column::AgentId,
            calls::Column::AnsweredAt,
            calls::Column::ConnectedAt,
            calls::Column::TalkMs,
            calls::Column::Result,
            calls::Column::DispositionId,
        ])
        .filter(calls::Column::StartedAt.gte(period.from.to_utc()))
        .filter(calls::Column::StartedAt.lt(period.to.to_utc()))
        .filter(visible.on(calls::Column::AgentId))
        .into_model::<CallRow>()
        .all(db.read())
        .await?;
    let figures = |row: CallRow| CallFigures {
        agent_id: row.agent_id,
        answered: row.answered_at.is_some(),
        connected: row.connected_at.is_some(),
        talk_ms: row.talk_ms,
        result: row.result.as_deref().and_then(CallResult::from_name),
        disposition: row.disposition_id,
    };
    Ok(rows.into_iter().map(figures).collect())
}

async fn load_spans(db: &Db, visible: &UserFilter, period: Period) -> Result<Vec<Span>, DbErr> {
    let touches =
        agent_states::Column::EndedAt.is_null().or(agent_states::Column::EndedAt.gt(period.from.to_utc()));
    let rows = agent_states::Entity::find()
        .select_only()
        .columns([
            agent_states::Column::AgentId,
            agent_states::Column::Kind,
            agent_states::Column::StartedAt,
            agent_states::Column::EndedAt,
        ])
        .filter(agent_states::Column::StartedAt.lt(period.to.to_utc()))
        .filter(touches)
        .filter(visible.on(agent_states::Column::AgentId))
        .into_model::<SpanRow>()
        .all(db.read())
        .await?;
    let span = |row: SpanRow| {
        let kind = AgentStateKind::from_name(&row.kind)?;
        Some(Span {
            agent_id: row.agent_id,
            kind,
            from: row.started_at.into(),
            to: row.ended_at.map(Into::into),
        })
    };
    Ok(rows.into_iter().filter_map(span).collect())
}
