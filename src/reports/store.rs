//! Reads what the reports fold: the calls and state spans of a period.

use crate::auth::UserFilter;
use crate::base::ids::UserId;
use crate::floor::effect::{AgentStateKind, CallResult, SpanKind};
use crate::reports::stats::{CallFigures, DispositionFlags, Period, Span, TalkSpan};
use crate::store::Db;
use crate::store::entity::{agent_states, call_spans, calls, dispositions, users};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{ExprTrait, Query};
use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// A call that was dialled, in the ledger's `direction`.
const OUTBOUND: &str = "outbound";

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
    id: Uuid,
    agent_id: Option<i64>,
    answered_at: Option<DateTime<Utc>>,
    connected_at: Option<DateTime<Utc>>,
    result: Option<String>,
    disposition_id: Option<i64>,
}

#[derive(Debug, FromQueryResult)]
struct TalkRow {
    call_id: Uuid,
    agent_id: i64,
    started_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
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
    let talked = calls.iter().flat_map(|call| call.talk.iter().map(|span| span.agent_id));
    let owned = calls.iter().filter_map(|call| call.agent_id);
    let worked: HashSet<i64> = owned.chain(talked).chain(spans.iter().map(|span| span.agent_id)).collect();
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

/// The calls that started in the period and that one of the visible agents has,
/// or had.
async fn load_calls(db: &Db, visible: &UserFilter, period: Period) -> Result<Vec<CallFigures>, DbErr> {
    let rows = calls::Entity::find()
        .select_only()
        .columns([
            calls::Column::Id,
            calls::Column::AgentId,
            calls::Column::AnsweredAt,
            calls::Column::ConnectedAt,
            calls::Column::Result,
            calls::Column::DispositionId,
        ])
        .filter(calls::Column::StartedAt.gte(period.from.to_utc()))
        .filter(calls::Column::StartedAt.lt(period.to.to_utc()))
        .filter(attempts_and_handled())
        .filter(
            Condition::any()
                .add(visible.on(calls::Column::AgentId))
                .add(calls::Column::HandedAt.is_not_null()),
        )
        .into_model::<CallRow>()
        .all(db.read())
        .await?;
    let mut talk = load_talk(db, visible, period).await?;
    let figures = |row: CallRow| CallFigures {
        agent_id: row.agent_id,
        answered: row.answered_at.is_some(),
        connected: row.connected_at.is_some(),
        talk: talk.remove(&row.id).unwrap_or_default(),
        result: row.result.as_deref().and_then(CallResult::from_name),
        disposition: row.disposition_id,
    };
    let seen = |call: &CallFigures| {
        let owner = visible.allows_owner(call.agent_id.map(UserId));
        owner || call.talk.iter().any(|span| visible.allows(UserId(span.agent_id)))
    };
    Ok(rows.into_iter().map(figures).filter(seen).collect())
}

/// Every attempt, and of the callers those whom an agent took: who gave up in a
/// queue was no attempt and no agent's call.
fn attempts_and_handled() -> Condition {
    Condition::any().add(calls::Column::Direction.eq(OUTBOUND)).add(calls::Column::ConnectedAt.is_not_null())
}

/// Which of the visible agents talked in the calls that started in the period,
/// and when.
async fn load_talk(
    db: &Db,
    visible: &UserFilter,
    period: Period,
) -> Result<HashMap<Uuid, Vec<TalkSpan>>, DbErr> {
    let started = Query::select()
        .column(calls::Column::Id)
        .from(calls::Entity)
        .and_where(calls::Column::StartedAt.gte(period.from.to_utc()))
        .and_where(calls::Column::StartedAt.lt(period.to.to_utc()))
        .and_where(calls::Column::ConnectedAt.is_not_null())
        .to_owned();
    let rows = call_spans::Entity::find()
        .select_only()
        .columns([
            call_spans::Column::CallId,
            call_spans::Column::AgentId,
            call_spans::Column::StartedAt,
            call_spans::Column::EndedAt,
        ])
        .filter(call_spans::Column::CallId.in_subquery(started))
        .filter(
            call_spans::Column::Kind.is_in([SpanKind::Talking, SpanKind::Conference].map(SpanKind::as_str)),
        )
        .filter(call_spans::Column::AgentId.is_not_null())
        .filter(visible.on(call_spans::Column::AgentId))
        .into_model::<TalkRow>()
        .all(db.read())
        .await?;
    let mut talk: HashMap<Uuid, Vec<TalkSpan>> = HashMap::new();
    for row in rows {
        let span = TalkSpan {
            agent_id: row.agent_id,
            from: row.started_at.into(),
            to: row.ended_at.map(Into::into),
        };
        talk.entry(row.call_id).or_default().push(span);
    }
    Ok(talk)
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
