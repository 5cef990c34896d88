//! What the customer experienced: spans that tile a call from dialling to its
//! end.
//!
//! In: the floor's word of each next span, perhaps more than once, and the
//! call's end. Out: one row a span, the open one last; talk and hold time. A
//! span of no length is replaced by the next, so that a call has one row for an
//! instant and a fact written twice finds its own row.

use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId};
use crate::floor::effect::SpanKind;
use crate::store::entity::{call_spans, calls};
use crate::store::{Db, WriteTx};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ActiveValue::Unchanged, ColumnTrait, ConnectionTrait, DbErr,
    EntityTrait, QueryFilter, QueryOrder,
};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use std::collections::HashMap;
use uuid::Uuid;

/// What the spans of a call add up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Totals {
    /// Agent and customer connected, hold not included, in milliseconds.
    pub(super) talk_ms: i64,
    /// The customer heard music by the agent's wish, in milliseconds.
    pub(super) hold_ms: i64,
}

/// The kind of that name.
pub(super) fn kind_of(name: &str) -> Option<SpanKind> {
    let name: serde::de::value::StrDeserializer<'_, serde::de::value::Error> = name.into_deserializer();
    SpanKind::deserialize(name).ok()
}

/// The next span begins, and the one before ends at the same instant. A call
/// that is over, or that is not known, has no next span.
pub(super) async fn enter(
    tx: &WriteTx,
    call: CallId,
    kind: SpanKind,
    agent: Option<AgentId>,
    at: Moment,
) -> Result<(), DbErr> {
    let latest = call_spans::Entity::find()
        .filter(call_spans::Column::CallId.eq(call.0))
        .order_by_desc(call_spans::Column::StartedAt)
        .one(tx)
        .await?;
    let mut row = call_spans::ActiveModel {
        call_id: Set(call.0),
        kind: Set(kind.as_str().to_owned()),
        agent_id: Set(agent.map(|agent| agent.0)),
        started_at: Set(at.to_utc()),
        ended_at: Set(None),
        ..Default::default()
    };
    match latest {
        Some(span) if span.ended_at.is_some() || at < Moment::from(span.started_at) => return Ok(()),
        Some(span) if at == Moment::from(span.started_at) => {
            row.id = Unchanged(span.id);
            return row.update(tx).await.map(|_| ());
        }
        Some(_) => close(tx, call, at).await?,
        None if super::is_open(tx, call).await? => {}
        None => return Ok(()),
    }
    row.insert(tx).await.map(|_| ())
}

/// A span that is known when it is over.
pub(super) async fn insert(
    tx: &WriteTx,
    call: CallId,
    kind: SpanKind,
    agent: AgentId,
    from: Moment,
    to: Moment,
) -> Result<(), DbErr> {
    let row = call_spans::ActiveModel {
        call_id: Set(call.0),
        kind: Set(kind.as_str().to_owned()),
        agent_id: Set(Some(agent.0)),
        started_at: Set(from.to_utc()),
        ended_at: Set(Some(to.to_utc())),
        ..Default::default()
    };
    row.insert(tx).await.map(|_| ())
}

/// Ends the open span.
pub(super) async fn close(tx: &WriteTx, call: CallId, at: Moment) -> Result<(), DbErr> {
    let close = call_spans::Entity::update_many()
        .col_expr(call_spans::Column::EndedAt, Expr::value(at.to_utc()))
        .filter(call_spans::Column::CallId.eq(call.0))
        .filter(call_spans::Column::EndedAt.is_null());
    close.exec(tx).await.map(|_| ())
}

/// The call went on longer than its spans say: the last one lasts until then.
pub(super) async fn extend(tx: &WriteTx, call: CallId, ended_at: Moment) -> Result<(), DbErr> {
    let spans = load(tx, &[call.0]).await?.remove(&call.0).unwrap_or_default();
    let Some(last) = spans.last() else { return Ok(()) };
    let longer = call_spans::ActiveModel {
        id: Unchanged(last.id),
        ended_at: Set(Some(ended_at.to_utc())),
        ..Default::default()
    };
    longer.update(tx).await.map(|_| ())
}

/// The call was over earlier than its spans say: what they hold beyond that is
/// taken away. A call has one span at least.
pub(super) async fn cut(tx: &WriteTx, call: CallId, ended_at: Moment) -> Result<(), DbErr> {
    let spans = load(tx, &[call.0]).await?.remove(&call.0).unwrap_or_default();
    for (nth, span) in spans.into_iter().enumerate() {
        if nth > 0 && Moment::from(span.started_at) >= ended_at {
            call_spans::Entity::delete_by_id(span.id).exec(tx).await?;
        } else if span.ended_at.is_none_or(|end| Moment::from(end) > ended_at) {
            let shorter = call_spans::ActiveModel {
                id: Unchanged(span.id),
                ended_at: Set(Some(ended_at.to_utc())),
                ..Default::default()
            };
            shorter.update(tx).await?;
        }
    }
    Ok(())
}

/// What the spans that are over add up to; `None` for a call without spans.
pub(super) async fn totals(tx: &WriteTx, call: CallId) -> Result<Option<Totals>, DbErr> {
    let spans = load(tx, &[call.0]).await?.remove(&call.0);
    Ok(spans.map(|spans| add_up(&spans)))
}

pub(super) fn add_up(spans: &[call_spans::Model]) -> Totals {
    let mut totals = Totals::default();
    for span in spans {
        let Some(ended_at) = span.ended_at else { continue };
        let ms = Moment::from(ended_at).since_ms(span.started_at.into());
        match kind_of(&span.kind) {
            Some(SpanKind::Talking | SpanKind::Conference) => totals.talk_ms += ms,
            Some(SpanKind::Held | SpanKind::Consulting) => totals.hold_ms += ms,
            Some(
                SpanKind::Dialling
                | SpanKind::Ringing
                | SpanKind::Waiting
                | SpanKind::Queued
                | SpanKind::Outside
                | SpanKind::Voicemail,
            )
            | None => {}
        }
    }
    totals
}

/// The spans of these calls, in order.
pub(super) async fn load(
    db: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Vec<call_spans::Model>>, DbErr> {
    let find = call_spans::Entity::find().filter(call_spans::Column::CallId.is_in(ids.iter().copied()));
    Ok(by_call(find.order_by_asc(call_spans::Column::StartedAt).all(db).await?))
}

/// The spans of every call without an end, in order.
pub(super) async fn load_of_open_calls(db: &Db) -> Result<HashMap<Uuid, Vec<call_spans::Model>>, DbErr> {
    let open = Query::select()
        .column(calls::Column::Id)
        .from(calls::Entity)
        .and_where(calls::Column::EndedAt.is_null())
        .to_owned();
    let find = call_spans::Entity::find().filter(call_spans::Column::CallId.in_subquery(open));
    Ok(by_call(find.order_by_asc(call_spans::Column::StartedAt).all(db.read()).await?))
}

fn by_call(spans: Vec<call_spans::Model>) -> HashMap<Uuid, Vec<call_spans::Model>> {
    let mut by_call: HashMap<Uuid, Vec<call_spans::Model>> = HashMap::new();
    for span in spans {
        by_call.entry(span.call_id).or_default().push(span);
    }
    by_call
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_name() {
        let kinds = [
            SpanKind::Dialling,
            SpanKind::Ringing,
            SpanKind::Waiting,
            SpanKind::Talking,
            SpanKind::Held,
            SpanKind::Consulting,
            SpanKind::Conference,
            SpanKind::Outside,
            SpanKind::Queued,
            SpanKind::Voicemail,
        ];
        for kind in kinds {
            assert_eq!(kind_of(kind.as_str()), Some(kind));
        }
        assert_eq!(kind_of("asleep"), None);
    }
}
