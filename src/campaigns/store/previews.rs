//! Who looked at which lead before it was dialled, and how it ended.
//!
//! In: facts, in the transaction of the ledger. Out: their rows, and leads that were
//! skipped given back with their rest.

use crate::campaigns::model::LeadState;
use crate::campaigns::retry::model::LeadRule;
use crate::campaigns::store::leads::state_before;
use crate::floor::preview::{PreviewEnd, PreviewFact, SkipReason};
use crate::store::WriteTx;
use crate::store::entity::{leads, previews};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};

/// Writes how a preview ended. Idempotent; what was said of the same preview later
/// counts.
pub(super) async fn write(tx: &WriteTx, fact: &PreviewFact) -> Result<(), DbErr> {
    let row = previews::ActiveModel {
        lead_id: Set(fact.lead.0),
        offered_at: Set(fact.offered_at.to_utc()),
        campaign_id: Set(fact.campaign.0),
        customer_id: Set(fact.customer.0),
        agent_id: Set(fact.agent.0),
        ended_at: Set(fact.at.to_utc()),
        end: Set(fact.end.as_str().to_owned()),
        reason: Set(fact.reason.map(SkipReason::as_str).map(str::to_owned)),
        note: Set(fact.note.clone()),
        rests_until: Set(fact.rests_until.map(|until| until.to_utc())),
        call_id: Set(fact.call.map(|call| call.0)),
    };
    use previews::Column::{CallId, End, EndedAt, LeadId, Note, OfferedAt, Reason, RestsUntil};
    let latest = OnConflict::columns([LeadId, OfferedAt])
        .update_columns([EndedAt, End, Reason, Note, RestsUntil, CallId])
        .to_owned();
    previews::Entity::insert(row).on_conflict(latest).exec_without_returning(tx).await?;
    if fact.end != PreviewEnd::Skipped {
        return Ok(());
    }
    leads::Entity::update_many()
        .col_expr(leads::Column::State, state_before())
        .col_expr(leads::Column::NextAttemptAt, Expr::value(fact.rests_until.map(|until| until.to_utc())))
        .col_expr(leads::Column::Rule, Expr::value(LeadRule::Skipped.as_str()))
        .filter(leads::Column::Id.eq(fact.lead.0))
        .filter(leads::Column::State.eq(LeadState::Claimed.as_str()))
        .exec(tx)
        .await
        .map(|_| ())
}
